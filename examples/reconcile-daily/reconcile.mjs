// node reconcile.mjs [--day 2026-11-26] [--gateway clickpesa] [--statement file.csv] [--out differences.csv]
// Compares a day of the ledger with what the gateway says of it: its own list, or a statement that you downloaded.
// It ends with 0 where all agrees, with 1 where something differs, with 2 where it could not be found out.
import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { fromCsv, toCsv } from 'finconnect/ledger';
import { withProgress } from './progress.mjs';

const DAY_MS = 86_400_000;
const ZONE = '+03:00'; // Dar es Salaam, Kampala and Nairobi
/** The first row of the statement: write the names here that stand in your file. */
const COLUMNS = { reference: 'Reference', amount: 'Amount', currency: 'Currency', status: 'Status' };
const REPORT = ['kind', 'reference', 'fields', 'ourAmount', 'theirAmount', 'ourStatus', 'theirStatus'];

const dayOf = (time) => new Date(time + 3 * 3_600_000).toISOString().slice(0, 10);

const OPTIONS = {
  day: { type: 'string', default: dayOf(Date.now() - DAY_MS) },
  gateway: { type: 'string', default: 'clickpesa' },
  statement: { type: 'string' },
  out: { type: 'string', default: 'differences.csv' },
};

async function reconcile(ledger, sdk, { day, gateway, statement, out }) {
  const from = Date.parse(`${day}T00:00${ZONE}`);
  if (Number.isNaN(from)) throw new Error(`--day takes a day such as 2026-11-26; got ${day}`);
  const period = { gateway, kind: 'payment', from, to: from + DAY_MS };

  // First what is still open: the gateway may know by now.
  await ledger.sweep();
  let expected = 0;
  for await (const _payment of ledger.find(period)) expected++;

  const theirs = statement ? fromCsv(createReadStream(statement), { columns: COLUMNS }) : listOf(gateway, sdk, from);
  const rows = withProgress(theirs, expected, { title: `${gateway}, ${day}` });
  const counts = {};
  const report = async function* () {
    for await (const difference of ledger.compare(rows, period)) {
      counts[difference.kind] = (counts[difference.kind] ?? 0) + 1;
      yield lineOf(difference);
    }
  };
  await pipeline(Readable.from(toCsv(report(), { columns: REPORT })), createWriteStream(out));
  return counts;
}

/** A day more at each end: whose day it is, ClickPesa does not tell. */
function listOf(gateway, sdk, from) {
  if (!sdk.supports('listPayments')) throw new Error(`${gateway} has no list: give its statement.`);
  return sdk.listPayments({ startDate: dayOf(from - DAY_MS), endDate: dayOf(from + DAY_MS) });
}

function lineOf({ kind, reference, fields, here, there }) {
  return {
    kind,
    reference,
    fields: fields.join(' '),
    ourAmount: here?.amount,
    theirAmount: there?.amount,
    ourStatus: here?.status,
    theirStatus: there?.status,
  };
}

let ledger;
try {
  const { values } = parseArgs({ options: OPTIONS });
  // Only now: an error of the database or of the keys is no difference.
  const shop = await import('./ledger.mjs');
  const sdk = shop.gateways[values.gateway];
  if (!sdk) throw new Error(`ledger.mjs has no gateway ${values.gateway}.`);
  ledger = await shop.ledger();
  const counts = await reconcile(ledger, sdk, values);
  const told = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`);
  console.log(told.length > 0 ? `${told.join(', ')}: see ${values.out}` : 'All agrees.');
  process.exitCode = told.length > 0 ? 1 : 0;
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
} finally {
  await ledger?.close();
}
