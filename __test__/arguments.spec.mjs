// What a call does with arguments that cannot be read, signals of other makes, and receivers that are no SDK object.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FinConnectError, FintechSDK } from 'finconnect';
import { PAY_ROUTES, PAYMENTS, PROVIDERS, pay, rejection, startGateway } from './support/gateway.mjs';

const METHODS = ['pay', 'registerIpn', 'handleCallback', 'getPaymentStatus', 'waitForPayment'];
const mine = new RangeError('mine');
const throwing = (name, rest = {}) =>
  Object.defineProperty(rest, name, {
    enumerable: true,
    get() {
      throw mine;
    },
  });

/**
 * An AbortController of before Node 15, as `abort-controller` makes them: its signal has no reason and no
 * `throwIfAborted`.
 */
class OldController {
  signal = Object.assign(new EventTarget(), { aborted: false, onabort: null });

  abort() {
    this.signal.aborted = true;
    this.signal.dispatchEvent(new Event('abort'));
  }
}

/** Calls a method with `options` in their place. */
const call = (sdk, method, options) =>
  method === 'handleCallback' ? sdk[method]({}, options) : sdk[method]('x', undefined, options);
const takesTwo = (method) => ['getPaymentStatus', 'waitForPayment'].includes(method);
const withOptions = (sdk, method, options) =>
  takesTwo(method) ? sdk[method]('x', options) : call(sdk, method, options);

function assertNotSent(error, method, code, message) {
  assert.ok(error instanceof FinConnectError, `${method}: ${error}`);
  assert.match(error.message, message, method);
  assert.deepEqual([error.code, error.operation, error.outcome], [code, method, 'not_sent'], error.message);
}

test('an option whose getter throws is named, and the cause kept', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('pesapal');
  const rows = [
    ['options.timeoutMs', throwing('timeoutMs'), METHODS],
    ['options.signal', throwing('signal'), METHODS],
    ['options.signal', { signal: throwing('aborted', { addEventListener() {} }) }, METHODS],
    ['options.signal', { signal: throwing('reason', { aborted: true, addEventListener() {} }) }, METHODS],
    [
      'options.signal',
      {
        signal: {
          aborted: false,
          addEventListener() {
            throw mine;
          },
        },
      },
      METHODS,
    ],
    ['options.operator', throwing('operator'), ['getPaymentStatus', 'waitForPayment']],
    ['options.pollMs', throwing('pollMs'), ['waitForPayment']],
    ['options.expect', throwing('expect'), ['handleCallback']],
    ['expect', { expect: throwing('amount') }, ['handleCallback']],
    [
      'options',
      new Proxy(
        {},
        {
          get() {
            throw mine;
          },
        },
      ),
      METHODS,
    ],
    [
      'options',
      new Proxy(
        {},
        {
          ownKeys() {
            throw mine;
          },
        },
      ),
      METHODS,
    ],
  ];
  for (const [name, options, methods] of rows)
    await t.test(name, async () => {
      for (const method of methods) {
        const error = await rejection(withOptions(sdk, method, options));
        assertNotSent(
          error,
          method,
          'INVALID_REQUEST',
          new RegExp(`: ${name} cannot be read: mine\\. Nothing was sent\\.$`),
        );
        assert.equal(error.cause, mine, `${method}: ${name}`);
      }
    });
  assert.equal(gateway.requests.length, 0);
});

