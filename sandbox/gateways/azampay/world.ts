import type { Call as EngineCall, Route as EngineRoute } from '../../engine/gateway.js';
import type { SwitchesOf } from '../../engine/switches.js';
import { type GatewayWorld, MERCHANT } from '../../engine/world.js';
import { derive } from '../credentials.js';
import { KeyRing } from './keys.js';
import type { SWITCHES } from './switches.js';

/** What AzamPay keeps in one sandbox. */
export interface Own {
  keys: KeyRing;
  /** How often the partners were asked for. */
  partnersAsked: number;
}

export const open = ({ seed }: { seed?: string | number }): Own => ({ keys: new KeyRing(seed), partnersAsked: 0 });

export type World = GatewayWorld<Own, SwitchesOf<typeof SWITCHES>>;
export type Call = EngineCall<World>;
export type Route = EngineRoute<World>;

/** Keys in the shape of the gateway's own, derived from their names, so that none is written down. */
export const CREDENTIALS = {
  AZAMPAY_APP_NAME: 'FinConnect Sandbox',
  AZAMPAY_CONSUMER_KEY: derive('azampay client')
    .toString('hex')
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5'),
  AZAMPAY_CONSUMER_SECRET: Buffer.concat(
    [1, 2, 3, 4].map((part) => derive(`azampay secret ${part}`, 'sha512')),
  ).toString('base64'),
};

/** The merchant's account, from which payouts are paid. */
export const SOURCE = { AZAMPAY_SOURCE_ACCOUNT: '1700000001', AZAMPAY_SOURCE_NAME: MERCHANT };
