// What anybody may hear of a call, without OpenTelemetry.
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import diagnostics from 'node:diagnostics_channel';
import { test } from 'node:test';
import { FintechSDK } from 'finconnect';
import { runNode } from '../support/child.mjs';
import { PROVIDERS, rejection, startGateway } from '../support/gateway.mjs';

const CHARGE = { reference: 'BOOKING17', amount: '25000', currency: 'TZS', phone: '255712345678' };
const channel = diagnostics.tracingChannel('finconnect:call');
const NAMES = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'];

/** Subscribes for one test; gives what was heard, as `[name, call, a copy of its attributes]`. */
function hearing(t, names = NAMES) {
  const heard = [];
  const note = (name) => (call) => heard.push([name, call, { ...call.attributes }]);
  const listeners = Object.fromEntries(names.map((name) => [name, note(name)]));
  channel.subscribe(listeners);
  t.after(() => channel.unsubscribe(listeners));
  return heard;
}

test('a call is told from start to end, without what it resolves with', async (t) => {
  const { sdk } = await startGateway(t);
  const heard = hearing(t);
  const pending = sdk('clickpesa').charge(CHARGE);
  assert.deepEqual(
    heard.map(([name]) => name),
    ['start', 'end'],
  );
  const charge = await pending;
  assert.equal(charge.status, 'processing');
  assert.deepEqual(
    heard.map(([name]) => name),
    ['start', 'end', 'asyncStart', 'asyncEnd'],
  );
  assert.equal(new Set(heard.map(([, call]) => call)).size, 1);
  const begun = { 'finconnect.operation': 'charge', 'finconnect.provider': 'clickpesa' };
  assert.deepEqual(heard[0][2], begun);
  assert.deepEqual(heard[0][1], {
    name: 'finconnect charge clickpesa',
    attributes: { ...begun, 'finconnect.outcome': 'success', 'finconnect.payment.status': 'processing' },
  });
});

test('a failure is told with its error, which the caller gets', async (t) => {
  const { sdk } = await startGateway(t);
  const heard = hearing(t);
  const error = await rejection(sdk('clickpesa').charge({}));
  assert.deepEqual(
    heard.map(([name]) => name),
    ['start', 'end', 'error', 'asyncStart', 'asyncEnd'],
  );
  assert.equal(heard[2][1].error, error);
  assert.deepEqual([heard[2][2]['error.type'], heard[2][2]['finconnect.outcome']], ['INVALID_REQUEST', 'not_sent']);
});

test('each of the channels is told where it alone is heard, and no token is', async (t) => {
  const { sdk } = await startGateway(t);
  const clickpesa = sdk('clickpesa');
  for (const name of NAMES) {
    const listeners = { [name]: (call) => heard.push(call.name) };
    const heard = [];
    channel.subscribe(listeners);
    await rejection(clickpesa.charge({}));
    channel.unsubscribe(listeners);
    assert.deepEqual(heard, ['finconnect charge clickpesa'], name);
  }
  const heard = hearing(t);
  const { ClickpesaProvider } = await import('finconnect');
  const { sandbox } = await startGateway(t);
  const token = await new ClickpesaProvider(sandbox.config('clickpesa')).authenticate();
  assert.equal(heard.at(-1)[1].name, 'finconnect authenticate clickpesa');
  assert.ok(token.length > 10 && !JSON.stringify(heard).includes(token.replace('Bearer ', '')));
});

test('every operation of every gateway is told under its name', async (t) => {
  const { sdk } = await startGateway(t);
  const heard = hearing(t, ['start']);
  for (const provider of PROVIDERS) {
    const one = sdk(provider);
    for (const operation of one.capabilities().operations) {
      const [group, own] = operation.split('.');
      const made = own === undefined ? one[operation]() : one[group][own]();
      // Of a list each page is a call.
      const first = made[Symbol.asyncIterator] ? made[Symbol.asyncIterator]().next() : made;
      await first.catch(() => {});
      assert.equal(heard.at(-1)[1].attributes['finconnect.operation'], operation);
      assert.equal(heard.at(-1)[1].attributes['finconnect.provider'], provider);
    }
  }
  await rejection(sdk('clickpesa').recover(null));
  assert.equal(heard.at(-1)[1].name, 'finconnect recover clickpesa');
});

