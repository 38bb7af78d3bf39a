'use strict';

// The dashboard as a handler, for both kinds of server.

const { Readable } = require('node:stream');
const { pipeline } = require('node:stream/promises');
const bodies = require('../webhooks/bodies.js');
const { writeNode } = require('../webhooks/http.js');
const answers = require('./answers.js');
const { Routes } = require('./routes.js');
const { settingsOf } = require('./settings.js');

/** How long the body of a form may take. */
const READ_MS = 10_000;

/**
 * Makes the handler over `source`: `read(procedure, args)` and `now()` of a ledger and, where it may be changed, its
 * `ask`, `resolve` and `mayBecome`.
 */
module.exports = function dashboard(source, options) {
  const settings = settingsOf(source, options);
  const routes = Routes(source, settings);

  async function answered(req, url, place, { header, read }) {
    const [mayAct, user] = await Promise.all([settings.mayAct(req), settings.userOf(req)]);
    const query = new URLSearchParams(url.slice(url.indexOf('?') + 1 || url.length));
    return routes({ ...place, method: req.method, query, header, read, mayAct, user });
  }

  /** For `node:http`, Connect and Express. */
  async function handler(req, res, next) {
    const isNext = typeof next === 'function';
    const place = placeOf(req.originalUrl ?? req.url, req.url, settings.path);
    if (place === undefined) return isNext ? next() : writeNode(req, res, answers.notFound());
    try {
      const header = (name) => req.headers[name];
      const read = () => bodies.ofNode(req, AbortSignal.timeout(READ_MS));
      const { stream, ...answer } = await answered(req, req.url, place, { header, read });
      if (stream === undefined || req.method === 'HEAD') return writeNode(req, res, answer);
      res.statusCode = answer.status;
      for (const [name, value] of Object.entries(answer.headers)) res.setHeader(name, value);
      await pipeline(Readable.from(stream), res);
    } catch (error) {
      // What was begun cannot be taken back; whoever downloads sees that it broke off.
      if (res.headersSent) return void res.destroy?.();
      if (isNext) return next(error);
      writeNode(req, res, answers.broken());
    }
  }

  /** For what speaks `Request` and `Response`. Connect calls it, too, in place of the function that has it. */
  async function handle(request, given, next) {
    if (typeof given?.setHeader === 'function') return handler(request, given, next);
    try {
      const { pathname, host, search } = new URL(request.url);
      const place = placeOf(pathname, pathname, settings.path);
      if (place === undefined) return responseOf(answers.notFound());
      const header = (name) => request.headers.get(name) ?? (name === 'host' ? host : undefined);
      const read = () => bodies.ofFetch(request, given?.body, AbortSignal.timeout(READ_MS));
      return responseOf(await answered(request, search, place, { header, read }), request.method);
    } catch {
      return responseOf(answers.broken());
    }
  }

  return Object.assign(handler, { handle });
};

function responseOf({ status, headers, body, stream }, method) {
  const isEmpty = method === 'HEAD';
  const content = stream === undefined ? body : Readable.toWeb(Readable.from(stream, { objectMode: false }));
  return new Response(isEmpty ? null : content, { status, headers });
}

/** Where it is mounted, and the path below; `undefined` of a request for somebody else. */
function placeOf(original, url, path) {
  const [whole] = original.split(/[?#]/, 1);
  if (path !== undefined) {
    if (whole !== path && !whole.startsWith(`${path}/`)) return undefined;
    return { base: path, at: whole.slice(path.length) || '/' };
  }
  const [at] = url.split(/[?#]/, 1);
  const base = whole.endsWith(at) ? whole.slice(0, whole.length - at.length) : at === '/' ? whole : '';
  // Two slashes would begin the address of another machine.
  return { base: base.replace(/^\/+/, '/'), at: at || '/' };
}
