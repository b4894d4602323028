// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references look like that
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isObject, type Json } from '../../src/core/json.ts';
import { getAt } from '../../src/core/pointer.ts';
import { createEnvironment, createLookup, type LookupRules } from '../../src/manifest/environment.ts';
import { interpolate } from '../../src/manifest/interpolate.ts';

const redacted: string[] = [];

function fill(value: Json, rules: Partial<LookupRules> = {}) {
  redacted.length = 0;
  const lookup = createLookup({
    environment: { env: { HOME_URL: 'https://x', TOKEN: 's3cret-value', EMPTY: '' } },
    variables: {
      values: {
        host: 'h',
        on: true,
        n: 5,
        map: { a: 1 },
        list: [1],
        none: null,
        'a/b': 'slash',
        nested: '${var:host}',
      },
      secrets: [],
      unknown: [],
    },
    allowEnv: ['HOME_URL', 'MISSING', 'EMPTY'],
    allowFiles: false,
    redact: (secret) => redacted.push(secret),
    placeholders: false,
    ...rules,
  });
  return interpolate(value, lookup);
}

describe('a reference', () => {
  it.each<[string, Json]>([
    ['${var:host}', 'h'],
    ['${var:on}', true],
    ['${var:n}', 5],
    ['${var:map}', { a: 1 }],
    ['${var:list}', [1]],
    ['${var:none}', null],
    ['${var:a/b}', 'slash'],
    [' ${var:n}', ' 5'],
    ['${var:n}${var:n}', '55'],
    ['https://${var:host}/${var:on}', 'https://h/true'],
    ['${env:HOME_URL}/a', 'https://x/a'],
    ['${env:EMPTY}', ''],
    ['${secret:TOKEN}', 's3cret-value'],
    ['Bearer ${secret:TOKEN}', 'Bearer s3cret-value'],
    ['$${var:host}', '${var:host}'],
    ['a $${x} b $${', 'a ${x} b ${'],
    ['$$${var:host}', '$${var:host}'],
    ['costs $5 {and} }', 'costs $5 {and} }'],
    ['${var:nested}', '${var:host}'],
  ])('%j becomes %j', (text, expected) => {
    const { value, findings } = fill(text);
    expect(findings).toEqual([]);
    expect(value).toEqual(expected);
  });

  it.each([
    ['${var:nope}', 0, 'UNRESOLVED_VARIABLE'],
    ['${var:hosst}', 0, 'UNRESOLVED_VARIABLE'],
    ['${var:toString}', 0, 'UNRESOLVED_VARIABLE'],
    ['${var:__proto__}', 0, 'UNRESOLVED_VARIABLE'],
    ['ab ${env:MISSING}', 3, 'UNRESOLVED_ENV'],
    ['${env:PATH}', 0, 'ENV_NOT_ALLOWED'],
    ['x${secret:NOPE}', 1, 'UNRESOLVED_SECRET'],
    ['${secret:../../etc/passwd}', 0, 'BAD_REFERENCE'],
    ['${secret:}', 0, 'BAD_REFERENCE'],
    ['${file:key.json}', 0, 'FILE_NOT_ALLOWED'],
    ['${vars:host}', 0, 'BAD_REFERENCE'],
    ['${host}', 0, 'BAD_REFERENCE'],
    ['a ${var:host', 2, 'BAD_REFERENCE'],
    ['a ${var:map}', 2, 'NOT_TEXT'],
    ['a ${var:none}', 2, 'NOT_TEXT'],
  ])('%j is refused at character %i as %s', (text, offset, code) => {
    const { findings } = fill({ x: [text] });
    expect(findings).toMatchObject([{ code, pointer: '/x/0', offset, severity: 'error' }]);
  });

  it('that is none is answered with what is allowed in that place', () => {
    const offered = (rules: Partial<LookupRules>) => fill('${host}', rules).findings[0]?.expected;
    expect(offered({})).toBe('${var:name}, ${env:NAME} or ${secret:NAME}');
    expect(offered({ allowEnv: [] })).toBe('${var:name} or ${secret:NAME}');
    const environment = { env: {}, readProjectFile: () => ({ value: 'x' }) };
    expect(offered({ allowEnv: [], environment })).toBe('${var:name} or ${secret:NAME}');
    const inConfig = { environment, variables: undefined, allowEnv: undefined, allowFiles: true };
    expect(offered(inConfig)).toBe('${env:NAME}, ${secret:NAME} or ${file:path}');
  });

  it('to a mistyped variable is answered with the nearest one', () => {
    expect(fill('${var:hosst}').findings[0]?.remedy).toBe('Did you mean "host"?');
  });

  it('leaves keys alone, and everything that holds no reference is the same object', () => {
    const untouched = { a: [1, { b: 'x' }] };
    const { value } = fill({ '${var:host}': 1, untouched, filled: '${var:n}' });
    expect(value).toEqual({ '${var:host}': 1, untouched, filled: 5 });
    expect(isObject(value) && value['untouched']).toBe(untouched);
  });

  it('to a secret is recorded and made known to the redactor', () => {
    const { secrets } = fill({ a: '${secret:TOKEN}', b: ['x ${secret:TOKEN} y'], c: '${var:host}' });
    expect(secrets).toEqual(['/a', '/b/0']);
    expect(new Set(redacted)).toEqual(new Set(['s3cret-value']));
  });

  it('to a variable that holds a secret is a secret too', () => {
    const variables = {
      values: { m: { open: 1, token: 't' }, s: 't' },
      secrets: ['/m/token', '/s'],
      unknown: [],
    };
    const { secrets } = fill({ a: '${var:m}', b: 'x${var:s}' }, { variables });
    expect(secrets).toEqual(['/a/token', '/b']);
  });

  it('that is missing is only unknown when placeholders will do', () => {
    const { value, unknown, findings } = fill(
      { a: 'x${secret:NOPE}', b: '${env:MISSING}', c: 1 },
      { placeholders: true },
    );
    expect(findings).toEqual([]);
    expect(unknown).toEqual(['/a', '/b']);
    expect(value).toEqual({ a: 'x(unknown)', b: '(unknown)', c: 1 });
  });
});

