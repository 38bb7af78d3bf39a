import { isFields } from './message.js';

const SECRET = new RegExp(
  '^(authorization|proxy-authorization|cookie|set-cookie|client-id|client_?id|client_?secret|(x-)?api[-_]?key' +
    '|consumer_key|consumer_secret|token|access_?token|otp|pin|password)$',
  'i',
);
const PHONE = /(?<![\w-])\+?(?:2(?:5[0-8]|6[0-8])0?\d{9}|0[1-9]\d{8})(?![\w-])/g;
const ACCOUNT = /^(accountnumber|merchantaccountnumber|phone|phonenumber|phone_number|msisdn)$/i;
const BEARER = /Bearer\s+\S+/gi;
const HIDDEN = '[redacted]';

/** First four and last four digits of a number: 2557****5678. */
export function maskPhone(phone: string): string {
  const digits = phone.replace(/\D/g, '');
  return digits.length < 9 ? digits.replace(/./g, '*') : `${digits.slice(0, 4)}****${digits.slice(-4)}`;
}

/** Free text without tokens or full phone numbers. Takes time in proportion to the text, whatever stands in it. */
export function redactText(value: string): string {
  return value
    .replace(BEARER, `Bearer ${HIDDEN}`)
    .replace(/[\w.-]+/g, hideTokens)
    .replace(PHONE, maskPhone);
}

/**
 * A run of letters and points, with each JSON web token in it hidden: three parts, of which the first begins with eyJ.
 */
function hideTokens(run: string): string {
  if (!run.includes('eyJ')) return run;
  const parts = run.split('.');
  const kept: string[] = [];
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at]!;
    const start = part.indexOf('eyJ');
    const isToken = start >= 0 && part.length > start + 3 && parts[at + 1] && parts[at + 2] !== undefined;
    kept.push(isToken ? part.slice(0, start) + HIDDEN : part);
    if (isToken) at += 2;
  }
  return kept.join('.');
}

/** A body as text: JSON keeps its shape, secrets and full phone numbers go. */
export function redactBody(body: Buffer | string, limit: number): string {
  const text = body.toString();
  if (text.length > limit)
    return `${redactText(redactPairs(text.slice(0, limit)))}… (${Buffer.byteLength(text)} bytes)`;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return JSON.stringify(redactValue(value));
  } catch {
    // Not JSON: the text below.
  }
  return redactText(redactPairs(text));
}

export function redactHeaders(raw: string[]): Record<string, string> {
  const out: Record<string, string> = {};
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index]!;
    out[name] = SECRET.test(name) ? HIDDEN : redactText(raw[index + 1]!);
  }
  return out;
}

function redactValue(value: unknown, key = ''): unknown {
  if (SECRET.test(key) && value !== null && value !== '') return HIDDEN;
  if (Array.isArray(value)) return value.map((item) => redactValue(item));
  if (isFields(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, redactValue(member, name)]));
  }
  if (ACCOUNT.test(key) && (typeof value === 'string' || typeof value === 'number')) return maskPhone(String(value));
  return typeof value === 'string' ? redactText(value) : value;
}

/** Secrets in text that only looks like JSON or a form: cut, malformed, urlencoded. */
function redactPairs(text: string): string {
  return text
    .replace(/"([\w-]+)"\s*:\s*"((?:[^"\\]|\\.)*)("?)/g, (whole, name: string, _value, end: string) =>
      SECRET.test(name) ? `"${name}":"${HIDDEN}${end}` : whole,
    )
    .replace(/(^|&)([\w-]+)=([^&]*)/g, (whole, lead: string, name: string) =>
      SECRET.test(name) ? `${lead}${name}=${HIDDEN}` : whole,
    );
}
