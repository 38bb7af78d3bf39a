// The commands that a block tells a reader to type: `npx finconnect …` is run, and what the others name must be there.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { openLedger, sqlite } from 'finconnect/ledger';
import { root, start } from '../support/child.mjs';
import { startShop } from '../support/shop.mjs';
import { environmentOf, GATEWAYS, openWorld } from './given.mjs';

const require = createRequire(import.meta.url);
const BIN = join(root, 'lib/cli/bin.js');
const NPM = { install: named, i: named, add: named, run: scripted, test: scripted, start: scripted, ci() {} };
/** Programs of the reader's machine, which are not run: they change files, or need a network. */
const OWN = ['cd', 'mkdir', 'cp', 'mv', 'cat', 'echo', 'export', 'git', 'cargo', 'openssl', 'curl', 'docker', 'psql'];

/**
 * What each program's commands are held against: `at` is the folder that `cd` has led to, `page` the text of the page,
 * and `run` runs this package's own command.
 */
const PROGRAMS = {
  npm: ([action, ...rest], { at }) => {
    const check = NPM[action];
    assert.ok(check, `nobody knows what npm ${action} does`);
    check(check === scripted && action !== 'run' ? [action] : rest, at);
  },
  npx: (words, { run }) => {
    const [name, ...rest] = words.filter((word) => !/^(-y|--yes)$/.test(word));
    return /^finconnect(@.*)?$/.test(name) ? run(rest) : named([name]);
  },
  node: (words, { at, page }) => {
    const file = words.find((word) => !word.startsWith('-'));
    const isThere = file === undefined || existsSync(join(root, at, file)) || page.includes(`\`${file}\``);
    assert.ok(isThere, `there is no file ${file}, and the page names none`);
  },
  ...Object.fromEntries(OWN.map((name) => [name, () => {}])),
};

/** What npm installs is this package, or one that the checkout or an example uses. */
function named(words) {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const manifests = readdirSync(join(root, 'examples'), { withFileTypes: true })
    .map((entry) => join(root, 'examples', entry.name, 'package.json'))
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')));
  const known = new Set([
    lock.name,
    ...Object.keys(lock.packages).map((path) => path.split('node_modules/').at(-1)),
    ...manifests.flatMap(({ dependencies, devDependencies }) => Object.keys({ ...dependencies, ...devDependencies })),
  ]);
  for (const word of words.filter((word) => !word.startsWith('-'))) {
    const name = word.replace(/(?<=.)@.*$/, '');
    assert.ok(known.has(name), `nothing here uses the package ${name}`);
  }
}

function scripted([script], at) {
  const { scripts } = JSON.parse(readFileSync(join(root, at, 'package.json'), 'utf8'));
  assert.ok(scripts?.[script], `${join(at, 'package.json')} has no script ${script}`);
}

/** The commands of a block, each with the lines that it prints according to the page. */
export function commandsOf({ language, code }) {
  const commands = [];
  const lines = code.replace(/\\\n\s*/g, ' ').split('\n');
  for (const line of lines) {
    const typed = language === 'console' ? /^\$ (.*)$/.exec(line)?.[1] : line;
    if (typed === undefined) commands.at(-1)?.printed.push(line);
    else for (const text of partsOf(typed)) commands.push({ text, printed: [] });
  }
  return commands;
}

/** A line without its remark, divided where one command follows another. */
const partsOf = (line) =>
  line
    .replace(/(^|\s)#.*$/, '')
    .split(/\s(?:&&|\|)\s/)
    .map((text) => text.trim())
    .filter((text) => text !== '');

const wordsOf = (text) =>
  [...text.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, one, two, three]) => one ?? two ?? three);

/** Checks each command of a block, and runs those of this package in `folder`. */
export async function runCommands(folder, block, page) {
  const commands = commandsOf(block);
  assert.ok(commands.length > 0, 'it has no command');
  let at = '.';
  let shop;
  try {
    for (const { text, printed } of commands) {
      const all = wordsOf(text);
      const [program, ...words] = all.slice(all.findIndex((word) => !/^\w+=/.test(word)));
      const check = Object.hasOwn(PROGRAMS, program) && PROGRAMS[program];
      assert.ok(check, `nobody knows how to check the command ${program}`);
      // A clone is this checkout.
      if (program === 'cd') at = existsSync(join(root, at, words[0])) ? join(at, words[0]) : '.';
      const run = async (args) => {
        shop ??= await shopIn(folder, block.code);
        await finconnect(folder, shop, args, printed);
      };
      await check(words, { at, page, run });
    }
  } finally {
    await shop?.close();
  }
}