describe('filling in', () => {
  it('changes nothing without references and never what was escaped', () => {
    const likeReference = fc
      .array(fc.constantFrom('$', '{', '}', 'var:host', 'a'), { maxLength: 8 })
      .map((pieces) => pieces.join(''));
    const withReferences = fc.oneof(fc.jsonValue(), fc.array(likeReference));
    fc.assert(
      fc.property(withReferences, (value) => {
        const escaped = mapTexts(value as Json, (text) => text.replaceAll('${', () => '$${'));
        const { value: filled, findings } = fill(escaped);
        expect(findings).toEqual([]);
        expect(filled).toEqual(value);
      }),
    );
  });

  it('points every finding at a text of the value', () => {
    const piece = fc.constantFrom('${', '}', '$', 'var:', 'host', 'env:X', ' ', '$${', 'secret:TOKEN', '{');
    const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(fc.array(text), (list) => {
        for (const { pointer, offset } of fill(list).findings) {
          const at = getAt(list, pointer);
          expect(typeof at === 'string' && at.slice(offset).startsWith('${')).toBe(true);
        }
      }),
    );
  });
});

describe('secrets from a folder', () => {
  const files = new Map([
    ['/run/secrets/TOKEN', 'from file\n'],
    ['/etc/passwd', 'root'],
  ]);
  const links = new Map([['/run/secrets/LINK', '/etc/passwd']]);
  const access = {
    readText: (path: string) => files.get(path),
    resolveNow: (path: string) =>
      path === '/run/secrets' ? path : (links.get(path) ?? (files.has(path) ? path : undefined)),
  };
  const environment = createEnvironment({ RECONCILE_SECRETS_DIR: '/run/secrets', BOTH: 'env' }, access);

  it('lose one line end; the environment comes first', () => {
    expect(fill('${secret:TOKEN}', { environment }).value).toBe('from file');
    expect(fill('${secret:BOTH}', { environment }).value).toBe('env');
  });

  it('are never read through a link that leads out', () => {
    expect(fill('${secret:LINK}', { environment }).findings).toMatchObject([{ code: 'UNRESOLVED_SECRET' }]);
  });
});

function mapTexts(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)]));
}
