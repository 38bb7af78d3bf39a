import { randomUUID } from 'node:crypto';
import type { Probe } from '../../engine/gateway.js';

export const probe = {
  baseUrls: { live: 'https://pay.pesapal.com/v3', sandbox: 'https://cybqa.pesapal.com/pesapalv3' },
  ofNobody: (id) => ({ OrderTrackingId: randomUUID(), OrderMerchantReference: id }),
} satisfies Probe;
