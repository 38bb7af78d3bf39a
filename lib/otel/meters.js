'use strict';

// What is counted and timed.

const { attributesOf } = require('./http.js');

/** The bounds, in seconds, that OpenTelemetry advises for requests; and for calls, which may wait for a customer. */
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const CALL_SECONDS = [...REQUEST_SECONDS, 20, 30, 60, 120, 180];

/** What listens on which channel. */
module.exports = function createMeters(meter) {
  const seconds = (name, description, explicitBucketBoundaries) =>
    meter.createHistogram(name, { unit: 's', description, advice: { explicitBucketBoundaries } });
  const count = (name, unit, description) => meter.createCounter(name, { unit: `{${unit}}`, description });

  const requests = seconds('http.client.request.duration', 'Duration of HTTP client requests.', REQUEST_SECONDS);
  const calls = seconds('finconnect.call.duration', 'Duration of calls, with all of their requests.', CALL_SECONDS);
  const payments = count(
    'finconnect.payments',
    'payment',
    'Statuses of payments that were told, by calls and callbacks.',
  );
  const callbacks = count('finconnect.callbacks', 'callback', 'Callbacks by verdict.');
  const logins = count('finconnect.logins', 'login', 'Logins, and tokens that other processes shared.');
  const retries = count('finconnect.retries', 'retry', 'Requests that were tried again.');
  const begun = new WeakMap();

  return {
    'tracing:finconnect:call:start'(call) {
      begun.set(call, performance.now());
    },

    'tracing:finconnect:call:asyncEnd'(call) {
      const {
        'finconnect.payment.status': status,
        'finconnect.callback.verdict': verdict,
        'error.type': failure,
        ...attributes
      } = call.attributes;
      const { 'finconnect.outcome': outcome, ...which } = attributes;
      const failed = failure === undefined ? {} : { 'error.type': failure };
      if (begun.has(call)) calls.record((performance.now() - begun.get(call)) / 1000, { ...attributes, ...failed });
      if (status !== undefined) payments.add(1, { ...which, 'finconnect.payment.status': status });
      if (which['finconnect.operation'] !== 'handleCallback') return;
      const { 'finconnect.provider': provider } = which;
      const judged = { 'finconnect.callback.verdict': verdict ?? 'UNDECIDED', ...failed };
      callbacks.add(1, { ...(provider && { 'finconnect.provider': provider }), ...judged });
    },

    'finconnect:response'(event) {
      requests.record(event.ms / 1000, attributesOf(event));
    },

    'finconnect:login'({ provider, outcome, code, from }) {
      logins.add(1, {
        'finconnect.provider': provider,
        'finconnect.outcome': outcome,
        'finconnect.login.from': from,
        ...(code !== null && { 'error.type': code }),
      });
    },

    'finconnect:retry'({ provider, operation, code }) {
      retries.add(1, { 'finconnect.provider': provider, 'finconnect.operation': operation, 'error.type': code });
    },
  };
};
