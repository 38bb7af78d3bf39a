import type { KeyObject } from 'node:crypto';
import type { SandboxClock } from './engine/clock.js';
import type { Fault } from './engine/faults.js';
import type { RecordedRequest, RecordedWebhook, SandboxEvent } from './engine/history.js';
import type { DeclineReason, SandboxPayment } from './engine/payments.js';
import type { ClickpesaOptions } from './gateways/clickpesa/world.js';
import type { Switches } from './gateways/index.js';
import type { PesapalOptions, Profile } from './gateways/pesapal/world.js';
import type { SelcomOptions } from './gateways/selcom/world.js';
import type { Inbound } from './http/message.js';
import type { ConfigOf, Gateway, PortalGateway } from './types.js';

export type { Profile };

/** A request as it came over the wire, secrets included; for tests. */
export type RawRequest = Inbound & { gateway: Gateway };

/** The options that the sandbox itself reads. */
export interface OwnOptions {
  /** Default 0: any free port. */
  port?: number;
  /** Default 127.0.0.1. */
  host?: string;
  /** Further names that may stand in the Host header, e.g. a container's. */
  allowedHosts?: string[];
  /** Serve HTTPS with this PEM key and certificate. */
  tls?: { key: string | Buffer; cert: string | Buffer };
  /**
   * Your callback URLs, as you would enter them at each portal. PesaPal's are registered by API, Selcom's named by each
   * order.
   */
  webhooks?: { [G in PortalGateway]?: string };
  /**
   * Whether IPN, webhook and callback URLs on other machines are called; without it only loopback is. Default false.
   */
  allowRemote?: boolean;
  /** Makes ids, tokens and keys repeatable; with `clock: 'manual'` and `startAt`, every byte. */
  seed?: string | number;
  /** `manual` stands still until `clock.advance()`. Default `real`. */
  clock?: 'real' | 'manual';
  /** Milliseconds since the Unix epoch at which the clock starts. Default: now. */
  startAt?: number;
  /** Approve each payment by itself after this many milliseconds. Default: it waits for you. */
  settleAfterMs?: number;
  /** An unanswered USSD prompt expires after this many milliseconds. Default 120,000. */
  promptExpiresAfterMs?: number;
  /** What the gateways leave undocumented. */
  switches?: Partial<Switches>;
  /** Called with every gateway request before it is answered, secrets included. */
  onRequest?: (request: RawRequest) => void;
}

export interface SandboxOptions extends OwnOptions, PesapalOptions, ClickpesaOptions, SelcomOptions {}

export interface Sandbox {
  /** The origin of all gateways and of the page, without a trailing slash. */
  readonly url: string;
  readonly clock: SandboxClock;
  /** What `new FintechSDK({ provider, config })` takes. */
  config<G extends Gateway>(gateway: G): ConfigOf<G>;
  /** The last 500 gateway requests, oldest first, without secrets or full phone numbers. */
  requests(): RecordedRequest[];
  /** The last 500 webhooks, IPNs and callbacks sent, oldest first. */
  webhooks(): RecordedWebhook[];
  payments(): SandboxPayment[];
  /** The customer enters the PIN. Resolves when your app has answered the callback's first attempt. */
  approve(reference: string): Promise<SandboxPayment>;
  /** The customer says no, or `reason`. */
  decline(reference: string, reason?: DeclineReason): Promise<SandboxPayment>;
  /** The prompt runs out unanswered. */
  expire(reference: string): Promise<SandboxPayment>;
  /** A chargeback or return after payment: REVERSED. */
  reverse(reference: string): Promise<SandboxPayment>;
  /** The next matching request meets this fault; faults queue up in order. */
  next(fault: Fault): void;
  /** Forgets the faults that still wait. */
  clearFaults(): void;
  /** AzamPay signs with a new key from now on, and serves its public half. */
  rotateKey(): Promise<void>;
  /** AzamPay's public key in PEM, as served. */
  publicKey(): Promise<string>;
  /** Sends a webhook again, or a copy that a forger changed. Resolves with your app's answer in `attempts`. */
  redeliver(webhookId: number, options?: { tamper?: boolean }): Promise<RecordedWebhook>;
  /** Changes where AzamPay's or ClickPesa's callbacks go; undefined stops them. */
  setWebhook(gateway: PortalGateway, url: string | undefined): void;
  /** Hears of every request, webhook and payment; returns the function that stops it. */
  subscribe(listener: (event: SandboxEvent) => void): () => void;
  /**
   * Keeps the process alive until `close()`, as the command line does. Without it a sandbox does so only while a
   * webhook is under way: a test that fails before `close()` ends all the same.
   */
  ref(): void;
  /** Ends everything: sockets, timers, webhooks under way. Safe to call twice. */
  close(): Promise<void>;
  /** `close()`, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * How the callback is made. Every other member replaces the callback's member of that name; ClickPesa's go into `data`,
 * save `event`, `eventType`, `data` and `checksum`. To add members, use AzamPay's `additionalProperties` or ClickPesa's
 * `data`.
 */
export interface TestCallbackOptions {
  /**
   * AzamPay: an RSA private key, PEM or KeyObject. ClickPesa: the checksum key. Selcom: the API
   * secret. Without one the callback is unsigned.
   */
  key?: string | KeyObject;
  /** Default `success`. `settled` is ClickPesa's second PAYMENT RECEIVED. */
  outcome?: 'success' | 'failure' | 'settled';
  /** `old` is the payload of former years; Selcom's spells `resulcode`, as one of its samples does. */
  shape?: 'current' | 'old';
  /** `two` is the wrong, two-field AzamPay signature. */
  signedFields?: 'four' | 'two';
  /** ClickPesa. Default `canonical`. */
  checksumMethod?: 'canonical' | 'legacy';
  /** PesaPal. Default `GET`. */
  method?: 'GET' | 'POST';
}
