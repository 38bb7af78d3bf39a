'use strict';

// A span for each call, and below it one for each request.

const { attributesOf } = require('./http.js');

// Of `SpanKind` and `SpanStatusCode`: the caller's own package is not ours to load.
const CLIENT = 2;
const ERROR = 2;

/** What listens on which channel, and what ends the spans of calls that are still under way. */
module.exports = function createSpans(tracer) {
  const open = new Map();

  return {
    listeners: {
      'tracing:finconnect:call:start'(call) {
        const { name, attributes, run } = call;
        // The call is made within its span, so that what it calls, such as `expect`, comes below it.
        call.run = (make) =>
          tracer.startActiveSpan(name, { attributes }, (span) => {
            open.set(call, span);
            return run === undefined ? make() : run(make);
          });
      },

      'tracing:finconnect:call:asyncEnd'(call) {
        const span = open.get(call);
        if (span === undefined) return;
        open.delete(call);
        span.setAttributes(call.attributes);
        finished(span, call.attributes);
      },

      'finconnect:response'(event) {
        const endedAt = Date.now();
        const attributes = {
          ...attributesOf(event),
          'finconnect.operation': event.operation,
          ...(event.attempt > 1 && { 'http.request.resend_count': event.attempt - 1 }),
        };
        const name = `${event.method} ${attributes['url.template']}`;
        const span = tracer.startSpan(name, { kind: CLIENT, startTime: endedAt - event.ms, attributes });
        finished(span, attributes, endedAt);
      },
    },

    end() {
      for (const span of open.values()) span.end();
      open.clear();
    },
  };
};

function finished(span, attributes, at) {
  if (attributes['error.type'] !== undefined) span.setStatus({ code: ERROR });
  span.end(at);
}
