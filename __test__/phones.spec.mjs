import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FinConnectError, guessOperator, normalizePhone } from 'finconnect';
import { root } from './support/child.mjs';

const EXAMPLES = {
  TZ: '255712345678',
  KE: '254112345678',
  UG: '256772345678',
  RW: '250782345678',
  MW: '265992345678',
  ZM: '260972345678',
  ZW: '263772345678',
};

function refusal(...args) {
  try {
    normalizePhone(...args);
  } catch (error) {
    return error;
  }
  return assert.fail(`${args} was accepted`);
}

test('a number has one form, however it is written', () => {
  for (const [country, digits] of Object.entries(EXAMPLES)) {
    const [code, national] = [digits.slice(0, 3), digits.slice(3)];
    const blanks = `${national.slice(0, 3)} ${national.slice(3, 6)} ${national.slice(6)}`;
    const full = [
      digits,
      `+${digits}`,
      `00${digits}`,
      `${code}0${national}`,
      `+${code} (0) ${blanks}`,
      `(+${code}) ${blanks}`,
    ];
    for (const text of full) assert.equal(normalizePhone(text), digits, text);
    const local = [
      national,
      `0${national}`,
      `0${blanks}`,
      `0${blanks.replaceAll(' ', '-')}`,
      `0${blanks.replaceAll(' ', '.')}`,
    ];
    for (const text of [...full, ...local]) {
      assert.equal(normalizePhone(text, country), digits, text);
      assert.equal(normalizePhone(text, country.toLowerCase()), digits, text);
    }
    for (const text of local)
      assert.match(
        refusal(text).message,
        /has no calling code: write it with one, such as \+255 for Tanzania .*, or give its country/,
      );
  }
});

test('digits of other keyboards and invisible marks of address books are read', () => {
  for (const text of [
    '٠٧١٢٣٤٥٦٧٨',
    '۰۷۱۲۳۴۵۶۷۸',
    '＋２５５７１２３４５６７８',
    '\u202a+255\u00a0712\u2011345\u2011678\u202c',
  ]) {
    assert.equal(normalizePhone(text, 'TZ'), EXAMPLES.TZ, text);
  }
});

test('a number that is none is refused with the reason, masked', () => {
  for (const [args, why] of [
    [['071234567', 'TZ'], /is too short for a mobile number of Tanzania, which has 9 digits after \+255 or 0/],
    [['07123456789', 'TZ'], /is too long for a mobile number of Tanzania/],
    [['0222345678', 'TZ'], /is no mobile number of Tanzania/],
    [['+254712345678', 'TZ'], /is a number of Kenya, not of Tanzania/],
    [['254712345678', 'TZ'], /is a number of Kenya, not of Tanzania/],
    [['+447700900123'], /has another calling code than \+255 \+254 \+256 \+250 \+265 \+260 \+263/],
    [['0712345678x', 'TZ'], /may have digits, a \+ before them, and blanks/],
    [['tel:0712345678', 'TZ'], /may have digits/],
    [['++255712345678', 'TZ'], /may have digits/],
    [['', 'TZ'], /holds no digits/],
    [['0'.repeat(65), 'TZ'], /is longer than 64 characters/],
    [[712345678, 'TZ'], /phone must be a string, for a number has lost its leading zeros/],
    [[undefined, 'TZ'], /phone must be a string/],
    [[null], /phone must be a string/],
    [[['0712345678'], 'TZ'], /phone must be a string/],
    [
      ['0712345678', 'TX'],
      /country is TX, which does not exist; there are TZ, KE, UG, RW, MW, ZM, ZW.*Did you mean TZ\?/,
    ],
    [['0712345678', 255], /country must be a string such as TZ/],
  ]) {
    const error = refusal(...args);
    assert.ok(error instanceof FinConnectError);
    assert.match(error.message, why);
    assert.match(error.message, /^normalizePhone failed: /);
    assert.doesNotMatch(error.message, /\d{9}|\d{5,}.*\d{5,}/);
    const { code, operation, outcome, provider, retryable } = error;
    assert.deepEqual(
      { code, operation, outcome, provider, retryable },
      { code: 'INVALID_REQUEST', operation: 'normalizePhone', outcome: 'not_sent', provider: null, retryable: false },
    );
    assert.match(error.stack, /phones\.spec\.mjs/);
    assert.doesNotMatch(JSON.stringify(error), /712345678/);
  }
});

test('a guess is one, and none is made of what has no calling code', () => {
  assert.deepEqual(guessOperator('255741234567'), { name: 'Vodacom', country: 'TZ', guessed: true });
  assert.deepEqual(guessOperator('+254 757 123456'), { name: 'Safaricom', country: 'KE', guessed: true });
  assert.deepEqual(guessOperator('00256701234567'), { name: 'Airtel', country: 'UG', guessed: true });
  for (const none of [
    '0741234567',
    '741234567',
    '255641234567',
    '254744123456',
    '447700900123',
    '',
    'x',
    255741234567,
    null,
    undefined,
    {},
  ])
    assert.equal(guessOperator(none), null, String(none));
});

test('the table of docs/guide/phones.md is the one that guesses are made from', () => {
  const text = readFileSync(`${root}/docs/guide/phones.md`, 'utf8');
  const rows = [...text.matchAll(/^\| ([A-Z]{2}) \| (\w+) \| ([\d ]+) \|$/gm)];
  const table = rows.flatMap(([, country, name, starts]) =>
    starts.split(' ').map((start) => ({ country, name, start })),
  );
  assert.ok(table.length > 80, `${table.length}`);
  for (const [country, example] of Object.entries(EXAMPLES)) {
    const code = example.slice(0, 3);
    const own = table.filter((row) => row.country === country).sort((a, b) => b.start.length - a.start.length);
    let guesses = 0;
    for (let n = 0; n < 10_000; n++) {
      const national = String(n).padStart(4, '0').padEnd(9, '5');
      const guess = guessOperator(code + national);
      const row = own.find(({ start }) => national.startsWith(start));
      if (guess === null) continue;
      guesses++;
      assert.deepEqual(guess, { name: row?.name, country, guessed: true }, national);
    }
    assert.ok(guesses >= 400, `${country} ${guesses}`);
    for (const { start, name } of own) {
      const fitting = Array.from({ length: 10_000 }, (_, n) =>
        (start + String(n).padStart(4, '0')).padEnd(9, '5').slice(0, 9),
      );
      assert.ok(
        fitting.some((national) => guessOperator(code + national)?.name === name),
        `${country} ${start}`,
      );
    }
  }
});
