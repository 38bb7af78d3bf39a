'use strict';

// The files of each kind of project. Pure: a project and gateways become texts.

const { statements } = require('../migrate.js');

exports.filesOf = filesOf;
exports.stepsOf = stepsOf;

/** Where the files of a kind of project are, and how its route finds the ledger. */
const PLACES = {
  express: { ledger: 'ledger' },
  app: { ledger: 'lib/ledger', route: 'app/hooks/[gateway]/route', up: '../../../lib/ledger', url: '/hooks' },
  pages: { ledger: 'lib/ledger', route: 'pages/api/hooks/[gateway]', up: '../../../lib/ledger', url: '/api/hooks' },
};

/** By the database's package: what is imported, and how the store is opened. */
const STORES = {
  pg: ['pg', 'pg', 'postgres', 'postgres(new pg.Pool({ connectionString: process.env.DATABASE_URL }))'],
  'better-sqlite3': ['Database', 'better-sqlite3', 'sqlite', "sqlite(new Database('payments.db'))"],
  none: [undefined, undefined, 'sqlite', "sqlite('payments.db')"],
};

/** How a module may end that `import` finds under the same name. */
const ENDS = ['.ts', '.tsx', '/index.ts', '.mjs', '.cjs', '/index.js', '.jsx', '.js'];

/** Marks an order as paid. */
const PAID = {
  pg: 'UPDATE orders SET paid = true WHERE reference = $1',
  others: 'UPDATE orders SET paid = 1 WHERE reference = ?',
};

/** Each file as `{ path, text, isThere }`; `text` is what is to be written, nothing where that is there already. */
function filesOf(project, gateways) {
  const { kind, base, isTs, store, read, has } = project;
  const { ledger, route } = PLACES[kind];
  const ends = isTs ? ENDS : [...ENDS].reverse();
  const made = [
    ['migrations/finconnect', ['.sql'], tables(store === 'pg')],
    [base + ledger, ends, ledgerModule(project, gateways)],
    ...(route === undefined ? [] : [[base + route, ends, ROUTES[kind](project)]]),
  ];
  const files = made.map(([stem, [end, ...others], text]) => {
    const found = [end, ...others].map((one) => stem + one).find(has);
    return found ? { path: found, text: '', isThere: true } : { path: stem + end, text, isThere: false };
  });
  const example = read('.env.example');
  const text = missing(example ?? '', settings(project, gateways));
  return [...files, { path: '.env.example', text, isThere: example !== undefined }];
}

function tables(isPostgres) {
  const about =
    '-- The tables of finconnect/ledger. It makes them by itself: run this only where your own migrations do.';
  return `${about}\n\n${statements({}, isPostgres)}`;
}

function ledgerModule({ kind, isTs, isEsm, store = 'none' }, gateways) {
  const [local, name, opens, opened] = STORES[store];
  const isExpress = kind === 'express';
  const typed = (type) => (isTs ? `: ${type} | undefined` : '');
  const module = isTs || isEsm;
  const take = (names, from) => (module ? `import ${names} from '${from}';` : `const ${names} = require('${from}');`);
  const head = [
    ...(module ? [] : ["'use strict';", '']),
    take('{ FintechSDK }', 'finconnect'),
    take(isTs ? `{ type Ledger, openLedger, ${opens} }` : `{ openLedger, ${opens} }`, 'finconnect/ledger'),
    ...(isTs && isExpress ? ["import type { Webhooks } from 'finconnect/webhooks';"] : []),
    ...(name === undefined ? [] : [take(local, name)]),
  ];
  const say = module ? 'export ' : '';
  const kept = isExpress ? 'opening' : 'kept.finconnect';
  const asGlobal = isTs ? ' as typeof globalThis & { finconnect?: Promise<Ledger> }' : '';
  const keep = isExpress
    ? `let opening${typed('Promise<Ledger>')};`
    : `// One for the process: Next loads this file more than once.\nconst kept = globalThis${asGlobal};`;
  return `${head.join('\n')}

${keep}

/** The ledger, opened when it is first asked for: const payment = await (await ledger()).charge({ … }). */
${say}function ledger() {
  ${kept} ??= open().catch((error) => {
    ${kept} = undefined;
    throw error;
  });
  return ${kept};
}

async function open() {
  const opened = await openLedger(${opened}, {
    gateways: {
${gateways.map(gatewayLines).join('')}    },
    // What a payment means to your shop. What you write by tx happens once, in one transaction with the status.
    onPayment: async (payment, tx) => {
      if (payment.status !== 'succeeded') return;
      // await tx.query('${PAID[store] ?? PAID.others}', [payment.reference]);
      console.log(\`\${payment.reference} is paid\`);
    },
    onError: (error) => console.error(error),
  });
  // Asks about payments that no callback tells of.
  setInterval(() => opened.sweep().catch(console.error), 60_000).unref();
  return opened;
}
${isExpress ? `\n${expressHooks(typed, say, isTs)}` : ''}${module ? '' : '\nmodule.exports = { ledger, hooks };\n'}`;
}

