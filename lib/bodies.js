'use strict';

// What a callback says, in whichever shape a framework hands it over.

const { types } = require('node:util');
const { isRequest } = require('./headers.js');
const { isAnyArrayBuffer, isMap, isStringObject } = types;

exports.bodyOf = bodyOf;

/** The rule that something which no body can be breaks. */
class NoBody extends Error {}
exports.NoBody = NoBody;

/** A longer text, in characters, is not parsed: the core takes 64 KiB, which may stand here escaped. */
const MAX_TEXT = 1 << 18;

/** JSON texts that stand in one another: a body that was written as JSON twice. */
const MAX_WRAPPINGS = 3;

/** How a query or a form begins: with a name. */
const QUERY = /^[\w.~%+[\]-]+=/;
const URL_START = /^(?:\/|[a-z][a-z\d+.-]*:\/\/)/i;

/**
 * A body as the value that its sender meant: parsed JSON, or the members of a query or a form, of which a repeated one
 * is a list. Text that is neither stays text. Throws a `NoBody` for what no body can be.
 */
function bodyOf(body) {
  if (typeof body === 'string') return parsed(body);
  if (typeof body !== 'object' || body === null)
    throw noBody(body === null ? 'null' : body === undefined ? 'undefined' : `a ${typeof body}`);
  // What express.json() makes is none of these, which only the engine can tell apart, one slow question for each.
  if (Object.getPrototypeOf(body) !== Object.prototype) {
    if (isBytes(body)) return parsed(textOf(body));
    if (isStringObject(body)) return parsed(String(body));
    if (isMap(body)) return Object.fromEntries(body);
    if (HOLDS_NO_MEMBERS.some((is) => is(body))) throw noBody(`a ${body.constructor?.name ?? 'value without members'}`);
  }
  if (typeof body.then === 'function') throw noBody('a promise: await it');
  if (typeof body.pipe === 'function' || typeof body.getReader === 'function')
    throw noBody('a stream or a request that nobody read');
  if (typeof body.arrayBuffer === 'function') throw noBody('a Request that nobody read: pass await request.text()');
  if (typeof body[Symbol.asyncIterator] === 'function' || typeof body.next === 'function')
    throw noBody('an iterator: read it first');
  if (isRequest(body) || holdsRequest(body.req) || holdsRequest(body.request)) throw noBody('a request: pass its body');
  const fields = typeof body.searchParams?.getAll === 'function' ? body.searchParams : body;
  if (typeof fields.getAll === 'function') return membersOf(fields);
  // A Buffer that went through JSON, as queues write it.
  if (body.type === 'Buffer' && Array.isArray(body.data)) return parsed(textOf(Buffer.from(body.data)));
  return body;
}

function holdsRequest(value) {
  return typeof value === 'object' && value !== null && isRequest(value);
}

function noBody(what) {
  return new NoBody(`body must be the parsed body or query, a text or bytes, not ${what}. Is express.json() there?`);
}

/** What has nothing to read by name. */
const { isBoxedPrimitive, isDate, isNativeError, isRegExp, isSet, isWeakMap, isWeakSet } = types;
const HOLDS_NO_MEMBERS = [isBoxedPrimitive, isDate, isNativeError, isRegExp, isSet, isWeakMap, isWeakSet];

function isBytes(body) {
  return ArrayBuffer.isView(body) || isAnyArrayBuffer(body);
}

function textOf(bytes) {
  const buffer = ArrayBuffer.isView(bytes)
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : Buffer.from(bytes);
  return buffer.toString();
}

function parsed(body) {
  if (body.length > MAX_TEXT) return body;
  let text = body;
  for (let i = 0; i < MAX_WRAPPINGS; i++) {
    // A byte order mark is no part of the text.
    if (text.startsWith('\uFEFF')) text = text.slice(1);
    try {
      const value = JSON.parse(text);
      if (typeof value !== 'string') return value;
      text = value;
    } catch {
      break;
    }
  }
  const query = queryOf(text.trim());
  return QUERY.test(query) ? membersOf(new URLSearchParams(query)) : text;
}

/** The query of a URL, or a text that may be one itself. */
function queryOf(text) {
  const [whole] = text.split('#', 1);
  const start = whole.indexOf('?');
  const isUrl = start >= 0 && (URL_START.test(whole) || !whole.slice(0, start).includes('='));
  return isUrl ? whole.slice(start + 1) : whole;
}

function membersOf(fields) {
  const members = new Map();
  for (const [name, value] of fields) {
    const before = members.get(name);
    if (before === undefined) members.set(name, value);
    else if (Array.isArray(before)) before.push(value);
    else members.set(name, [before, value]);
  }
  return Object.fromEntries(members);
}
