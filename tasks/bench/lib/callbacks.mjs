// Callbacks as AzamPay sends them, signed with keys made for this run.
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { signedText } from './wire.cjs';

export function signer() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signed = (body) => ({
    ...body,
    signature: sign('RSA-SHA256', Buffer.from(signedText(body)), privateKey).toString('base64'),
  });
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }),
    genuine: () => pool((body) => ({ body: signed(body), isValid: true })),
  };
}

export const unsigned = () => pool((body) => ({ body, isValid: false }));
export const forged = () =>
  pool((body) => ({ body: { ...body, signature: randomBytes(256).toString('base64') }, isValid: false }));

const pool = (make) => Array.from({ length: 256 }, (_, number) => make(callback(number)));

const callback = (number) => ({
  message: 'success',
  user: null,
  password: null,
  clientId: null,
  transactionstatus: 'success',
  operator: 'Mpesa',
  reference: `pg-${number}`,
  externalreference: `pg-${number}`,
  utilityref: `ORDER-${number}`,
  amount: '1000',
  transid: `pg-${number}`,
  msisdn: '255712345678',
  mnoreference: '00000000-0000-4000-8000-000000000000',
  submerchantAcc: null,
  additionalProperties: {},
});