test('a payment that cannot be read is refused with what it threw', async (t) => {
  const gateway = await startGateway(t);
  const rows = [
    [throwing('amount'), mine],
    [
      {
        toJSON() {
          throw mine;
        },
      },
      mine,
    ],
    [
      new Proxy(
        {},
        {
          ownKeys() {
            throw mine;
          },
        },
      ),
      mine,
    ],
    [
      {
        toJSON() {
          throw undefined;
        },
      },
      undefined,
    ],
    [
      {
        toJSON() {
          throw Object.create(null);
        },
      },
      Object,
    ],
    [
      {
        toJSON() {
          throw Symbol('mine');
        },
      },
      Symbol,
    ],
    [
      {
        toJSON() {
          throw new Error(`two\nlines ${'x'.repeat(10_000)}`);
        },
      },
      Error,
    ],
  ];
  for (const provider of PROVIDERS) {
    for (const [payment, cause] of rows) {
      const error = await rejection(gateway.sdk(provider).pay(payment, 'ipn'));
      assertNotSent(
        error,
        'pay',
        'INVALID_REQUEST',
        /^Payment request failed: paymentData: [^\n]{1,320}\. Nothing was sent\.$/,
      );
      if (cause === mine) assert.equal(error.cause, mine);
      else
        assert.equal(
          typeof error.cause,
          typeof (cause === Object ? {} : cause === Error ? {} : cause === Symbol ? Symbol() : undefined),
        );
    }
  }
  assert.equal(gateway.requests.length, 0);
});

test('a callback that cannot be read is refused with what it threw', async (t) => {
  const gateway = await startGateway(t);
  const thrown = new Error('no body');
  const raise = () => {
    throw thrown;
  };
  for (const provider of PROVIDERS) {
    const sdk = gateway.sdk(provider);
    const behind = await rejection(sdk.handleCallback(new Proxy({}, { get: raise, ownKeys: raise })));
    assertNotSent(
      behind,
      'handleCallback',
      'INVALID_REQUEST',
      /^Callback handling failed: body cannot be read: no body/,
    );
    assert.equal(behind.cause, thrown);
    const late = await sdk.handleCallback({ data: { toJSON: raise } }).catch((error) => error);
    // A gateway whose callbacks have no such member never reads it.
    if (provider === 'clickpesa' || late instanceof Error) assert.equal(late.cause, thrown);
  }
});

