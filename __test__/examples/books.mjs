// Run in the folder of `reconcile-daily`: writes a day of payments into its ledger. It prints the day.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { ledger: open } = await import(pathToFileURL(join(process.cwd(), 'ledger.mjs')));
const ledger = await open();
const charge = (reference, via, phone = '255712345678') =>
  ledger.charge({ reference, via, phone, amount: '25000', currency: 'TZS', description: 'One ticket' });

const steps = {
  async charge() {
    const { createdAt } = await charge('PAID1', 'clickpesa');
    await charge('BACK1', 'clickpesa');
    await charge('PUSH1', 'azampay');
    console.log(new Date(createdAt.getTime() + 3 * 3_600_000).toISOString().slice(0, 10));
  },
  // As if two minutes had gone by.
  settle: () => ledger.sweep({ now: Date.now() + 120_000 }),
  async believe() {
    await charge('LOST1', 'clickpesa', '255712000003'); // the sandbox ends the connection before it reads this one
    await ledger.resolve('LOST1', 'succeeded', { by: 'Asha', note: 'The customer showed an SMS' });
  },
};

await steps[process.argv[2]]();
await ledger.close();
