// What is measured beside the matrix: deadlines, aborts, forged callbacks, a rotated key.
import { setTimeout as after } from 'node:timers/promises';
import { FintechSDK } from 'finconnect';
import { generateTestCallback, startSandbox } from 'finconnect/sandbox';
import { GATEWAYS, PROVIDERS } from '../support/gateways.cjs';
import { startPeer } from '../support/peer.mjs';
import { membersOf, startShop } from '../support/shop.mjs';
import { counted, ended, lookups } from './bounds.mjs';
import { newOrder } from './operations.mjs';

const DEADLINE_MS = 250;
const CALLS = 20;
const FORGED = 1000;
const ATTEMPTS = 3;
export const LIMITS = { deadline: 50, abort: 20 };

/** Each measurement: `{ what, figures, limit, unit, attempt, holds }`. */
export async function measure(watch) {
  const results = [];
  for (const provider of PROVIDERS) {
    for (const place of placesOf(provider, 'pay', 'login', 'status'))
      results.push(await deadlines(provider, place, watch));
  }
  results.push(await halfOpen(watch));
  for (const provider of PROVIDERS) {
    for (const place of placesOf(provider, 'pay', 'login')) results.push(await aborts(provider, place, watch));
  }
  results.push(...(await forgedCallbacks(watch)), await rotation(watch));
  for (const provider of PROVIDERS) results.push(await withSandbox(provider, watch, (shop) => ended(provider, shop)));
  for (const provider of ['pesapal', 'clickpesa'])
    results.push(await withSandbox(provider, watch, (shop) => lookups(provider, shop)));
  return results;
}

/** Those of `places` that a gateway has: some have no login. */
const placesOf = (provider, ...places) => places.filter((place) => GATEWAYS[provider][place] !== null);

/** How late calls into silence are, beyond their deadline. */
function deadlines(provider, place, watch) {
  return timed(`${GATEWAYS[provider].brand}: ${place} is never answered`, 'deadline', () =>
    withSandbox(provider, watch, async ({ sandbox, make }) => {
      const run = await silence(provider, place, sandbox, make);
      return times(async () => {
        const started = performance.now();
        await rejection(run({ timeoutMs: DEADLINE_MS }), 'TIMEOUT', watch);
        return performance.now() - started - DEADLINE_MS;
      });
    }),
  );
}

function halfOpen(watch) {
  return timed('AzamPay: half-open, the connection is read and never answered', 'deadline', () =>
    withSandbox('azampay', watch, async ({ sandbox }) => {
      const peer = await startPeer({ origin: sandbox.url });
      const sdk = new FintechSDK({ provider: 'azampay', config: { ...sandbox.config('azampay'), baseUrl: peer.url } });
      await sdk.getPaymentStatus('WARM').catch(() => {});
      peer.arm({ request: () => {}, times: Infinity });
      const late = await times(async () => {
        const started = performance.now();
        await rejection(sdk.pay(newOrder('azampay'), { timeoutMs: DEADLINE_MS }), 'TIMEOUT', watch);
        return performance.now() - started - DEADLINE_MS;
      });
      await peer.close();
      return late;
    }),
  );
}

/** How long after an abort a call into silence settles. */
function aborts(provider, place, watch) {
  return timed(`${GATEWAYS[provider].brand}: ${place} is aborted`, 'abort', () =>
    withSandbox(provider, watch, async ({ sandbox, requests, make }) => {
      const run = await silence(provider, place, sandbox, make);
      return times(async () => {
        const controller = new AbortController();
        const before = requests.length;
        const call = rejection(run({ signal: controller.signal }), 'ABORTED', watch);
        while (requests.length === before) await after(1);
        await after(5);
        const started = performance.now();
        controller.abort(new Error('the customer left'));
        await call;
        return performance.now() - started;
      });
    }),
  );
}

/** A call that meets silence at `place`, over and over. */
async function silence(provider, place, sandbox, make) {
  const gateway = GATEWAYS[provider];
  const warm = make();
  await warm.getPaymentStatus('WARM').catch(() => {});
  sandbox.next({ name: 'hang', route: gateway[place], times: 10_000 });
  if (place === 'status') return (options) => warm.getPaymentStatus('X', options);
  return (options) => (place === 'login' ? make() : warm).pay(newOrder(provider), undefined, options);
}

