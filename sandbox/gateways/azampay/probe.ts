import type { Probe } from '../../engine/gateway.js';

export const probe = {
  ofNobody: (id) => ({ reference: id, externalreference: id, utilityref: id, transid: id, mnoreference: id }),
  payoutRails: { payouts: 'Airtel' },
} satisfies Probe;
