import { generateKeyPairSync, sign } from 'node:crypto';
import { FintechSDK } from 'finconnect';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

export const AZAMPAY = {
  baseUrl: 'http://127.0.0.1:1',
  AZAMPAY_APP_NAME: 'app',
  AZAMPAY_CONSUMER_KEY: 'key',
  AZAMPAY_CONSUMER_SECRET: 'secret',
  AZAMPAY_PUBLIC_KEY: publicKey.export({ type: 'spki', format: 'pem' }),
};

/** An AzamPay SDK object that judges callbacks without a request. */
export const azampay = (more = {}, config = {}) =>
  new FintechSDK({ provider: 'azampay', config: { ...AZAMPAY, ...config }, ...more });

let made = 0;

/** A genuine callback, each of another payment; every member is a text. */
export function callback(members = {}) {
  const id = `ext-${++made}`;
  const body = {
    message: 'Malipo yamekubaliwa é',
    transactionstatus: 'success',
    operator: 'Airtel',
    reference: id,
    externalreference: id,
    utilityref: 'ORDER/1',
    amount: '1000',
    transid: id,
    msisdn: '255712345678',
    ...members,
  };
  const signed = body.utilityref + body.externalreference + body.transactionstatus + body.operator;
  return { ...body, signature: sign('sha256', Buffer.from(signed), privateKey).toString('base64') };
}
