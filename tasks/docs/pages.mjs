// The pages of the documentation, in the order in which they are read.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../build/platforms.mjs';

export const HOME = 'docs/index.md';

/** Sections; in each the pages, from `docs/`, with the name in menus and one line on what a reader finds there. */
const SECTIONS = {
  Start: [
    ['start.md', 'Five minutes', 'a first payment on your own machine, without an account'],
    ['guide/init.md', 'Into your project', 'npx finconnect init: a webhook route, settings and the ledger’s tables'],
  ],
  Gateways: [
    ['gateways/pesapal.md', 'PesaPal', 'its page, IPNs and refunds: what happens on the wire, and what it cannot do'],
    ['gateways/clickpesa.md', 'ClickPesa', 'its pushes, checksums, payouts and bills: what happens on the wire'],
    ['gateways/azampay.md', 'AzamPay', 'its pushes, signed callbacks and payouts: what happens on the wire'],
    ['gateways/selcom.md', 'Selcom', 'its orders, pushes, digests and payouts: what happens on the wire'],
  ],
  Payments: [
    ['guide/payments.md', 'Payments', 'pay and charge at each gateway, and which methods there are'],
    ['guide/configuration.md', 'Configuration', 'what each gateway’s config takes, the options beside it, and events'],
    ['guide/bounds.md', 'Bounds', 'every limit of time, size and number; certificates and proxies'],
  ],
  Webhooks: [
    ['guide/webhooks.md', 'Webhooks', 'one handler for the callbacks of all gateways, in every framework'],
    ['guide/callbacks.md', 'handleCallback', 'what a valid callback is, for whoever answers the gateway by himself'],
    ['guide/replay.md', 'Each callback once', 'stores in Redis and PostgreSQL that remember which callbacks came'],
  ],
  Ledger: [
    ['guide/ledger.md', 'The ledger', 'payments written down first, asked about until known, fulfilled once'],
    ['guide/ledger-databases.md', 'Its databases', 'the ledger on postgres.js, Kysely, Drizzle or Prisma'],
    ['guide/dashboard.md', 'Dashboard', 'pages that show the money and what needs a person'],
    ['guide/health.md', 'Health', 'how the money stands, for Prometheus and Grafana too'],
  ],
  Operations: [
    ['guide/operations.md', 'All operations', 'which gateway has which method, what each takes and gives, and bounds'],
    ['guide/phones.md', 'Numbers and amounts', 'telephone numbers, operators and amounts, checked before sending'],
    ['guide/tokens.md', 'Shared tokens', 'one login for many processes'],
    ['guide/telemetry.md', 'Telemetry', 'events, OpenTelemetry and Prometheus'],
  ],
  'When it goes wrong': [
    ['guide/errors.md', 'Errors', 'each code: what happened, whether money moved, what to do'],
    ['guide/recovery.md', 'Unknown outcomes', 'when nobody knows whether it was paid; reconcile; PaymentRouter'],
    ['guide/doctor.md', 'The doctor', 'npx finconnect doctor checks keys, clock, callbacks and the ledger'],
  ],
  Testing: [
    ['guide/testing.md', 'Testing your app', 'sandbox, mocks, fake timers and failures on purpose'],
    ['guide/sandbox.md', 'The sandbox', 'the four gateways on your own machine: faults, webhooks, switches'],
    ['guide/mocking.md', 'Without a gateway', 'your own fetch, nock, msw or a proxy'],
  ],
  'In production': [
    ['guide/going-live.md', 'Going live', 'a checklist, with the command that checks each point'],
    ['guide/migrating.md', 'Migrating', 'from the TypeScript package of the same name: same, fixed, added'],
    ['guide/platforms.md', 'Platforms', 'systems, runtimes and bundlers on which it was run'],
    ['guide/security.md', 'Security model', 'who may attack, what holds them off, what is left to you'],
    ['guide/performance.md', 'Performance', 'what was measured, and how to measure it again'],
  ],
};

/** Folders whose every page is a page of the site, under its own title. */
const FOLDERS = { Decisions: 'decisions', Records: 'records' };

/** Every page but the home page: its section, path from the checkout, name, and the line on it (none in a folder). */
export const pages = [
  ...Object.entries(SECTIONS).flatMap(([section, rows]) =>
    rows.map(([path, name, about]) => ({ section, path: `docs/${path}`, name, about })),
  ),
  ...Object.entries(FOLDERS).flatMap(([section, folder]) =>
    readdirSync(join(root, 'docs', folder))
      .filter((name) => name.endsWith('.md'))
      .sort()
      .map((name) => `docs/${folder}/${name}`)
      .map((path) => ({ section, path, name: titleOf(readFileSync(join(root, path), 'utf8')) })),
  ),
];

export const sections = [...new Set(pages.map(({ section }) => section))];

/** What is wrong between the pages that are named and the files that are there. */
export function misplaced(named, there) {
  return [
    ...named.filter((path) => !there.includes(path)).map((path) => `${path} is missing: tasks/docs/pages.mjs names it`),
    ...there.filter((path) => !named.includes(path)).map((path) => `${path} is in no section of tasks/docs/pages.mjs`),
  ];
}

/** Folders of `docs/` without pages: the sources of operations.md, and what commands make there. */
const NO_PAGES = ['.vitepress', 'images', 'methods', 'node_modules', 'reference'];

/** The Markdown under `docs/` that is to be a page. */
function filesOfPages() {
  const inFolder = (folder) =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return NO_PAGES.includes(entry.name) ? [] : inFolder(path);
      return path.endsWith('.md') && path !== 'docs/SKILL.md' ? [path] : [];
    });
  return inFolder('docs').sort();
}

/** What is wrong between the table above and the checkout. */
export const misplacedPages = () => misplaced([HOME, ...pages.map(({ path }) => path)], filesOfPages());

/** What documents say by path: all pages, which must be there, and what stands at the top of the checkout. */
export function readDocuments() {
  const wrong = misplacedPages();
  if (wrong.length > 0) throw new Error(`${wrong.join('.\n')}.`);
  const top = ['README.md', 'CHANGELOG.md', 'SECURITY.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md'];
  const paths = [...top.filter((path) => existsSync(join(root, path))), 'docs/SKILL.md', ...filesOfPages()];
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

function titleOf(text) {
  return /^# (.+)$/m.exec(text)?.[1].replaceAll('`', '') ?? '';
}