test('a store that is bound to the start is alive in the call, and no longer', async (t) => {
  const { sdk } = await startGateway(t);
  const store = new AsyncLocalStorage();
  const found = [];
  const own = (...request) => {
    found.push(store.getStore()?.name);
    return fetch(...request);
  };
  channel.start.bindStore(store);
  t.after(() => channel.start.unbindStore(store));
  await sdk('clickpesa', {}, { fetch: own }).charge(CHARGE);
  assert.deepEqual(new Set(found), new Set(['finconnect charge clickpesa']));
  assert.equal(store.getStore(), undefined);
});

test('what several subscribers put around a call is around it', async (t) => {
  const { sdk } = await startGateway(t);
  const order = [];
  const around = (name) => (call) => {
    const { run } = call;
    call.run = (make) => {
      order.push(name);
      run === undefined ? make() : run(make);
    };
  };
  const [inner, outer] = [{ start: around('inner') }, { start: around('outer') }];
  for (const each of [inner, outer]) {
    channel.subscribe(each);
    t.after(() => channel.unsubscribe(each));
  }
  await sdk('clickpesa').verifyCredentials();
  assert.deepEqual(order, ['outer', 'inner']);
});

test('whatever a subscriber does, the call is made once, and gives what it gives', async (t) => {
  const { sandbox, sdk } = await startGateway(t);
  const clickpesa = sdk('clickpesa');
  const all = {
    freezes: (call) => Object.freeze(Object.freeze(call).attributes),
    empties: (call) => delete call.attributes,
    'puts no function around': (call) => (call.run = 7),
    'makes it twice': (call) => (call.run = (make) => [make(), make()]),
    'makes it never': (call) => (call.run = () => {}),
    'unsubscribes while it runs': (_call, leave) => leave(),
  };
  for (const [at, [what, start]] of Object.entries(all).entries()) {
    const leave = () => channel.unsubscribe(subscriber);
    const subscriber = { start: (call) => void start(call, leave) };
    channel.subscribe(subscriber);
    const { status } = await clickpesa.charge({ ...CHARGE, reference: `ODD${at}` });
    const { code } = await rejection(clickpesa.charge({}));
    leave();
    assert.deepEqual([status, code, sandbox.payments().length], ['processing', 'INVALID_REQUEST', at + 1], what);
  }
});

test('what is no SDK object is refused as ever', async (t) => {
  const heard = hearing(t);
  const { charge } = FintechSDK.prototype;
  const error = await rejection(charge.call({}, CHARGE));
  assert.match(error.message, /FintechSDK/);
  assert.equal(heard[0][1].name, 'finconnect charge');
});

test('where a channel binds no stores, as in older Nodes, all else is told', async () => {
  const script = `
    const diagnostics = require('node:diagnostics_channel');
    const start = diagnostics.channel('tracing:finconnect:call:start');
    const heard = [];
    Object.defineProperty(start, 'runStores', { value: undefined });
    start.subscribe((call) => heard.push(call.name));
    diagnostics.channel('tracing:finconnect:call:asyncEnd').subscribe((call) => heard.push(call.attributes['error.type']));
    const { FintechSDK } = require('finconnect');
    const config = { baseUrl: 'http://127.0.0.1:9', CLICKPESA_CLIENT_ID: 'id', CLICKPESA_API_KEY: 'key' };
    new FintechSDK({ provider: 'clickpesa', config }).charge({}).catch(() => console.log(heard.join()));`;
  const { stdout, stderr } = await runNode(['--eval', script]);
  assert.equal(stderr, '');
  assert.equal(stdout.trim(), 'finconnect charge clickpesa,INVALID_REQUEST');
});
