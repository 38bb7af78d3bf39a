// How the money stands: numbers, the four rules with their thresholds, and the text for Prometheus.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metricsText } from 'finconnect/ledger';
import { CHARGE, MINUTE_MS, openShop, PUSH } from './shop.mjs';

/** A shop whose time is told by `tick`. */
async function clockShop(t, options) {
  const clock = { ahead: 0 };
  const shop = await openShop(t, { clock: () => Date.now() + clock.ahead, ...options });
  return { ...shop, tick: (minutes) => (clock.ahead += minutes * MINUTE_MS) };
}

const firing = ({ rules }) => rules.filter(({ isFiring }) => isFiring).map(({ rule, gateways }) => [rule, ...gateways]);

test('a ledger in which nothing has happened is healthy', async (t) => {
  const { ledger } = await openShop(t);
  const health = await ledger.health();
  assert.deepEqual(firing(health), []);
  assert.deepEqual(
    health.rules.map(({ rule }) => rule),
    ['callbacks-silent', 'oldest-unknown', 'forged', 'logins-failing'],
  );
  assert.deepEqual([health.payments, health.isWhole, health.conversion, health.attention], [0, true, [], []]);
  assert.deepEqual(health.unknown, { count: 0, oldestMs: null });
  assert.equal(health.at - health.from, 24 * 60 * MINUTE_MS);
  assert.ok(health.callbacksSince <= health.at && health.loginsSince <= health.at);
});

test('conversion by gateway and operator, who told of it, and how long it took', async (t) => {
  const { sandbox, ledger, gateways, tick } = await clockShop(t, { before: ({ amount }) => amount !== '5' });
  const made = (reference, more) => ledger.charge({ ...CHARGE, reference, ...more });
  const paid = await made('PAID', { via: 'azampay' });
  tick(2);
  await sandbox.approve(paid.gatewayReference);
  const declined = await made('DECLINED', { via: 'azampay' });
  await sandbox.decline(declined.gatewayReference);
  await made('OPEN', { via: 'azampay', phone: '0754000000' });
  await assert.rejects(made('BLOCKED', { via: 'azampay', amount: '5' }), { code: 'BLOCKED' });
  const health = await ledger.health();
  const row = (operator) => health.conversion.find((one) => one.operator === operator);
  const [own, other] = [paid.operator, (await ledger.get('OPEN')).operator];
  assert.notEqual(own, other);
  assert.equal(health.payments, 4);
  assert.deepEqual(row(own), { gateway: 'azampay', operator: own, succeeded: 1, failed: 1, open: 0, rate: 0.5 });
  assert.deepEqual(row(other), { gateway: 'azampay', operator: other, succeeded: 0, failed: 0, open: 1, rate: null });
  const [{ settled, finalMs }] = health.gateways;
  assert.deepEqual(settled, { callback: 1, asking: 0, other: 0 });
  assert.equal(finalMs.count, 2);
  assert.ok(finalMs.p50 < MINUTE_MS && finalMs.p95 >= 2 * MINUTE_MS, JSON.stringify(finalMs));
  assert.deepEqual(health.callbacks.find(({ gateway }) => gateway === 'azampay').verdicts, { handled: 2 });
  assert.equal(Object.keys(gateways).length, health.callbacks.length);
});

test('only what began in the time is counted', async (t) => {
  const { ledger, tick } = await clockShop(t, { names: ['clickpesa'] });
  await ledger.charge({ ...CHARGE, reference: 'OLD' });
  tick(90);
  await ledger.charge({ ...CHARGE, reference: 'NEW' });
  assert.equal((await ledger.health({ withinMs: 60 * MINUTE_MS })).payments, 1);
  assert.equal((await ledger.health()).payments, 2);
  for (const withinMs of [0, 59_999, 1.5, '1', 32 * 86_400_000, null])
    await assert.rejects(ledger.health({ withinMs }), { code: 'INVALID_REQUEST', message: /withinMs must be/ });
  await assert.rejects(ledger.health({ sinceMs: 1 }), { message: /there is no option sinceMs; there is withinMs/ });
});

