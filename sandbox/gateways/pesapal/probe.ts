import { randomUUID } from 'node:crypto';
import type { Probe } from '../../engine/gateway.js';

export const probe = {
  ofNobody: (id) => ({ OrderTrackingId: randomUUID(), OrderMerchantReference: id }),
} satisfies Probe;
