import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { lintLoads, type PlacedLoad } from '../../src/lint/index.ts';
import { fires, parseSapCron } from '../../src/time/index.ts';
import { kindOf, NOW } from '../providers/sap/support.ts';

function loadsOf(name: string, schedules: JsonObject, action = `https://x.example/${name}`): PlacedLoad[] {
  const spec = { action, schedules };
  const loads = kindOf('SapJob').loads?.({ name, spec, now: NOW }) ?? [];
  return loads.map((load) => ({ ...load, address: `SapJob/${name}` }));
}

const lint = (loads: PlacedLoad[], runsPerMinute = 10) => lintLoads(loads, { now: NOW, runsPerMinute });

function crowd(count: number, cron: string): PlacedLoad[] {
  return Array.from({ length: count }, (_, index) => loadsOf(`job${index}`, { s: { cron } })).flat();
}

describe('peaks', () => {
  it('are minutes with more runs than allowed; as many as allowed are none', () => {
    expect(lint(crowd(10, '* * * * 6 12 17'))).toEqual([]);
    expect(lint(crowd(11, '* * * * 6 12 17'))).toMatchObject([
      { code: 'LINT_PEAK', severity: 'warning', address: 'SapJob/job0', pointer: '/spec/schedules/s/cron' },
    ]);
  });

  it('say when, how many, on how many days, and who', () => {
    const [peak] = lint(crowd(11, '* * * mon 6 12 17'));
    expect(peak?.message).toContain('11 runs are due in one minute, Mon 2026-11-23 06:12 UTC');
    expect(peak?.message).toContain('at 06:12 UTC on 5 of 35 days');
    expect(peak?.message).toContain('SapJob/job0 schedule s, SapJob/job1 schedule s');
    expect(peak?.message).toContain('and 7 more');
  });

  it('of one time of day are one finding, at most ten in all', () => {
    const found = lint(crowd(2, '* * * * * 3,7,11,13,17,19,23,29,31,37,41,43 17'), 1);
    expect(found).toHaveLength(10);
    expect(found.at(-1)?.message).toContain('278 more such times of day');
  });

  it('count every run of a schedule that is due several times a minute', () => {
    expect(lint(loadsOf('a', { s: { cron: '* * * * 6 12 */2' } }), 29)).toHaveLength(1);
    expect(lint(loadsOf('a', { s: { cron: '* * * * 6 12 */2' } }), 30)).toEqual([]);
  });

  it('come from monthly schedules, daily times and intervals with a phase, too', () => {
    const loads = [
      ...loadsOf('a', { s: { cron: '* * 1 * 6 12 17' } }),
      ...loadsOf('b', { s: { repeatAt: '06.12:40' } }),
      ...loadsOf('c', { s: { repeatInterval: '1 hour', startTime: '2026-11-30T00:12:05Z' } }),
    ];
    expect(lint(loads, 2)[0]?.message).toContain('3 runs are due in one minute, Tue 2026-12-01 06:12 UTC');
  });

  it('leave out what is switched off, over, outside of its bounds or of unknown phase', () => {
    const cron = '* * * * 6 12 17';
    const loads = [
      ...loadsOf('a', { s: { cron, active: false } }),
      ...loadsOf('b', { s: { cron, endTime: '2026-01-01T00:00:00Z' } }),
      ...loadsOf('c', { s: { cron, startTime: '2030-01-01T00:00:00Z' } }),
      ...loadsOf('d', { s: { repeatInterval: '1 minute' } }),
      ...loadsOf('e', { s: { time: '2026-11-24T06:12:00Z' } }),
    ];
    expect(lint(loads, 1)).toEqual([]);
  });
});

describe('overlaps', () => {
  const both = (a: JsonObject, b: JsonObject) => lint(loadsOf('report', { a, b }));

  it('with the same data are probably one too many', () => {
    expect(both({ cron: '* * * * 6 12 17' }, { cron: '* * * mon 6 12 40' })).toMatchObject([
      {
        code: 'LINT_SAME_REQUEST',
        severity: 'warning',
        pointer: '/spec/schedules/b/cron',
        message: expect.stringContaining('5 times in 35 days, first on Mon 2026-11-23 06:12 UTC'),
      },
    ]);
  });

  it('with other data are a note', () => {
    const found = both(
      { cron: '* * * * 6 12 17', data: { a: 1 } },
      { cron: '* * * * 6 12 17', data: { a: 2 } },
    );
    expect(found).toMatchObject([{ code: 'LINT_OVERLAP', severity: 'info' }]);
    expect(found[0]?.message).not.toContain('"a"');
  });

  it('are found over several jobs of one endpoint, and not over different endpoints', () => {
    const s = { cron: '* * * * 6 12 17' };
    expect(
      lint([...loadsOf('a', { s }, 'https://x.example/r'), ...loadsOf('b', { s }, 'https://x.example/r')]),
    ).toMatchObject([{ code: 'LINT_SAME_REQUEST', address: 'SapJob/b' }]);
    expect(lint([...loadsOf('a', { s }), ...loadsOf('b', { s })])).toEqual([]);
  });

  it('are not said of exact twins, which validate names, nor of what runs all the time', () => {
    const s = { cron: '* * * * 6 12 17', description: 'x' };
    expect(both(s, s)).toEqual([]);
    expect(both({ cron: '* * * * * */2 17' }, { cron: '* * * * 6 12 17' })).toEqual([]);
  });
});

it('the minutes of a load are those of its fire times, run by run', () => {
  const part = (size: number) =>
    fc.oneof(
      fc.constant('*'),
      fc.integer({ min: 1, max: size - 1 }).map((step) => `*/${step}`),
      fc.integer({ min: 0, max: size - 1 }).map(String),
    );
  const bound = fc.option(fc.integer({ min: -20 * 24, max: 50 * 24 }), { nil: undefined });
  fc.assert(
    fc.property(part(24), part(60), part(60), bound, bound, (hour, minute, second, start, end) => {
      const cron = `* * * mon,thu ${hour} ${minute} ${second}`;
      const at = (hours: number) => ({ instant: NOW + hours * 3_600_000 + 1234 });
      const startTime = start === undefined ? undefined : at(start).instant;
      const endTime = end === undefined ? undefined : at(end).instant;
      const [load] = loadsOf('a', {
        s: {
          cron,
          ...(startTime !== undefined && { startTime: new Date(startTime).toISOString() }),
          ...(endTime !== undefined && { endTime: new Date(endTime).toISOString() }),
        },
      });
      if (load === undefined) return;
      const parsed = parseSapCron(cron);
      if (!parsed.ok) throw new Error(parsed.issue.message);
      const from = NOW + 12 * 3_600_000;
      const until = from + 8 * 86_400_000;
      const expected = new Set<number>();
      for (const run of fires(
        { mode: 'cron', cron: parsed.value, text: cron },
        {
          from,
          until,
          ...(startTime !== undefined && { startTime }),
          ...(endTime !== undefined && { endTime }),
        },
      )) {
        expected.add(Math.floor(run / 60_000) * 60_000);
      }
      expect(new Set(load.minutes(from, until))).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});
