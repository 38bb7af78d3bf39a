// One contestant in its own process: `contestant.mjs <name>`. Each line of standard input is a command,
// answered by a line of JSON. Ends with its standard input.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { closed, open } from './load.mjs';
import { check, order } from './wire.cjs';

const contestant = await import(`../contestants/${process.argv[2]}.cjs`);
let client;
let callbacks = [];

const payments = { call: (number) => client.pay(order(number)), check };

const judgements = {
  call: (number) => client.handleCallback(callbacks[number % callbacks.length].body),
  check(result, number) {
    if (result.isValid !== callbacks[number % callbacks.length].isValid)
      throw new Error('a contestant misjudged a callback');
  },
};

const commands = {
  open({ origin, callbacks: file }) {
    client = contestant.open(origin);
    return file ? commands.use({ callbacks: file }) : {};
  },
  use({ callbacks: file }) {
    callbacks = JSON.parse(readFileSync(file, 'utf8'));
    return {};
  },
  closed: (command) => closed(command.callbacks ? judgements : payments, command),
  arrivals: (command) => open(payments, command),
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  console.log(JSON.stringify(await commands[command.do](command)));
}
process.exit();
