// llms.txt and llms-full.txt (https://llmstxt.org): the documents in two files, for programs that read them.
import { relink } from './links.mjs';

export const FULL = 'llms-full.txt';
/** Its long rest tells of types, which index.d.ts has. */
const TABLE_ONLY = 'docs/guide/operations.md';

/** What stands beside the two files needs no copy in them. */
const INTRODUCTION = `Begin with [README.md](README.md). [SKILL.md](SKILL.md) names the traps and the shortest right
integration. Types, each member with a comment, are in [index.d.ts](index.d.ts) and \`lib/*/index.d.ts\`. All pages below are
in one file, [${FULL}](${FULL}).`;

/**
 * Both files by name. `documents` are texts by path, `pages` the table of pages, of which those with a line on them are
 * told; `about` is one sentence on the package. The index names the line on which a page begins.
 */
export function llms({ documents, pages, about }) {
  const chosen = pages.filter((page) => page.about);
  const paths = new Set(chosen.map(({ path }) => path));
  const lines = ['# finconnect: all pages', '', `> ${about}`, ''];
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
  const end = path === TABLE_ONLY ? text.indexOf('\n## ') : text.length;
  const named = relink(text.slice(0, end), path, ({ path, anchor, isImage }) => {
    if (!isImage && paths.has(path)) return anchor ? `${path}#${anchor}` : path;
  });
  return named.replace(/^<!--.*?-->\n+/gms, '').trim();
}
