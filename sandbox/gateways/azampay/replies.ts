import { type Fields, json, parseFields, type Reply } from '../../http/message.js';
import type { Call, World } from './world.js';

export const EMPTY_404: Reply = { status: 404, body: '' };

export function problem(world: World, errors: Record<string, string[]>): Reply {
  const body = {
    errors,
    type: 'https://tools.ietf.org/html/rfc7231#section-6.5.1',
    title: 'One or more validation errors occurred.',
    status: 400,
    traceId: `00-${world.random.hex(32)}-${world.random.hex(16)}-00`,
  };
  return json(400, body, { 'Content-Type': 'application/problem+json; charset=utf-8' });
}

/** The body of a JSON request; undefined when it is not said to be JSON. */
export function jsonBody({ headers, body }: Call): Fields | undefined {
  return /^application\/(\w+\+)?json/i.test(headers['content-type'] ?? '') ? (parseFields(body) ?? {}) : undefined;
}

export function unsupported({ world }: Call): Reply {
  const body = {
    type: 'https://tools.ietf.org/html/rfc7231#section-6.5.13',
    title: 'Unsupported Media Type',
    status: 415,
    traceId: `00-${world.random.hex(32)}-${world.random.hex(16)}-00`,
  };
  return json(415, body, { 'Content-Type': 'application/problem+json; charset=utf-8' });
}
