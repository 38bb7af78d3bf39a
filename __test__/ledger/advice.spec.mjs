import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

const require = createRequire(import.meta.url);
const { adviceOf } = require('../../lib/ledger/advice.js');
const ANSWERS = require('../../lib/ledger/answers.js');

const REASONS = [
  ...['insufficient-funds', 'wrong-pin', 'prompt-expired', 'cancelled-by-customer', 'limit-exceeded', 'operator-down'],
  ...['invalid-number', 'not-registered', 'duplicate', 'not-sent', 'blocked', 'refused-by-gateway', 'unknown'],
];
const NEXT = ['try-again', 'try-later', 'other-number', 'other-method', 'ask-customer', 'ask-support', 'wait'];
const OVER = ['failed', 'cancelled', 'expired', 'refused', 'not_sent'];

/** What a gateway says, its code before the bar, and what that is to mean: every row of the table has one. */
const SAID = [
  ['selcom', '999 | AMBIGUOUS', 'unknown', 'wait'],
  ['selcom', 'No reponse from upstream system', 'unknown', 'wait'],
  ['clickpesa', 'Payout request is already in progress, please retry after 42 seconds', 'not-sent', 'try-later'],
  ['clickpesa', 'Order reference A1 already used: Create a different reference', 'duplicate', 'wait'],
  ['azampay', 'Detected duplicate transaction: Duplicate ExternalReferenceId: A1', 'duplicate', 'wait'],
  ['azampay', 'Duplicate External Reference Id', 'duplicate', 'wait'],
  ['pesapal', 'This order was already paid', 'duplicate', 'wait'],
  ['pesapal', 'request_terminated_by_user |', 'cancelled-by-customer', 'ask-customer'],
  [
    'pesapal',
    'amount_exceeds_default_limit | Transaction amount exceeds limit.Contact us',
    'limit-exceeded',
    'other-method',
  ],
  [
    'pesapal',
    'maximum_amount_limit_exceeded | Request Declined.Maximum allowed test transactions limit exceeded',
    'limit-exceeded',
    'other-method',
  ],
  ['pesapal', 'TEST_TRANSACTIONS_EXCEEDED |', 'refused-by-gateway', 'ask-support'],
  [
    'pesapal',
    'Unable to Authorize Transaction.Kindly contact your bank for assistance',
    'refused-by-gateway',
    'other-method',
  ],
  ['pesapal', 'missing_mandatory_billing_address |', 'not-sent', 'ask-support'],
  ['pesapal', 'InvalidIpnId |', 'not-sent', 'ask-support'],
  ['pesapal', 'invalid_api_request_parameters | Invalid IPN URL ID provided.', 'not-sent', 'ask-support'],
  ['pesapal', 'invalid_consumer_key_or_secret_provided |', 'not-sent', 'ask-support'],
  ['clickpesa', 'Account has no payment collection methods', 'refused-by-gateway', 'other-method'],
  ['clickpesa', 'Account has no valid payment method', 'refused-by-gateway', 'other-method'],
  ['clickpesa', 'Error validating fee, try again later', 'operator-down', 'try-later'],
  ['clickpesa', 'Application has no access to COLLECTION API feature.', 'not-sent', 'ask-support'],
  ['clickpesa', 'Invalid checksum', 'not-sent', 'ask-support'],
  ['clickpesa', 'Invalid / unsupported phone number', 'invalid-number', 'other-number'],
  ['clickpesa', 'Insufficient balance', 'insufficient-funds', 'try-again'],
  ['clickpesa', 'Invalid PIN', 'wrong-pin', 'try-again'],
  ['clickpesa', 'Transaction timed out', 'prompt-expired', 'try-again'],
  ['azampay', '1000 | Your request could not be initiated. Invalid Vendor', 'refused-by-gateway', 'other-method'],
  ['azampay', `Error converting value "x" to type 'Provider'. Path 'provider'`, 'refused-by-gateway', 'other-method'],
  ['azampay', 'Request expired', 'not-sent', 'try-again'],
  ['azampay', 'Request timed out while contacting the provider', 'operator-down', 'try-later'],
  ['azampay', 'Server Responded with Failure', 'operator-down', 'try-later'],
  ['azampay', 'Potential XSS Detected', 'not-sent', 'ask-support'],
  ['azampay', 'Please Provide Valid Authorization', 'not-sent', 'ask-support'],
  ['azampay', 'Provided detail is not valid for this app or secret key has been expired', 'not-sent', 'ask-support'],
  ['azampay', 'Insufficient balance on collection. Current balance 388.0', 'insufficient-funds', 'try-again'],
  ['azampay', 'Account not found', 'not-registered', 'other-number'],
  ['selcom', '010 | Invalid mobile number or operator not supported', 'invalid-number', 'try-later'],
  ['selcom', '990 | Insufficient account balance to complete transaction', 'insufficient-funds', 'try-again'],
  ['selcom', 'USERCANCELED', 'cancelled-by-customer', 'ask-customer'],
  ['selcom', '403 | Source IP not whitelisted (4032)', 'not-sent', 'ask-support'],
  ['selcom', '412 | Parameter no_of_items is invalid or missing', 'not-sent', 'ask-support'],
  ['selcom', 'REJECTED', 'refused-by-gateway', 'try-again'],
  ['selcom', '013 | Payment amount must be greater than or equal to TZS 1,000.', 'limit-exceeded', 'other-method'],
  ['pesapal', 'Cancelled by customer', 'cancelled-by-customer', 'ask-customer'],
  ['clickpesa', 'The phone is not registered', 'not-registered', 'other-number'],
  ['clickpesa', 'Service unavailable', 'operator-down', 'try-later'],
  ['azampay', 'The service is down', 'operator-down', 'try-later'],
];

