import type { KeyObject } from 'node:crypto';
import type { CallbackDraft } from '../../engine/deliver.js';
import { tenfold } from '../../engine/money.js';
import type { PaymentRecord } from '../../engine/payments.js';
import { type Fields, parseFields } from '../../http/message.js';
import { JSON_HEADERS } from '../sample.js';
import { azampaySignedText, rsaSignature } from './signature.js';
import type { World } from './world.js';

/** The values that one collection callback has and another has not. */
export interface AzampayCallbackFacts {
  reference: string;
  transactionId: string;
  amount: string;
  status: string;
  operator: string;
  msisdn: string;
  receipt: string;
  message: string;
  additionalProperties: unknown;
}

/** A collection callback in the key order AzamPay sends; `signature`, when there is one, comes last. */
export function azampayBody(facts: AzampayCallbackFacts): Fields {
  return {
    message: facts.message,
    user: null,
    password: null,
    clientId: null,
    transactionstatus: facts.status,
    operator: facts.operator,
    reference: facts.transactionId,
    externalreference: facts.transactionId,
    utilityref: facts.reference,
    amount: facts.amount,
    transid: facts.transactionId,
    msisdn: facts.msisdn,
    mnoreference: facts.receipt,
    submerchantAcc: null,
    additionalProperties: facts.additionalProperties,
  };
}

/** The shape of 2022 and 2023: fewer members, no signature. */
export function azampayOldBody(facts: AzampayCallbackFacts): Fields {
  return {
    additionalProperties: facts.additionalProperties,
    msisdn: facts.msisdn,
    amount: facts.amount,
    message: facts.message,
    utilityref: facts.reference,
    operator: facts.operator,
    reference: facts.transactionId,
    transactionstatus: facts.status,
    submerchantAcc: null,
    fspReferenceId: facts.receipt,
  };
}

/** Whoever pays on a page, which was asked for without a phone. */
const PAGE_PAYER = '255712345678';

const FAILURES = {
  declined: 'The customer declined the request',
  'insufficient-funds': 'Insufficient balance',
  'wrong-pin': 'Wrong PIN',
  'prompt-expired': 'The request timed out',
};

export async function azampayCallback(payment: PaymentRecord, world: World): Promise<CallbackDraft | undefined> {
  if (payment.faults.delete('rotated-key')) {
    await world.own.keys.rotate();
    world.events.emit({ type: 'key' });
  }
  const url = world.webhooks.urls.azampay;
  if (!url) return undefined;
  if (payment.kind === 'payout') return disbursementCallback(payment, url);
  if (payment.status !== 'paid' && payment.status !== 'failed') return undefined;
  const facts: AzampayCallbackFacts = {
    reference: payment.reference,
    transactionId: payment.id,
    amount: payment.faults.has('wrong-amount') ? tenfold(payment.amount) : payment.amount,
    status: payment.status === 'paid' ? 'success' : world.switches.azampayFailureText,
    operator: payment.operator,
    msisdn: internationalPhone(payment.phone || PAGE_PAYER),
    receipt: payment.receipt || world.random.guid(),
    message: payment.status === 'paid' ? 'success' : FAILURES[payment.reason ?? 'declined'],
    additionalProperties: payment.detail['additionalProperties'] ?? {},
  };
  const body = payment.faults.has('old-shape')
    ? azampayOldBody(facts)
    : await signed(azampayBody(facts), payment, world);
  return post(facts.status, url, world, body);
}

async function signed(body: Fields, payment: PaymentRecord, world: World): Promise<Fields> {
  const how = signatureMode(payment, world);
  if (how === 'none') return body;
  const key: KeyObject = await (how === 'wrong-key' ? world.own.keys.foreign() : world.own.keys.signing());
  const signature = rsaSignature(key, azampaySignedText(body, how === 'two' ? 'two' : 'four'));
  return { ...body, signature: how === 'corrupt' ? corrupt(signature) : signature };
}

function signatureMode(payment: PaymentRecord, world: World) {
  if (payment.faults.has('unsigned')) return 'none';
  if (payment.faults.has('wrong-key')) return 'wrong-key';
  if (payment.faults.has('two-field')) return 'two';
  return world.switches.azampaySignature;
}

/** Another letter in the middle: valid base64 that no key has made. */
function corrupt(signature: string): string {
  const at = signature.length >> 1;
  return signature.slice(0, at) + (signature[at] === 'A' ? 'B' : 'A') + signature.slice(at + 1);
}

function disbursementCallback(payment: PaymentRecord, url: string): CallbackDraft | undefined {
  if (payment.status === 'pending') return undefined;
  const status = payment.status === 'paid' ? 'success' : 'failure';
  const body = {
    initiatorReferenceId: payment.reference,
    fspReferenceId: payment.receipt,
    pgReferenceId: payment.id,
    amount: payment.amount,
    status,
    message: status === 'success' ? 'Transaction successful' : 'Transaction failed',
    operator: payment.operator,
    additionalProperties: payment.detail['additionalProperties'] ?? {},
  };
  return { event: `disbursement ${status}`, method: 'POST', url, headers: JSON_HEADERS, body: JSON.stringify(body) };
}

function post(event: string, url: string, world: World, body: Fields): CallbackDraft {
  const traceparent = `00-${world.random.hex(32)}-${world.random.hex(16)}-00`;
  return {
    event,
    method: 'POST',
    url,
    headers: { ...JSON_HEADERS, Traceparent: traceparent },
    body: JSON.stringify(body),
  };
}

function internationalPhone(phone: string): string {
  const digits = phone.replace(/\D/g, '');
  if (/^0\d{9}$/.test(digits)) return `255${digits.slice(1)}`;
  return /^[67]\d{8}$/.test(digits) ? `255${digits}` : digits;
}

/** Only a 200. */
export const accepts = ({ status }: { status: number }) => ({ accepted: status === 200 });

/** A forger turns the outcome round. */
export function tamper(draft: CallbackDraft): CallbackDraft {
  const body = parseFields(draft.body) ?? {};
  const transactionstatus = body['transactionstatus'] === 'success' ? 'failure' : 'success';
  return { ...draft, body: JSON.stringify({ ...body, transactionstatus }) };
}
