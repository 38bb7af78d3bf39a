import type { Call as EngineCall, Route as EngineRoute, OptionRow } from '../../engine/gateway.js';
import { inside, isAmount, isBoolean } from '../../engine/known.js';
import type { SwitchesOf } from '../../engine/switches.js';
import type { GatewayWorld } from '../../engine/world.js';
import type { Fields } from '../../http/message.js';
import { letters } from '../credentials.js';
import type { SWITCHES } from './switches.js';

/** ClickPesa's own options of `startSandbox`. */
export interface ClickpesaOptions {
  /** Turn ClickPesa's checksum feature on: requests must carry one, webhooks do. Default false. */
  checksum?: boolean;
  /** ClickPesa balances by currency, major units. Default `{ TZS: 5000000, USD: 1000 }`. */
  balances?: { TZS?: number; USD?: number };
}

export const OPTIONS: Record<keyof ClickpesaOptions, OptionRow> = {
  checksum: { rule: isBoolean, flag: { about: "turn ClickPesa's checksum feature on" } },
  balances: { rule: ['{ TZS, USD }', inside('balances', { TZS: isAmount, USD: isAmount })] },
};

/** What ClickPesa keeps in one sandbox. */
export interface Own {
  /** Whether the checksum feature is on. */
  checksum: boolean;
  /** By currency, major units. */
  balances: Record<string, number>;
  bills: Map<string, Fields>;
  mandates: Map<string, Fields>;
  /** When the last payout was asked for. */
  payoutAt: number;
  /** When the requests of the last minute came. */
  requestTimes: number[];
}

export const open = ({ checksum = false, balances = { TZS: 5_000_000, USD: 1_000 } }: ClickpesaOptions): Own => ({
  checksum,
  balances: { ...balances },
  bills: new Map(),
  mandates: new Map(),
  payoutAt: -Infinity,
  requestTimes: [],
});

export type World = GatewayWorld<Own, SwitchesOf<typeof SWITCHES>>;
export type Call = EngineCall<World>;
export type Route = EngineRoute<World>;

/** Keys in the shape of the gateway's own, derived from their names, so that none is written down. */
export const CREDENTIALS = {
  CLICKPESA_CLIENT_ID: `ID${letters('clickpesa client', 30)}`,
  CLICKPESA_API_KEY: `SK${letters('clickpesa api key', 40)}`,
  CLICKPESA_CHECKSUM_KEY: `CHK${letters('clickpesa checksum', 40)}`,
};
