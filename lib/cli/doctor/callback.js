'use strict';

// The callback URL: whether a gateway can reach it, and what the app answers to a forged callback and a genuine one.
// Both are about a payment that does not exist.

const { lookup } = require('node:dns/promises');
const { BlockList, isIP } = require('node:net');
const { within } = require('../words.js');
const { ofSandbox } = require('../sandbox.js');

exports.callbackLines = callbackLines;

/** A gateway waits no longer. */
const ANSWER_MS = 8_000;
const LOOKUP_MS = 10_000;
const LONGEST_ANSWER = 65_536;

async function* callbackLines({ name, config, callback }, isLocal) {
  if (callback === undefined) {
    yield {
      ...{ check: 'callback', level: 'warn', says: 'The callback URL is not known here.' },
      todo: `Run the doctor with --callback ${name}=https://….`,
    };
    return;
  }
  const { isDead, ...line } = await urlLine(callback, isLocal);
  yield line;
  if (isDead) return;
  const { forged, genuine } = ofSandbox('probe.js').callbacksOfNobody(name, config);
  const answers = await Promise.all([send(callback, forged), genuine && send(callback, genuine)]);
  yield answerLine('forged', answers[0]);
  if (genuine) yield answerLine('genuine', answers[1]);
}

/** Addresses that lead to no other network. */
const PRIVATE = new BlockList();
for (const subnet of [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'],
  ...['::/127', 'fc00::/7', 'fe80::/10'],
]) {
  const [net, bits] = subnet.split('/');
  PRIVATE.addSubnet(net, Number(bits), `ipv${isIP(net)}`);
}

/** `isDead`: nothing can be sent there. */
async function urlLine(callback, isLocal) {
  const check = 'callback';
  let url;
  try {
    url = new URL(callback);
  } catch {}
  if (!/^https?:$/.test(url?.protocol))
    return {
      check,
      level: 'bad',
      isDead: true,
      says: 'The callback URL is no web address.',
      todo: 'Begin it with https://.',
    };
  const host = url.hostname.replace(/^\[|\]$/g, '');
  let addresses;
  try {
    addresses = await within(LOOKUP_MS, lookup(host, { all: true }), 'no answer');
  } catch (error) {
    const says = `${host} does not resolve (${error.code ?? error.message}).`;
    return { check, level: 'bad', isDead: true, says, todo: 'Set its DNS record, or correct the URL.' };
  }
  if (isLocal) return { check, level: 'ok', says: `${url.host} resolves; --local lets it be on this machine.` };
  const inside = addresses.find(({ address, family }) => PRIVATE.check(address, `ipv${family}`));
  if (inside !== undefined)
    return {
      ...{ check, level: 'bad', says: `${host} is ${inside.address}, which no gateway can reach.` },
      todo: 'Give your server a public address, or use a tunnel while you develop.',
    };
  if (url.protocol !== 'https:')
    return {
      ...{ check, level: 'bad', says: 'The callback URL is plain HTTP, on which anybody may read and change it.' },
      todo: 'Serve it by HTTPS.',
    };
  return { check, level: 'ok', says: `${url.host} is HTTPS and has a public address.` };
}

/** What the app answers: `status`, `ms` and the status that a JSON answer tells; or why there is no answer. */
async function send(to, { method, headers, query, rawBody }) {
  const url = new URL(to);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const started = performance.now();
  try {
    const body = method === 'GET' ? undefined : rawBody;
    const signal = AbortSignal.timeout(ANSWER_MS);
    const response = await fetch(url, { method, headers, body, redirect: 'manual', signal });
    const text = await textOf(response);
    return { status: response.status, told: toldIn(text), ms: Math.round(performance.now() - started) };
  } catch (error) {
    const isLate = error.name === 'TimeoutError';
    return isLate ? { failure: `no answer within ${ANSWER_MS / 1_000} s`, isLate } : { failure: whyOf(error) };
  }
}

/** A code says more than “fetch failed”. */
const whyOf = ({ cause, message }) => cause?.code ?? cause?.message ?? message;

async function textOf({ body }) {
  const parts = [];
  let length = 0;
  for await (const part of body ?? []) {
    parts.push(part);
    length += part.length;
    if (length > LONGEST_ANSWER) break;
  }
  return Buffer.concat(parts).toString('utf8');
}

/** The status of an acknowledgement in JSON. */
function toldIn(text) {
  try {
    const { status } = JSON.parse(text);
    return Number(status) || undefined;
  } catch {
    return undefined;
  }
}

const NOT_HERE = 'See that your app mounts the webhook handler at this path, before any login or redirect.';
const REFUSES = [400, 403, 409, 422, 503];

/** What each answer means, the first that fits: to both callbacks, or to one. */
const ANSWERS = [
  [(a) => a.isLate, 'bad', (a) => `The app gave no answer: ${a.failure}.`, 'Answer within 8 s, and work afterwards.'],
  [
    (a) => a.failure,
    'bad',
    (a) => `The app gave no answer: ${a.failure}.`,
    'See that it runs there, and that its certificate is valid and has all of its chain.',
  ],
  [
    (a) => a.status >= 300 && a.status < 400,
    'bad',
    (a) => `It redirects (${a.status}), which no gateway follows.`,
    NOT_HERE,
  ],
  [(a) => [401, 404, 405].includes(a.status), 'bad', (a) => `It answers ${a.status}: no handler is there.`, NOT_HERE],
];
const OF_KIND = {
  forged: [
    [
      (a) => a.status < 300 && (a.told ?? 200) < 300,
      'bad',
      (a) => `The app accepted a forged callback (${a.status}).`,
      'Prove each callback: use webhooks() or ledger.webhooks(), and pass its answer on.',
    ],
    [
      (a) => a.status < 300 || REFUSES.includes(a.status),
      'ok',
      (a) => `A forged callback is refused within ${a.ms} ms.`,
    ],
    [
      () => true,
      'warn',
      (a) => `It answers ${a.status} to a forged callback.`,
      'See your log: a refusal is 400 or 503.',
    ],
  ],
  genuine: [
    [(a) => a.status < 300, 'ok', (a) => `A signed callback is accepted within ${a.ms} ms.`],
    [
      (a) => REFUSES.includes(a.status),
      'bad',
      (a) => `A signed callback is refused (${a.status}).`,
      'Give the app the same checksum key as here.',
    ],
    [() => true, 'bad', (a) => `It answers ${a.status} to a signed callback.`, 'See your log: the handler fails.'],
  ],
};

function answerLine(kind, answer) {
  const [, level, says, todo = null] = [...ANSWERS, ...OF_KIND[kind]].find(([fits]) => fits(answer));
  return { check: kind, level, says: says(answer), todo };
}
