'use strict';

// One process of the telemetry's bench: `telemetry.cjs <kind> <origin> <folder>`, of which the folder's modules find
// the package. Each line of standard input is a command, answered by a line of JSON.
const { createRequire } = require('node:module');
const { createInterface } = require('node:readline');
const { open } = require('./finconnect.cjs');
const { check, order } = require('../lib/wire.cjs');

const [kind, origin, folder] = process.argv.slice(2);
const load = createRequire(`${folder}/`);
const sdk = open(origin, load);

/** Who listens, by kind; each span and figure is made in full and goes nowhere. */
const listeners = {
  nobody() {},
  channel() {
    const { channel } = require('node:diagnostics_channel');
    let heard = 0;
    channel('tracing:finconnect:call:asyncEnd').subscribe(() => (heard += 1));
  },
  metrics() {
    load('finconnect/otel').instrument({ metrics: metricsOf() });
  },
  spans() {
    load('finconnect/otel').instrument({ trace: traceOf() });
  },
  both() {
    load('finconnect/otel').instrument({ metrics: metricsOf(), trace: traceOf() });
  },
};

function metricsOf() {
  const { MeterProvider, MetricReader } = require('@opentelemetry/sdk-metrics');
  class Unread extends MetricReader {
    async onShutdown() {}
    async onForceFlush() {}
  }
  return new MeterProvider({ readers: [new Unread()] });
}

function traceOf() {
  const { context, trace } = require('@opentelemetry/api');
  const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks');
  const { BasicTracerProvider } = require('@opentelemetry/sdk-trace-base');
  const nowhere = { onStart() {}, onEnd() {}, shutdown: async () => {}, forceFlush: async () => {} };
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [nowhere] }));
  return trace;
}

main();

async function main() {
  const { closed } = await import('../lib/load.mjs');
  listeners[kind]();
  for await (const line of createInterface({ input: process.stdin })) {
    const command = JSON.parse(line);
    console.log(JSON.stringify(await closed({ call: (number) => sdk.pay(order(number)), check }, command)));
  }
  process.exit();
}
