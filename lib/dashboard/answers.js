'use strict';

// What goes out, with what browsers are told of it.

const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { STATUS_CODES } = require('node:http');
const { join } = require('node:path');

module.exports = { page, redirect, file, download, plain, notFound, broken, assets };

/** Nothing but its own style and form; no script, no frame, and nothing that a cache keeps. */
const SAFE = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // So that a form says where it is from, and nobody else hears the address.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
  'x-robots-tag': 'noindex, nofollow',
};

function page(content, status = 200) {
  return { status, headers: { ...SAFE, 'content-type': 'text/html; charset=utf-8' }, body: content.text };
}

function redirect(to) {
  return { status: 303, headers: { ...SAFE, location: to }, body: '' };
}

function plain(status, words = STATUS_CODES[status], headers = {}) {
  return { status, headers: { ...SAFE, 'content-type': 'text/plain; charset=utf-8', ...headers }, body: words };
}

function download(name, stream) {
  const headers = {
    ...SAFE,
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${name}"`,
  };
  return { status: 200, headers, body: '', stream };
}

function notFound() {
  return plain(404);
}

function broken() {
  return plain(500, 'The dashboard failed. Look at the log of your app.');
}

const CSS = 'text/css; charset=utf-8';
const TYPES = { 'style.css': CSS, 'parts.css': CSS, 'logo.svg': 'image/svg+xml' };
let kept;

/** The files beside the pages, read once, and under which version browsers keep them. */
function assets() {
  if (kept === undefined) {
    const texts = Object.fromEntries(Object.keys(TYPES).map((name) => [name, readFileSync(join(__dirname, name))]));
    const hash = createHash('sha256');
    for (const text of Object.values(texts)) hash.update(text);
    kept = { texts, version: hash.digest('hex').slice(0, 12) };
  }
  return kept;
}

/** One of them; `undefined` of what is none. */
function file(name) {
  if (!Object.hasOwn(TYPES, name)) return undefined;
  const cache = 'private, max-age=31536000, immutable';
  const headers = { ...SAFE, 'content-type': TYPES[name], 'cache-control': cache };
  return { status: 200, headers, body: assets().texts[name] };
}
