// OpenTelemetry's own API and SDK in this process, with what they were told.
import { context, metrics, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { instrument } from 'finconnect/otel';

const exporter = new InMemorySpanExporter();
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

const exported = new InMemoryMetricExporter(AggregationTemporality.DELTA);
// It is asked, and never goes by itself.
const reader = new PeriodicExportingMetricReader({ exporter: exported, exportIntervalMillis: 2 ** 31 - 1 });
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));

/** Instruments for one test, which starts with nothing told. */
export async function instrumented(t, api = { trace, metrics }) {
  const undo = instrument(api);
  t.after(undo);
  exporter.reset();
  await metered();
  return undo;
}

/** What an app's own server does for each request: a span around all that it does. */
export const asWebRequest = (name, work) =>
  trace.getTracer('shop').startActiveSpan(name, async (span) => {
    try {
      return await work();
    } finally {
      span.end();
    }
  });

export const spans = () => exporter.getFinishedSpans();

/** What is told of the server of a gateway. */
export function serverOf({ sandbox }, provider) {
  const { hostname, port } = new URL(sandbox.config(provider).baseUrl);
  return { 'server.address': hostname, 'server.port': Number(port) };
}

/** Each span below its parent as `[name, [children …]]`, in the order in which they began. */
export function tree(parent) {
  return spans()
    .filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent?.spanContext().spanId)
    .sort((a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1])
    .map((span) => [span.name, tree(span)]);
}

/** What was counted since the last question: `[instrument, attributes, value]`, of a histogram how many. */
export async function metered() {
  exported.reset();
  await reader.forceFlush();
  return exported
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics)
    .flatMap(({ metrics: told }) => told)
    .flatMap(({ descriptor: { name }, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => [name, attributes, value.count ?? value]),
    );
}
