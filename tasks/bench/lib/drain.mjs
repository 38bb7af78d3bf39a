// Pays a number of times, one after the other: `drain.mjs <origin> <times>`. For the guard, under callgrind.
import { open } from '../contestants/finconnect.cjs';
import { check, order } from './wire.cjs';

const [origin, times] = process.argv.slice(2);
const sdk = open(origin);
for (let number = 1; number <= Number(times); number++) check(await sdk.pay(order(number)), number);
process.exit();
