import { describe, expect, it } from 'vitest';
import { simulate } from '../../../bench/riversand-simulation.mjs';
import * as product from '../../../src/index.ts';

describe('SEMANTICS 7: under the virtual clock, every schedule against its ideal run list', () => {
  it.each([
    [1, 250],
    [2, 5000],
  ])(
    'no edit misses or doubles a run that its plan had not listed (seed %i, %i ms a request)',
    async (seed, latency) => {
      const result = await simulate(product, { schedules: 10, edits: 10, days: 1, seed, latency });
      expect(result).toMatchObject({ missed: 0, extra: 0, examples: [], failures: [] });
      expect(result.runs + result.announcedMissed).toBe(result.ideal + result.announcedExtra);
      expect(result.runs).toBeGreaterThan(100);
      expect(result.replaced).toBeGreaterThan(0);
    },
  );
});
