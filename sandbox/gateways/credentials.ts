import { createHash } from 'node:crypto';

/** The keys this sandbox takes. They open nothing anywhere else, and are the same at every start. */
export interface Credentials {
  PESAPAL_CONSUMER_KEY: string;
  PESAPAL_CONSUMER_SECRET: string;
  CLICKPESA_CLIENT_ID: string;
  CLICKPESA_API_KEY: string;
  CLICKPESA_CHECKSUM_KEY: string;
  AZAMPAY_APP_NAME: string;
  AZAMPAY_CONSUMER_KEY: string;
  AZAMPAY_CONSUMER_SECRET: string;
}

const derive = (label: string, algorithm = 'sha256') =>
  createHash(algorithm).update(`finconnect sandbox ${label}`).digest();
const letters = (label: string, length: number) =>
  derive(label, 'sha512')
    .toString('base64')
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, length);

/** Keys in the shape of the gateways' own, derived from their names, so that none is written down. */
export const CREDENTIALS: Credentials = {
  PESAPAL_CONSUMER_KEY: derive('pesapal key').subarray(0, 24).toString('base64'),
  PESAPAL_CONSUMER_SECRET: derive('pesapal secret', 'sha1').toString('base64'),
  CLICKPESA_CLIENT_ID: `ID${letters('clickpesa client', 30)}`,
  CLICKPESA_API_KEY: `SK${letters('clickpesa api key', 40)}`,
  CLICKPESA_CHECKSUM_KEY: `CHK${letters('clickpesa checksum', 40)}`,
  AZAMPAY_APP_NAME: 'FinConnect Sandbox',
  AZAMPAY_CONSUMER_KEY: derive('azampay client')
    .toString('hex')
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5'),
  AZAMPAY_CONSUMER_SECRET: Buffer.concat(
    [1, 2, 3, 4].map((part) => derive(`azampay secret ${part}`, 'sha512')),
  ).toString('base64'),
};