test('of many payments the newest 5,000 are read, page by page', async (t) => {
  const { sandbox, ledger, database } = await openShop(t, { names: ['clickpesa'] });
  const { gatewayReference } = await ledger.charge({ ...CHARGE, reference: 'SEED' });
  await sandbox.approve(gatewayReference);
  const copies = (count, table, columns, values) =>
    database.all(`WITH RECURSIVE g(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < ${count})
INSERT INTO finconnect_${table} (${columns}) SELECT ${values} FROM finconnect_${table}, g WHERE reference = 'SEED'
RETURNING id`);
  const shared = 'kind, status, gateway, created_at';
  const rest = 'amount, currency, attempt, parameters, updated_at';
  await copies(5_000, 'payment', `reference, ${shared}, ${rest}`, `'R' || i, ${shared}, ${rest}`);
  const own = `number, token, outcome, deadline_at, operator, ${shared}`;
  await copies(5_000, 'attempt', `reference, gateway_reference, ${own}`, `'R' || i, 'R' || i, ${own}`);
  const { payments, isWhole, conversion, from } = await ledger.health();
  assert.deepEqual([payments, isWhole, conversion.length], [5_000, false, 1]);
  assert.deepEqual([conversion[0].succeeded, conversion[0].rate], [5_000, 1]);
  assert.deepEqual(from, (await ledger.get('SEED')).createdAt);
});

test('callbacks are silent when a payment was known by asking and none by a callback', async (t) => {
  const { sandbox, ledger, url, tick } = await clockShop(t, { names: ['clickpesa'] });
  sandbox.setWebhook('clickpesa', undefined);
  const silent = await ledger.charge({ ...CHARGE, reference: 'SILENT' });
  await sandbox.approve(silent.gatewayReference);
  tick(2);
  assert.deepEqual(firing(await ledger.health()), []);
  await ledger.sweep();
  const health = await ledger.health();
  assert.deepEqual(firing(health), [['callbacks-silent', 'clickpesa']]);
  assert.match(health.rules[0].says, /clickpesa.*register the callback URL/);
  sandbox.setWebhook('clickpesa', `${url}/clickpesa`);
  const heard = await ledger.charge({ ...CHARGE, reference: 'HEARD' });
  await sandbox.approve(heard.gatewayReference);
  assert.deepEqual((await ledger.health()).gateways[0].settled, { callback: 1, asking: 1, other: 0 });
  assert.deepEqual(firing(await ledger.health()), []);
});

test('a payment that is unknown for more than 15 minutes fires, of a process that died too', async (t) => {
  const { sandbox, ledger, database, tick } = await clockShop(t, { names: ['azampay'] });
  sandbox.next({ name: 'reset-after', route: PUSH.azampay });
  await ledger.charge({ ...CHARGE, reference: 'LOST' });
  tick(14.9);
  assert.deepEqual(firing(await ledger.health()), []);
  tick(0.2);
  const health = await ledger.health();
  assert.deepEqual([firing(health), health.unknown.count], [[['oldest-unknown']], 1]);
  assert.match(health.rules[1].says, /unknown for 15 minutes/);
  await ledger.resolve('LOST', 'failed', { by: 'Asha', note: 'support' });
  assert.deepEqual(firing(await ledger.health()), []);
  // As a process leaves it that dies between the push and its answer.
  await ledger.charge({ ...CHARGE, reference: 'DIED' });
  await database.all("UPDATE finconnect_attempt SET outcome = NULL WHERE reference = 'DIED' RETURNING id");
  tick(16);
  assert.deepEqual(firing(await ledger.health()), [['oldest-unknown']]);
});

