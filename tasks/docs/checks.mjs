// What would mislead a reader of the documents: links to nowhere, and headings out of order. Pure.
import { headingsOf, linksOf, resolved } from './links.mjs';

/** Each version in it has an `Added` and a `Fixed` of its own. */
const CHANGELOG = /(?:^|\/)CHANGELOG\.md$/;

/** Made by `npm run docs`, which has its own check of links to it. */
const MADE = /^docs\/reference\//;

/**
 * The links of documents that lead nowhere. `documents` are texts by path from the checkout, `exists(path)` tells
 * whether a file or folder is there.
 */
export function deadLinks(documents, exists) {
  const anchors = new Map([...documents].map(([path, text]) => [path, headingsOf(text).map(({ anchor }) => anchor)]));
  const wrong = ({ path, anchor }) => {
    if (MADE.test(path)) return;
    if (!documents.has(path)) return exists(path) ? undefined : `${path} is not there`;
    if (anchor && !anchors.get(path).includes(anchor)) return `${path} has no heading #${anchor}`;
  };
  return [...documents].flatMap(([from, text]) =>
    linksOf(text).flatMap(({ target, line }) => {
      const why = wrong(resolved(target, from));
      return why ? [`${from}:${line} ${target}: ${why}`] : [];
    }),
  );
}

/** What is wrong with the headings of a document. */
export function wrongHeadings(path, text) {
  const headings = headingsOf(text);
  const told = (line, what) => `${path}:${line} ${what}`;
  const first = headings[0]?.level === 1 ? [] : [told(1, 'does not begin with a heading of level 1')];
  const others = headings.flatMap(({ level, title, anchor, line }, at) => {
    if (at === 0) return [];
    const above = headings[at - 1].level;
    if (level === 1) return [told(line, `“${title}” is a second heading of level 1`)];
    if (level > above + 1) return [told(line, `“${title}” is of level ${level}, below one of level ${above}`)];
    const isTaken = headings.slice(0, at).some((other) => other.anchor === anchor);
    if (isTaken && !(level > 2 && CHANGELOG.test(path)))
      return [told(line, `“${title}” has the anchor #${anchor} of another heading`)];
    return [];
  });
  return [...first, ...others];
}

/** All that is wrong with documents. */
export function problems(documents, exists) {
  return [...[...documents].flatMap(([path, text]) => wrongHeadings(path, text)), ...deadLinks(documents, exists)];
}
