// The stand-in of AzamPay and Selcom for the soak: fast, faulty at random, and it keeps count of every order.
import http from 'node:http';
import { GATEWAYS } from '../support/gateways.cjs';

const [calls, seed] = process.argv.slice(2).map(Number);
const token = (number) => `soak-token-${number}`;
let tokens = 0;
let state = seed;

/** What the gateway has carried out of each order, or may have. */
const charged = new Uint8Array(calls);
const met = {};
let requests = 0;
/** Payments of the workers that are ended: how many came, and those that wait for their answer. */
let ofWorkers = 0;
const held = [];

const json = (response, status, body, headers = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const { accepted } = GATEWAYS.azampay;
const pending = GATEWAYS.selcom.accepted;
const opened = { reference: '1', resultcode: '000', result: 'SUCCESS', message: 'Order creation successful', data: [] };
const half = JSON.stringify(accepted).slice(0, 60);
const reset = (response) => response.socket.resetAndDestroy();

/** Faults in thousandths. `refuses`: the order is not carried out, and the gateway says so. */
const FAULTS = [
  {
    name: 'token refused',
    of1000: 5,
    refuses: true,
    act: (response) => json(response, 401, { message: 'Unauthorized' }),
  },
  { name: 'rate limited', of1000: 10, refuses: true, act: (response) => json(response, 429, {}) },
  {
    name: 'success: false',
    of1000: 10,
    refuses: true,
    act: (response) => json(response, 200, { success: false, message: 'Invalid Vendor', messageCode: 1000 }),
  },
  { name: 'HTTP 499', of1000: 5, act: (response) => json(response, 499, { message: 'No answer' }) },
  {
    name: 'the success in an HTTP 403',
    of1000: 5,
    act: (response) => json(response, 403, { message: 'Forbidden', data: accepted }),
  },
  {
    name: 'the success in an HTTP 401',
    of1000: 5,
    act: (response) => json(response, 401, { ...accepted, message: 'Unauthorized' }),
  },
  {
    name: 'success: false with an id',
    of1000: 5,
    act: (response) => json(response, 200, { ...accepted, success: false }),
  },
  { name: 'HTTP 500', of1000: 10, act: (response) => response.writeHead(500).end() },
  {
    name: 'HTTP 502 in HTML',
    of1000: 10,
    act: (response) => response.writeHead(502).end('<html><title>502 Bad Gateway</title></html>'),
  },
  { name: 'a redirect', of1000: 5, act: (response) => response.writeHead(302, { location: '/elsewhere' }).end() },
  { name: 'an empty answer', of1000: 5, act: (response) => response.writeHead(200).end() },
  { name: 'half an answer', of1000: 10, act: (response) => response.writeHead(200).end(half) },
  {
    name: 'cut off',
    of1000: 10,
    act: (response) => response.writeHead(200, { 'content-length': 200 }).write(half, () => reset(response)),
  },
  { name: 'reset', of1000: 10, act: reset },
  { name: 'never answered', of1000: 2, act: () => {} },
  { name: 'answered late', of1000: 20, act: (response) => setTimeout(json, random() * 50, response, 200, accepted) },
  {
    name: 'closed after the answer',
    of1000: 10,
    act: (response) =>
      json(
        response.on('finish', () => setImmediate(() => response.socket?.destroy())),
        200,
        accepted,
      ),
  },
  { name: '2 MB', of1000: 0.5, act: (response) => response.end(Buffer.alloc(2 << 20, 32)) },
];

const selcom = (resultcode, result, message) => (response) =>
  json(response, 200, { ...pending, resultcode, result, message });
/** What Selcom says beside, and what breaks below: an order is opened again after it, and a push never. */
const OF_ORDERS = [
  { name: 'HTTP 500', of1000: 10, act: (response) => response.writeHead(500).end() },
  { name: 'reset', of1000: 20, act: reset },
  { name: 'refused', of1000: 5, act: selcom('4035', 'FAIL', 'Product not enabled') },
];
const OF_PUSHES = [
  { name: 'refused', of1000: 10, refuses: true, act: selcom('412', 'FAIL', 'Invalid msisdn') },
  { name: 'ambiguous', of1000: 20, act: selcom('999', 'AMBIGUOUS', 'Unknown state') },
  { name: 'in progress', of1000: 20, act: selcom('927', 'INPROGRESS', 'In progress') },
  { name: 'done', of1000: 20, act: selcom('000', 'SUCCESS', 'Done') },
  { name: 'HTTP 500', of1000: 10, act: (response) => response.writeHead(500).end() },
  { name: 'an empty answer', of1000: 5, act: (response) => response.writeHead(200).end() },
  { name: 'reset', of1000: 10, act: reset },
];

const server = http.createServer((request, response) => {
  request.on('error', () => {});
  response.on('error', () => {});
  const chunks = [];
  request
    .on('data', (chunk) => chunks.push(chunk))
    .on('end', () => {
      if (request.url === '/of-workers/answer') for (const waiting of held.splice(0)) json(waiting, 200, accepted);
      if (request.url.startsWith('/of-workers')) return response.end(String(ofWorkers));
      if (request.url.endsWith('/GenerateToken')) return login(response);
      const payment = JSON.parse(Buffer.concat(chunks));
      if (payment.order_id !== undefined) return ofSelcom(request.url, payment, response);
      if (payment.externalId === 'ENDS') return ++ofWorkers && held.push(response);
      requests++;
      pay(payment, request.headers.authorization, response);
    });
});
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('message', () => process.send({ charged, met, requests, logins: tokens }));
process.on('disconnect', () => process.exit());

function login(response) {
  if (random() < 0.05) return count('login reset') && reset(response);
  if (random() < 0.05) return count('login HTTP 503') && response.writeHead(503).end();
  const expire = new Date(Date.now() + 3_600_000).toISOString();
  return json(response, 200, { data: { accessToken: token(++tokens), expire }, success: true });
}

function pay({ externalId }, authorization, response) {
  const order = Number(externalId.slice('SOAK-'.length));
  if (authorization !== `Bearer ${token(tokens)}` && random() < 0.5)
    return count('old token') && json(response, 401, {});
  const fault = drawn();
  if (fault) count(fault.name);
  if (!fault?.refuses) charged[order]++;
  return fault ? fault.act(response) : json(response, 200, accepted);
}

/** Selcom opens an order first, which moves nothing, and pushes it then. */
function ofSelcom(url, { order_id: id }, response) {
  const isPush = url.endsWith('/wallet-payment');
  const fault = drawn(isPush ? OF_PUSHES : OF_ORDERS);
  if (fault) count(`Selcom, ${isPush ? 'push' : 'order'}: ${fault.name}`);
  if (isPush) requests++;
  if (isPush && !fault?.refuses) charged[Number(id.slice('SOAK-'.length))]++;
  return fault ? fault.act(response) : json(response, 200, isPush ? pending : opened);
}

function drawn(faults = FAULTS) {
  let left = random() * 1000;
  return faults.find(({ of1000 }) => (left -= of1000) < 0);
}

function count(name) {
  met[name] = (met[name] ?? 0) + 1;
  return true;
}

/** Evenly spread over 0 to 1, the same for the same seed. */
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}