test('a refusal of many lines and an escape sequence is one line of the message', async (t) => {
  const gateway = await startGateway(t);
  const told = `two\nlines, \u001b[31mred\u001b[0m and\ttabs${' long'.repeat(1000)}`;
  gateway.answer(PAY_ROUTES.azampay, 400, { message: told });
  const error = await rejection(gateway.sdk('azampay').pay(PAYMENTS.azampay));
  assert.match(error.message, /^Payment request failed: two lines, \[31mred \[0m and tabs[^\n]{900,1000}…$/);
  assert.equal(error.gatewayMessage, told);
});

test('a signal without a reason, aborted before the call, rejects with an error that says so', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('pesapal');
  const controller = new OldController();
  controller.abort();
  for (const method of METHODS) {
    const error = await rejection(withOptions(sdk, method, { signal: controller.signal }));
    assertNotSent(error, method, 'ABORTED', /aborted before the call\. Nothing was sent\.$/);
  }
  for (const reason of [null, 0, 'text', mine]) {
    assert.equal(await rejection(withOptions(sdk, 'pay', { signal: AbortSignal.abort(reason) })), reason);
  }
  assert.equal(gateway.requests.length, 0);
});

test('a signal without a reason ends a call that is under way', async (t) => {
  const gateway = await startGateway(t);
  gateway.sandbox.next({ name: 'hang', route: PAY_ROUTES.azampay });
  const controller = new OldController();
  const paying = rejection(gateway.sdk('azampay').pay(PAYMENTS.azampay, { signal: controller.signal }));
  while (gateway.to(PAY_ROUTES.azampay).length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  controller.abort();
  const error = await paying;
  assert.deepEqual(
    [error.code, error.outcome, error.retryable, 'cause' in error],
    ['ABORTED', 'unknown', false, false],
  );
});

test('a signal that is aborted while the arguments are read sends nothing', async (t) => {
  const gateway = await startGateway(t);
  for (const Controller of [AbortController, OldController]) {
    const controller = new Controller();
    const payment = {
      toJSON() {
        controller.abort();
        return PAYMENTS.azampay;
      },
    };
    const error = await rejection(gateway.sdk('azampay').pay(payment, { signal: controller.signal }));
    assertNotSent(error, 'pay', 'ABORTED', /aborted by the caller/);
  }
  assert.equal(gateway.requests.length, 0);
});

test('what is no signal is refused by name', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('pesapal');
  const { signal } = new AbortController();
  const wrong = [
    5,
    'x',
    true,
    {},
    [],
    { aborted: false },
    { aborted: true },
    { aborted: 1, addEventListener() {} },
    { addEventListener() {} },
  ];
  for (const one of wrong) {
    for (const method of METHODS) {
      const error = await rejection(withOptions(sdk, method, { signal: one }));
      assertNotSent(error, method, 'INVALID_REQUEST', /options\.signal must be an AbortSignal\. Nothing was sent\.$/);
    }
  }
  // Whether a Proxy of a signal can be listened to is the engine's affair; it is never a raw TypeError.
  const behind = await rejection(withOptions(sdk, 'pay', { signal: new Proxy(signal, {}) }));
  assertNotSent(behind, 'pay', 'INVALID_REQUEST', /Nothing was sent\.$/);
});

test('a method on anything but an SDK object rejects with an error that says so', async (t) => {
  const gateway = await startGateway(t);
  const sdk = gateway.sdk('azampay');
  const receivers = {
    'a Proxy': new Proxy(sdk, {}),
    'a Proxy that throws': new Proxy(sdk, {
      get() {
        throw mine;
      },
    }),
    'a copy': Object.create(sdk),
    'the prototype': FintechSDK.prototype,
    nothing: undefined,
    'a number': 5,
    'another native object': new Map(),
  };
  for (const [name, receiver] of Object.entries(receivers))
    await t.test(name, async () => {
      for (const method of METHODS) {
        const error = await rejection(FintechSDK.prototype[method].call(receiver, PAYMENTS.azampay));
        assertNotSent(error, method, 'INVALID_REQUEST', /is no FintechSDK object, such as a Proxy/);
        assert.deepEqual([error.provider, error.retryable], [null, false], name);
        assert.ok(error.cause instanceof Error, name);
      }
    });
  assert.equal(gateway.requests.length, 0);
  const bound = new Proxy(sdk, {
    get: (target, name) => (typeof target[name] === 'function' ? target[name].bind(target) : target[name]),
  });
  assert.equal((await pay(bound, 'azampay')).success, true, 'a Proxy that binds is none of these');
});

test('a constructor whose options cannot be read throws what says so, with the cause', () => {
  const config = { baseUrl: 'https://gateway.example', CLICKPESA_CLIENT_ID: 'i', CLICKPESA_API_KEY: 'k' };
  const rows = [
    ['provider', throwing('provider', { config })],
    [
      'provider',
      {
        provider: {
          toString() {
            throw mine;
          },
        },
        config,
      },
    ],
    ['provider', { provider: Object.create(null), config }],
    ['config', throwing('config', { provider: 'clickpesa' })],
    [
      'CLICKPESA_API_KEY',
      { provider: 'clickpesa', config: throwing('CLICKPESA_API_KEY', { ...config, CLICKPESA_API_KEY: undefined }) },
    ],
    [
      'baseUrl',
      {
        provider: 'clickpesa',
        config: new Proxy(config, {
          get() {
            throw mine;
          },
        }),
      },
    ],
    ...['fetch', 'timeoutMs', 'maxRetries', 'ca', 'replay', 'allowInsecureHttp'].map((name) => [
      name,
      throwing(name, { provider: 'clickpesa', config }),
    ]),
    ['setIfAbsent', { provider: 'clickpesa', config, replay: throwing('setIfAbsent') }],
  ];
  for (const [name, options] of rows) {
    assert.throws(
      () => new FintechSDK(options),
      (error) => {
        assert.ok(error instanceof FinConnectError, `${name}: ${error}`);
        assert.match(error.message, new RegExp(`^Invalid configuration: ${name} cannot be read: .+\\.$`));
        assert.doesNotMatch(error.message, /Nothing was sent/);
        assert.deepEqual([error.code, error.outcome, error.operation], ['INVALID_CONFIG', 'not_sent', 'constructor']);
        return error.cause === mine || error.cause instanceof TypeError;
      },
    );
  }
});
