// A worker. Start as many as you like: each job is given to one, and the ledger sends one push for each reference.
import { boss, endWith, ledger } from './shop.mjs';

const PRICE = { amount: '25000', currency: 'TZS', description: 'One ticket' };

// A customer is waiting for the push: the queue is looked into twice a second.
await boss.work('charge', { batchSize: 20, pollingIntervalSeconds: 0.5 }, async (jobs) => {
  await Promise.all(jobs.map(({ data }) => ledger.charge({ ...PRICE, reference: data.reference, phone: data.phone })));
});

// Asks about what no callback has told of. Every minute, by the schedule that migrate.mjs wrote.
await boss.work('sweep', async () => void (await ledger.sweep()));

// Here you would send an SMS. It may be done twice, when this process dies right after: name the ticket in it.
await boss.work('receipt', async ([{ data }]) => console.log(`receipt: ticket ${data.number} for ${data.reference}`));

console.log('The worker is ready.');
endWith();
