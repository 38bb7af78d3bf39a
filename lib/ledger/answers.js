'use strict';

// What a failure's words mean, as data: `[gateway, words, reason, next, confidence]`. No gateway: any may say it.
// `words` are looked for in the gateway's code and message; the first row that fits counts. `next` is null where it is
// the one that the reason mostly has. Confidence: H from documents and seen, M from one of them, L from hearsay.

module.exports = [
  // What leaves it open comes first: nothing after it may turn it into a failure.
  ['selcom', /^999\b/, 'unknown', 'wait', 'H'],
  ['selcom', /no res?ponse from upstream/i, 'unknown', 'wait', 'H'],
  ['clickpesa', /payout request is already in progress/i, 'not-sent', 'try-later', 'H'],
  ['clickpesa', /order reference .*already used/i, 'duplicate', null, 'H'],
  ['azampay', /duplicate external ?reference ?id/i, 'duplicate', null, 'H'],
  [null, /\bduplicate|already (used|exists|processed|paid)/i, 'duplicate', null, 'M'],

  ['pesapal', /request_terminated_by_user/i, 'cancelled-by-customer', null, 'H'],
  ['pesapal', /amount_exceeds_default_limit|amount exceeds limit/i, 'limit-exceeded', null, 'H'],
  ['pesapal', /maximum_amount_limit_exceeded/i, 'limit-exceeded', null, 'M'],
  ['pesapal', /test_transactions_exceeded/i, 'refused-by-gateway', 'ask-support', 'L'],
  ['pesapal', /unable to authori[sz]e transaction/i, 'refused-by-gateway', 'other-method', 'M'],
  ['pesapal', /missing_mandatory_billing_address/i, 'not-sent', 'ask-support', 'M'],
  ['pesapal', /invalid_api_request_parameters|invalidipnid/i, 'not-sent', 'ask-support', 'M'],
  ['pesapal', /invalid_(consumer_key_or_secret|api_credentials)_provided/i, 'not-sent', 'ask-support', 'H'],

  ['clickpesa', /no (valid )?payment (collection )?methods?/i, 'refused-by-gateway', 'other-method', 'H'],
  ['clickpesa', /error validating fee/i, 'operator-down', null, 'H'],
  ['clickpesa', /has no access to/i, 'not-sent', 'ask-support', 'H'],
  ['clickpesa', /invalid checksum|checksum is required/i, 'not-sent', 'ask-support', 'H'],

  ['azampay', /invalid vendor/i, 'refused-by-gateway', 'other-method', 'H'],
  ['azampay', /error converting value .*provider/i, 'refused-by-gateway', 'other-method', 'H'],
  ['azampay', /^request expired|\brequest expired$/i, 'not-sent', null, 'M'],
  ['azampay', /timed out while contacting the provider/i, 'operator-down', null, 'M'],
  ['azampay', /server responded with failure/i, 'operator-down', null, 'M'],
  ['azampay', /potential (xss|sql injection) detected/i, 'not-sent', 'ask-support', 'M'],
  ['azampay', /provide valid authorization|not valid for this app/i, 'not-sent', 'ask-support', 'H'],

  // It says the same of a good number while the switch between the operators is down.
  ['selcom', /^010\b/, 'invalid-number', 'try-later', 'H'],
  ['selcom', /^990\b/, 'insufficient-funds', null, 'H'],
  ['selcom', /user ?cancell?ed/i, 'cancelled-by-customer', null, 'M'],
  ['selcom', /\b403[25]\b|api user not found/i, 'not-sent', 'ask-support', 'H'],
  ['selcom', /parameter \S+ is invalid or missing/i, 'not-sent', 'ask-support', 'H'],
  ['selcom', /^rejected$/i, 'refused-by-gateway', 'try-again', 'M'],

  [
    null,
    /insufficient|not enough (balance|funds|money)|balance (is )?too low|low balance/i,
    'insufficient-funds',
    null,
    'M',
  ],
  [null, /(wrong|invalid|incorrect) (\S+ )?pin\b|pin (is )?(wrong|invalid|incorrect)/i, 'wrong-pin', null, 'M'],
  [
    null,
    /cancell?ed|terminated by (the )?(user|customer)|(declined|rejected) by (the )?(user|customer|payer|subscriber)/i,
    'cancelled-by-customer',
    null,
    'M',
  ],
  [
    null,
    /not (yet )?registered|unregistered|account not found|no (wallet|mobile money account)/i,
    'not-registered',
    null,
    'M',
  ],
  [
    null,
    /(invalid|unsupported|incorrect|wrong)\b.{0,20}\b(phone|mobile|msisdn)|(phone|mobile|msisdn).{0,20}\b(invalid|wrong)/i,
    'invalid-number',
    null,
    'M',
  ],
  [
    null,
    /(?<!rate )\blimits?\b|greater than or equal|less than or equal|(above|below|exceeds?) .*(maximum|minimum)|amount (is )?too (high|low|small|large)/i,
    'limit-exceeded',
    null,
    'M',
  ],
  [null, /(service|system|provider|network|method) (is )?(currently )?(un|not )available/i, 'operator-down', null, 'M'],
  [null, /under maintenance|(service|system|network) (is )?down|try again later/i, 'operator-down', null, 'M'],
  [
    null,
    /tim(ed|e) ?-?out|expired|no (answer|response) (from|by) (the )?(user|customer|payer)/i,
    'prompt-expired',
    null,
    'M',
  ],
];
