// How each fenced block of a document is proved: shown from a file that runs, run by a spec, or run or read here.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { textOf } from '../../tasks/docs/fences.mjs';
import { root } from '../support/child.mjs';
import { CASES } from './cases.mjs';
import { runCommands } from './commands.mjs';
import { environmentOf, openWorld } from './given.mjs';
import { runModule, within } from './modules.mjs';

const require = createRequire(import.meta.url);
const DEADLINE_MS = 30_000;
const code = (folder, block, known) => runModule(folder, block, known);
const commands = (folder, block) => runCommands(folder, block, textOf(block.file) ?? '');

const WAYS = {
  ...Object.fromEntries(['ts', 'typescript', 'js', 'javascript', 'mjs'].map((name) => [name, code])),
  ...Object.fromEntries(['sh', 'bash', 'shell', 'console'].map((name) => [name, commands])),
  sql: runSql,
  json: (_folder, block) => void JSON.parse(block.code),
  env: (_folder, block) => linesAre(block, /^(#.*|[A-Z][A-Z0-9_]*=.*)?$/, 'no NAME=value'),
  dockerfile: (_folder, block) => linesAre(block, /^(#.*|[A-Z]+ .+|\s.*)?$/, 'no instruction'),
  yaml: runSteps,
  text: (_folder, block) => linesAre(block, PLAIN, 'code: say in which language'),
};

/** What no line of plain words has: the ends and beginnings of code, of JSON and of commands. */
const PLAIN = new RegExp(
  [
    '^(?!.*[;{]\\s*$)(?!.*=>)',
    '(?!\\s*[{}[\\]])(?!\\s*"[\\w.-]+":)',
    '(?!\\s*(?:const|let|var|import|export|await|return|function|class) )',
    '(?!\\s*(?:\\$|npm|npx|node|curl|SELECT|INSERT|UPDATE|CREATE) )',
  ].join(''),
);

/** Proves one block in `folder`; rejects with one sentence that begins with its page and line. */
export async function prove(folder, block) {
  try {
    await within(DEADLINE_MS, proved(folder, block));
  } catch (error) {
    const why = error.code === 'ERR_ASSERTION' ? error.message : `${error.name}: ${error.message}`;
    throw new Error(`${block.file}:${block.line} (${block.language || 'no language'}): ${why}`, { cause: error });
  }
}

async function proved(folder, block) {
  const { from, run, language, isClosed } = block;
  assert.ok(isClosed, 'the fence has no end');
  if (from !== undefined) return isRunSomewhere(from.split('#')[0]);
  if (run?.endsWith('.spec.mjs')) return isReadBy(run, block.file);
  assert.ok(run === undefined || Object.hasOwn(CASES, run), `there is no case "${run}" in __test__/docs/cases.mjs`);
  assert.ok(language, 'the fence names no language; `text` is for plain words');
  assert.ok(
    Object.hasOwn(WAYS, language),
    `nobody runs ${language}: show it from a file, <!-- from: file#region -->, or name the spec that runs it, <!-- run: … -->`,
  );
  return WAYS[language](folder, block, CASES[run]);
}

let programs;

/** The modules below a folder; what npm or a spec has put there is passed over. */
const modulesOf = (folder) =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules' && !name.startsWith('docs-build-'))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return modulesOf(path);
      return entry.name.endsWith('.mjs') ? [path] : [];
    });

/** Whether a spec or a command of this project names the file, or its folder. */
function isRunSomewhere(file) {
  programs ??= ['__test__', 'tasks'].flatMap(modulesOf).map((name) => ({ name, text: textOf(name) }));
  const folder = dirname(file);
  const names = folder.includes('/') ? [file, folder] : [file];
  const isNamed = programs.some(({ name, text }) => name !== file && names.some((one) => text.includes(one)));
  assert.ok(isNamed, `no spec runs ${file}: neither __test__ nor tasks names it`);
}

function isReadBy(spec, page) {
  const text = textOf(spec);
  assert.ok(text, `there is no spec ${spec}`);
  assert.ok(text.includes('blocksOf(') && text.includes(`'${page}'`), `${spec} does not read ${page} by blocksOf`);
}

function linesAre({ code, line }, right, words) {
  const wrong = code.split('\n').findIndex((text) => !right.test(text));
  assert.equal(wrong, -1, `line ${line + wrong} is ${words}`);
}

/** In SQLite, beside the tables of a ledger, or in PostgreSQL, where its words are of that. */
async function runSql(_folder, block) {
  const world = await openWorld();
  try {
    const db = world.database();
    const { openLedger, sqlite } = await import('finconnect/ledger');
    await (await openLedger(sqlite(db), { gateways: { azampay: world.sdk('azampay') } })).close();
    db.exec(block.code);
  } catch (ofSqlite) {
    const { DATABASE_URL } = await environmentOf(world, 'DATABASE_URL');
    const pool = new (require('pg').Pool)({ connectionString: DATABASE_URL });
    try {
      await pool.query(`BEGIN; ${block.code}; ROLLBACK`);
    } catch (ofPostgres) {
      throw new Error(`SQLite says: ${ofSqlite.message}. PostgreSQL says: ${ofPostgres.message}`);
    } finally {
      await pool.end();
    }
  } finally {
    await world.close();
  }
}

/** The steps of a workflow, which are commands. */
async function runSteps(folder, block) {
  linesAre(block, /^(?!.*\t)(#.*|( {2})*( {2}|- )*\S.*)?$/, 'not indented by two spaces');
  const steps = [...block.code.matchAll(/^[\s-]*run: (?![|>])(.*)$/gm)].map(([, step]) => `${step}\n`);
  if (steps.length > 0) await commands(folder, { ...block, language: 'sh', code: steps.join('') });
}
