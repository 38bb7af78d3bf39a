import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runNode } from '../support/child.mjs';

/** Runs before and after the package is loaded, in a process of its own. */
function snapshot() {
  const own = (value) =>
    Object.fromEntries(
      Reflect.ownKeys(value).map((key) => {
        const { value: held, get, set, ...flags } = Object.getOwnPropertyDescriptor(value, key);
        return [String(key), [typeof held, typeof held === 'function' ? held.name : '', typeof get, typeof set, flags]];
      }),
    );
  const agents = [require('node:http').globalAgent, require('node:https').globalAgent];
  const builtins = Reflect.ownKeys(globalThis).filter(
    (name) => typeof Object.getOwnPropertyDescriptor(globalThis, name).value === 'function',
  );
  return {
    env: { ...process.env },
    argv: [process.argv, process.execArgv, process.cwd(), process.umask()],
    globals: own(globalThis),
    prototypes: Object.fromEntries(builtins.map((name) => [name, own(globalThis[name].prototype ?? {})])),
    json: [
      own(JSON),
      own(Reflect),
      own(Math),
      JSON.stringify === globalThis.kept.stringify,
      JSON.parse === globalThis.kept.parse,
    ],
    stackTrace: [Error.stackTraceLimit, typeof Error.prepareStackTrace],
    listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
    process: Object.keys(own(process)),
    report: process.report.excludeNetwork,
    agents: agents.map((agent) => [
      Object.keys(agent),
      { ...agent.options },
      agent.maxSockets,
      agent.listenerCount('free'),
    ]),
    tls: [
      require('node:tls').DEFAULT_MIN_VERSION,
      require('node:tls').rootCertificates.length,
      require('node:dns').getDefaultResultOrder(),
    ],
    extensions: Object.keys(require.extensions),
    keepsAlive: process.getActiveResourcesInfo(),
  };
}

async function loadsQuietly(prepare) {
  const script = `
    ${prepare}
    const assert = require('node:assert/strict');
    globalThis.kept = { stringify: JSON.stringify, parse: JSON.parse };
    const snapshot = ${snapshot};
    snapshot();
    const before = snapshot();
    require('finconnect');
    assert.deepEqual(snapshot(), before);`;
  const { code, stdout, stderr } = await runNode(['--eval', script]);
  assert.equal(code, 0, stderr);
  assert.equal(stdout + stderr, '');
}

test('loading the package touches nothing global', () => loadsQuietly(''));

test('nor where the loader cannot read /usr/bin/ldd, as in distroless images', () =>
  loadsQuietly(`
    const fs = require('node:fs');
    const { readFileSync } = fs;
    fs.readFileSync = (file, ...rest) => {
      if (file === '/usr/bin/ldd') throw new Error('ENOENT');
      return readFileSync(file, ...rest);
    };`));
