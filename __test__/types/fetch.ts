// One signature for `fetch`: the parameters of a function written by hand are typed, and the packages' own functions
// fit.

import type { FetchAnswer, FetchInit, FintechSDKOptions } from 'finconnect';
import { FintechSDK } from 'finconnect';
import { ProxyAgent, fetch as undiciFetch } from 'undici';

type Fetch = NonNullable<FintechSDKOptions['fetch']>;
const dispatcher = new ProxyAgent('http://127.0.0.1:8080');

/** As node-fetch 2 declares it: a body that is there is never null, and an answer's body is a stream of Node. */
declare function nodeFetch(
  url: string | { url: string },
  init?: {
    method?: string;
    headers?: string[][] | Record<string, string>;
    body?: string | NodeJS.ReadableStream;
    redirect?: 'error' | 'follow' | 'manual';
  },
): Promise<{
  status: number;
  headers: { get(name: string): string | null };
  body: NodeJS.ReadableStream;
  text(): Promise<string>;
}>;

const typedByHand: typeof globalThis.fetch = async (input, init) => new Response(`${String(input)} ${init?.method}`);
const seen: [string, FetchInit][] = [];

const accepted: Fetch[] = [
  globalThis.fetch,
  undiciFetch,
  nodeFetch,
  typedByHand,
  (url, init) => fetch(url, init),
  (url, init) => fetch(new Request(url, init)),
  (url, init) => undiciFetch(url, { ...init, dispatcher }),
  (url, init) => nodeFetch(url, init),
  async (url) => Response.json({ path: new URL(url).pathname }),
  async (url, { method, headers, body, signal }) => ({
    status: method === 'POST' && !signal.aborted ? 200 : 204,
    text: async () => url.toUpperCase() + headers['authorization'] + (body?.length ?? 0),
  }),
  async (...args): Promise<FetchAnswer> => (seen.push(args), { status: 200, headers: new Headers(), body: null }),
];
for (const each of accepted) new FintechSDK({ provider: 'azampay', config: {}, fetch: each });
new FintechSDK({
  provider: 'azampay',
  config: {},
  fetch: async (url, init) => fetch(url.trim(), { ...init, method: init.method }),
});

// @ts-expect-error an answer has a status
new FintechSDK({ provider: 'azampay', config: {}, fetch: async () => ({ text: async () => '' }) });
// @ts-expect-error an answer comes by a promise
new FintechSDK({ provider: 'azampay', config: {}, fetch: () => ({ status: 200 }) });
const trace = async (_url: string, { method }: FetchInit) => ({
  // @ts-expect-error no request is made by TRACE
  status: method === 'TRACE' ? 200 : 204,
});
new FintechSDK({ provider: 'azampay', config: {}, fetch: trace });
