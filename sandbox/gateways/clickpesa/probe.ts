import type { Probe } from '../../engine/gateway.js';

export const probe = {
  baseUrls: { live: 'https://api.clickpesa.com' },
  ofNobody: (id) => ({ id, orderReference: id, paymentReference: id }),
  // An app has nothing to do with a payout that has not ended.
  harmless: { keySetting: 'CLICKPESA_CHECKSUM_KEY', overrides: { event: 'PAYOUT INITIATED', status: 'PROCESSING' } },
} satisfies Probe;
