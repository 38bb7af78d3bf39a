'use strict';

const bodies = require('./bodies.js');
const deliver = require('./deliver.js');
const { headerOf, lastOf, writeNode } = require('./http.js');
const { settingsOf } = require('./settings.js');

exports.webhooks = webhooks;
exports.returned = require('./returned.js');

const NOT_FOUND = { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'Not Found' };
const FAILED = { status: 500, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'Internal Server Error' };

function webhooks(gateways, options) {
  const settings = settingsOf(gateways, options);
  const sourceOf = (url, name = lastOf(url)) =>
    settings.only ?? (Object.hasOwn(settings.gateways, name) ? name : undefined);

  /** For `node:http`, Connect and Express. */
  function hooks(req, res, next) {
    const source = sourceOf(req.url);
    // Not by a promise: what others throw there is theirs.
    if (source === undefined && typeof next === 'function') return next();
    const answer =
      source === undefined
        ? Promise.resolve(NOT_FOUND)
        : deliver(settings, source, {
            method: req.method,
            headers: req.headers,
            length: headerOf(req.headers, 'content-length'),
            read: (signal) => bodies.ofNode(req, signal),
          });
    return answer.then((found) => writeNode(req, res, found));
  }

  /** For what speaks `Request` and `Response`. Connect calls it, too, in place of the function that has it. */
  async function handle(request, options, next) {
    if (typeof options?.setHeader === 'function') return hooks(request, options, next);
    try {
      const { gateway, body } = options ?? {};
      const source = sourceOf(request.url, gateway);
      const answer =
        source === undefined
          ? NOT_FOUND
          : await deliver(settings, source, {
              method: request.method,
              headers: request.headers,
              length: headerOf(request.headers, 'content-length'),
              read: (signal) => bodies.ofFetch(request, body, signal),
            });
      return responseOf(answer);
    } catch {
      return responseOf(FAILED);
    }
  }

  return Object.assign(hooks, { handle });
}

function responseOf({ status, headers, body }) {
  return new Response(body, { status, headers });
}