/** A ledger in a module and in a file, and an app that takes what is sent to it. */
async function shopIn(folder, code) {
  const world = await openWorld(code);
  const app = await startShop();
  const env = await environmentOf(world, code);
  const names = GATEWAYS.filter((name) => name !== 'selcom');
  const configs = Object.fromEntries(names.map((name) => [name, world.sandbox.config(name)]));
  // Beneath a manifest of its own the folder is no part of the checkout: `finconnect` is not found there.
  if (/\binit\b/.test(code)) writeFileSync(join(folder, 'package.json'), '{"dependencies":{"express":"5"}}');
  writeFileSync(
    join(folder, 'ledger.mjs'),
    `import Database from 'better-sqlite3';
import { FintechSDK } from 'finconnect';
import { openLedger, sqlite } from 'finconnect/ledger';
const sdk = ([provider, config]) => [provider, new FintechSDK({ provider, config })];
const gateways = Object.fromEntries(Object.entries(${JSON.stringify(configs)}).map(sdk));
export const ledger = () => openLedger(sqlite(new Database('payments.db')), { gateways });
`,
  );
  const Database = require('better-sqlite3');
  const db = new Database(join(folder, 'payments.db'));
  await (await openLedger(sqlite(db), { gateways: { azampay: world.sdk('azampay') } })).close();
  db.close();
  if (env.DATABASE_URL) {
    const { postgres } = await import('finconnect/ledger');
    const { default: pg } = await import('pg');
    const pool = new pg.Pool({ connectionString: env.DATABASE_URL });
    await (await openLedger(postgres(pool), { gateways: { azampay: world.sdk('azampay') } })).close();
    await pool.end();
  }
  return {
    env,
    sandbox: world.sandbox,
    url: app.url,
    async close() {
      await app.close();
      await world.close();
    },
  };
}

/** What a command that does not end by itself prints once it has started, and how others may end beside 0. */
const STARTED = [
  [/^sandbox\b/, /^ *Page\b|"ready"/m],
  [/^dashboard\b/, /^Dashboard: /m],
  [/^sweep\b.* --watch\b/, /^asked /m],
];
/** `doctor` finds what is bad in a world that is made up. */
const ENDS = { doctor: [0, 1, 3] };

async function finconnect(folder, { env, sandbox, url }, words, printed) {
  const args = words.map((word) =>
    word
      .replace(/https?:\/\/(localhost:\d+|shop\.example)/, url)
      .replace(/^postgres:.*/, () => env.DATABASE_URL)
      .replace(/^http:\/\/127\.0\.0\.1:4010$/, sandbox.url),
  );
  const [command] = args;
  const said = args.join(' ');
  if (command === 'sandbox') args.push('--port', '0');
  if (command === 'trigger' && !/--(key|unsigned|sandbox)\b/.test(said)) args.push('--sandbox', sandbox.url);
  if (command === 'doctor') args.push('--local');
  const { child, out, ended } = start(process.execPath, [BIN, ...args], { cwd: folder, env });
  const [, started] = STARTED.find(([what]) => what.test(said)) ?? [];
  if (started && !/--help\b/.test(said)) {
    const over = ended.then(() => true);
    while (!started.test(out.stdout) && (await Promise.race([once(child.stdout, 'data'), over])) !== true);
    child.kill('SIGTERM');
  }
  const { code, stdout, stderr } = await ended;
  const isDone = (ENDS[command] ?? [0]).includes(code);
  assert.ok(isDone, `npx finconnect ${words.join(' ')} ends with ${code}: ${stderr || stdout}`);
  for (const line of printed.map(gist).filter((text) => text !== ''))
    assert.ok(stdout.split('\n').map(gist).includes(line), `it prints no such line: ${line}\n${stdout}`);
}

/** What a printed line is about, where machines, times and hosts differ: its first two columns. */
function gist(line) {
  const [level, check] = line.split(/\s{2,}/);
  return check === undefined
    ? line
        .replace(/\d+/g, '0')
        .replace(/https?:\S+/g, 'URL')
        .trim()
    : check.trim() || level;
}