const given = (provider, said) => {
  const [gatewayCode, message] = said.includes(' |') ? said.split(/ \| ?/) : [null, said];
  return { provider, code: 'REFUSED', gatewayCode, message };
};

for (const [provider, said, reason, next] of SAID)
  test(`${provider}: ${said} is ${reason}`, () => {
    const advice = adviceOf({ ...given(provider, said), status: 'failed' });
    assert.deepEqual([advice.reason, advice.next], [reason, next]);
  });

test('every row of the table is reached, and says whence it is known', () => {
  const reached = SAID.map(([provider, said]) => {
    const { gatewayCode, message } = given(provider, said);
    const words = [gatewayCode, message].filter(Boolean).join(' ');
    return ANSWERS.findIndex(([gateway, pattern]) => (gateway === null || gateway === provider) && pattern.test(words));
  });
  assert.deepEqual(
    ANSWERS.filter((_, at) => !reached.includes(at)).map(([, pattern]) => String(pattern)),
    [],
  );
  for (const [gateway, pattern, reason, next, confidence] of ANSWERS) {
    assert.ok(gateway === null || typeof gateway === 'string');
    assert.ok(pattern instanceof RegExp && pattern.flags.replace('i', '') === '', `${pattern}`);
    assert.ok(REASONS.includes(reason), reason);
    assert.ok(next === null || NEXT.includes(next), next);
    assert.match(confidence, /^[HML]$/);
  }
});

/** All that can be said: of every row and code, for each kind. */
function* everything(statuses) {
  const codes = [
    'BLOCKED',
    'DUPLICATE_REFERENCE',
    'RATE_LIMITED',
    'CONNECTION_FAILED',
    'TIMEOUT',
    'ABORTED',
    'REFUSED',
  ];
  const more = ['INVALID_CONFIG', 'INVALID_REQUEST', 'NOT_SUPPORTED', 'AUTHENTICATION_FAILED', 'NEW_CODE', null];
  for (const kind of ['payment', 'payout', 'refund', undefined])
    for (const status of statuses) {
      for (const code of [...codes, ...more]) yield { kind, status, code, provider: 'azampay' };
      for (const [provider, said] of SAID) yield { kind, status, ...given(provider, said) };
    }
}

test('every advice has a reason, a step and two short texts', () => {
  const reasons = new Set();
  for (const failure of everything([...OVER, 'blocked', 'unknown', undefined])) {
    const { reason, next, customer } = adviceOf(failure);
    reasons.add(reason);
    assert.ok(REASONS.includes(reason) && NEXT.includes(next), `${reason} ${next}`);
    assert.deepEqual(Object.keys(customer), ['en', 'sw']);
    for (const text of Object.values(customer)) {
      assert.ok(text.length > 20 && text.length <= 160, text);
      assert.match(text, /^[A-Z][^A-Z]*[a-z].*\.$/s);
      assert.doesNotMatch(text, /undefined|null|gateway|API|\bcode\b/);
    }
  }
  assert.deepEqual([...reasons].sort(), [...REASONS].sort());
});

test('nobody is told to pay again while it is open', () => {
  for (const failure of everything(['unknown', 'sent', 'intended', 'PENDING', undefined, null])) {
    const advice = adviceOf(failure);
    assert.deepEqual([advice.reason, advice.next], ['unknown', 'wait'], JSON.stringify(failure));
  }
  for (const failure of everything(['pending', 'processing', 'authorized']))
    if (failure.code) assert.equal(adviceOf(failure).next, 'wait');
  for (const failure of everything([...OVER, 'blocked', 'unknown'])) {
    const { reason, next, customer } = adviceOf(failure);
    if (reason === 'unknown' || reason === 'duplicate') assert.equal(next, 'wait');
    if (next === 'wait') assert.doesNotMatch(`${customer.en} ${customer.sw}`, /try again|jaribu/i);
  }
});

test('nothing is said of a payment that did not fail', () => {
  for (const status of ['succeeded', 'pending', 'processing', 'reversed', 'refunded', 'authorized'])
    assert.equal(adviceOf({ provider: 'azampay', status, code: null, gatewayCode: null, message: 'success' }), null);
});

test('the library speaks where the gateway said nothing', () => {
  const of = (status, code, message) => {
    const { reason, next } = adviceOf({ provider: 'azampay', status, code, message });
    return [reason, next];
  };
  assert.deepEqual(of('failed', 'CONNECTION_FAILED', null), ['not-sent', 'try-again']);
  assert.deepEqual(of('failed', 'RATE_LIMITED', 'Rate limit reached'), ['not-sent', 'try-later']);
  assert.deepEqual(of('failed', 'BLOCKED', 'limit of the shop'), ['blocked', 'ask-support']);
  assert.deepEqual(of('failed', 'TIMEOUT', 'charge failed: timed out after 30000 ms'), ['not-sent', 'try-again']);
  assert.deepEqual(of('failed', 'INVALID_REQUEST', 'phone is invalid'), ['invalid-number', 'other-number']);
  assert.deepEqual(of('failed', null, 'Equity Bank Tanzania Limited'), ['refused-by-gateway', 'try-again']);
  assert.deepEqual(of('cancelled', null, null), ['cancelled-by-customer', 'ask-customer']);
  assert.deepEqual(of('not_sent', null, null), ['not-sent', 'try-again']);
});
