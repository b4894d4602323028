import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { validatorFor } from '../../src/manifest/schema-validator.ts';

function explain(schema: JsonObject, value: Json, shows?: () => boolean) {
  return validatorFor({ type: 'object', properties: { x: schema } })({ x: value }, shows).map(
    ({ code, message, expected, remedy, pointer }) => ({ code, message, expected, remedy, pointer }),
  );
}

const dates: JsonObject = {
  anyOf: [
    { type: 'string', minLength: 1 },
    {
      type: 'object',
      additionalProperties: false,
      required: ['date'],
      properties: { date: { type: 'string' } },
    },
    { type: 'null' },
  ],
};

describe('a schema error in words', () => {
  it.each<[string, JsonObject, Json, JsonObject]>([
    [
      'too long',
      { type: 'string', maxLength: 2 },
      'abc',
      { code: 'TOO_LONG', message: '/x is longer than 2 characters.' },
    ],
    ['twice the same', { type: 'array', uniqueItems: true }, [1, 1], { code: 'DUPLICATE_ITEM' }],
    [
      'out of a range',
      { type: 'number', minimum: 1, maximum: 5 },
      9,
      { code: 'OUT_OF_RANGE', expected: 'a number from 1 to 5' },
    ],
    [
      'out of half a range',
      { type: 'number', minimum: 1 },
      0,
      { code: 'OUT_OF_RANGE', expected: 'a number >= 1' },
    ],
    [
      'a number as text',
      { type: 'integer' },
      '5',
      { code: 'WRONG_TYPE', expected: 'a whole number', remedy: 'Write it without quotes.' },
    ],
    [
      'text as a number',
      { type: 'string' },
      5,
      { code: 'WRONG_TYPE', expected: 'text', remedy: 'Write it in quotes.' },
    ],
    [
      'a list instead of a map',
      { type: 'object' },
      [],
      { code: 'WRONG_TYPE', message: '/x is a list.', expected: 'a map' },
    ],
    [
      'a rule without words of its own',
      { type: 'number', multipleOf: 5 },
      3,
      { code: 'INVALID', message: '/x must be multiple of 5.' },
    ],
    [
      'a near miss of a constant',
      { enum: ['POST', 'GET'] },
      'PSOT',
      { code: 'WRONG_VALUE', remedy: 'Did you mean "POST"?' },
    ],
    [
      'null for an enum',
      { enum: ['POST', 'GET'] },
      null,
      { code: 'WRONG_VALUE', message: '/x is the value null.' },
    ],
    ['none of several types', dates, 5, { code: 'WRONG_TYPE', expected: 'text or a map or null' }],
    ['the right type, but empty', dates, '', { code: 'EMPTY', pointer: '/x' }],
  ])('%s', (_what, schema, value, expected) => {
    expect(explain(schema, value)).toMatchObject([expected]);
  });

  it('of a map among several types says what is wrong inside, once each', () => {
    expect(explain(dates, { day: 1 }).map(({ code, pointer }) => `${pointer} ${code}`)).toEqual([
      '/x MISSING_PROPERTY',
      '/x/day UNKNOWN_PROPERTY',
    ]);
    expect(explain(dates, { date: 1 })).toMatchObject([{ code: 'WRONG_TYPE', pointer: '/x/date' }]);
  });

  it('never shows a value that must be hidden', () => {
    const found = explain({ enum: ['a'] }, 'hush', () => false);
    expect(found[0]?.message).toBe('/x is text.');
  });

  it('treats names of the prototype as absent', () => {
    expect(explain({ type: 'object', required: ['toString'] }, {})).toMatchObject([
      { code: 'MISSING_PROPERTY' },
    ]);
  });

  it('lists at most a hundred of them', () => {
    const value = Array.from({ length: 500 }, () => 1);
    expect(explain({ type: 'array', items: { type: 'string' } }, value)).toHaveLength(100);
  });
});
