import type { CallbackDraft } from '../../engine/deliver.js';
import type { PaymentRecord } from '../../engine/payments.js';
import { type Fields, isWebUrl, parseFields, textOf } from '../../http/message.js';
import { amountTold, channelOf, wordOf } from './orders.js';
import { amountOf, number } from './replies.js';
import { type Field, hmacDigest, signedText } from './signing.js';
import { CREDENTIALS, type World } from './world.js';

const HEADERS = { 'Content-Type': 'application/json', Accept: '*/*', 'User-Agent': 'SelcomPay 1.0' };
/** What the documents say that a digest covers: neither the amount nor the payer. */
const SIGNED = ['transid', 'order_id', 'reference', 'result', 'resultcode', 'payment_status'];

/** The headers of a webhook as the documents have it, signed at `time` with `secret`. */
export function signedHeaders(body: Fields, secret: string, time: number): Record<string, string> {
  const timestamp = `${new Date(time + 3 * 3_600_000).toISOString().slice(0, 19)}+03:00`;
  const names = SIGNED.map((name) => (name in body ? name : 'resulcode')).filter((name) => name in body);
  const fields = names.map((name): Field => [name, textOf(body[name])]);
  return {
    ...HEADERS,
    Authorization: `SELCOM ${Buffer.from(CREDENTIALS.SELCOM_API_KEY).toString('base64')}`,
    'Digest-Method': 'HS256',
    Digest: hmacDigest(secret, signedText(timestamp, fields)),
    Timestamp: timestamp,
    'Signed-Fields': names.join(','),
  };
}

/** A webhook's headers where it is not signed. */
export const plainHeaders = (): Record<string, string> => ({ ...HEADERS });

export async function selcomCallback(payment: PaymentRecord, world: World): Promise<CallbackDraft | undefined> {
  const { selcomWebhook, selcomFailedWebhook, selcomResultName, selcomWebhookTransid } = world.switches;
  const url = textOf(payment.detail['webhook']);
  const isTold = payment.status === 'paid' || (payment.status === 'failed' && selcomFailedWebhook);
  if (payment.kind === 'payout' || !isTold || !isWebUrl(url) || selcomWebhook === 'none') return undefined;
  const paid = payment.status === 'paid';
  const body: Fields = {
    result: paid ? 'SUCCESS' : 'FAIL',
    [selcomResultName]: paid ? '000' : '400',
    order_id: payment.reference,
    transid: selcomWebhookTransid === 'push' ? textOf(payment.detail['transid']) : payment.receipt,
    reference: textOf((payment.detail['number'] ??= number(world))),
    channel: channelOf(payment),
    amount: amountOf(world, amountTold(payment)),
    phone: payment.phone,
    payment_status: wordOf(payment, world),
  };
  const isSigned = selcomWebhook !== 'unsigned' && !payment.faults.has('unsigned');
  const isWrong = selcomWebhook === 'wrong' || payment.faults.has('wrong-key');
  const secret = isWrong ? 'another secret' : CREDENTIALS.SELCOM_API_SECRET;
  return {
    event: wordOf(payment, world),
    method: 'POST',
    url,
    headers: isSigned || isWrong ? signedHeaders(body, secret, world.clock.now()) : plainHeaders(),
    body: JSON.stringify(body),
  };
}

/** Any 2xx. */
export const accepts = ({ status }: { status: number }) => ({ accepted: status >= 200 && status < 300 });

/** A forger tells more money. */
export function tamper(draft: CallbackDraft): CallbackDraft {
  const body = parseFields(draft.body) ?? {};
  return { ...draft, body: JSON.stringify({ ...body, amount: String(Number(body['amount'] ?? 0) * 10 || 1_000_000) }) };
}
