// llms.txt and llms-full.txt (https://llmstxt.org): the documents in two files, for programs that read them.
import { relink } from './links.mjs';

export const FULL = 'llms-full.txt';

/** Pages that end here at the heading: types, and what is rarely asked for, take much room in every install. */
const ENDS = { 'docs/guide/operations.md': '\n## charge', 'docs/guide/sandbox.md': '\n## Switches' };
/** For people who choose a package, or who run what is written; `npx finconnect explain` tells the errors. */
const LEFT_OUT = [
  ...['errors', 'migrating', 'platforms', 'performance', 'security'],
  ...['telemetry', 'health', 'dashboard', 'doctor', 'ledger-databases'],
].map((name) => `docs/guide/${name}.md`);

/** Whether a page is in these files. */
export const isTold = ({ path, about }) => about !== undefined && !LEFT_OUT.includes(path);

/** What stands beside the two files needs no copy in them. */
const INTRODUCTION = `Begin with [README.md](README.md). [SKILL.md](SKILL.md) names the traps and the shortest right
integration. Types are in [index.d.ts](index.d.ts) and \`lib/*/index.d.ts\`, each member with a comment.
\`npx finconnect explain CODE\` tells what an error means. The pages below are those that one codes by. All of them are
in one file, [${FULL}](${FULL}).`;

/**
 * Both files by name. `documents` are texts by path, `pages` the table of pages, `about` one sentence on the package.
 * The index names the line on which a page begins.
 */
export function llms({ documents, pages, about }) {
  const chosen = pages.filter(isTold);
  const paths = new Set(chosen.map(({ path }) => path));
  const lines = ['# finconnect: the pages that one codes by', '', `> ${about}`, ''];
  const begun = chosen.map((page) => {
    lines.push(`<!-- ${page.path} -->`, '');
    const line = lines.length + 1;
    lines.push(...plain(page.path, documents.get(page.path), paths).split('\n'), '');
    return { ...page, line };
  });
  const sections = [...new Set(chosen.map(({ section }) => section))].map((section) => {
    const rows = begun.filter((page) => page.section === section);
    return [`## ${section}`, '', ...rows.map((row) => `- [${row.name}](${FULL}#L${row.line}): ${row.about}`)].join(
      '\n',
    );
  });
  return {
    'llms.txt': `${['# finconnect', `> ${about}`, INTRODUCTION, ...sections].join('\n\n')}\n`,
    [FULL]: lines.join('\n'),
  };
}

/** A page as text: without images and marks for our own tools, its links by path where they lead to another page. */
function plain(path, text, paths) {
  const [shown] = text.split(ENDS[path]);
  const named = relink(shown, path, ({ path, anchor, isImage }) => {
    if (!isImage && paths.has(path)) return anchor ? `${path}#${anchor}` : path;
  });
  return named.replace(/^<!--.*?-->\n+/gms, '').trim();
}
