import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { createRedactor } from '../../src/core/redactor.ts';
import { buildSecretSearch } from '../../src/core/secret-search.ts';

const hidden = '(sensitive)';

function redactor(...secrets: string[]) {
  const one = createRedactor();
  for (const secret of secrets) one.add(secret);
  return one;
}

/** Secrets that look like nothing else, so that finding a piece of one means a leak. */
const secretText = fc
  .stringMatching(/^[A-Za-z0-9!"#$%&'()*+,./:;<=>?@[\\\]^_`{|}~ -]{8,40}$/)
  .filter((text) => text.trim().length >= 8);

describe('SEMANTICS 11: secrets are hidden by value', () => {
  it('in every usual spelling', () => {
    fc.assert(
      fc.property(secretText, fc.string(), fc.string(), (secret, before, after) => {
        const { text } = redactor(secret);
        const spellings = [
          secret,
          JSON.stringify(secret).slice(1, -1),
          JSON.stringify(JSON.stringify(secret)).slice(3, -3),
          encodeURIComponent(secret),
          new URLSearchParams({ s: secret }).toString().slice(2),
        ];
        for (const spelling of spellings)
          expect(text(`${before}${spelling}${after}`)).not.toContain(spelling);
        const basic = Buffer.from(`user:${secret}`);
        for (const encoding of ['base64', 'base64url'] as const) {
          const shown = text(`x ${basic.toString(encoding)} y`);
          expect(shown).toContain(hidden);
          const left = Buffer.from(shown.split(' ')[1]?.replace(hidden, '') ?? '', 'base64').toString();
          expect(left.includes(secret.slice(1, -2))).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('agrees with a plain search, for many secrets, also where they overlap', () => {
    const alphabet = fc.constantFrom('a', 'b', 'c');
    const text = (min: number, max: number) =>
      fc.array(alphabet, { minLength: min, maxLength: max }).map((all) => all.join(''));
    fc.assert(
      fc.property(fc.array(text(6, 12), { maxLength: 8 }), text(0, 120), (needles, haystack) => {
        const covered = new Array<boolean>(haystack.length).fill(false);
        for (const needle of needles.filter(({ length }) => length >= 8)) {
          for (let at = haystack.indexOf(needle); at >= 0; at = haystack.indexOf(needle, at + 1))
            covered.fill(true, at, at + needle.length);
        }
        const found = new Array<boolean>(haystack.length).fill(false);
        for (const [from, to] of buildSecretSearch(needles)(haystack)) found.fill(true, from, to);
        expect(found).toEqual(covered);
      }),
      { numRuns: 2000 },
    );
  });

  it('leaves short values alone, which would hide ordinary words', () => {
    expect(redactor('active', '', '       ').text('the job is active')).toBe('the job is active');
  });

  it('hides the lines of a key that a renderer has indented', () => {
    const key = `-----BEGIN PRIVATE KEY-----\n${'A'.repeat(64)}\n${'B'.repeat(40)}\n-----END PRIVATE KEY-----\n`;
    const shown = redactor(key).text(
      key
        .split('\n')
        .slice(1, 3)
        .map((line) => `    ${line}`)
        .join('\n'),
    );
    expect(shown).toBe(`    ${hidden}\n    ${hidden}`);
  });

  it('hides secrets in keys and values of JSON, and keeps everything else', () => {
    const value: JsonObject = {
      'is hunter2hunter2': 1,
      list: ['hunter2hunter2!', true, null, 5],
      note: 'fine',
    };
    expect(redactor('hunter2hunter2').json(value)).toEqual({
      [`is ${hidden}`]: 1,
      list: [`${hidden}!`, true, null, 5],
      note: 'fine',
    });
    expect(value['note']).toBe('fine');
  });

  it('copes with a key __proto__ and half surrogate pairs', () => {
    const value = JSON.parse('{"__proto__": {"password": "x"}}') as JsonObject;
    expect(JSON.stringify(redactor(`${'\ud800'}secret-secret`).json(value))).toBe(
      `{"__proto__":{"password":"${hidden}"}}`,
    );
  });

  it('searches a long text for thousands of secrets, and a secret added later counts', () => {
    const secrets = Array.from({ length: 3000 }, (_, n) => `secret-number-${n}-${(n * 7919) % 1000}`);
    const one = redactor(...secrets);
    const text = `${'just some ordinary words in a long log. '.repeat(25_000)}${secrets[1234]}`;
    expect(one.text(text).endsWith(`log. ${hidden}`)).toBe(true);
    one.add('just some');
    expect(one.text('just some words')).toBe(`${hidden} words`);
  });
});

describe('SEMANTICS 11: secrets are hidden by name', () => {
  const { text, json } = createRedactor();

  it.each([
    ['Authorization: Bearer abc', `Authorization: ${hidden}`],
    ['authorization: Basic dTpw', `authorization: ${hidden}`],
    ['cookie: a=b; c=d', `cookie: ${hidden}`],
    ['{"client_secret":"x y"}', `{"client_secret":"${hidden}"}`],
    ['{"clientsecret" : "x\\"y", "a": "b"}', `{"clientsecret" : "${hidden}", "a": "b"}`],
    ["{'password': 'pw'}", `{'password': '${hidden}'}`],
    [
      '{"body":"{\\"password\\":\\"pw\\",\\"n\\":1}"}',
      `{"body":"{\\"password\\":\\"${hidden}\\",\\"n\\":1}"}`,
    ],
    ['grant_type=x&client_secret=a%2Fb&y=1', `grant_type=x&client_secret=${hidden}&y=1`],
    ['  password: pw', `  password: ${hidden}`],
    ['x-rdp-authtoken: t1', `x-rdp-authtoken: ${hidden}`],
    ['auth-client-secret: t1', `auth-client-secret: ${hidden}`],
    ['{"access_token":"a"}', `{"access_token":"${hidden}"}`],
    ['sent Bearer abcdefgh1234 there', `sent Bearer ${hidden} there`],
    ['token eyJhbGciOiJ9.eyJzdWIiOiJ9.c2ln rest', `token ${hidden} rest`],
    ['https://user:pw@host/x', `https://${hidden}@host/x`],
    ['-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----', hidden],
    ['"key":"-----BEGIN PRIVATE KEY-----\\nabc\\n-----END PRIVATE KEY-----\\n"', `"key":"${hidden}\\n"`],
  ])('%j becomes %j', (given, expected) => {
    expect(text(given)).toBe(expected);
  });

  it.each([
    'the basic idea of a schedule',
    'password rules are described elsewhere',
    'https://host:8080/path?x=user:a@b',
    'authorization failed',
    '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----',
    '2026-01-01T10:00:00Z cron: * * * * 10 0 0',
    '{"passwordHint": "none", "description": "reset the password"}',
  ])('%j stays as it is', (given) => {
    expect(text(given)).toBe(given);
  });

  it('gives every well-known field of JSON a value that says nothing, sealed ones excepted', () => {
    const sealed = { $sealed: 'k1:abc' };
    const headers = {
      Authorization: 'a',
      'Set-Cookie': ['a', 'b'],
      'x-rdp-authToken': 'x',
      'auth-client-secret': 1,
      password: sealed,
      cookie: null,
      plain: 'a',
      private_key: { k: 'v' },
    };
    expect(json(headers as JsonObject)).toEqual({
      Authorization: hidden,
      'Set-Cookie': hidden,
      'x-rdp-authToken': hidden,
      'auth-client-secret': hidden,
      password: sealed,
      cookie: null,
      plain: 'a',
      private_key: hidden,
    });
  });

  it('is quick on hostile texts', () => {
    for (const hostile of [
      '"password":"',
      'authorization: ',
      '-----BEGIN PRIVATE KEY-----',
      'eyJ',
      'https://',
      'password=',
      '\\"password\\":\\"',
      'a:',
      'bearer ',
    ].map((piece) => piece.repeat(20_000))) {
      expect(text(hostile).length).toBeGreaterThan(0);
    }
    expect(text(`"password":"${'\\'.repeat(50_000)}`)).toContain('password');
  }, 5000);

  it('is idempotent', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            'password',
            'authorization',
            ':',
            '=',
            ' ',
            '"',
            'abc12345',
            'Bearer ',
            '\n',
            '\\',
            '&',
            'https://',
            '@',
          ),
          { maxLength: 14 },
        ),
        (pieces) => {
          const first = text(pieces.join(''));
          expect(text(first)).toBe(first);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('tokens that come and go', () => {
  it('are hidden while they may be in use, and the oldest are forgotten; what lasts is never forgotten', () => {
    const redactor = createRedactor();
    redactor.add('a-client-secret');
    for (let count = 0; count < 500; count += 1) redactor.add(`token-number-${count}-x`, true);
    expect(redactor.text('token-number-499-x a-client-secret')).toBe('(sensitive) (sensitive)');
    expect(redactor.text('token-number-401-x')).toBe('(sensitive)');
    expect(redactor.text('token-number-100-x')).toBe('token-number-100-x');
  });
});
