import type { TestCallback } from '../engine/gateway.js';
import { type Fields, JSON_TYPE } from '../http/message.js';

export const JSON_HEADERS = { 'Content-Type': JSON_TYPE, Accept: 'application/json' };

/** A callback that posts JSON. */
export const jsonCallback = (body: Fields): TestCallback => ({
  method: 'POST',
  headers: JSON_HEADERS,
  query: {},
  body,
  rawBody: JSON.stringify(body),
});
