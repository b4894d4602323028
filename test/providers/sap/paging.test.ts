import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAll } from '../../../src/providers/sap/paging.ts';

/** A service with `count` rows; `totalAt` says what total the n-th answer names. */
function source(count: number, totalAt: (nth: number) => number | undefined) {
  let asked = 0;
  const all = Array.from({ length: count }, (_, index) => String(index));
  return {
    what: 'jobs',
    idOf: (row: string) => row,
    async fetch(offset: number, size: number) {
      const total = totalAt(asked++) ?? count;
      if (asked > 500) throw new Error('asks without end');
      return { total, rows: all.slice(offset, offset + Math.min(size, 100)) };
    },
    asked: () => asked,
  };
}

describe('SEMANTICS 8.3: every page is read', () => {
  const huge = fc.constantFrom(1e6, 1e9, Number.MAX_SAFE_INTEGER);

  it('property: totals that are far too large cost a few requests, not one for each page that they promise', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 900 }),
        huge,
        fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 3 }),
        async (count, total, lies) => {
          const pages = source(count, (nth) => (lies.includes(nth) ? total : undefined));
          const rows = await readAll(pages).catch((error: { code?: string }) => error.code);
          if (Array.isArray(rows)) expect(rows).toHaveLength(count);
          else expect(rows).toBe('LISTING_UNSOUND');
          expect(pages.asked()).toBeLessThan(200);
        },
      ),
    );
  });

  it('a total that is always too large ends as an unsound listing', async () => {
    const pages = source(250, () => Number.MAX_SAFE_INTEGER);
    await expect(readAll(pages)).rejects.toMatchObject({ code: 'LISTING_UNSOUND' });
    expect(pages.asked()).toBeLessThan(200);
  });

  it('one wrong total is not believed: the list is whole all the same', async () => {
    const pages = source(250, (nth) => (nth === 0 ? 1e12 : undefined));
    expect(await readAll(pages)).toHaveLength(250);
  });
});
