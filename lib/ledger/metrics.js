'use strict';

// The health of a ledger as the text that Prometheus reads.

exports.metricsText = metricsText;

/** Each metric: its name, its type, what it is, and its values with their labels. What is `null` is left out. */
const METRICS = [
  [
    'finconnect_attempts',
    'gauge',
    'Pushes and pages of the time, by what became of them.',
    ({ conversion }) =>
      conversion.flatMap(({ gateway, operator, ...counts }) =>
        ['succeeded', 'failed', 'open'].map((status) => [
          { gateway, operator: operator ?? '', status },
          counts[status],
        ]),
      ),
  ],
  [
    'finconnect_conversion_ratio',
    'gauge',
    'Paid ones among those that are final.',
    ({ conversion }) => conversion.map(({ gateway, operator, rate }) => [{ gateway, operator: operator ?? '' }, rate]),
  ],
  [
    'finconnect_final_seconds',
    'gauge',
    'From the push to its final status.',
    ({ gateways }) =>
      gateways.flatMap(({ gateway, finalMs: { p50, p95 } }) => [
        [{ gateway, quantile: '0.5' }, seconds(p50)],
        [{ gateway, quantile: '0.95' }, seconds(p95)],
      ]),
  ],
  [
    'finconnect_settled',
    'gauge',
    'Paid ones of the time, by who told of it.',
    ({ gateways }) =>
      gateways.flatMap(({ gateway, settled }) =>
        Object.entries(settled).map(([by, count]) => [{ gateway, by }, count]),
      ),
  ],
  ['finconnect_unknown', 'gauge', 'Payments that nobody knows the outcome of.', ({ unknown }) => [[{}, unknown.count]]],
  [
    'finconnect_oldest_unknown_seconds',
    'gauge',
    'Age of the oldest of them; 0 without any.',
    ({ unknown }) => [[{}, seconds(unknown.oldestMs ?? 0)]],
  ],
  [
    'finconnect_attention',
    'gauge',
    'Payments that a person should look at.',
    ({ attention }) => attention.map(({ reason, count }) => [{ reason }, count]),
  ],
  [
    'finconnect_double_payments',
    'gauge',
    'Payments of the time that were paid twice.',
    (h) => [[{}, h.doublePayments]],
  ],
  [
    'finconnect_callbacks_total',
    'counter',
    'Callbacks to this process, by verdict.',
    ({ callbacks }) =>
      callbacks.flatMap(({ gateway, verdicts }) =>
        Object.entries(verdicts).map(([verdict, count]) => [{ gateway, verdict }, count]),
      ),
  ],
  [
    'finconnect_forged_callbacks_total',
    'counter',
    'Callbacks to this process that were surely not the gateway’s.',
    ({ callbacks }) => callbacks.map(({ gateway, forged }) => [{ gateway }, forged]),
  ],
  [
    'finconnect_logins_total',
    'counter',
    'Logins of this process.',
    ({ logins }) =>
      logins.flatMap(({ gateway, succeeded, failed }) => [
        [{ gateway, outcome: 'succeeded' }, succeeded],
        [{ gateway, outcome: 'failed' }, failed],
      ]),
  ],
  [
    'finconnect_logins_failed_in_a_row',
    'gauge',
    'Logins of this process that failed since the last that succeeded.',
    ({ logins }) => logins.map(({ gateway, failedInARow }) => [{ gateway }, failedInARow]),
  ],
];

function metricsText(health) {
  return METRICS.map(([name, type, help, values]) => {
    const lines = values(health)
      .filter(([, value]) => value !== null)
      .map(([labels, value]) => `${name}${labelled(labels)} ${value}\n`);
    return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
  }).join('');
}

const seconds = (ms) => (ms === null ? null : ms / 1_000);

function labelled(labels) {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(text) {
  return text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}
