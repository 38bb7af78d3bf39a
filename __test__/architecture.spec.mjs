import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const src = new URL('../src/', import.meta.url);
const files = readdirSync(src, { recursive: true })
  .filter((name) => name.endsWith('.rs'))
  .map((name) => ({ name, text: readFileSync(new URL(name, src), 'utf8') }));

/** Code without comments, so that a doc may name what its module must not use, and with `use a::{b, c::d}` spelt out. */
const code = (text) => {
  const plain = text.replace(/\/\/[^\n]*/g, '');
  const grouped = [...plain.matchAll(/\buse\s+([\w:]+)::\{([^;]*)\};/g)];
  return (
    plain +
    grouped
      .map(([, path, names]) =>
        names
          .split(',')
          .map((name) => `\n${path}::${name.replace(/[{}\s]/g, '')}`)
          .join(''),
      )
      .join('')
  );
};

/** What each room must not name: the arrows of the architecture. */
const ARROWS = [
  { what: 'napi', pattern: /\bnapi(_derive)?\b/, allowed: (name) => name.startsWith('binding/') },
  { what: 'hyper', pattern: /\bhyper(_util)?\b/, allowed: (name) => name.startsWith('http/') },
  { what: 'rustls', pattern: /\brustls\b/, allowed: (name) => name.startsWith('http/') },
  { what: 'the binding', pattern: /\bcrate::binding\b/, allowed: (name) => name.startsWith('binding/') },
  {
    what: 'the flow or what it stands on, from a provider or the transport',
    pattern: /\b(crate|super::super)::(flow|sdk|callback|cache|keys|io|retry|wait|replay)\b/,
    allowed: (name) => !name.startsWith('provider/') && !name.startsWith('http/'),
  },
  {
    what: 'the HTTP client, from a provider',
    pattern: /\bhttp::(Client|client)\b/,
    allowed: (name) => !name.startsWith('provider/'),
  },
  { what: 'unsafe code', pattern: /\bunsafe\s*(\{|impl|fn|extern)/, allowed: (name) => name.startsWith('binding/') },
];

for (const { what, pattern, allowed } of ARROWS) {
  test(`nothing but its own room names ${what}`, () => {
    const wrong = files.filter(({ name, text }) => !allowed(name) && pattern.test(code(text))).map(({ name }) => name);
    assert.deepEqual(wrong, []);
  });
}

test('no provider names another', () => {
  const providers = ['pesapal', 'clickpesa', 'azampay'];
  for (const provider of providers) {
    const others = new RegExp(`provider::(${providers.filter((name) => name !== provider).join('|')})\\b`);
    const wrong = files.filter(({ name, text }) => name.startsWith(`provider/${provider}/`) && others.test(code(text)));
    assert.deepEqual(
      wrong.map(({ name }) => name),
      [],
    );
  }
});

test('every module outside the binding forbids unsafe code', () => {
  const wrong = files.filter(
    ({ name, text }) =>
      // Of the laws the first file speaks for all.
      !/^(binding|laws)\/./.test(name) &&
      !/(^|\/)(lib|testing|\w*tests)\.rs$/.test(name) &&
      !text.includes('#![forbid(unsafe_code)]'),
  );
  assert.deepEqual(
    wrong.map(({ name }) => name),
    [],
  );
});
