import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, verify } from 'node:crypto';
import { describe, test } from 'node:test';
import { azampaySignedText } from '../../sandbox/dist/gateways/azampay/signature.js';
import { clickpesaChecksum } from '../../sandbox/dist/gateways/clickpesa/checksum.js';
import { generateTestCallback } from '../../sandbox/dist/index.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const verifies = (body, text = body.utilityref + body.externalreference + body.transactionstatus + body.operator) =>
  verify('sha256', Buffer.from(text), publicKey, Buffer.from(body.signature, 'base64'));

describe('generateTestCallback', () => {
  test('azampay: the captured shape, signed by a KeyObject or a PEM, overrides included', () => {
    for (const key of [privateKey, privateKey.export({ type: 'pkcs8', format: 'pem' })]) {
      const { method, headers, body, rawBody, query } = generateTestCallback('azampay', {
        key,
        utilityref: 'ORDER-é',
        amount: '9999',
      });
      assert.deepEqual([method, headers['Content-Type'], query], ['POST', 'application/json; charset=utf-8', {}]);
      assert.equal(rawBody, JSON.stringify(body));
      assert.deepEqual([body.utilityref, body.amount, Object.keys(body).at(-1)], ['ORDER-é', '9999', 'signature']);
      assert.ok(verifies(body));
    }
  });

  test('azampay: unsigned without a key, failure, two fields, the old shape, a signature of your own', () => {
    assert.ok(!('signature' in generateTestCallback('azampay').body));
    assert.equal(generateTestCallback('azampay', { outcome: 'failure' }).body.transactionstatus, 'failure');
    const two = generateTestCallback('azampay', { key: privateKey, signedFields: 'two' }).body;
    assert.ok(!verifies(two) && verifies(two, two.utilityref + two.externalreference));
    assert.ok('fspReferenceId' in generateTestCallback('azampay', { shape: 'old', key: privateKey }).body);
    assert.equal(generateTestCallback('azampay', { key: privateKey, signature: null }).body.signature, null);
  });

  test('clickpesa: overrides go into data, the checksum covers them', () => {
    const { body } = generateTestCallback('clickpesa', {
      key: 'CHKtest',
      orderReference: 'ORD9',
      collectedAmount: '5',
    });
    assert.deepEqual(
      [body.event, body.data.orderReference, body.data.collectedAmount],
      ['PAYMENT RECEIVED', 'ORD9', '5'],
    );
    assert.equal(body.checksum, clickpesaChecksum(body, 'CHKtest'));
    const { body: failed } = generateTestCallback('clickpesa', { outcome: 'failure', eventType: 'PAYMENT FAILED' });
    assert.deepEqual(
      [failed.eventType, 'event' in failed, failed.data.status, 'checksum' in failed],
      ['PAYMENT FAILED', false, 'FAILED', false],
    );
    assert.equal(generateTestCallback('clickpesa', { outcome: 'settled' }).body.data.status, 'SETTLED');
    assert.ok('paymentId' in generateTestCallback('clickpesa', { shape: 'old' }).body.data);
    assert.throws(() => generateTestCallback('clickpesa', { key: privateKey }), /is a string/);
  });

  test('pesapal: a query by GET, a body by POST', () => {
    const get = generateTestCallback('pesapal', { OrderMerchantReference: 'ORDER 7/é' });
    assert.deepEqual([get.method, get.body, get.rawBody], ['GET', undefined, '']);
    assert.deepEqual(get.query, {
      OrderTrackingId: '01234567-89ab-4def-8123-456789abcdef',
      OrderMerchantReference: 'ORDER 7/é',
      OrderNotificationType: 'IPNCHANGE',
    });
    const post = generateTestCallback('pesapal', { method: 'POST', OrderNotificationType: 'RECURRING' });
    assert.deepEqual([post.method, post.body.OrderNotificationType, post.query], ['POST', 'RECURRING', {}]);
    assert.equal(post.rawBody, JSON.stringify(post.body));
  });

  test('is the same every time, and knows three gateways', () => {
    assert.deepEqual(generateTestCallback('clickpesa', { key: 'k' }), generateTestCallback('clickpesa', { key: 'k' }));
    assert.throws(() => generateTestCallback('mpesa'), /Unknown gateway: mpesa/);
  });
});