function gatewayLines({ name, keys }) {
  const lines = keys.map((key) => `          ${key}: process.env.${key},\n`).join('');
  return `      ${name}: new FintechSDK({
        provider: '${name}',
        config: {
          baseUrl: process.env.${name.toUpperCase()}_BASE_URL,
${lines}        },
      }),
`;
}

function expressHooks(typed, say, isTs) {
  return `let handler${typed('Webhooks')};

/** Takes the gateways' callbacks: app.use('/hooks', hooks), before any body parser or after it. */
${say}async function hooks(${isTs ? '...[req, res, next]: Parameters<Webhooks>' : 'req, res, next'}) {
  try {
    handler ??= (await ledger()).webhooks();
  } catch (error) {
    return next${isTs ? '?.' : ''}(error);
  }
  return handler(req, res, next);
}
`;
}

const ROUTES = {
  app: ({ isTs }) => `${imports('app', isTs)}
export const dynamic = 'force-dynamic';

let hooks${isTs ? ': Webhooks | undefined' : ''};

/** Takes the gateways' callbacks. When the ledger cannot be opened this fails, and they come again. */
async function handle(request${isTs ? ': Request' : ''}) {
  hooks ??= (await ledger()).webhooks();
  return hooks.handle(request);
}

export { handle as GET, handle as POST };
`,
  pages: ({ isTs }) => `${imports('pages', isTs)}
let hooks${isTs ? ': Webhooks | undefined' : ''};

/** Takes the gateways' callbacks. When the ledger cannot be opened this fails, and they come again. */
export default async function handle(req${isTs ? ': unknown' : ''}, res${isTs ? ': unknown' : ''}) {
  hooks ??= (await ledger()).webhooks();
  return hooks(req, res);
}
`,
};

function imports(kind, isTs) {
  const types = isTs ? "import type { Webhooks } from 'finconnect/webhooks';\n" : '';
  return `${types}import { ledger } from '${PLACES[kind].up}';\n`;
}

/** The variables of each gateway, each with the lines that go with it. */
function settings({ store }, gateways) {
  const own = gateways.flatMap(({ name, title, keys, live, sandbox }) => {
    const base = `${name.toUpperCase()}_BASE_URL`;
    const about = sandbox === undefined ? title : `${title}; live: ${live}`;
    return [[base, `# ${about}\n${base}=${sandbox ?? live}\n`], ...keys.map((key) => [key, `${key}=\n`])];
  });
  return store === 'pg' ? [...own, ['DATABASE_URL', 'DATABASE_URL=postgres://localhost/shop\n']] : own;
}

/** What a file of variables does not have yet; one that is commented out is there. */
function missing(there, wanted) {
  const lines = wanted.filter(([name]) => !new RegExp(`^[ \\t#]*(export\\s+)?${name}\\s*=`, 'm').test(there));
  const text = lines.map(([, line]) => line).join('');
  const added = there === '' || there.endsWith('\n') || text === '' ? text : `\n${text}`;
  return there.includes('\r\n') ? added.replaceAll('\n', '\r\n') : added;
}

/** What is left to do, for a person. */
function stepsOf({ kind, base, isTs, isEsm, store }, gateways) {
  const { ledger, url = '/hooks' } = PLACES[kind];
  const end = kind !== 'express' || (isTs && !isEsm) ? '' : '.js';
  const from = `./${ledger}${end}`;
  const load =
    isTs || isEsm ? `import { hooks, ledger } from '${from}';` : `const { hooks, ledger } = require('${from}');`;
  // A ledger that nobody opens asks about nothing.
  const mount =
    kind === 'express'
      ? [
          'In your app, which reads .env by node --env-file=.env:',
          `       ${load}`,
          "       app.use('/hooks', hooks);",
          '       ledger().catch(console.error); // asks from now on about payments that are open',
        ]
      : [
          "In next.config: serverExternalPackages: ['finconnect']. In instrumentation, to ask about open payments:",
          '       export async function register() {',
          `         if (process.env.NEXT_RUNTIME === 'nodejs') await (await import('${from}')).ledger();`,
          '       }',
        ];
  const told = gateways.flatMap(({ calls }) => calls ?? []);
  const urls = gateways.map(({ name }) => `https://YOUR-HOST${url}/${name}`).join(' and ');
  const steps = [
    'Copy .env.example to .env, fill it in, and put .env into .gitignore. npx finconnect sandbox prints keys to try with.',
    mount.join('\n'),
    'Ask for money: await (await ledger()).charge({ reference, amount, currency, phone }).',
    `Say in onPayment of ${base}${ledger} what a payment means to your shop.`,
    [`Tell the gateway where its callbacks go: ${urls}`, ...told].join('\n       '),
    ...(store === 'pg' ? [] : ['Put payments.db* into .gitignore.']),
    ...(store === undefined
      ? ['Run Node 22.13 or newer, or install better-sqlite3: payments.db needs one of them.']
      : []),
    'Check all of it: npx finconnect doctor',
  ];
  return `Next\n${steps.map((step, at) => `  ${at + 1}. ${step}\n`).join('')}`;
}
