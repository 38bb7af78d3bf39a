// One contestant in its own process: `contestant.mjs <name>`. Each line of standard input is a command,
// answered by a line of JSON. Ends with its standard input.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { closed, open } from './load.mjs';
import { check, order } from './wire.mjs';

const contestant = await import(`../contestants/${process.argv[2]}.mjs`);
let client;
let callbacks = [];

const pay = async (number) => check(await client.pay(order(number)), number);

const callback = async (number) => {
  const { body, isValid } = callbacks[number % callbacks.length];
  const result = await client.handleCallback(body);
  if (result.isValid !== isValid) throw new Error('a contestant misjudged a callback');
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
  closed: (command) => closed(command.callbacks ? callback : pay, command),
  arrivals: (command) => open(pay, command),
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  console.log(JSON.stringify(await commands[command.do](command)));
}
process.exit();
