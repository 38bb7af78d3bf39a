import type { Gateway } from '../engine/payments.js';
import type { CallbackDraft } from '../engine/world.js';
import { type Fields, isFields, parseFields, withQuery } from '../http/message.js';

/** A copy of a callback changed where a forger would, its signature left as it was. */
export function tamper(gateway: Gateway, draft: CallbackDraft): CallbackDraft {
  if (gateway === 'pesapal') return tamperIpn(draft);
  const body = parseFields(draft.body) ?? {};
  return { ...draft, body: JSON.stringify(gateway === 'azampay' ? flipStatus(body) : raiseAmount(body)) };
}

function flipStatus(body: Fields): Fields {
  const success = body['transactionstatus'] === 'success';
  return { ...body, transactionstatus: success ? 'failure' : 'success' };
}

function raiseAmount(body: Fields): Fields {
  const data = isFields(body['data']) ? body['data'] : {};
  const name = 'amount' in data ? 'amount' : 'collectedAmount';
  return { ...body, data: { ...data, [name]: String(Number(data[name] ?? 0) * 10 || 1_000_000) } };
}

const FORGED_ID = '00000000-0000-4000-8000-00000000f0e9';

/** An IPN has no signature; a forger names an order that PesaPal does not know. */
function tamperIpn(draft: CallbackDraft): CallbackDraft {
  const url = new URL(draft.url);
  if (url.searchParams.has('OrderTrackingId')) {
    const others = [...url.searchParams].filter(([name]) => name !== 'OrderTrackingId');
    url.search = '';
    return { ...draft, url: withQuery(url.href, [['OrderTrackingId', FORGED_ID], ...others]) };
  }
  const fields = parseFields(draft.body);
  if (fields) return { ...draft, body: JSON.stringify({ ...fields, OrderTrackingId: FORGED_ID }) };
  return { ...draft, body: draft.body.replace(/OrderTrackingId=[^&]*/, `OrderTrackingId=${FORGED_ID}`) };
}
