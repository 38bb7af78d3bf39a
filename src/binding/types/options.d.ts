import type { AzampayConfig } from '../../provider/azampay/types';
import type { ClickpesaConfig } from '../../provider/clickpesa/types';
import type { PesapalConfig } from '../../provider/pesapal/types';
import type { SelcomConfig } from '../../provider/selcom/types';
import type { ReplayStore } from './callback';
import type { ConfigOf, LimitOf, NameOf, Provider } from './gateways';

/** What every `config` holds. */
export interface CommonConfig {
  /** The gateway's API, `https://` (`http://` to loopback only); a trailing slash is accepted. */
  baseUrl?: string | undefined;
  /** These stand beside `config`. */
  timeoutMs?: undefined;
  maxRetries?: undefined;
  allowInsecureHttp?: undefined;
  ca?: undefined;
  replay?: undefined;
  tokens?: undefined;
  fetch?: undefined;
  [key: string]: any;
}

/**
 * The documented configuration keys of all gateways. Values may come straight from `process.env`: a missing one is
 * named in the error that the constructor throws.
 */
export interface FintechConfig extends PesapalConfig, ClickpesaConfig, AzampayConfig, SelcomConfig {}

export interface FintechSDKOptions<P extends Provider = Provider> {
  /** Which gateway. */
  provider: P;
  /** Its credentials and address. */
  config: ConfigOf<NameOf<P>>;
  /** Total time of one call in milliseconds, login included: 1 to 3,600,000, default 60,000. */
  timeoutMs?: number | undefined;
  /**
   * Further attempts, 0 to 10, default 2, for what cannot have reached the gateway or cannot move money
   * (logins, keys, status). A payment that may have reached the gateway is never sent again.
   */
  maxRetries?: number | undefined;
  /** Accepts an `http://` base URL that is not on this machine. Credentials then travel in clear text. */
  allowInsecureHttp?: boolean | undefined;
  /** Certificate authorities to trust beside the built-in ones, in PEM. */
  ca?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined;
  /**
   * Lets `handleCallback` accept each callback once. `'memory'` remembers the last 100,000 for 7 days, in one store for
   * all SDK objects and worker threads of this process; two installed copies of this package have one each. With
   * several processes pass a store they share, such as those of `finconnect/replay`.
   */
  replay?: 'memory' | ReplayStore | undefined;
  /**
   * The bounds within which requests are checked before they are sent, by the names that `capabilities().limits` has:
   * a number in place of the usual one, or `false` for none. `limits: false` switches all of them off.
   */
  limits?: false | Readonly<Partial<Record<LimitOf<NameOf<P>>, number | boolean>>> | undefined;
  /**
   * Shares access tokens between processes, so that many of them log in once for each token and not once each. Without
   * it each SDK object has its own.
   */
  tokens?: TokenSharing | undefined;
  /**
   * Sends every request in place of the built-in client: for tests, proxies and other transports. `globalThis.fetch` is
   * such a function, and so are those of undici and node-fetch.
   */
  fetch?: ((url: string, init: FetchInit) => Promise<FetchAnswer>) | undefined;
}

/** Where processes share access tokens, and what encrypts them there. */
export interface TokenSharing {
  /** Such as those of `finconnect/tokens`, for Redis and PostgreSQL. */
  store: TokenStore;
  /**
   * A secret text of at least 32 characters, the same in all processes: 32 random bytes as base64 or hexadecimal.
   * Tokens are encrypted with AES-256-GCM, by a key that HKDF-SHA256 derives from it. Without one the
   * constructor throws.
   */
  key: string | undefined;
}

/**
 * A store that processes share. It gets names and texts that tell nothing without the key.
 *
 * A function that throws, rejects, takes longer than 2 s or answers something else stops no payment: the process then
 * logs in by itself, and the `login` event says so in `storeFailure`.
 */
export interface TokenStore {
  /** The text under `key`; `null` where there is none. */
  get(key: string): Promise<string | null | undefined>;
  /** Keeps `value`, up to 64 KiB, under `key` for `ttlMs` milliseconds, in place of what is there. */
  set(key: string, value: string, ttlMs: number): Promise<unknown>;
  /**
   * Gives one caller at a time the lock called `key`, for `ttlMs` milliseconds at most: resolves with a function that
   * releases it earlier, or with `true`. Resolves with `false` while another has it.
   */
  lock(key: string, ttlMs: number): Promise<boolean | (() => Promise<unknown>)>;
}

/** What a `fetch` of your own is called with. */
export interface FetchInit {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  headers: Record<string, string>;
  /** JSON; absent where the request has none, as a GET. */
  body?: string;
  redirect: 'manual';
  /** Aborts at the deadline, or when the caller aborts. */
  signal: AbortSignal;
}

/**
 * What is read of a `fetch` answer; a `Response` is one, of whichever package. Anything else rejects with
 * `CALLER_ERROR`, and leaves a payment `unknown`.
 */
export interface FetchAnswer {
  /** A whole number from 100 to 999. */
  readonly status: number;
  readonly headers?: { get(name: string): string | null } | Record<string, string | readonly string[] | undefined>;
  /** A stream of bytes or texts, or all of it, up to 1 MiB. Where there is none, `text()` is called, or `json()`. */
  readonly body?: AsyncIterable<any> | { getReader(): any } | string | Uint8Array | null;
  text?(): Promise<string>;
  json?(): Promise<any>;
}
