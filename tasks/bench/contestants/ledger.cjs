'use strict';

// One process of the ledger's bench: `ledger.cjs <charge | ledger> <origin> <file>`. Each line of standard input is a
// command, answered by a line of JSON.
const { createInterface } = require('node:readline');
const { open: openSdk } = require('./finconnect.cjs');

const { createRequire } = require('node:module');
const { installed } = require('./finconnect.cjs');

const [kind, origin, file] = process.argv.slice(2);
const load = createRequire(`${installed}/`);
const sdk = openSdk(origin);
const request = (number) => ({
  ...{ reference: `ORDER-${number}`, amount: '1000', currency: 'TZS' },
  ...{ phone: '255712345678', operator: 'Mpesa' },
});

main();

async function main() {
  const { closed } = await import('../lib/load.mjs');
  let ledger;
  if (kind === 'ledger') {
    const { openLedger, sqlite } = load('finconnect/ledger');
    ledger = await openLedger(sqlite(file), { gateways: { azampay: sdk }, onPayment() {} });
  }
  const call = (number) => (ledger ?? sdk).charge(request(number));
  const check = (answer, number) => {
    if (Number(`0x${answer.transactionId}`) !== number) throw new Error("a call got another payment's answer");
  };
  /** The time of one call of something, the best of `times`. */
  const timed = async (times, run) => {
    let best = Infinity;
    for (let at = 0; at < times; at += 1) {
      const before = performance.now();
      await run(at);
      best = Math.min(best, performance.now() - before);
    }
    return best;
  };
  const commands = {
    closed: (command) => closed({ call, check }, command),
    sweep: async ({ now }) => ({ ms: await timed(20, () => ledger.sweep({ now, limit: 1 })) }),
    find: async () => ({
      ms: await timed(20, async () => {
        let seen = 0;
        for await (const _ of ledger.find({ status: 'failed' })) if (++seen === 50) break;
      }),
    }),
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const command = JSON.parse(line);
    console.log(JSON.stringify(await commands[command.do](command)));
  }
  process.exit();
}
