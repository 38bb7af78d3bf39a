// What Markdown links to, and where its headings are. Pure.
import { posix } from 'node:path';

const FENCE = /^( *)(```+|~~~+)[^\n]*\n[\s\S]*?^\1\2[`~]* *$/gm;
const CODE = /(`+)(?!`)(?:(?!\n\n)[\s\S])*?[^`]\1(?!`)/g;
const COMMENT = /<!--[\s\S]*?-->/g;
const MARKDOWN_LINK = /(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)/g;
const TARGET = /\]\(([^()\s]+)(?: "[^"]*")?\)|^\[[^\]]+\]: (\S+)|\b(?:href|src)="([^"]+)"|^ +(?:link|src): (\S+)$/gm;

/** A document without code and comments, every other character in its place. */
function prose(text) {
  const blank = (code) => code.replace(/[^\n]/g, ' ');
  return text.replace(FENCE, blank).replace(COMMENT, blank).replace(CODE, blank);
}

const lineAt = (text, index) => text.slice(0, index).split('\n').length;

/** The links of a document to other places than the web, each with its line. */
export function linksOf(text) {
  return [...prose(text).matchAll(TARGET)]
    .map(({ index, ...found }) => ({ target: found[1] ?? found[2] ?? found[3] ?? found[4], line: lineAt(text, index) }))
    .filter(({ target }) => isOwn(target));
}

const isOwn = (target) => !/^([a-z][a-z+.-]*:|\/\/)/i.test(target);

/** Where a link of a document leads: a path from the checkout, and the anchor there. The site begins at `docs/`. */
export function resolved(target, from) {
  const [place, anchor] = target.split('#');
  if (place === '') return { path: from, anchor };
  const path = place.startsWith('/') ? `docs${place}` : posix.join(posix.dirname(from), place);
  return { path: decodeURIComponent(path), anchor };
}

/**
 * The document with each link to a path led to where `become({ path, anchor, isImage })` says. Where that is nowhere, a
 * link becomes its text and an image goes.
 */
export function relink(text, from, become) {
  const shown = prose(text);
  let end = 0;
  let written = '';
  for (const { index, 0: whole, 1: bang, 2: inner, 3: target } of shown.matchAll(MARKDOWN_LINK)) {
    written += text.slice(end, index);
    end = index + whole.length;
    const start = index + bang.length + 1;
    const words = relink(text.slice(start, start + inner.length), from, become);
    const isImage = bang === '!';
    const to = isOwn(target) ? become({ ...resolved(target, from), isImage }) : target;
    written += to === undefined ? (isImage ? '' : words) : `${bang}[${words}](${to})`;
  }
  return written + text.slice(end);
}

/** The headings of a document: level, title, anchor and line. The site's home page has its title in front matter. */
export function headingsOf(text) {
  const outside = text.replace(FENCE, (code) => code.replace(/[^\n]/g, ' '));
  const home = /^---\n[\s\S]*?^ {2}name: (.+)$[\s\S]*?^---$/m.exec(outside);
  const front = home ? [{ level: 1, title: home[1], anchor: anchorOf(home[1]), line: 1 }] : [];
  const headings = [...outside.matchAll(/^(#{1,6}) +(.+?) *#*$/gm)].map(({ 1: marks, 2: title, index }) => ({
    level: marks.length,
    title,
    anchor: anchorOf(title),
    line: lineAt(outside, index),
  }));
  return [...front, ...headings];
}

/** The anchor that GitHub gives a heading. The site gives the same. */
export function anchorOf(title) {
  return title
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
}

/** The address of a file on the web, by `repository` of package.json; undefined where that is not filled in. */
export function repositoryAddress({ repository }, { path, anchor, isImage }) {
  const [, base] = /^(?:git\+)?(https:\/\/.+?)(?:\.git)?$/.exec(repository?.url ?? repository ?? '') ?? [];
  return base && `${base}/${isImage ? 'raw' : 'blob'}/HEAD/${path}${anchor ? `#${anchor}` : ''}`;
}