describe('signing', () => {
  const example = {
    utilityref: 'vendor-ref-001',
    externalreference: 'pg-ref-001',
    transactionstatus: 'success',
    operator: 'Airtel',
  };

  test("AzamPay's documented example text", () => {
    assert.equal(azampaySignedText(example), 'vendor-ref-001pg-ref-001successAirtel');
    assert.equal(
      azampaySignedText({ ...example, operator: null, transactionstatus: undefined }),
      'vendor-ref-001pg-ref-001',
    );
  });

  const vectors = [
    [
      'secret-key',
      { amount: 100, currency: 'USD', reference: 'TX123' },
      '17c51f37dad20682e08cd556446c7f8e99840f4040b6719712f41f7549287f33',
    ],
    [
      'secret-key',
      {
        reference: 'TX123',
        amount: 100,
        currency: 'USD',
        customer: { name: 'John Doe', phone: '+255123456789', email: 'john@example.com' },
        exchange: { fromCurrency: 'TZS', toCurrency: 'TZS', amount: '1000', rate: '1' },
      },
      'd777a80827f17cf7882f9ac5efa68416ec680e2d1ab72ad415228d00e4ac4957',
    ],
    [
      'secret-key',
      { currency: 'TZS', amount: 500 },
      '31aa8d7a94738dba5b9e3701c7dd6fc8b1754550f2dd17cc802c0cc2427eb197',
    ],
    [
      'secret-key',
      { currency: 'TZS', amount: '500' },
      '863ac5e539e7d3f54dbeaaaa04e731027b3d0461bcf2b5517ba9054d1c740edc',
    ],
    [
      'test-checksum-key',
      {
        orderItems: [
          { name: 'Kahawa', price: '5000', quantity: 2 },
          { quantity: 1, name: 'Chai', price: '5000' },
        ],
        callbackUrl: 'https://shop.example/cb?a=1&b=2',
        description: 'Chai ya asubuhi – São/Zanzibar "A"',
        orderCurrency: 'TZS',
        orderReference: 'ORDER1001',
        totalPrice: '15000',
      },
      'c4e3658646a29b54d272ce40957151a310871a1dc8fd39fd2966f92ed51b4be8',
    ],
    [
      'test-checksum-key',
      {
        amount: 1000,
        currency: 'TZS',
        orderReference: 'PAYOUT1001',
        phoneNumber: '255712345678',
        checksum: 'x',
        checksumMethod: 'canonical',
      },
      '58af4fd89f6e99483241431e8f81c77f6f5ba259020a21b385d8654c9a8abc6f',
    ],
    ['test-checksum-key', { amount: 1000.0 }, '01903fae86bb15bccbd17e02fedba35d6be7e955ec7463438585bf538fb7bb12'],
    ['test-checksum-key', {}, 'ad4f9b44828ee1cade6c3aaccf39f2941d98e99233e9125862bdf20224654bfb'],
  ];
  for (const [key, payload, hex] of vectors) {
    test(`ClickPesa canonical ${JSON.stringify(payload).slice(0, 50)}`, () =>
      assert.equal(clickpesaChecksum(payload, key), hex));
  }

  test('ClickPesa legacy', () => {
    assert.equal(
      clickpesaChecksum({ amount: 100, currency: 'USD', reference: 'TX123' }, 'secret-key', 'legacy'),
      '85b65bf2670dcdcb8ebb8d19939e4fd59b02d5218741be2eaf9f575273b101d1',
    );
    assert.equal(clickpesaChecksum({ b: null }, 'k'), createHmac('sha256', 'k').update('{"b":null}').digest('hex'));
  });
});
