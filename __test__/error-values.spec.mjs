// An error is a value that any logger can write, whatever body the gateway answered with.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { FinConnectError } from 'finconnect';
import { PAY_ROUTES, PAYMENTS, rejection, startGateway } from './support/gateway.mjs';

const nested = (depth, open = '[', close = ']') => open.repeat(depth) + close.repeat(depth);

/** A body, and whether its error carries it parsed. */
const BODIES = [
  ['an object nested 64 deep', `{"message":"no","a":${nested(63)}}`, true],
  ['an object nested 65 deep', `{"message":"no","a":${nested(64)}}`, false],
  ['arrays 900 deep', nested(900), false],
  ['arrays 5,000 deep', `{"message":"no","a":${nested(5000)}}`, false],
  ['objects 100,000 deep', `{"message":"no","a":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`, false],
  ['brackets within a text', JSON.stringify({ message: 'no', a: '['.repeat(5000) }), true],
  ['an array of 64 KiB', `[${Array(10_900).fill('[1,2]').join(',')}]`, true],
  ['an array of 65 KiB', `[${Array(11_000).fill('[1,2]').join(',')}]`, false],
  ['an array of a mebibyte', `[${Array(150_000).fill('[1,2]').join(',')}]`, false],
  [
    'members of an error',
    '{"message":"mine","code":"mine","stack":"mine","name":"mine","outcome":"accepted","retryable":true,"cause":"mine"}',
    true,
  ],
  [
    'members of a prototype',
    '{"__proto__":{"outcome":"accepted"},"constructor":1,"toJSON":"x","toString":1,"then":1,"hasOwnProperty":null}',
    true,
  ],
  ['numbers of no double', '{"message":"no","n":12345678901234567890123,"m":1e999,"o":-0,"p":0.1}', true],
  ['half a character', '{"message":"no","a":"\\ud800","\\udfff":1}', true],
  ['repeated members', '{"message":"one","message":"two","a":1,"a":2}', true],
  ['line separators and a null', '{"message":"a\\u2028b\\u0000c"}', true],
  ['a text', '"no"', true],
  ['null', 'null', true],
  ['what is no JSON', '{"message":', false],
  ['a number of 3,000 digits', '1'.repeat(3000), true],
];

test('every body makes an error that can be written, cloned and sent', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('clickpesa');
  for (const [name, body, isParsed] of BODIES)
    await t.test(name, async () => {
      for (const status of [400, 500]) {
        gateway.answer(PAY_ROUTES.clickpesa, status, body);
        const error = await rejection(sdk.pay(PAYMENTS.clickpesa));
        assert.ok(error instanceof FinConnectError, name);
        assert.ok(['REFUSED', 'GATEWAY_ERROR', 'INVALID_RESPONSE'].includes(error.code), name);
        assert.ok(['refused', 'unknown'].includes(error.outcome) && error.retryable === false, name);
        assert.equal(error.name, 'FinConnectError', name);
        assert.ok(
          !Object.hasOwn(error, 'cause') && error.stack.startsWith('FinConnectError: Payment request failed: '),
          name,
        );
        if (isParsed) assert.equal(JSON.stringify(error.response), JSON.stringify(JSON.parse(body)), name);
        else
          assert.ok(
            typeof error.response === 'string' && error.response.length <= 2000 && body.startsWith(error.response),
            name,
          );

        const written = JSON.parse(JSON.stringify(error));
        assert.deepEqual([written.code, written.outcome], [error.code, error.outcome], name);
        assert.equal(written.isJson, undefined);
        // What loggers do: walk through it, deep, copy its members, and send it to another thread.
        const copy = { type: error.name, message: error.message, stack: error.stack, ...error };
        assert.equal(structuredClone(copy).outcome, error.outcome, name);
        assert.equal(structuredClone(error).message, error.message, name);
        assert.ok(inspect(error, { depth: Infinity, maxArrayLength: 10 }).includes(error.code), name);
        assert.ok(`${error}`.startsWith('FinConnectError: '), name);
        const { port1, port2 } = new MessageChannel();
        port1.postMessage(copy);
        assert.equal(receiveMessageOnPort(port2).message.code, error.code, name);
        port1.close();
        assert.equal({}.outcome, undefined, 'no prototype has changed');
      }
    });
});
