// `npm run reconcile`: compares yesterday with the gateways; `npm run reconcile 2026-11-27` another day. Run it each
// morning. It exits with 1 where a person should look at something.
import { openBooks } from './books.mjs';

const DAY_MS = 86_400_000;
const EAST_AFRICA_MS = 3 * 3_600_000;
const dayOf = (time) => new Date(Number(time) + EAST_AFRICA_MS).toISOString().slice(0, 10);
const day = process.argv[2] ?? dayOf(Date.now() - DAY_MS);
const { gateways, ledger, close } = await openBooks(process.env, console.error);
let found = 0;
const tell = (line) => {
  console.log(line);
  found += 1;
};

// #region reconcile
// What is open is asked for.
const { asked, changed } = await ledger.sweep();
console.log(`Asked about ${asked} open payments: ${changed.length} have moved`);

// The day is compared with the gateway's own list, where it has one. Whose day a list means no gateway tells, so that a
// day more at each end is asked for.
const from = new Date(`${day}T00:00+03:00`);
const to = new Date(Number(from) + DAY_MS);
const days = { startDate: dayOf(from - DAY_MS), endDate: dayOf(to) };
for (const [gateway, sdk] of Object.entries(gateways)) {
  if (!sdk.supports('listPayments')) continue;
  for await (const { kind, reference, fields } of ledger.compare(sdk.listPayments(days), { gateway, from, to }))
    tell(`${gateway}, ${reference}: ${kind} ${fields.join(', ')}`);
}

// What only a person can decide.
for await (const { gateway, reference, status, attention } of ledger.find({ attention: true }))
  tell(`${gateway}, ${reference}: ${status}, needs a person: ${attention}`);
// #endregion reconcile

console.log(found === 0 ? `${day}: all is as the gateways say` : `${day}: ${found} to look at`);
process.exitCode = found === 0 ? 0 : 1;
await close();
