// One cell of the matrix: one operation meets one fault.
import { setTimeout as after } from 'node:timers/promises';
import { FintechSDK } from 'finconnect';
import { startSandbox } from 'finconnect/sandbox';
import { authority } from '../support/certificates.mjs';
import { prepared } from '../support/gateway.mjs';
import { GATEWAYS } from '../support/gateways.cjs';
import { startH2Peer } from '../support/h2-peer.mjs';
import { startPeer } from '../support/peer.mjs';
import { membersOf, startShop } from '../support/shop.mjs';
import { newOrder, OPERATIONS } from './operations.mjs';

const DELAY_MS = 200;
/** The time of what comes before the fault. */
const LONG_LIFE_MS = 60_000;
const SETTLES_WITHIN_MS = 30_000;

const trusted = authority();
const identities = {
  good: trusted.issue(),
  wrongHost: trusted.issue({ names: ['gateway.example'], addresses: [] }),
  expired: trusted.issue({ from: -3, until: -1 }),
  tomorrow: trusted.issue({ from: 1, until: 3 }),
  untrusted: authority('Unknown authority').issue(),
};

/**
 * Runs `operation` of `provider` into `fault`. `watch` is told everything that is emitted, and every secret.
 * Resolves with what the caller learnt, how long it took, and what the gateway got.
 */
export async function runCell({ operation, provider, fault, watch }) {
  const gateway = GATEWAYS[provider];
  const { route, run, paid, opened, fresh, moves, isHarmless } = OPERATIONS[operation];
  const money = moves?.(provider) ?? gateway.pay;
  const struck = route(gateway, provider);
  const shop = await startShop();
  const callbackUrl = `${shop.url}/callback`;
  const requests = [];
  const sandbox = await startSandbox({
    webhooks: { azampay: callbackUrl, clickpesa: callbackUrl },
    switches: { selcomUnknownOrder: 'open', selcomFailedWebhook: true },
    onRequest: (request) => requests.push(request),
  });
  const peer = await startPeerOf(fault.layer, sandbox.url);
  try {
    const config = sandbox.config(provider);
    if (peer) config.baseUrl = config.baseUrl.replace(sandbox.url, peer.url);
    const sdk = new FintechSDK({ provider, config, replay: 'memory', ca: trusted.cert, timeoutMs: LONG_LIFE_MS });
    watch.sdk(sdk, config);
    const order = newOrder(provider);
    const known = {
      sdk,
      sandbox,
      order,
      reference: gateway.reference(order),
      options: { timeoutMs: fault.timeoutMs },
      lookUp: undefined,
      get callbacks() {
        return shop.received.map(membersOf);
      },
    };
    known.expect = { amount: gateway.amount, reference: gateway.reference(order) };

    if (provider === 'pesapal') await registerIpn(sandbox, callbackUrl, order);
    if (provider === 'selcom' && (paid || opened)) await prepared(sdk, provider, callbackUrl, known.reference);
    if (fault.stage !== 'answer') sandbox.next(fault.name);
    if (paid) await makePayment({ gateway, sandbox, sdk, order, fault, known });
    else if (opened) known.lookUp = gateway.asked(order, await sdk.pay(order));
    else if (!fresh) await sdk.getPaymentStatus('WARM').catch(() => {});
    // The payment of a callback was seen by whoever made it; whoever handles it starts anew.
    if (['handleCallback', 'webhooks'].includes(operation)) {
      known.sdk = new FintechSDK({ provider, config, replay: 'memory', ca: trusted.cert, timeoutMs: LONG_LIFE_MS });
      watch.sdk(known.sdk, config);
      if (peer) await known.sdk.getPaymentStatus('WARM').catch(() => {});
    }
    const before = requests.length;
    if (fault.stage === 'answer') strike({ fault, route: struck, sandbox, peer });

    const started = performance.now();
    const result = await run(known).then(
      (word) => ({ word }),
      (error) => ({ error }),
    );
    const ms = performance.now() - started;
    if (result.error) watch.error(result.error);

    const refused = sandbox.requests().filter(({ path, fault: met }) => path.endsWith(money) && met === '401').length;
    const whole = (list) => list.filter(({ path }) => path.endsWith(money)).length;
    for (const { headers } of requests) watch.token(headers.authorization);
    return {
      operation,
      moves: moves?.(provider) !== undefined,
      isHarmless: isHarmless ?? false,
      provider,
      fault: fault.name,
      met: peer || fault.stage !== 'answer' || sandbox.requests().some((request) => request.fault === fault.name),
      ms,
      timeoutMs: fault.timeoutMs,
      carriedOut: fault.carriedOut ?? false,
      /** Payment requests of this order that arrived whole, but for those refused for their token. */
      pushes: Math.max(whole(requests), whole(peer?.requests ?? [])) - refused,
      refusedForToken: refused,
      attempts: peer ? null : requests.slice(before).filter(({ path }) => matches(path, struck)).length,
      word: result.word ?? null,
      code: result.error?.code ?? null,
      outcome: result.error?.outcome ?? null,
      retryable: result.error?.retryable ?? null,
      message: result.error?.message ?? null,
    };
  } finally {
    await Promise.all([sandbox.close(), peer?.close(), shop.close()]);
  }
}

async function registerIpn(sandbox, url, order) {
  const sdk = new FintechSDK({ provider: 'pesapal', config: sandbox.config('pesapal') });
  order.notification_id = await sdk.registerIpn(url);
}

/** A payment that its customer has settled, and whose callbacks have come. */
async function makePayment({ gateway, sandbox, sdk, order, fault, known }) {
  const answer = await sdk.pay(order);
  known.lookUp = gateway.asked(order, answer);
  const settlesItself = fault.stage === 'outcome' || fault.name === 'callback-first';
  if (!settlesItself) await sandbox.approve(gateway.asked(order, answer));
  const quiet = () => {
    const webhooks = sandbox.webhooks();
    return (webhooks.length > 0 || fault.name === 'no-callback') && webhooks.every(({ state }) => state !== 'sending');
  };
  for (const until = Date.now() + SETTLES_WITHIN_MS; !quiet() && Date.now() < until; ) await after(5);
}

function strike({ fault, route, sandbox, peer }) {
  if (!fault.layer)
    return sandbox.next({ name: fault.name, route, ...(fault.name === 'delay' && { delayMs: DELAY_MS }) });
  if (fault.strike) return peer.arm(fault.strike);
  return peer.arm(fault.identity ? { identity: identities[fault.identity] } : fault.arm);
}

function startPeerOf(layer, origin) {
  if (layer === 'h2') return startH2Peer({ origin, identity: identities.good });
  if (layer) return startPeer({ origin, identity: layer === 'tls' ? identities.good : undefined });
  return undefined;
}

const matches = (path, route) => (route instanceof RegExp ? route.test(path) : path.includes(route));
