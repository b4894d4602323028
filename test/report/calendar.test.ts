import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Calendar, calendarDocument, renderCalendarText } from '../../src/report/calendar/index.ts';
import { loadPerMinute } from '../../src/report/calendar/load.ts';
import { namedPeaks } from '../../src/report/calendar/named-peaks.ts';
import { plainPalette } from '../../src/report/palette.ts';
import { formatInstant } from '../../src/time/index.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const FROM = Date.parse('2026-11-22T12:00:00Z');

function every(step: number, first: number, until: number): number[] {
  return Array.from({ length: Math.max(0, Math.ceil((until - first) / step)) }, (_, n) => first + n * step);
}

function calendar(lanes: Calendar['lanes'], days = 7): Calendar {
  return { title: 'target dev', from: FROM, until: FROM + days * DAY, lanes };
}

const until = FROM + 7 * DAY;
const week = calendar([
  { address: 'SapJob/report', schedule: 'daily', runs: every(DAY, FROM + 18 * HOUR, until) },
  { address: 'SapJob/report', schedule: 'weekly', runs: [FROM + 5 * HOUR] },
  { address: 'SapJob/mail', schedule: 'hourly', runs: every(HOUR, FROM, until) },
  { address: 'SapJob/idle', schedule: 'never', runs: [] },
]);

function text(of: Calendar, width = 100): string {
  return renderCalendarText(of, { jobs: 10, peaks: 5 }, { palette: plainPalette, width, verbose: false });
}

const lanes = fc.array(
  fc.record({
    address: fc.constantFrom('SapJob/a', 'SapJob/b', 'SapTask/a', 'RiversandSchedule/x'),
    schedule: fc.constantFrom('', 'daily', 'x'),
    runs: fc
      .array(fc.integer({ min: 0, max: (2 * DAY) / 1000 - 1 }), { maxLength: 40 })
      .map((seconds) => seconds.sort((a, b) => a - b).map((second) => FROM + second * 1000)),
  }),
  { maxLength: 8 },
);

describe('the document', () => {
  test('lists every run once, in order of time, with its schedule', () => {
    fc.assert(
      fc.property(lanes, (all) => {
        const { runs } = calendarDocument(calendar(all, 2), 10);
        const expected = all.flatMap(({ address, schedule, runs }) =>
          runs.map((at) => `${formatInstant(at)} ${address} ${schedule}`),
        );
        const found = runs.map(({ at, address, schedule }) => `${at} ${address} ${schedule}`);
        expect([...found].sort()).toEqual(expected.sort());
        expect(runs.map(({ at }) => Date.parse(at))).toEqual(
          runs.map(({ at }) => Date.parse(at)).sort((a, b) => a - b),
        );
      }),
    );
  });

  test('names the busiest minutes, the busiest first, then the earliest', () => {
    fc.assert(
      fc.property(lanes, fc.integer({ min: 0, max: 12 }), (all, most) => {
        const counts = new Map<number, number>();
        for (const at of all.flatMap(({ runs }) => runs)) {
          const minute = Math.floor(at / MINUTE) * MINUTE;
          counts.set(minute, (counts.get(minute) ?? 0) + 1);
        }
        const expected = [...counts]
          .filter(([, count]) => count > 1)
          .sort(([a, x], [b, y]) => y - x || a - b)
          .slice(0, most)
          .map(([at, count]) => ({ minute: formatInstant(at), count }));
        expect(calendarDocument(calendar(all, 2), most).peaks).toEqual(expected);
      }),
    );
  });

  test('does not depend on the order of the lanes', () => {
    fc.assert(
      fc.property(lanes, (all) => {
        expect(calendarDocument(calendar([...all].reverse(), 2), 5)).toEqual(
          calendarDocument(calendar(all, 2), 5),
        );
      }),
    );
  });

  test('has the documented form', () => {
    expect(
      calendarDocument(calendar([{ address: 'A/b', schedule: 'c', runs: [FROM, FROM + 1] }], 1), 10),
    ).toEqual({
      from: '2026-11-22T12:00:00Z',
      until: '2026-11-23T12:00:00Z',
      runs: [
        { at: '2026-11-22T12:00:00Z', address: 'A/b', schedule: 'c' },
        { at: '2026-11-22T12:00:00.001Z', address: 'A/b', schedule: 'c' },
      ],
      peaks: [{ minute: '2026-11-22T12:00:00Z', count: 2 }],
    });
  });
});

describe('named peaks', () => {
  test('the same schedules that meet again are one peak', () => {
    const hourly = { address: 'SapJob/mail', schedule: 'hourly' };
    expect(namedPeaks(week, loadPerMinute(week), 10)).toEqual([
      {
        minutes: [FROM + 5 * HOUR],
        count: 2,
        who: [{ address: 'SapJob/report', schedule: 'weekly' }, hourly],
        schedules: 2,
      },
      {
        minutes: every(DAY, FROM + 18 * HOUR, until),
        count: 2,
        who: [{ address: 'SapJob/report', schedule: 'daily' }, hourly],
        schedules: 2,
      },
    ]);
  });

  test('a schedule that runs twice within a minute is named once', () => {
    const twice = calendar([{ address: 'SapJob/a', schedule: 'x', runs: [FROM, FROM + 30_000] }]);
    expect(namedPeaks(twice, loadPerMinute(twice), 10)).toMatchObject([{ count: 2, schedules: 1 }]);
  });
});

