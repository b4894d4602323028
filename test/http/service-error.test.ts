import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import { describeServiceError } from '../../src/http/service-error.ts';
import { backoffMs, retryAfterMs, throttlingMs } from '../../src/http/wait.ts';

describe("the service's own words", () => {
  it.each<[string, Json, string | undefined, string | undefined]>([
    [
      'SAP, bare',
      { code: 400, message: 'Invalid Page Size', type: 'VALIDATION_ERROR', detailedError: 'page_size' },
      'Invalid Page Size: page_size',
      'VALIDATION_ERROR',
    ],
    [
      'SAP, below error',
      { error: { code: 400, message: 'Bad', type: 'T', detailedError: 'Job name is bad' } },
      'Bad: Job name is bad',
      'T',
    ],
    [
      'details that repeat the message',
      { message: 'Job not found', detailedError: 'Job not found: 42' },
      'Job not found: 42',
      undefined,
    ],
    [
      'OAuth',
      { error: 'unauthorized', error_description: 'Bad credentials' },
      'Bad credentials',
      'unauthorized',
    ],
    ['OAuth without description', { error: 'invalid_client' }, 'invalid_client', 'invalid_client'],
    [
      'Riversand',
      {
        response: {
          status: 'error',
          statusDetail: { message: 'Failed', messages: [{ messageCode: 'E1', messageType: 'error' }] },
        },
      },
      'Failed: E1',
      undefined,
    ],
    [
      'a list of errors',
      { errors: [{ message: 'one' }, { message: 'two' }, 'three', 4] },
      'one: two: three',
      undefined,
    ],
    ['a number alone', { code: 17 }, '17', '17'],
    ['nothing', {}, undefined, undefined],
    ['a list', [], undefined, undefined],
  ])('%s', (_name, body, text, code) => {
    expect(describeServiceError(body, '')).toEqual(
      text === undefined ? undefined : { text, ...(code === undefined ? {} : { code }) },
    );
  });

  it('of plain text is the text, shortened', () => {
    expect(describeServiceError(undefined, ' no route ')).toEqual({ text: 'no route' });
    expect(describeServiceError(undefined, 'x'.repeat(1000))?.text).toMatch(
      /^x{300}… \(700 more characters\)$/,
    );
  });
});

describe('how long to wait', () => {
  const now = Date.UTC(2026, 0, 1, 12);
  it.each<[Record<string, string>, number | undefined]>([
    [{ 'retry-after': '12' }, 12_000],
    [{ 'retry-after': ' 0.5 ' }, 500],
    [{ 'retry-after': 'Thu, 01 Jan 2026 12:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Thu, 01 Jan 2026 12:00:30 GMT', date: 'Thu, 01 Jan 2026 12:00:20 GMT' }, 10_000],
    [{ 'retry-after': 'Thu, 01 Jan 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '-5' }, undefined],
    [{ 'retry-after': '1e9' }, undefined],
    [{}, undefined],
  ])('Retry-After in %j', (headers, expected) => {
    expect(retryAfterMs(headers, now)).toBe(expected);
  });

  it.each([
    ['250', 250],
    ['x', undefined],
    [undefined, undefined],
  ])('throttling %s', (value, expected) => {
    expect(throttlingMs(value === undefined ? {} : { throttling: value })).toBe(expected);
  });

  it('a back-off lies between nothing and a bound that doubles up to 20 s', () => {
    expect([1, 2, 3, 6, 7, 50].map((attempt) => backoffMs(attempt, () => 1))).toEqual([
      500, 1000, 2000, 16_000, 20_000, 20_000,
    ]);
    expect(backoffMs(5, () => 0)).toBe(0);
  });
});
