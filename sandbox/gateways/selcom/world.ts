import type { Call as EngineCall, Route as EngineRoute, OptionRow } from '../../engine/gateway.js';
import { isText } from '../../engine/known.js';
import type { SwitchesOf } from '../../engine/switches.js';
import { type GatewayWorld, MERCHANT } from '../../engine/world.js';
import { derive, letters } from '../credentials.js';
import type { SWITCHES } from './switches.js';

/** Selcom's own options of `startSandbox`. */
export interface SelcomOptions {
  /** The public half of `SELCOM_PRIVATE_KEY`, in PEM, by which Selcom verifies requests that are signed with RS256. */
  selcomPublicKey?: string;
}

export const OPTIONS: Record<keyof SelcomOptions, OptionRow> = {
  selcomPublicKey: { rule: ['an RSA public key in PEM', isText[1]] },
};

/** Each way that money goes has ids of its own. */
export type Rail = 'walletcashin' | 'qwiksend';

/** What Selcom keeps in one sandbox. */
export interface Own {
  publicKey: string | undefined;
  /** How much of the float is spent, major units. */
  spent: number;
  /** The transids that each rail, pushes and the balance have had. */
  transids: Set<string>;
  /** By the buyer's id at Selcom. */
  cards: Map<string, StoredCard[]>;
}

export interface StoredCard {
  masked_card: string;
  creation_date: string;
  card_token: string;
  name: string;
  card_type: string;
  id: string;
}

export const open = ({ selcomPublicKey }: SelcomOptions): Own => ({
  publicKey: selcomPublicKey,
  spent: 0,
  transids: new Set(),
  cards: new Map(),
});

export type World = GatewayWorld<Own, SwitchesOf<typeof SWITCHES>>;
export type Call = EngineCall<World>;
export type Route = EngineRoute<World>;

/** Keys in the shape of the gateway's own, derived from their names, so that none is written down. */
export const CREDENTIALS = {
  SELCOM_VENDOR: 'TILL60000001',
  SELCOM_API_KEY: `DUKA-${letters('selcom key', 24)}`,
  SELCOM_API_SECRET: derive('selcom secret')
    .toString('hex')
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5'),
};

/** What payouts need beside. */
export const FLOAT = {
  // Longer than most, so that no test takes a number for it.
  SELCOM_PIN: '73950184',
  SELCOM_SENDER_ACCOUNT: '1700000001',
  SELCOM_SENDER_NAME: MERCHANT,
  SELCOM_SENDER_PHONE: '255712345600',
};
