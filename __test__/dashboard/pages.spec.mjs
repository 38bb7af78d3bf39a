import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { test } from 'node:test';
import { openDashboard } from './shop.mjs';

const READ = ['/', '/?days=30', '/payments', '/attention', '/payment?reference=NASTY', '/search?q=NASTY%3Cb', '/none'];

test('the overview tells what was received, how far payments come, and why they fail', async (t) => {
  const { get } = await openDashboard(t);
  const { status, text } = await get('/?days=7');
  assert.equal(status, 200);
  assert.match(text, /TZS 25,000/);
  assert.match(text, /1 of 4 payments paid/);
  assert.match(
    text,
    /Asked for[\s\S]*?<b>4 .*?100%[\s\S]*?Taken by a gateway[\s\S]*?<b>4 [\s\S]*?Final[\s\S]*?<b>2 [\s\S]*?Paid[\s\S]*?<b>1 /,
  );
  assert.match(text, /Half within<\/dt><dd>\d+ (ms|s|min)/);
  assert.match(text, /Wrong PIN[\s\S]*?The customer may try again[\s\S]*?The PIN was not correct/);
  assert.match(text, /Needs you[\s\S]*?OPEN/);
});

test('lists show the newest first, and what needs a person', async (t) => {
  const { get } = await openDashboard(t);
  const referencesOf = ({ text }) => [...text.matchAll(/class="ref"[^>]*>([^<]*)</g)].map(([, reference]) => reference);
  assert.deepEqual(referencesOf(await get('/payments')), ['NASTY', 'WRONG', 'PAID', 'OPEN']);
  assert.deepEqual(referencesOf(await get('/payments?status=failed')), ['WRONG']);
  assert.deepEqual(referencesOf(await get('/payments?from=2001-01-01&to=2001-01-02')), []);
  assert.deepEqual(referencesOf(await get('/attention')), ['OPEN']);
  assert.doesNotMatch((await get('/attention')).text, /Ask again|Resolve/);
});

test('a long list goes on where the page before ended', async (t) => {
  const { get, ledger } = await openDashboard(t);
  const charge = { amount: '1000', currency: 'TZS', phone: '0712345678', via: 'clickpesa' };
  for (let at = 0; at < 60; at += 1) await ledger.charge({ ...charge, reference: `MANY${at}` });
  const seen = [];
  for (let path = '/payments'; path; ) {
    const { text } = await get(path);
    seen.push(...[...text.matchAll(/class="ref"[^>]*>([^<]*)</g)].map(([, reference]) => reference));
    path = /href="\/admin\/money(\/payments\?before=[^"]*)"/.exec(text)?.[1];
  }
  assert.deepEqual([seen.length, new Set(seen).size], [64, 64]);
});

test('a payment is found by its reference, the id of its gateway, and the end of its phone', async (t) => {
  const { get, ledger } = await openDashboard(t);
  const { transactionId } = await ledger.get('PAID');
  for (const text of ['PAID', ` ${transactionId} `, '1987']) {
    const { status, headers } = await get(`/search?q=${encodeURIComponent(text)}`);
    assert.deepEqual([status, headers.get('location')], [303, '/admin/money/payment?reference=PAID'], text);
  }
  assert.match((await get('/search?q=5678')).text, /3 found/);
  assert.match((await get('/search?q=PAI')).text, /Nothing was found/);
  assert.equal((await get('/search?q=')).status, 200);
});

