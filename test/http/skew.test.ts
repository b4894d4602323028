import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSkewEstimate, parseHttpDate } from '../../src/http/skew.ts';

describe("SEMANTICS 1: judgements about time use the service's clock", () => {
  it('is 0 without a date, and while the clocks agree as far as a whole second can tell', () => {
    const skew = createSkewEstimate();
    expect(skew.value()).toBe(0);
    skew.observe(10_400, 10_600, 10_000);
    expect(skew.value()).toBe(0);
  });

  it('comes within the resolution of what can be known, and never further away with more answers', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e9, max: 1e9 }),
        fc.array(
          fc.record({
            at: fc.integer({ min: 0, max: 1e8 }),
            out: fc.integer({ min: 0, max: 3000 }),
            back: fc.integer({ min: 0, max: 3000 }),
          }),
          { minLength: 1, maxLength: 40 },
        ),
        (real, answers) => {
          const skew = createSkewEstimate();
          let width = Number.POSITIVE_INFINITY;
          for (const { at, out, back } of answers) {
            const date = Math.floor((at + out + real) / 1000) * 1000;
            skew.observe(at, at + out + back, date);
            width = Math.min(width, out + back + 1000);
            expect(Math.abs(skew.value() - real)).toBeLessThanOrEqual(width);
          }
        },
      ),
    );
  });

  it('a date that no clock can show is not taken for the time', () => {
    const now = Date.parse('2026-11-22T12:00:00Z');
    for (const date of ['1970-01-01T00:00:00Z', '9999-12-31T23:59:59Z']) {
      const skew = createSkewEstimate();
      skew.observe(now, now, Date.parse(date));
      expect(skew.value()).toBe(0);
    }
  });

  it('many answers tell it more exactly than one second', () => {
    const skew = createSkewEstimate();
    const real = 123_456;
    for (let n = 0; n < 40; n++) {
      const at = n * 1037;
      skew.observe(at, at + 40, Math.floor((at + 20 + real) / 1000) * 1000);
    }
    expect(Math.abs(skew.value() - real)).toBeLessThan(100);
  });

  it('follows a clock that was set', () => {
    const skew = createSkewEstimate();
    skew.observe(0, 100, 0);
    skew.observe(1000, 1100, 3_601_000);
    expect(skew.value()).toBeGreaterThan(3_599_000);
    skew.observe(2000, 2100, 2000);
    expect(skew.value()).toBe(0);
  });

  it.each([
    ['Sun, 06 Nov 1994 08:49:37 GMT', Date.UTC(1994, 10, 6, 8, 49, 37)],
    ['5', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('reads %s', (text, expected) => {
    expect(parseHttpDate(text)).toBe(expected);
  });
});
