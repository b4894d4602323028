import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WatchWindow } from '../../src/config/index.ts';
import { createWindows } from '../../src/daemon/windows.ts';

const at = (text: string): number => Date.parse(text);
const minute = 60_000;
const hour = 60 * minute;
const nights: WatchWindow = { type: 'allow', cron: '0 22 * * *', duration: 6 * hour, timeZone: 'UTC' };
const weekend: WatchWindow = { type: 'deny', cron: '0 0 * * 6', duration: 48 * hour, timeZone: 'UTC' };

describe('windows', () => {
  it('are always open when there is none', () => {
    const windows = createWindows([]);
    expect(windows.isOpen(0)).toBe(true);
    expect(windows.nextEdge(0)).toBeUndefined();
    expect(windows.nextOpening(5)).toBe(5);
  });

  it('with an allow window, are closed outside of it', () => {
    const windows = createWindows([nights]);
    expect(windows.isOpen(at('2026-03-03T21:59:59Z'))).toBe(false);
    expect(windows.isOpen(at('2026-03-03T22:00:00Z'))).toBe(true);
    expect(windows.isOpen(at('2026-03-04T03:59:59Z'))).toBe(true);
    expect(windows.isOpen(at('2026-03-04T04:00:00Z'))).toBe(false);
    expect(windows.nextEdge(at('2026-03-03T12:00:00Z'))).toBe(at('2026-03-03T22:00:00Z'));
    expect(windows.nextEdge(at('2026-03-03T23:00:00Z'))).toBe(at('2026-03-04T04:00:00Z'));
  });

  it('let deny win over allow', () => {
    const windows = createWindows([nights, weekend]);
    expect(windows.isOpen(at('2026-03-06T23:30:00Z'))).toBe(true);
    expect(windows.isOpen(at('2026-03-07T00:30:00Z'))).toBe(false);
    expect(windows.nextOpening(at('2026-03-07T00:30:00Z'))).toBe(at('2026-03-09T00:00:00Z'));
  });

  it('follow the clocks of their time zone over a change of summer time', () => {
    const windows = createWindows([{ ...nights, timeZone: 'Europe/Berlin' }]);
    expect(windows.isOpen(at('2026-03-28T21:30:00Z'))).toBe(true);
    expect(windows.isOpen(at('2026-03-29T20:30:00Z'))).toBe(true);
    expect(windows.isOpen(at('2026-03-28T20:30:00Z'))).toBe(false);
  });

  it('that overlap themselves without end have no edge', () => {
    const windows = createWindows([
      { type: 'allow', cron: '* * * * *', duration: 2 * minute, timeZone: 'UTC' },
    ]);
    expect(windows.isOpen(at('2026-03-03T12:00:00Z'))).toBe(true);
    expect(windows.nextEdge(at('2026-03-03T12:00:00Z'))).toBeUndefined();
  });

  it('change only at an edge', () => {
    const crons = ['0 22 * * *', '*/15 * * * *', '30 6 * * 1-5', '0 0 1 * *'];
    const window = fc.record({
      type: fc.constantFrom('allow' as const, 'deny' as const),
      cron: fc.constantFrom(...crons),
      duration: fc.integer({ min: 1, max: 40 * 60 }).map((minutes) => minutes * minute),
      timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York'),
    });
    fc.assert(
      fc.property(
        fc.array(window, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 0, max: 366 * 24 * 60 }),
        (list, start) => {
          const windows = createWindows(list);
          const from = at('2026-01-01T00:00:00Z') + start * minute;
          const edge = Math.min(windows.nextEdge(from) ?? Number.POSITIVE_INFINITY, from + 2 * 24 * hour);
          const before = windows.isOpen(from);
          for (let step = 0; step < 20; step += 1) {
            const inside = from + Math.floor(((edge - from - 1) * step) / 20);
            expect(windows.isOpen(inside)).toBe(before);
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});