describe('the table', () => {
  test('shows a week by day and hour, with peaks and the busiest jobs', () => {
    expect(text(week)).toMatchInlineSnapshot(`
      "Runs of target dev
      Sun 22 Nov 2026 12:00 to Sun 29 Nov 2026 12:00 UTC (7 days): 176 runs of 2 jobs; 1 more job does not
      run in this time

      Runs per hour (UTC)
                  00 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23  all
      Sun 22 Nov   ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  1  1  1  1  1  2  1  1  1  1  1  1   13
      Mon 23 Nov   1  1  1  1  1  1  2  1  1  1  1  1  1  1  1  1  1  1  1  1  1  1  1  1   25
      Tue 24 Nov   1  1  1  1  1  1  2  1  1  1  1  1  1  1  1  1  1  1  1  1  1  1  1  1   25
      Wed 25 Nov   1  1  1  1  1  1  2  1  1  1  1  1  1  1  1  1  1  1  1  1  1  1  1  1   25
      Thu 26 Nov   1  1  1  1  1  1  2  1  1  1  1  1  1  1  1  1  1  1  1  1  1  1  1  1   25
      Fri 27 Nov   1  1  1  1  1  1  2  1  1  1  1  1  1  1  1  1  1  1  1  1  1  1  1  1   25
      Sat 28 Nov   1  1  1  1  1  1  2  1  1  1  1  1  1  1  1  1  1  1  1  1  1  1  1  1   25
      Sun 29 Nov   1  1  1  1  1  1  2  1  1  1  1  1  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·  ·   13

      Peaks (runs within one minute)
        2  Sun 22 Nov 17:00
           SapJob/report weekly and SapJob/mail hourly
        2  06:00 daily, Mon 23 Nov to Sun 29 Nov
           SapJob/report daily and SapJob/mail hourly

      Busiest jobs (runs)
        168  SapJob/mail    hourly
          8  SapJob/report  daily and weekly
      "
    `);
  });

  test('takes hours together on a narrow terminal, and keeps every run', () => {
    for (const width of [40, 60, 80, 140]) {
      const lines = text(week, width).split('\n');
      const rows = lines.filter(
        (line) => /^(Sun|Mon|Tue|Wed|Thu|Fri|Sat) \d\d Nov( |$)/.test(line) && !/to/.test(line),
      );
      const cells = rows.map((line) =>
        line
          .slice(11)
          .trim()
          .split(/\s+/)
          .map((cell) => Number(cell.replace('·', '0'))),
      );
      expect(rows).toHaveLength(8);
      for (const row of cells) expect(row.slice(0, -1).reduce((a, b) => a + b, 0)).toBe(row.at(-1));
      expect(cells.reduce((sum, row) => sum + (row.at(-1) ?? 0), 0)).toBe(176);
      for (const row of rows) expect(row.length).toBeLessThanOrEqual(width);
    }
  });

  test('shows up to two days hour by hour, with names as far as they fit', () => {
    const day = calendar(
      week.lanes.map((lane) => ({ ...lane, runs: lane.runs.filter((at) => at < FROM + 7 * HOUR) })),
      1,
    );
    expect(text(day, 70)).toMatchInlineSnapshot(`
      "Runs of target dev
      Sun 22 Nov 2026 12:00 to Mon 23 Nov 2026 12:00 UTC (1 day): 8 runs of
      2 jobs; 1 more job does not run in this time

      Runs per hour (UTC)
      Sun 22 Nov
        12:00  1  ██████        :00 mail hourly
        13:00  1  ██████        :00 mail hourly
        14:00  1  ██████        :00 mail hourly
        15:00  1  ██████        :00 mail hourly
        16:00  1  ██████        :00 mail hourly
        17:00  2  ████████████  :00 report weekly, :00 mail hourly
        18:00  1  ██████        :00 mail hourly

      Peaks (runs within one minute)
        2  Sun 22 Nov 17:00
           SapJob/report weekly and SapJob/mail hourly

      Busiest jobs (runs)
        7  SapJob/mail    hourly
        1  SapJob/report  daily and weekly
      "
    `);
    for (const width of [40, 70, 140]) {
      for (const line of text(day, width).split('\n')) expect(line.length).toBeLessThanOrEqual(width);
    }
  });

  test('shows a year week by week', () => {
    const year = calendar(
      [{ address: 'SapJob/a', schedule: 'x', runs: every(DAY, FROM, FROM + 366 * DAY) }],
      366,
    );
    const rows = text(year)
      .split('\n')
      .filter((line) => /^Sun /.test(line));
    expect(rows.length).toBeGreaterThan(50);
    expect(text(year)).toContain('each line a week');
  });

  test('says that nothing runs', () => {
    expect(text(calendar([]))).toContain('no schedules');
    expect(text(calendar([{ address: 'SapJob/a', schedule: 'x', runs: [] }]))).toContain('no run of 1 job');
  });

  test('control characters of names do not reach the terminal', () => {
    const bad = calendar([{ address: 'SapJob/\u001b[31m\u202e', schedule: '\u0007', runs: [FROM, FROM] }], 1);
    expect(text(bad)).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
  });
});
