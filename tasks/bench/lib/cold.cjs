'use strict';

// A fresh process: from loading the library to the first payment's answer. `cold.cjs <name> <origin> <number> [late]`
const { check, order } = require('./wire.cjs');

const [name, origin, number, late] = process.argv.slice(2);
const { open } = require(`../contestants/${name}.cjs`);
// Node compiles how it reads an `exports` map when it first meets one, be it this checkout's own.
if (late) require('finconnect/package.json');

first();

async function first() {
  const started = performance.now();
  const cpu = process.cpuUsage();
  check(await open(origin).pay(order(Number(number))), Number(number));
  const { user, system } = process.cpuUsage(cpu);
  const ms = performance.now() - started;
  console.log(JSON.stringify({ done: 1, ms, cpuMs: (user + system) / 1000, rssMb: process.memoryUsage.rss() / 1e6 }));
  process.exit();
}
