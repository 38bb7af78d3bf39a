import type { CallbackOptions, CallbackResult, ClaimedCallbackResult } from './callback';
import type { ProviderName } from './gateways';
import type { FintechSDKOptions } from './options';
import type { CallOptions, FintechSDK } from './sdk';

/** What stands beside `config` for a `FintechSDK`, such as `timeoutMs` and `replay`. */
export type ProviderOptions = Omit<FintechSDKOptions, 'provider' | 'config'>;

/**
 * What `PesapalProvider`, `ClickpesaProvider` and `AzampayProvider` share. They are for programs that use the
 * documented provider classes; `FintechSDK` does the same, knows the payloads by their types, and does more.
 */
export interface ProviderFace<Name extends ProviderName> {
  /** What does the work: for events, `getPaymentStatus` and all else. */
  readonly sdk: FintechSDK<Name>;
  /**
   * The access token, from a login unless there is one that has not expired. Payments log in by themselves: there is no
   * need to call it. Whoever has the token can pay in your name: do not log it.
   *
   * It is as the gateway gives it: ClickPesa's begins with `Bearer `, those of PesaPal and AzamPay do not. Rejects with
   * `Authentication failed: …`.
   */
  authenticate(options?: CallOptions): Promise<string>;
  /**
   * `sdk.pay()`. `request` is the payload, or `{ payload, ipnId }`; PesaPal needs the `ipnId`, unless the payload has a
   * `notification_id`. Resolves with the gateway's answer. Rejects with `Payment request failed: …`.
   */
  initiateUssdPushRequest(request: any, options?: CallOptions): Promise<any>;
  /** `sdk.handleCallback()`. Rejects with `Callback handling failed: …`. */
  handleCallback(
    body: any,
    options: CallbackOptions & { claim: true | { leaseMs: number } },
  ): Promise<ClaimedCallbackResult>;
  handleCallback(body: any, options?: CallbackOptions): Promise<CallbackResult>;
}
