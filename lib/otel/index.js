'use strict';

const diagnostics = require('node:diagnostics_channel');
const { version } = require('../../package.json');

exports.instrument = instrument;

/** Where the process keeps what undoes the instrumentation that is in force, whichever copy of this module made it. */
const UNDO = Symbol.for('finconnect.otel.undo');
const place = diagnostics.channel('tracing:finconnect:call:start');

function instrument(api) {
  const { trace, metrics } = Object(api);
  const tracer = partOf('trace', trace, 'getTracer');
  const meter = partOf('metrics', metrics, 'getMeter');
  if (tracer === undefined && meter === undefined)
    throw new TypeError('instrument takes { trace, metrics } of @opentelemetry/api, or one of them.');
  const spans = tracer && require('./spans.js')(tracer);
  const listeners = [spans?.listeners, meter && require('./meters.js')(meter)].flatMap((all) => subscribed(all ?? {}));

  // The last one counts: nothing is told twice.
  place[UNDO]?.();
  for (const [channel, listener] of listeners) channel.subscribe(listener);
  place[UNDO] = undo;
  return undo;

  function undo() {
    for (const [channel, listener] of listeners.splice(0)) channel.unsubscribe(listener);
    spans?.end();
    if (place[UNDO] === undo) delete place[UNDO];
  }
}

/** The tracer or meter of this package; `undefined` where the app does not want any. */
function partOf(name, part, getter) {
  if (part === undefined) return undefined;
  if (typeof part?.[getter] !== 'function')
    throw new TypeError(`instrument: ${name} must be that of @opentelemetry/api, which has ${getter}.`);
  return part[getter]('finconnect', version);
}

function subscribed(listeners) {
  return Object.entries(listeners).map(([name, listener]) => [diagnostics.channel(name), quietly(listener)]);
}

/** A listener whose failure is its own affair: what a channel's subscriber throws would end the process. */
function quietly(listener) {
  return (message) => {
    try {
      listener(message);
    } catch {}
  };
}
