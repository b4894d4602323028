import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { createWireValidator } from '../../src/http/wire.ts';

const schema: JsonObject = {
  type: 'object',
  required: ['total', 'results'],
  properties: {
    total: { type: 'integer' },
    results: {
      type: 'array',
      items: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string' },
          method: { enum: ['GET', 'POST'] },
          data: { type: ['object', 'string', 'null'] },
        },
      },
    },
  },
};

describe('SEMANTICS 10: answers are checked against a wire schema', () => {
  const validate = createWireValidator<{ total: number }>(schema, 'the list of jobs');

  it('gives back what fits, with fields that nobody has documented', async () => {
    const body = { total: 1, results: [{ name: 'a', data: '{}', novelty: true }] };
    expect(await validate(body)).toBe(body);
  });

  it.each<[string, Json | undefined, string]>([
    [
      'a missing field',
      { total: 1, results: [{ name: 'a' }, {}] },
      '/results/1/name must be there; found nothing',
    ],
    ['another type', { total: '1', results: [] }, '/total must be integer; found a string'],
    [
      'another value',
      { total: 1, results: [{ name: 'a', method: 'secret-value' }] },
      '/results/0/method must be one of ["GET","POST"]; found a string',
    ],
    ['a list', [], 'it must be object; found a list of 0'],
    ['null', null, 'it must be object; found null'],
    ['nothing', undefined, 'it must be JSON; found nothing'],
  ])('names place, expectation and find for %s, but no value', async (_name, body, message) => {
    const error = await validate(body).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'WIRE_SCHEMA', category: 'rejected' });
    expect(String(error)).toContain('the list of jobs');
    expect(String(error)).toContain(message);
    expect(String(error)).not.toContain('secret-value');
  });
});
