'use strict';

// The customer's browser, on its way back from a gateway's page.

const { optionsOf } = require('../clients.js');
const { writeNode } = require('./http.js');
const { functionOf, sdkOf } = require('./settings.js');

/** A customer waits for the page. */
const TIMEOUT_MS = 8_000;
const TEXT = { 'content-type': 'text/plain; charset=utf-8' };
const NAMES_NOTHING = { status: 400, headers: TEXT, body: 'Bad Request' };
/** What a gateway, or this library, says of an id that is none. */
const NAMES_NONE = ['INVALID_REQUEST', 'REFUSED'];
const UNKNOWN = { status: 503, headers: { ...TEXT, 'retry-after': '10' }, body: 'Service Unavailable' };

module.exports = function returned(given, options) {
  const sdk = sdkOf('returned', given);
  const known = optionsOf('returned', options, ['onReturn', 'reference']);
  const onReturn = functionOf('returned', 'onReturn', known.onReturn);
  if (onReturn === undefined) throw new TypeError('returned needs onReturn, the function that answers the browser.');
  const reference = functionOf('returned', 'reference', known.reference) ?? trackingIdOf;
  // A page puts it into the query where there are IPNs, whose members these are.
  if (reference === trackingIdOf && !sdk.supports('registerIpn'))
    throw new TypeError('returned needs reference, a function: the page of this gateway names no payment.');

  async function back(req, res, next) {
    try {
      const payment = await asked(req, req.originalUrl ?? req.url);
      if (payment === undefined) return writeNode(req, res, NAMES_NOTHING);
      await onReturn(payment, req, res);
    } catch (error) {
      if (NAMES_NONE.includes(error?.code)) return writeNode(req, res, NAMES_NOTHING);
      if (typeof next === 'function') return next(error);
      writeNode(req, res, UNKNOWN);
    }
  }

  /** Connect calls it, too, in place of the function that has it. */
  async function handle(request, res, next) {
    if (typeof res?.setHeader === 'function') return back(request, res, next);
    try {
      const payment = await asked(request, request.url);
      if (payment === undefined) return responseOf(NAMES_NOTHING);
      const answer = await onReturn(payment, request);
      return typeof answer?.status === 'number' ? answer : responseOf(UNKNOWN);
    } catch (error) {
      return responseOf(NAMES_NONE.includes(error?.code) ? NAMES_NOTHING : UNKNOWN);
    }
  }

  /** The payment as the gateway tells of it; what the browser says of it is not looked at. */
  async function asked(req, url) {
    const name = await reference(req, url);
    if (typeof name !== 'string' || name === '') return undefined;
    return sdk.getPaymentStatus(name, { timeoutMs: TIMEOUT_MS });
  }

  return Object.assign(back, { handle });
};

/** The id in the query; its name may come in any capitals. */
function trackingIdOf(_req, url) {
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  const named = [...query].find(([name]) => name.toLowerCase() === 'ordertrackingid');
  return named?.[1];
}

function responseOf({ status, headers, body }) {
  return new Response(body, { status, headers });
}
