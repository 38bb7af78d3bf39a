import type { Call as EngineCall, OptionRow } from '../../engine/gateway.js';
import { oneOf } from '../../engine/known.js';
import type { SwitchesOf } from '../../engine/switches.js';
import type { GatewayWorld } from '../../engine/world.js';
import { derive } from '../credentials.js';
import type { SWITCHES } from './switches.js';

export type Profile = 'sandbox' | 'live';

/** PesaPal's own options of `startSandbox`. */
export interface PesapalOptions {
  /** PesaPal's paths and token lifetime: `sandbox` 3600 s, `live` 300 s. Default `sandbox`. */
  profile?: Profile;
}

export const OPTIONS: Record<keyof PesapalOptions, OptionRow> = {
  profile: {
    rule: oneOf('sandbox', 'live'),
    flag: { value: 'sandbox|live', about: "PesaPal's paths and token lifetime" },
  },
};

/** A URL registered for IPNs. */
export interface Ipn {
  number: number;
  id: string;
  url: string;
  method: 'GET' | 'POST';
  createdAt: number;
}

/** What PesaPal keeps in one sandbox. */
export interface Own {
  profile: Profile;
  ipns: Map<string, Ipn>;
  /** Whether the next GetIpnList is empty still. */
  listLags: boolean;
}

export const open = ({ profile = 'sandbox' }: PesapalOptions): Own => ({ profile, ipns: new Map(), listLags: false });

export type World = GatewayWorld<Own, SwitchesOf<typeof SWITCHES>>;
export type Call = EngineCall<World>;

/** Keys in the shape of the gateway's own, derived from their names, so that none is written down. */
export const CREDENTIALS = {
  PESAPAL_CONSUMER_KEY: derive('pesapal key').subarray(0, 24).toString('base64'),
  PESAPAL_CONSUMER_SECRET: derive('pesapal secret', 'sha1').toString('base64'),
};
