// A process of a shop with many: does what its parent asks for, with a ledger in PostgreSQL.
import { FintechSDK } from 'finconnect';
import { openLedger, postgres } from 'finconnect/ledger';
import pg from 'pg';

const { database, config, schema, asked } = JSON.parse(process.env.SHOP);
const pool = new pg.Pool({ ...database, max: 5 });
const gateways = { clickpesa: new FintechSDK({ provider: 'clickpesa', config }) };
const ledger = await openLedger(postgres(pool, { schema }), {
  gateways,
  async onPayment({ reference }, tx) {
    await tx.query(`INSERT INTO ${schema}.booking (reference, paid) VALUES ($1, 1)`, [reference]);
  },
});
const said = [];
for (const { charge, sweeps, now } of asked) {
  if (charge !== undefined) {
    const all = await Promise.all(Array.from({ length: charge.times }, () => ledger.charge(charge.request)));
    said.push(...new Set(all.map(({ gatewayReference }) => gatewayReference)));
  } else {
    const all = await Promise.all(Array.from({ length: sweeps }, () => ledger.sweep({ now })));
    said.push(all.reduce((sum, { asked: count }) => sum + count, 0));
  }
}
console.log(JSON.stringify(said));
await ledger.close();
await pool.end();
