import type { IncomingHttpHeaders } from 'node:http';

/** A JSON object of unknown shape; every member is checked where it is used. */
export type Fields = Record<string, unknown>;

/** A request that arrived whole. */
export interface Inbound {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** Header names and values alternating, in the order and the case of the wire. */
  rawHeaders: string[];
  body: Buffer;
  /** Scheme and authority by which the client came, e.g. `http://127.0.0.1:4010`. */
  origin: string;
}

export interface Reply {
  status: number;
  headers?: Record<string, string | number | string[]>;
  body?: string | Buffer;
}

export const JSON_TYPE = 'application/json; charset=utf-8';

export function json(status: number, value: unknown, headers?: Reply['headers']): Reply {
  return { status, headers: { 'Content-Type': JSON_TYPE, ...headers }, body: JSON.stringify(value) };
}

export function text(status: number, body: string, type = 'text/plain; charset=utf-8'): Reply {
  return { status, headers: { 'Content-Type': type }, body };
}

export function html(status: number, body: string, headers?: Reply['headers']): Reply {
  return { status, headers: { 'Content-Type': 'text/html; charset=utf-8', ...headers }, body };
}

/** Leads the browser on; what a header cannot carry is percent-encoded. */
export function redirect(location: string, status = 302): Reply {
  return { status, headers: { Location: location.replace(/[^\x21-\x7e]/gu, encode) } };
}

/** encodeURIComponent for any text: half of a surrogate pair becomes the replacement character. */
const encode = (value: string) => encodeURIComponent(value.replace(/\p{Cs}/gu, '\ufffd'));

/** The body as a JSON object, or undefined when it is none. */
export function parseFields(body: Buffer | string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member as text: strings as they are, numbers printed, everything else empty. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** Whether a text is an absolute http or https URL, as a client reads it. */
export function isWebUrl(text: string): boolean {
  try {
    return /^https?:$/.test(new URL(text).protocol);
  } catch {
    return false;
  }
}

/** Adds `name=value` pairs as a gateway does: `?`, or `&` when the URL has a query already, ahead of any fragment. */
export function withQuery(url: string, pairs: [string, string][]): string {
  const hash = url.indexOf('#');
  const base = hash < 0 ? url : url.slice(0, hash);
  const added = pairs.map(([name, value]) => `${name}=${encode(value)}`).join('&');
  return base + (base.includes('?') ? '&' : '?') + added + (hash < 0 ? '' : url.slice(hash));
}