test('a forged callback fires, and one that only the gateway could know does not', async (t) => {
  const { sandbox, ledger, url } = await openShop(t, { names: ['azampay', 'clickpesa'] });
  const { gatewayReference } = await ledger.charge({ ...CHARGE, reference: 'PAID', via: 'azampay' });
  await sandbox.approve(gatewayReference);
  const callback = sandbox.webhooks().at(-1);
  const body = { event: 'PAYMENT RECEIVED', data: { orderReference: 'NOBODY', status: 'SUCCESS', id: 'X' } };
  await fetch(`${url}/clickpesa`, { method: 'POST', body: JSON.stringify(body) });
  assert.deepEqual(firing(await ledger.health()), []);
  await sandbox.redeliver(callback.id, { tamper: true });
  const health = await ledger.health();
  assert.deepEqual(firing(health), [['forged', 'azampay']]);
  const { verdicts, forged } = health.callbacks.find(({ gateway }) => gateway === 'azampay');
  assert.deepEqual([verdicts, forged], [{ handled: 1, BAD_SIGNATURE: 1 }, 1]);
});

test('three logins that fail one after the other fire, and one that succeeds ends it', async (t) => {
  const { sandbox, ledger } = await openShop(t, { names: ['clickpesa'], sdk: { maxRetries: 0 } });
  const login = '/third-parties/generate-token';
  assert.deepEqual(firing(await ledger.health()), []);
  const failing = async (reference) => {
    sandbox.next({ name: '500-empty', route: login });
    await ledger.charge({ ...CHARGE, reference });
  };
  for (const reference of ['A', 'B']) await failing(reference);
  assert.deepEqual(firing(await ledger.health()), []);
  await failing('C');
  assert.deepEqual(firing(await ledger.health()), [['logins-failing', 'clickpesa']]);
  await ledger.charge({ ...CHARGE, reference: 'D' });
  const { rules, logins } = await ledger.health();
  assert.equal(rules[3].isFiring, false);
  assert.deepEqual(logins, [{ gateway: 'clickpesa', succeeded: 1, failed: 3, failedInARow: 0, code: null }]);
});

test('a payment that is paid twice is counted, and needs attention', async (t) => {
  const { sandbox, ledger, gateways, url } = await openShop(t);
  const ipnId = await gateways.pesapal.ensureIpn(`${url}/pesapal`);
  const charge = { ...CHARGE, currency: 'KES', via: 'pesapal', callbackUrl: 'https://shop.example/back', ipnId };
  const first = await ledger.charge({ ...charge, reference: 'TWICE' });
  await sandbox.decline(first.gatewayReference, 'wrong-pin');
  const second = await ledger.retry('TWICE');
  for (const { gatewayReference } of [second, first]) await sandbox.approve(gatewayReference);
  const { doublePayments, attention } = await ledger.health();
  assert.deepEqual([doublePayments, attention], [1, [{ reason: 'duplicate', count: 1 }]]);
});

test('the text for Prometheus has each metric once, and escapes what it is told', () => {
  const nothing = { rules: [], attention: [], gateways: [], callbacks: [], logins: [], conversion: [] };
  const at = { at: new Date(0), from: new Date(0), isWhole: true, payments: 1, doublePayments: 2 };
  const health = {
    ...nothing,
    ...at,
    unknown: { count: 1, oldestMs: 90_500 },
    conversion: [{ gateway: 'azampay', operator: 'a"b\\c\nd', succeeded: 1, failed: 0, open: 2, rate: 1 }],
    gateways: [{ gateway: 'azampay', settled: { callback: 1 }, finalMs: { count: 1, p50: 1_500, p95: null } }],
  };
  const text = metricsText(health);
  assert.match(text, /^finconnect_attempts\{gateway="azampay",operator="a\\"b\\\\c\\nd",status="open"\} 2$/m);
  assert.match(text, /^finconnect_oldest_unknown_seconds 90.5$/m);
  assert.match(text, /^finconnect_final_seconds\{gateway="azampay",quantile="0.5"\} 1.5$/m);
  assert.doesNotMatch(text, /quantile="0.95"|null|undefined|NaN/);
  const names = [...text.matchAll(/^# TYPE (\w+) (?:gauge|counter)$/gm)].map(([, name]) => name);
  assert.equal(new Set(names).size, names.length);
  for (const line of text.trim().split('\n')) assert.match(line, /^(# (HELP|TYPE) \w+ .+|\w+(\{.*\})? [\d.]+)$/);
});
