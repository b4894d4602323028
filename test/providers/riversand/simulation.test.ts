import { describe, expect, it } from 'vitest';
import { simulate } from '../../../bench/riversand-simulation.mjs';
import * as product from '../../../src/index.ts';

describe('SEMANTICS 7: under the virtual clock, every schedule against its ideal run list', () => {
  it.each([1, 2])(
    'no edit misses or doubles a run that its plan had not announced (seed %i)',
    async (seed) => {
      const result = await simulate(product, { schedules: 10, edits: 10, days: 1, seed });
      expect(result).toMatchObject({ missed: 0, extra: 0, examples: [], failures: [] });
      expect(result.runs + result.announcedMissed + result.later).toBe(result.ideal + result.announcedExtra);
      expect(result.runs).toBeGreaterThan(100);
      expect(result.replaced).toBeGreaterThan(0);
    },
  );
});
