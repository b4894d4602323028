import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/core/json.ts';
import { idFromAnswer } from '../../../src/providers/sap/writing.ts';

const location = '/scheduler/jobs/7/schedules/5eb5ca7d-af83-4f56-8fe5-6d4a92025027';
const madeBy = (body: Json, headers: Record<string, string> = { location }) =>
  idFromAnswer({ status: 201, headers, body }, ['scheduleId']);

describe('the id of what a POST made', () => {
  it('is the one in the answer', () => {
    expect(madeBy({ scheduleId: 'a-1' })).toBe('a-1');
    expect(madeBy({ scheduleId: 17 })).toBe('17');
  });

  it.each(['', '../4711', 'a b', 'a/b', '\u0000', 'x'.repeat(5000), -0.5, 1e21, null, {}] as Json[])(
    'is the one of Location where %j stands in its place',
    (scheduleId) => {
      expect(madeBy({ scheduleId })).toBe('5eb5ca7d-af83-4f56-8fe5-6d4a92025027');
      expect(madeBy({ scheduleId }, {})).toBeUndefined();
    },
  );
});
