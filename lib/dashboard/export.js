'use strict';

// Payments as CSV, page by page.

const { hidden, iso, paymentOf } = require('../ledger/rows.js');
const { toCsv } = require('../ledger/csv.js')({});

exports.csvOf = csvOf;

/** As many rows as a spreadsheet opens. */
const MOST = 1_000_000;
const MORE = 'There are more payments than fit here: choose a shorter time';
const COLUMNS = [
  ...['reference', 'kind', 'status', 'amount', 'currency', 'gateway', 'rail', 'operator', 'phone', 'of'],
  ...['attempt', 'gatewayReference', 'transactionId', 'receipt', 'outcome', 'code', 'message', 'reason', 'next'],
  ...['attention', 'description', 'createdAt', 'updatedAt'],
];

/** The lines for what `filter` lets through, the oldest first. What a spreadsheet would take for a formula is text. */
function csvOf(source, filter) {
  return toCsv(rowsOf(source, filter), { columns: COLUMNS });
}

async function* rowsOf(source, filter) {
  let count = 0;
  for (let after; ; ) {
    const rows = await source.read('page', { ...filter, ...(after && { after }) });
    for (const row of rows) {
      if (count === MOST) return yield { reference: MORE };
      count += 1;
      const { advice, message, description, ...payment } = paymentOf(row);
      const { reason, next } = advice ?? {};
      yield { ...payment, message: hidden(message), description: hidden(description), reason, next };
    }
    if (rows.length === 0) return;
    const last = rows.at(-1);
    after = { createdAt: iso(new Date(last.created_at)), id: last.id };
  }
}