test('a payment’s life has every event with its body, and no phone number in it', async (t) => {
  const { get, ledger } = await openDashboard(t);
  const life = await ledger.get('PAID');
  const { text } = await get('/payment?reference=PAID');
  assert.equal(text.match(/<li class="row">/g).length, life.events.length + life.attempts.length);
  assert.match(text, /Attempt 1 begins[\s\S]*The answer to the request[\s\S]*callback[\s\S]*succeeded/);
  assert.match(text, /&#34;(status|event)&#34;/);
  assert.match(text, /call 0712\*\*\*\*5678/);
  for (const path of READ) assert.doesNotMatch((await get(path)).text, /0754321987|255754321987|0712345678/);
  assert.equal((await get('/payment?reference=NONE')).status, 404);
  assert.equal((await get('/payment')).status, 404);
});

test('what others wrote is text, wherever it stands', async (t) => {
  const { get, ledger, post } = await openDashboard(t, { act: true });
  const said = { by: '<b>Asha</b>', note: '<script>x</script>\u202e', reference: 'NASTY', status: 'succeeded' };
  await post('/resolve', said);
  assert.equal((await ledger.get('NASTY')).status, 'succeeded');
  for (const path of [
    ...READ,
    '/payments?status=%22%3E%3Cscript%3E&from=%22%3E%3Cscript%3E',
    '/search?q=%3Cscript%3E',
  ]) {
    const { text } = await get(path);
    assert.doesNotMatch(text, /<script|<img src=x|<b>Asha|onerror=alert\(2\)>|\u202e/, path);
  }
  const { text } = await get('/payment?reference=NASTY');
  assert.match(text, /&#60;script&#62;alert\(1\)&#60;\/script&#62;/);
  assert.match(text, /by &#60;b&#62;Asha/);
});

test('every page forbids scripts, frames, caches and foreign addresses, and names none', async (t) => {
  const { get, url } = await openDashboard(t, { act: true });
  for (const path of [...READ, '/payments.csv', '/style.css']) {
    const { headers, text } = await get(path);
    const policy = headers.get('content-security-policy');
    assert.match(policy, /default-src 'none'; style-src 'self';.*frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe|\*|http/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    if (path !== '/style.css') assert.equal(headers.get('cache-control'), 'no-store');
    assert.doesNotMatch(text, / style="| on\w+="|https?:\/\//, path);
    for (const [, address] of text.matchAll(/(?:href|src|action)="([^"]*)"/g))
      assert.match(address, /^(\/admin\/money\/|#main)/, `${path} ${url}`);
  }
});

test('all of a page is at most 60 kB, of a large shop too', async (t) => {
  const { get, database } = await openDashboard(t, { act: true });
  const files = await Promise.all(
    ['/style.css', '/parts.css', '/logo.svg'].map(async (path) => (await get(path)).text),
  );
  const shared = files.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  assert.match((await get('/')).text, /style\.css\?v=[\da-f]{12}"/);
  for (const path of READ) assert.ok(shared + Buffer.byteLength((await get(path)).text) <= 60_000, path);
  await fill(database);
  for (const path of [...READ, '/?days=90']) {
    const { text } = await get(path);
    assert.ok(shared + Buffer.byteLength(text) <= 60_000, path);
  }
  assert.match((await get('/?days=90')).text, /Week by week[\s\S]*?from=\d{4}-\d\d-\d\d&amp;to=/);
});

/** 400 payments more over 90 days in three currencies, half of which need a person; PAID has as many callbacks. */
async function fill(database) {
  const days = Array.from({ length: 400 }, (_, at) => {
    const day = new Date(Date.now() - (at % 89) * 86_400_000).toISOString();
    return `(${at}, '${day}', '${['TZS', 'KES', 'UGX'][at % 3]}')`;
  });
  const copies = (table, columns, values, where = '') =>
    database.all(`WITH g(i, day, currency) AS (VALUES ${days.join()})
INSERT INTO finconnect_${table} (${columns}) SELECT ${values} FROM finconnect_${table} old, g
WHERE old.reference = 'OPEN'${where} RETURNING id`);
  const day = process.env.LEDGER_STORE === 'postgres' ? 'CAST(g.day AS timestamptz)' : 'g.day';
  const own = 'kind, amount, gateway, attempt, parameters, updated_at';
  await copies(
    'payment',
    `reference, currency, status, attention, created_at, ${own}`,
    `'BOOKING-NUMBER-' || i, g.currency, status, CASE WHEN i % 2 = 1 THEN 'late' END, ${day}, ${own}`,
  );
  const rest = 'number, kind, gateway, token, status, outcome, deadline_at, created_at';
  await copies('attempt', `reference, gateway_reference, ${rest}`, `'BOOKING-NUMBER-' || i, 'B' || i, ${rest}`);
  await copies(
    'event',
    'key, reference, attempt, type, status, source, created_at, body',
    `'k' || i, 'PAID', 1, 'callback', status, 'callback', created_at, '"${'x'.repeat(16_000)}"'`,
    " AND old.id = (SELECT min(id) FROM finconnect_event WHERE reference = 'OPEN')",
  );
}

test('of a long life the newest is shown, and of what was said in it as much as a page can have', async (t) => {
  const { get, database } = await openDashboard(t);
  await fill(database);
  const { text } = await get('/payment?reference=PAID');
  assert.match(text, /The newest 100 of 40\d\./);
  assert.equal(text.match(/<li class="row">/g).length, 100);
  assert.match(text, /Too long to be shown here/);
  assert.ok(text.length < 350_000, `${text.length}`);
});

test('it is read-only unless it is told otherwise', async (t) => {
  const { get, post, ledger } = await openDashboard(t);
  for (const path of ['/ask', '/resolve'])
    assert.equal((await post(path, { reference: 'OPEN', status: 'failed', by: 'A', note: 'b' })).status, 403);
  assert.notEqual((await ledger.get('OPEN')).status, 'failed');
  for (const path of READ) assert.doesNotMatch((await get(path)).text, /method="post"/);
  assert.equal((await get('/ask')).status, 405);
  assert.equal((await get('/', { method: 'POST' })).status, 405);
  assert.equal((await get('/', { method: 'PUT' })).status, 405);
});

test('act may depend on who asks, and so does the name that is written down', async (t) => {
  const options = { act: (req) => req.headers['x-role'] === 'owner', user: (req) => req.headers['x-user'] };
  const { get, post, ledger } = await openDashboard(t, options);
  const form = { reference: 'OPEN', status: 'failed', by: 'Mallory', note: 'The bank said so' };
  const own = { 'sec-fetch-site': 'same-origin' };
  assert.equal((await post('/resolve', form, own)).status, 403);
  assert.equal((await post('/resolve', form, { ...own, 'x-role': 'owner' })).status, 403);
  assert.notEqual((await ledger.get('OPEN')).status, 'failed');
  const owner = { 'x-role': 'owner', 'x-user': 'Asha' };
  assert.match((await get('/payment?reference=OPEN', { headers: owner })).text, /in the name of Asha/);
  assert.equal((await post('/resolve', form, { ...own, ...owner })).status, 303);
  const { status, events } = await ledger.get('OPEN');
  assert.deepEqual([status, events.at(-1).by, events.at(-1).note], ['failed', 'Asha', 'The bank said so']);
});

test('a form of another site does nothing', async (t) => {
  const { post, url, ledger } = await openDashboard(t, { act: true });
  const form = { reference: 'OPEN', status: 'failed', by: 'Mallory', note: 'x' };
  for (const headers of [
    {},
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: url },
    { 'sec-fetch-site': 'none' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: `${url}0` },
  ])
    for (const path of ['/resolve', '/ask']) assert.equal((await post(path, form, headers)).status, 403);
  assert.notEqual((await ledger.get('OPEN')).status, 'failed');
  assert.equal((await post('/resolve', form, { origin: url })).status, 303);
  assert.equal((await ledger.get('OPEN')).status, 'failed');
});

test('resolve writes down who and why, tells the handler, and refuses what cannot be', async (t) => {
  const { post, get, ledger, heard } = await openDashboard(t, { act: true });
  const form = { reference: 'OPEN', status: 'succeeded', by: ' Asha ', note: 'Support, ticket 12' };
  for (const [wrong, words] of [
    [{ note: ' ' }, /note is missing/],
    [{ by: '' }, /by is missing/],
    [{ status: 'paid' }, /there is no status paid/],
    [{ reference: 'WRONG', status: 'pending' }, /cannot become pending/],
  ]) {
    const { status, text } = await post('/resolve', { ...form, ...wrong });
    assert.equal(status, 409);
    assert.match(text, words);
  }
  assert.equal((await post('/resolve', { ...form, reference: 'NONE' })).status, 404);
  const { status, headers } = await post('/resolve', form);
  assert.equal(status, 303);
  assert.match((await get(headers.get('location').replace('/admin/money', ''))).text, /It is written down\./);
  const life = await ledger.get('OPEN');
  assert.deepEqual([life.status, life.attention, life.events.at(-1).by], ['succeeded', null, 'Asha']);
  assert.ok(heard().includes('OPEN succeeded operator'));
});

test('ask again asks the gateway at once, and no more often than it allows', async (t) => {
  const { get, post, ledger, sandbox, pass } = await openDashboard(t, { act: true });
  const answers = async () => {
    const { status, headers } = await post('/ask', { reference: 'OPEN' });
    return [status, headers.get('location')?.split('said=')[1] ?? null];
  };
  pass(11_000);
  const { text } = await get('/attention');
  assert.match(text, /action="\/admin\/money\/ask"[\s\S]*?href="\/admin\/money\/payment\?reference=OPEN#act"/);
  assert.deepEqual(await answers(), [303, 'same']);
  const soon = await post('/ask', { reference: 'OPEN' });
  assert.equal(soon.status, 409);
  assert.match(soon.text, /was asked a moment ago/);
  const asked = sandbox.requests().length;
  sandbox.setWebhook('clickpesa', undefined);
  await sandbox.approve((await ledger.get('OPEN')).gatewayReference);
  assert.equal((await post('/ask', { reference: 'OPEN' })).status, 409);
  assert.equal(sandbox.requests().length, asked);
  pass(11_000);
  assert.deepEqual(await answers(), [303, 'changed']);
  assert.equal((await ledger.get('OPEN')).status, 'succeeded');
  const paid = await post('/ask', { reference: 'OPEN' });
  assert.deepEqual([paid.status, /there is nothing to ask about/.test(paid.text)], [409, true]);
});

test('the export is CSV whose texts no spreadsheet takes for formulas', async (t) => {
  const { get, ledger } = await openDashboard(t);
  const charge = { amount: '1000', currency: 'TZS', phone: '0712345678', via: 'clickpesa' };
  await ledger.charge({ ...charge, reference: 'FORMULA', description: '=HYPERLINK("http://evil")' });
  const { headers, text } = await get('/payments.csv');
  assert.equal(headers.get('content-type'), 'text/csv; charset=utf-8');
  assert.match(headers.get('content-disposition'), /^attachment; filename="payments.csv"$/);
  const lines = text.trimEnd().split('\r\n');
  assert.match(lines[0], /^reference,kind,status,amount,currency,/);
  assert.equal(lines.length, 6);
  assert.match(text, /"'=HYPERLINK\(""http:\/\/evil""\)"/);
  assert.doesNotMatch(text, /0754321987|0712345678/);
  assert.equal((await get('/payments.csv?status=failed')).text.trimEnd().split('\r\n').length, 2);
});

test('it speaks Request and Response, and node:http without a framework', async (t) => {
  const { ledger } = await openDashboard(t);
  const dashboard = ledger.dashboard({ path: '/money', act: true });
  const page = await dashboard.handle(new Request('http://shop.example/money'));
  assert.equal(page.status, 200);
  assert.match(await page.text(), /href="\/money\/payments"/);
  assert.match(await (await dashboard.handle(new Request('http://shop.example/money/payments.csv'))).text(), /PAID/);
  assert.equal(await (await dashboard.handle(new Request('http://shop.example/money', { method: 'HEAD' }))).text(), '');
  assert.equal((await dashboard.handle(new Request('http://shop.example/moneyed'))).status, 404);
  const form = { reference: 'OPEN', status: 'failed', by: 'Asha', note: 'x' };
  const send = (origin) =>
    dashboard.handle(
      new Request('http://shop.example/money/resolve', {
        method: 'POST',
        body: new URLSearchParams(form),
        headers: { origin },
      }),
    );
  assert.equal((await send('http://other.example')).status, 403);
  assert.equal(
    (await send('http://shop.example')).headers.get('location'),
    '/money/payment?reference=OPEN&said=resolved',
  );

  const server = createServer((req, res) => ledger.dashboard()(req, res)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => (server.close(), server.closeAllConnections()));
  const { port } = server.address();
  assert.match(await (await fetch(`http://127.0.0.1:${port}/payments`)).text(), /href="\/payments"/);
  // Two slashes would make a link to another machine.
  const [response] = await once(request({ port, path: '//evil.example/payments' }).end(), 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  assert.doesNotMatch(text, /"\/\/evil/);
});

test('when the ledger is closed, a page says so', async (t) => {
  const { get, ledger } = await openDashboard(t);
  await ledger.close();
  const { status, text } = await get('/');
  assert.equal(status, 503);
  assert.match(text, /the ledger is closed/);
});

test('options are checked when it is made', async (t) => {
  const { ledger } = await openDashboard(t);
  for (const [options, words] of [
    [{ acts: true }, /no option acts/],
    [{ act: 'yes' }, /act must be/],
    [{ user: 'Asha' }, /user must be/],
    [{ path: 'money' }, /path must be/],
    [{ path: '/money/' }, /path must be/],
    [{ timeZone: 'Mars/Base' }, /no timeZone Mars\/Base/],
  ])
    assert.throws(() => ledger.dashboard(options), { name: 'TypeError', message: words });
});
