// A process of its own with the ledger's store: `node store-child.cjs <what> <where>`, where is a path, or how to
// connect to PostgreSQL.
'use strict';

const { createInterface } = require('node:readline');
const { postgres, sqlite } = require('../../lib/ledger/stores/index.js');

const [, , what, where] = process.argv;
const procedures = require.resolve('./shop-procedures.cjs');
const isPath = !where.startsWith('{');
const pool = isPath ? undefined : new (require('pg').Pool)({ ...JSON.parse(where), allowExitOnIdle: true });
const store = isPath ? sqlite(where) : postgres(pool, { prefix: 'till_', schema: 'kiosk' });
const print = (text) => process.stdout.write(`${text}\n`);
const deposit = (reference) => store.run('deposit', { reference, amount: '5' });

const acts = {
  /** Leaves the store open with nothing to do. */
  async idle() {
    const before = listeners();
    await open();
    await Promise.all(['A', 'B', 'C'].map(deposit));
    print(JSON.stringify({ count: await store.run('count'), listeners: listeners() - before }));
  },
  async alone() {
    await open();
    deposit('A').then((answer) => print(JSON.stringify(answer)));
  },
  /** Prints each reference when it is kept, for ever. */
  async write() {
    await open();
    for (let at = 0; ; at++) {
      await deposit(`W-${at}`);
      print(`W-${at}`);
    }
  },
  /** A deposit at the start, and one for each line. */
  async line() {
    const tell = async () => {
      try {
        await open();
        print((await deposit('A')).isNew);
      } catch (error) {
        print(`${error.code} ${error.message}`);
      }
    };
    await tell();
    for await (const _ of createInterface(process.stdin)) await tell();
  },
};

const open = () => store.open({ procedures, schema: procedures });
const listeners = () => process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);

acts[what]();
