// A fresh process: from nothing loaded to the first payment's answer. `cold.mjs <name> <origin> <number>`
import { check, order } from './wire.mjs';

const [name, origin, number] = process.argv.slice(2);
const { open } = await import(`../contestants/${name}.mjs`);
const started = performance.now();
const cpu = process.cpuUsage();
check(await open(origin).pay(order(Number(number))), Number(number));
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ done: 1, ms: performance.now() - started, cpuMs: (user + system) / 1000 }));
process.exit();
