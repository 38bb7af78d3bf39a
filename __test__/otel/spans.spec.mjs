import assert from 'node:assert/strict';
import diagnostics from 'node:diagnostics_channel';
import { test } from 'node:test';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { instrument } from 'finconnect/otel';
import { specs } from '../../sandbox/dist/gateways/index.js';
import { LOGIN_ROUTES, PAYMENTS, PROVIDERS, pay, rejection, startGateway } from '../support/gateway.mjs';
import { asWebRequest, instrumented, serverOf, spans, tree } from './telemetry.mjs';

const CHARGE = { reference: 'BOOKING17', amount: '25000', currency: 'TZS', phone: '255712345678' };
const PUSH = 'POST /third-parties/payments/initiate-ussd-push-request';
const LOGIN = 'POST /third-parties/generate-token';
const named = (name) => spans().find((span) => span.name === name);

test('a call is a span below the web request that made it, and its requests are below the call', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('clickpesa', {}, { maxRetries: 1 });
  await instrumented(t);
  gateway.sandbox.next({ name: '502-html', route: LOGIN_ROUTES.clickpesa });
  await asWebRequest('POST /book', () => sdk.charge(CHARGE));
  assert.deepEqual(tree(), [
    [
      'POST /book',
      [
        [
          'finconnect charge clickpesa',
          [
            [LOGIN, []],
            [LOGIN, []],
            [PUSH, []],
          ],
        ],
      ],
    ],
  ]);
  const call = named('finconnect charge clickpesa');
  assert.deepEqual([call.kind, call.status.code], [SpanKind.INTERNAL, SpanStatusCode.UNSET]);
  assert.deepEqual(call.attributes, {
    'finconnect.operation': 'charge',
    'finconnect.provider': 'clickpesa',
    'finconnect.outcome': 'success',
    'finconnect.payment.status': 'processing',
  });
  const [failed, again] = spans().filter(({ name }) => name === LOGIN);
  const http = {
    'finconnect.operation': 'login',
    'finconnect.provider': 'clickpesa',
    'http.request.method': 'POST',
    ...serverOf(gateway, 'clickpesa'),
    'url.template': LOGIN_ROUTES.clickpesa,
  };
  assert.deepEqual([failed.kind, failed.status.code], [SpanKind.CLIENT, SpanStatusCode.ERROR]);
  assert.deepEqual(failed.attributes, { ...http, 'http.response.status_code': 502, 'error.type': '502' });
  assert.equal(again.status.code, SpanStatusCode.UNSET);
  assert.deepEqual(again.attributes, { ...http, 'http.response.status_code': 200, 'http.request.resend_count': 1 });
});

test('calls at one time stay below their own web requests', async (t) => {
  const { sandbox, sdk } = await startGateway(t);
  const clickpesa = sdk('clickpesa');
  await clickpesa.verifyCredentials();
  await instrumented(t);
  const books = Array.from({ length: 5 }, (_, at) => `BOOK${at}`);
  await Promise.all(
    books.map((reference) => asWebRequest(reference, () => clickpesa.charge({ ...CHARGE, reference }))),
  );
  assert.deepEqual(
    tree().sort(),
    books.map((reference) => [reference, [['finconnect charge clickpesa', [[PUSH, []]]]]]),
  );
  assert.equal((await sandbox.payments()).length, books.length);
});

test('what a call asks of the app runs within its span', async (t) => {
  const { sdk } = await startGateway(t);
  const active = new Set();
  const note = (what) => active.add(`${what} in ${trace.getActiveSpan()?.name}`);
  const own = (...request) => {
    note('fetch');
    return fetch(...request);
  };
  const clickpesa = sdk('clickpesa', {}, { fetch: own });
  await instrumented(t);
  const { reference } = await clickpesa.charge(CHARGE);
  await clickpesa.getPaymentStatus(reference);
  const body = { event: 'PAYMENT RECEIVED', data: { orderReference: reference, status: 'PROCESSING' } };
  await clickpesa.handleCallback(body, { expect: () => note('expect') }).catch(() => {});
  assert.deepEqual(
    [...active],
    [
      'fetch in finconnect charge clickpesa',
      'fetch in finconnect getPaymentStatus clickpesa',
      'fetch in finconnect handleCallback clickpesa',
      'expect in finconnect handleCallback clickpesa',
    ],
  );
  assert.equal(trace.getActiveSpan(), undefined);
});

