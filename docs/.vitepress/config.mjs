// The site of the documentation. DOCS_BASE is the path under which a server shows it, such as /finconnect/.
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { anchorOf, relink, repositoryAddress } from '../../tasks/docs/links.mjs';
import { pages, sections } from '../../tasks/docs/pages.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const json = (path) => JSON.parse(readFileSync(`${root}${path}`, 'utf8'));
const manifest = json('package.json');

/** Under `docs/`, and no page. */
const HIDDEN = ['methods/**', 'SKILL.md'];
const isHidden = (path) => /^docs\/(methods\/|SKILL\.md$)/.test(path);

/** Sections that few readers want are closed at first. */
const CLOSED = ['Decisions', 'Records'];

const sidebar = sections.map((section) => ({
  text: section,
  ...(CLOSED.includes(section) && { collapsed: true }),
  items: pages
    .filter((page) => page.section === section)
    .map(({ name, path }) => ({ text: name, link: path.replace(/^docs(.+)\.md$/, '$1') })),
}));

/** TypeDoc's own table of what it wrote; none before the first `npm run docs`. */
const NAVIGATION = 'docs/reference/navigation.json';
const reference = existsSync(`${root}${NAVIGATION}`) ? json(NAVIGATION) : [];

const referenceItems = (entries) =>
  entries.map(({ title, path, children }) => ({
    text: title,
    ...(path && { link: `/reference/${path.replace(/\.md$/, '')}` }),
    ...(children && { items: referenceItems(children), collapsed: true }),
  }));

/** What most readers look for, above the list of everything. */
const MOST = ['FintechSDK', 'FintechSDKOptions', 'FinConnectError', 'Ledger', 'WebhookOptions', 'Sandbox'];
const flat = (items) => items.flatMap((item) => [item, ...flat(item.items ?? [])]);
const referenceSidebar = () => {
  const all = referenceItems(reference);
  const most = MOST.map((name) => flat(all).find(({ text, link }) => text === name && link));
  return [
    { text: 'Most used', items: most.filter(Boolean) },
    { text: 'Everything', link: '/reference/', items: all },
  ];
};

/** Links to files that are no page: to the repository on the web where package.json names it, else their text alone. */
const linksToTheRepository = {
  name: 'links-to-the-repository',
  enforce: 'pre',
  transform(text, id) {
    if (!id.endsWith('.md')) return;
    return relink(text, relative(root, id).replaceAll('\\', '/'), ({ path, anchor, isImage }) => {
      if (!path.startsWith('docs/') || isHidden(path)) return repositoryAddress(manifest, { path, anchor, isImage });
      return `${path.replace(/^docs/, '')}${anchor ? `#${anchor}` : ''}`;
    });
  },
};

/** Guides come first: the reference has each word many times. Browsers get this function, so that it stands alone. */
const boostDocument = (id) => (/\/(reference|records|decisions)\//.test(id) ? 0.1 : 1);

export default {
  lang: 'en-GB',
  title: 'finconnect',
  description: manifest.description,
  base: process.env.DOCS_BASE ?? '/',
  srcExclude: HIDDEN,
  // Of a server that the reader starts.
  ignoreDeadLinks: 'localhostLinks',
  markdown: { anchor: { slugify: anchorOf } },
  // The index that searches without a network is large.
  vite: { plugins: [linksToTheRepository], build: { chunkSizeWarningLimit: 4000 } },
  transformPageData(page) {
    const { about } = pages.find(({ path }) => path === `docs/${page.relativePath}`) ?? {};
    if (about) page.description = about;
  },
  themeConfig: {
    search: { provider: 'local', options: { miniSearch: { searchOptions: { boostDocument } } } },
    outline: [2, 3],
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'Webhooks', link: '/guide/webhooks' },
      { text: 'Ledger', link: '/guide/ledger' },
      { text: 'Errors', link: '/guide/errors' },
      { text: 'Reference', link: '/reference/' },
    ],
    sidebar: {
      '/': sidebar,
      '/reference/': referenceSidebar(),
    },
  },
};
