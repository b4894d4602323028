import { describe, expect, it } from 'vitest';
import { simulate } from '../../../bench/sap-simulation.mjs';
import * as product from '../../../src/index.ts';

describe('SEMANTICS 5 and 7: under the virtual clock, the runs after an apply are those that the plan showed', () => {
  it.each([
    { seed: 1, latency: 0 },
    { seed: 2, latency: 5_000 },
  ])(
    'no change misses, doubles or starts a run that its plan had not announced (seed $seed, $latency ms a request)',
    async ({ seed, latency }) => {
      const result = await simulate(product, { changes: 30, jobs: 6, days: 1, seed, latency });
      expect(result).toMatchObject({
        missed: 0,
        doubled: 0,
        immediate: 0,
        extra: 0,
        notShown: 0,
        examples: [],
      });
      expect(result.failures).toEqual([]);
      expect(result.runs).toBeGreaterThan(300);
      expect(result.shown).toBeGreaterThan(30);
      expect(Object.keys(result.kinds).some((what) => what.startsWith('by hand'))).toBe(true);
    },
    60_000,
  );
});
