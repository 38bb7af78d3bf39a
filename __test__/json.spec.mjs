import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCEPTED, PAY_ROUTES, PROVIDERS, pay, rejection, startGateway } from './support/gateway.mjs';

class Shilling {
  constructor(cents) {
    this.cents = cents;
  }
  toJSON() {
    return (this.cents / 100).toFixed(2);
  }
}
class Base {
  get inherited() {
    return 1;
  }
}

/** What a caller may put into a payment, each to go out exactly as JSON.stringify writes it. */
const VALUES = {
  'a phone number as a number': { phone: 254712345678 },
  // biome-ignore lint/correctness/noPrecisionLoss: it is what the row is about
  'integers around 2^53': { n: [9007199254740991, 9007199254740992, -9007199254740993] },
  'numbers JavaScript prints its own way': { n: [1e21, 1e-7, -0, 0.1 + 0.2, 1.0, 5e-324, 1.7976931348623157e308] },
  'numbers JSON has not': { n: [NaN, Infinity, -Infinity] },
  'undefined at every depth': { a: undefined, b: { c: undefined, d: [undefined, 1] } },
  'functions and symbols': { f() {}, s: Symbol('s'), l: [() => 1, Symbol('x')] },
  'a Date': { at: new Date('2026-11-20T12:00:00.000Z') },
  'toJSON of a class': { amount: new Shilling(150050) },
  'toJSON of one object': { x: { toJSON: () => ({ b: 1, a: 2 }) } },
  'key order': { z: 1, a: 2, 10: 'x', 2: 'y' },
  'Map, Set and boxed values': {
    m: new Map([[1, 2]]),
    s: new Set([1]),
    b: [new String('s'), new Number(1), new Boolean(false)],
  },
  'inherited properties': Object.assign(new Base(), { own: 1 }),
  'a Buffer': { b: Buffer.from('hi') },
  'non-ASCII text': { t: 'Chai ya asubuhi – São/Zanzibar “A” 😀 مرحبا' },
  'lone surrogates': { t: '\ud800 and \udfff', '\udc00': 1 },
  'control characters and line separators': { t: '\u0000\u001f\u2028\u2029\u007f"\\/' },
  'a key named __proto__': JSON.parse('{"__proto__":{"x":1},"constructor":1}'),
  'deep nesting': JSON.parse(`{"d":${'['.repeat(500)}${']'.repeat(500)}}`),
  'an empty object': {},
};

/** Whether Selcom can sign it: texts and numbers alone, one at least, under names that a header carries. */
const isFlat = (payment) => {
  const members = Object.entries(JSON.parse(JSON.stringify(payment)));
  const fits = ([name, value]) => /^[!-+\--~]+$/.test(name) && ['string', 'number'].includes(typeof value);
  return members.length > 0 && members.every(fits);
};

for (const provider of PROVIDERS) {
  test(`${provider}: a payload goes out as JSON.stringify writes it`, async (t) => {
    const gateway = await startGateway(t);
    const sdk = gateway.sdk(provider);
    for (const [name, payment] of Object.entries(VALUES))
      await t.test(name, async () => {
        if (provider === 'selcom' && !isFlat(payment)) {
          const { code, outcome } = await rejection(sdk.pay(payment));
          assert.deepEqual([code, outcome], ['INVALID_REQUEST', 'not_sent']);
          return;
        }
        gateway.answer(PAY_ROUTES[provider], 200, ACCEPTED);
        await sdk.pay(payment, 'ipn');
        const sent = gateway.to(PAY_ROUTES[provider]).at(-1).body.toString();
        const text = JSON.stringify(payment);
        const member = '"notification_id":"ipn"}';
        const expected =
          provider !== 'pesapal' ? text : text === '{}' ? `{${member}` : `${text.slice(0, -1)},${member}`;
        assert.equal(sent, expected, name);
      });
  });

  test(`${provider}: an answer comes back as JSON.parse reads it`, async (t) => {
    const gateway = await startGateway(t);
    const sdk = gateway.sdk(provider);
    const ok =
      '"success":true,"transactionId":"x","order_tracking_id":"x","redirect_url":"x","id":"x","status":"PROCESSING",' +
      '"resultcode":"000","result":"SUCCESS"';
    const answers = [
      `{${ok},"big":12345678901234567890,"exp":1e400,"zero":-0,"dec":10.00}`,
      `{${ok},"__proto__":{"admin":true},"constructor":{"prototype":1}}`,
      `{${ok},"t":"\\ud800","u":"caf\\u00e9 \\u0000","😀":"مرحبا"}`,
      `{${ok},"twice":1,"twice":2}`,
      ` {\n${ok} , "list" : [ ] , "none" : null } `,
      `\ufeff{${ok}}`,
    ];
    for (const body of answers) {
      gateway.answer(PAY_ROUTES[provider], 200, body);
      const answer = await pay(sdk, provider);
      const expected = JSON.parse(body.replace(/^\ufeff/, ''));
      assert.deepEqual(answer, expected);
      assert.equal(Object.getPrototypeOf(answer), Object.prototype);
      assert.equal(answer.admin, undefined);
    }
  });

  test(`${provider}: what is not a JSON object is refused unsent`, async (t) => {
    const gateway = await startGateway(t);
    const sdk = gateway.sdk(provider);
    const cyclic = {};
    cyclic.self = cyclic;
    const own = new Error('my own');
    const table = [
      [undefined, /must be an object/],
      [null, /must be an object/],
      ['{}', /must be an object/],
      [[], /must be an object/],
      [5, /must be an object/],
      [() => {}, /must be an object/],
      [new Date(), /must be an object/],
      [cyclic, /circular|cyclic/i],
      [{ n: 1n }, /BigInt/],
      [
        {
          get x() {
            throw own;
          },
        },
        /my own/,
      ],
    ];
    for (const [payment, pattern] of table) {
      const error = await rejection(sdk.pay(payment, 'ipn'));
      assert.match(error.message, /^Payment request failed: paymentData/);
      assert.match(error.message, pattern);
      assert.equal(error.code, 'INVALID_REQUEST');
      assert.equal(error.outcome, 'not_sent');
    }
    assert.equal(
      (
        await rejection(
          sdk.pay(
            {
              get x() {
                throw own;
              },
            },
            'ipn',
          ),
        )
      ).cause,
      own,
    );
    assert.equal(gateway.requests.length, 0);
  });
}
