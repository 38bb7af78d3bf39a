import type { Probe } from '../../engine/gateway.js';

export const probe = {
  baseUrls: { live: 'https://checkout.azampay.co.tz', sandbox: 'https://sandbox.azampay.co.tz' },
  ofNobody: (id) => ({ reference: id, externalreference: id, utilityref: id, transid: id, mnoreference: id }),
  payoutRails: { payouts: 'Airtel' },
} satisfies Probe;