test('a failure says its code and whether money may have moved', async (t) => {
  const { sandbox, sdk } = await startGateway(t);
  const clickpesa = sdk('clickpesa');
  await instrumented(t);
  const told = async (promise) => {
    const error = await rejection(promise);
    const { attributes, status } = spans().findLast(({ name }) => name.startsWith('finconnect '));
    assert.equal(status.code, SpanStatusCode.ERROR);
    assert.equal(status.message, undefined);
    return [error, attributes['error.type'], attributes['finconnect.outcome']];
  };
  const [invalid, ...ofInvalid] = await told(clickpesa.charge({}));
  assert.deepEqual(ofInvalid, [invalid.code, 'not_sent']);
  assert.match(invalid.stack, /spans\.spec\.mjs/);
  sandbox.next({ name: '502-html', route: 'initiate-ussd-push-request' });
  const [lost, ...ofLost] = await told(clickpesa.charge(CHARGE));
  assert.deepEqual([lost.outcome, ...ofLost], ['unknown', 'GATEWAY_ERROR', 'unknown']);
  const signal = AbortSignal.abort(new Error('the customer left'));
  const [left, ...ofLeft] = await told(clickpesa.charge(CHARGE, { signal }));
  assert.deepEqual([left, ...ofLeft], [signal.reason, '_OTHER', 'not_sent']);
});

test('nothing that is told names a payment, a payer or a secret', async (t) => {
  const gateway = await startGateway(t);
  await instrumented(t);
  for (const provider of PROVIDERS) {
    const sdk = gateway.sdk(provider);
    await pay(sdk, provider).catch(() => {});
    const { order_id, id, orderReference, externalId } = PAYMENTS[provider];
    const reference = order_id ?? id ?? orderReference ?? externalId;
    await sdk.getPaymentStatus(reference).catch(() => {});
    await sdk.handleCallback({ reference, transactionId: 'TRANSACTION-7', msisdn: CHARGE.phone }).catch(() => {});
    await sdk.recover(reference).catch(() => {});
    if (sdk.supports('bills.get')) await sdk.bills.get('CONTROLNUMBER').catch(() => {});
    if (sdk.supports('mandates.get')) await sdk.mandates.get('MANDATE').catch(() => {});
    if (sdk.supports('getPayoutStatus')) await sdk.getPayoutStatus('PAYOUTREFERENCE').catch(() => {});
  }
  const all = JSON.stringify(spans().map(({ name, attributes, status, events }) => [name, attributes, status, events]));
  const own = PROVIDERS.flatMap((provider) => [
    ...Object.values(gateway.sandbox.config(provider)),
    ...Object.values(PAYMENTS[provider]).flatMap((value) => (typeof value === 'object' ? Object.values(value) : value)),
  ]);
  const words = ['TRANSACTION-7', 'CONTROLNUMBER', 'MANDATE', 'PAYOUTREFERENCE', 'Bearer', '****', '5678'];
  const known = new Set(['TZS', 'KES', 'Tigo', 'Mpesa', ...PROVIDERS]);
  const shown = [...words, ...own.map(String)].filter(
    (word) => word.length > 3 && !known.has(word) && all.includes(word),
  );
  assert.deepEqual(shown, []);
  assert.ok(spans().length > 20, `${spans().length}`);
});

