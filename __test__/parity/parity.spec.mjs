// Each row of the parity tables: what is called, what is sent, byte for byte, and what comes of it.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { mock, test } from 'node:test';
import { AzampayProvider, ClickpesaProvider, FinConnectError, FintechSDK, PesapalProvider } from 'finconnect';
import { startShop } from '../support/shop.mjs';
import { MARKS, TABLES } from './tables.mjs';

const { column } = createRequire(import.meta.url)('../support/gateways.cjs');
const CONFIGS = column('config');
const CLASSES = { pesapal: PesapalProvider, clickpesa: ClickpesaProvider, azampay: AzampayProvider };
const PRINTS = ['log', 'info', 'warn', 'error', 'debug'];

const answerOf = (answers, path) => {
  assert.ok(Object.hasOwn(answers, path), `a request to ${path}, which the row has no answer for`);
  const [status, body] = answers[path];
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, body: text, headers: { 'content-type': 'application/json' } };
};

/** Where a row's requests go: a server on loopback or, for a row about hosts, a function in place of the network. */
async function transportOf(t, answers, baseUrl) {
  if (baseUrl === undefined) {
    const server = await startShop(({ url }) => answerOf(answers, url));
    t.after(server.close);
    const sent = () =>
      server.received.map(({ method, url, headers, text }) => ({ method, path: url, headers, body: text }));
    return { config: { baseUrl: server.url }, sent };
  }
  const received = [];
  const fetch = async (path, { method, headers, body }) => {
    received.push({ method, path, headers, body: body ?? '' });
    return answerOf(answers, new URL(path).pathname);
  };
  return { config: { baseUrl }, options: { fetch }, sent: () => received };
}

/** What a row calls, as a promise of the last value. */
async function called({ gateway }, { on = 'sdk', calls, config: own }, { config, options }) {
  const settings = { ...CONFIGS[gateway], ...config, ...own };
  const makers = {
    sdk: () => new FintechSDK({ provider: gateway, config: settings, maxRetries: 0, ...options }),
    provider: () => new CLASSES[gateway](settings, { maxRetries: 0, ...options }),
  };
  let object;
  let value;
  for (const [name, ...args] of calls) {
    if (name === 'new') {
      const [{ provider, config: given }] = args;
      value = new FintechSDK({ provider, config: { ...config, ...given } });
    } else {
      object ??= makers[on]();
      value = await object[name](...args);
    }
  }
  return value;
}

/** The members of `told` that `wanted` names. */
const membersOf = (told, wanted) => Object.fromEntries(Object.keys(wanted).map((name) => [name, told?.[name]]));

for (const table of TABLES) {
  for (const row of table.rows) {
    test(`${table.title}, ${row.mark}: ${row.does}`, async (t) => {
      assert.ok(MARKS.includes(row.mark));
      assert.equal(typeof row.was, row.mark === 'fixed' ? 'string' : 'undefined');
      assert.equal(typeof row.instead, row.mark === 'added' ? 'string' : 'undefined');
      const prints = PRINTS.map((name) => mock.method(console, name, () => {}));
      t.after(() => mock.restoreAll());
      const transport = await transportOf(t, { ...table.answers, ...row.answers }, row.config?.baseUrl);

      if (row.error) {
        await assert.rejects(called(table, row, transport), (error) => {
          assert.ok(error instanceof FinConnectError);
          const { message, ...others } = row.error;
          assert[typeof message === 'string' ? 'equal' : 'match'](error.message, message);
          assert.deepEqual(membersOf(error, others), others);
          return true;
        });
      } else {
        const value = await called(table, row, transport);
        if ('value' in row) assert.deepEqual(value, row.value);
        if (row.has) assert.deepEqual(membersOf(value, row.has), row.has);
        for (const [name, wanted] of Object.entries(row.holds ?? {}))
          assert.deepEqual(membersOf(value[name], wanted), wanted);
      }

      const wanted = row.sent.map((request) => ({ body: '', ...request }));
      const sent = transport.sent().map(({ headers, ...request }, at) => ({
        ...request,
        headers: membersOf(headers, wanted[at]?.headers ?? {}),
      }));
      assert.deepEqual(sent, wanted);
      assert.equal(prints.flatMap(({ mock: { calls } }) => calls).length, 0, 'nothing is printed');
    });
  }
}
