import type { Probe } from '../../engine/gateway.js';

export const probe = {
  baseUrls: { live: 'https://apigw.selcommobile.com', sandbox: 'https://apigwtest.selcommobile.com' },
  ofNobody: (id) => ({ order_id: id, transid: id, reference: id }),
  // Each is a product of its own, switched on by itself.
  payoutRails: { 'payouts to wallets': 'Airtel', 'payouts to banks': 'CRDBBANK' },
} satisfies Probe;