test('the path of every route is a template, wherever an id stands', async (t) => {
  await instrumented(t);
  const channel = diagnostics.channel('finconnect:response');
  const routes = Object.entries(specs).flatMap(
    ([
      provider,
      {
        routes: { routes },
      },
    ]) => routes.flatMap(({ method, path }) => [path].flat().map((template) => ({ provider, method, template }))),
  );
  assert.ok(routes.length > 60);
  for (const { provider, method, template } of routes) {
    const path = template.replace(/:\w+/g, 'ORDERabc');
    channel.publish({
      provider,
      operation: 'pay',
      attempt: 1,
      method,
      path,
      status: 200,
      ms: 1,
      outcome: 'success',
      code: null,
    });
    assert.equal(spans().at(-1).attributes['url.template'], template.replace(/:\w+/g, '{id}'));
  }
  const told = (path) => {
    channel.publish({
      ...{ provider: 'selcom', operation: 'pay', attempt: 1, method: 'GET' },
      path,
      status: null,
      ms: 1,
      code: 'TIMEOUT',
    });
    const { 'url.template': template, 'error.type': type } = spans().at(-1).attributes;
    assert.equal(type, 'TIMEOUT');
    return template;
  };
  assert.equal(told('/my-proxy/v1/checkout/order-status'), '/{id}/v1/checkout/order-status');
  assert.equal(told('/v1/selcom-17/2557****5678'), '/v1/{id}/{id}');
  assert.equal(told('/x'.repeat(10_000)), '/{id}'.repeat(11));
});

test('the last instrument counts, and its undo leaves nothing behind', async (t) => {
  const { sdk } = await startGateway(t);
  const clickpesa = sdk('clickpesa');
  const first = await instrumented(t);
  const second = instrument({ trace });
  await clickpesa.verifyCredentials();
  assert.equal(spans().filter(({ name }) => name === 'finconnect verifyCredentials clickpesa').length, 1);
  first();
  await clickpesa.verifyCredentials();
  assert.equal(spans().filter(({ name }) => name === 'finconnect verifyCredentials clickpesa').length, 2);
  const underWay = clickpesa.getPaymentStatus('ORDER1');
  second();
  assert.equal(spans().at(-1).name, 'finconnect getPaymentStatus clickpesa');
  const { length } = spans();
  await underWay;
  await clickpesa.verifyCredentials();
  second();
  assert.equal(spans().length, length);
  for (const name of ['tracing:finconnect:call:start', 'tracing:finconnect:call:asyncEnd', 'finconnect:response'])
    assert.equal(diagnostics.hasSubscribers(name), false, name);
});

test('what is no API is refused by name', () => {
  assert.throws(() => instrument(), { name: 'TypeError', message: /takes \{ trace, metrics \}/ });
  assert.throws(() => instrument({}), { name: 'TypeError', message: /takes \{ trace, metrics \}/ });
  assert.throws(() => instrument({ trace: {} }), { name: 'TypeError', message: /trace must be .* getTracer/ });
  assert.throws(() => instrument({ trace, metrics: null }), {
    name: 'TypeError',
    message: /metrics must be .* getMeter/,
  });
  assert.equal(diagnostics.hasSubscribers('tracing:finconnect:call:start'), false);
});

test('a tracer that fails costs no payment, and makes none twice', async (t) => {
  const { sandbox, sdk } = await startGateway(t);
  const fails = () => {
    throw new Error('no room for spans');
  };
  const late = (_name, _options, work) => {
    work({ setAttributes: fails, end: fails });
    work({ setAttributes: fails, end: fails });
    fails();
  };
  for (const [startActiveSpan, reference] of [
    [fails, 'ORDER1'],
    [late, 'ORDER2'],
  ]) {
    const undo = instrument({ trace: { getTracer: () => ({ startActiveSpan, startSpan: fails }) } });
    t.after(undo);
    assert.equal((await sdk('clickpesa').charge({ ...CHARGE, reference })).status, 'processing');
  }
  assert.equal((await sandbox.payments()).length, 2);
});
