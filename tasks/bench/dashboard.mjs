// `node tasks/bench/dashboard.mjs`: how long the pages of the dashboard take with a million payments, on the app's own
// handle of better-sqlite3. Exits with 1 when the overview takes longer than it may.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { FintechSDK } from 'finconnect';
import { openLedger, sqlite } from 'finconnect/ledger';
import { fill } from './lib/fill.mjs';
import { median } from './lib/stats.mjs';

const MANY = 1_000_000;
const ROUNDS = 9;
/** The first time that the overview is asked for, and the usual time of any page. */
const FLOOR_MS = 100;
const PATHS = ['/', '/?days=1', '/?days=30', '/?days=90', '/payments', '/payments?status=failed', '/attention'];
const MORE = ['/payment?reference=OLD-500000', '/search?q=OLD-500000', '/search?q=5678', '/search?q=9999'];

const Database = createRequire(import.meta.url)('better-sqlite3');
const folder = mkdtempSync(join(tmpdir(), 'finconnect-dashboard-'));
const db = new Database(join(folder, 'many.db'));
db.pragma('journal_mode = WAL');
const config = { baseUrl: 'http://127.0.0.1:9', CLICKPESA_CLIENT_ID: 'none', CLICKPESA_API_KEY: 'none' };
/** At the end of what was filled in, so that a day has about 4,300 payments. */
const options = { gateways: { clickpesa: new FintechSDK({ provider: 'clickpesa', config }) } };
const ledger = await openLedger(sqlite(db), { ...options, clock: () => Date.UTC(2025, 0) + MANY * 20_000 });
console.error(`Filling in ${MANY.toLocaleString('en')} payments`);
fill(db, MANY);

let isMissed = false;
for (const path of [...PATHS, ...MORE]) {
  const first = [];
  const again = [];
  let longest = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    // A new one keeps nothing of the round before.
    const handler = ledger.dashboard();
    const server = createServer((req, res) => handler(req, res)).listen(0, '127.0.0.1');
    const url = `http://127.0.0.1:${await new Promise((listening) => server.on('listening', () => listening(server.address().port)))}${path}`;
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    for (const times of [first, again]) {
      const began = performance.now();
      await (await fetch(url, { redirect: 'manual' })).text();
      times.push(performance.now() - began);
    }
    delay.disable();
    longest = Math.max(longest, delay.max / 1e6);
    server.close();
    server.closeAllConnections();
  }
  const words = [first, again].map((times) => `${median(times).toFixed(1).padStart(7)} ms`);
  console.log(
    `${path.padEnd(32)} first ${words[0]}, again ${words[1]}, longest block ${longest.toFixed(1).padStart(6)} ms`,
  );
  if (path === '/' && median(first) > FLOOR_MS) isMissed = true;
}
await ledger.close();
db.close();
rmSync(folder, { recursive: true });
if (isMissed) {
  console.error(`The overview took more than ${FLOOR_MS} ms.`);
  process.exitCode = 1;
}