async function forgedCallbacks(watch) {
  return withSandbox('azampay', watch, async ({ requests, make, genuine }) => {
    const fetches = () => requests.filter(({ path }) => GATEWAYS.azampay.proof.test(path)).length;
    const forged = () => ({
      ...generateTestCallback('azampay', { utilityref: newOrder('azampay').externalId }).body,
      signature: Buffer.alloc(256, 7).toString('base64'),
    });
    const flood = async (sdk) => {
      const before = fetches();
      const results = await Promise.all(Array.from({ length: FORGED }, () => sdk.handleCallback(forged())));
      if (results.some(({ isValid, reason }) => isValid || reason !== 'BAD_SIGNATURE'))
        throw new Error('a forged callback was not refused as BAD_SIGNATURE');
      return fetches() - before;
    };
    const cold = make();
    const first = await flood(cold);
    const second = await flood(cold);
    const warm = make();
    const { isValid } = await warm.handleCallback(genuine);
    if (!isValid) throw new Error('a genuine callback was refused');
    const third = await flood(warm);
    const fourth = await flood(warm);
    const fetched = (what, figure, limit) => counted(what, figure, limit, 'key fetches');
    return [
      fetched(`${FORGED} forged callbacks, no key known yet`, first, 1),
      fetched(`${FORGED} more, after that`, second, 1),
      fetched(`${FORGED} forged callbacks, after a genuine one`, third, 1),
      fetched(`${FORGED} more, within the cool-down`, fourth, 0),
    ];
  });
}

async function rotation(watch) {
  return withSandbox('azampay', watch, async ({ sandbox, requests, make, genuine, shop }) => {
    const fetches = () => requests.filter(({ path }) => GATEWAYS.azampay.proof.test(path)).length;
    const sdk = make();
    if (!(await sdk.handleCallback(genuine)).isValid) throw new Error('a genuine callback was refused');
    const before = fetches();
    await sandbox.rotateKey();
    const callback = await paidFor(sdk, sandbox, shop);
    const { isValid } = await sdk.handleCallback(callback);
    const extra = fetches() - before;
    return {
      what: 'a genuine callback after the key was rotated: valid, by',
      figures: [extra],
      limit: 1,
      unit: 'key fetches',
      attempt: 1,
      holds: isValid && extra === 1,
    };
  });
}

async function withSandbox(provider, watch, work) {
  const requests = [];
  const shop = await startShop();
  const url = `${shop.url}/callback`;
  const switches = { selcomUnknownOrder: 'open' };
  const sandbox = await startSandbox({
    webhooks: { azampay: url },
    switches,
    onRequest: (request) => requests.push(request),
  });
  const config = sandbox.config(provider);
  const make = () => {
    const sdk = new FintechSDK({ provider, config, maxRetries: 0 });
    watch.sdk(sdk, config);
    return sdk;
  };
  try {
    const genuine = provider === 'azampay' ? await paidFor(make(), sandbox, shop) : undefined;
    return await work({ sandbox, requests, make, genuine, shop });
  } finally {
    for (const { headers } of requests) watch.token(headers.authorization);
    await Promise.all([sandbox.close(), shop.close()]);
  }
}

/** A callback of a payment that its customer has approved. */
async function paidFor(sdk, sandbox, shop) {
  const { transactionId } = await sdk.pay(newOrder('azampay'));
  await sandbox.approve(transactionId);
  return membersOf(shop.received.at(-1));
}

/** Figures below their limit; a busy machine may need another attempt. */
async function timed(what, kind, run) {
  for (let attempt = 1; ; attempt++) {
    const figures = await run();
    const holds = Math.max(...figures) <= LIMITS[kind];
    if (holds || attempt === ATTEMPTS)
      return {
        what,
        figures,
        limit: LIMITS[kind],
        unit: kind === 'deadline' ? 'ms after the deadline' : 'ms after the abort',
        attempt,
        holds,
      };
  }
}

async function times(measureOnce) {
  const figures = [];
  for (let call = 0; call < CALLS; call++) figures.push(await measureOnce());
  return figures;
}

async function rejection(promise, code, watch) {
  try {
    await promise;
  } catch (error) {
    watch.error(error);
    if (error.code !== code) throw new Error(`ended with ${error.code} in place of ${code}: ${error.message}`);
    return;
  }
  throw new Error(`resolved in place of ${code}`);
}
