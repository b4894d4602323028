import { describe, expect, it } from 'vitest';
import { faultMatrix } from '../../bench/fault-cases.mjs';
import { faultProduct } from './fault-product.ts';

describe('SEMANTICS 3, 6, 9 and 10: faults at requests of plan and apply', () => {
  // Points far apart: bench/fault-matrix.mjs has all of them.
  it.each([
    ['sap', 71],
    ['riversand', 127],
  ] as const)(
    '%s: the next apply ends as wanted, nothing is lost, doubled or taken from others',
    async (service, every) => {
      const { points, failures } = await faultMatrix(faultProduct, {
        service,
        take: (point) => point % every === 0,
      });
      expect(failures).toEqual([]);
      expect(points).toBeGreaterThan(15);
    },
    120_000,
  );
});
