import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fireTimes,
  formatInstant,
  formatSapCron,
  nextSapCron,
  parseSapCron,
  sapCronFires,
} from '../../src/time/index.ts';
import { oracleDay, oracleMatches, oracleNext } from './cron-oracle.ts';
import { randomFrom, randomSapCron } from './random-cron.ts';

function cronOf(text: string) {
  const parsed = parseSapCron(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.issue.message}`);
  return parsed.value;
}

function firesOf(text: string, from: string, until: string, limit = 1000): string[] {
  const timing = { mode: 'cron' as const, cron: cronOf(text), text };
  return fireTimes(timing, { from: Date.parse(from), until: Date.parse(until), limit }).map(formatInstant);
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

describe('SEMANTICS 7: each schedule has an exact set of fire times', () => {
  it('fires at 10:00 to 12:30 every half hour for 10:12 */30, the last half hour included', () => {
    expect(firesOf('* * * * 10:12 */30 0', '2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z')).toEqual([
      '2026-03-01T10:00:00Z',
      '2026-03-01T10:30:00Z',
      '2026-03-01T11:00:00Z',
      '2026-03-01T11:30:00Z',
      '2026-03-01T12:00:00Z',
      '2026-03-01T12:30:00Z',
    ]);
  });

  it('counts negative days from the end of each month, leap years included', () => {
    expect(firesOf('2027:2028 1:4 -1 * 9 0 0', '2027-01-01T00:00:00Z', '2029-01-01T00:00:00Z')).toEqual([
      '2027-01-31T09:00:00Z',
      '2027-02-28T09:00:00Z',
      '2027-03-31T09:00:00Z',
      '2027-04-30T09:00:00Z',
      '2028-01-31T09:00:00Z',
      '2028-02-29T09:00:00Z',
      '2028-03-31T09:00:00Z',
      '2028-04-30T09:00:00Z',
    ]);
  });

  it('runs a mixed day range from day 3 to the second-to-last day', () => {
    const days = firesOf('* 2 3:-2 * 12 0 0', '2027-02-01T00:00:00Z', '2027-03-01T00:00:00Z');
    expect(days).toHaveLength(25);
    expect(days[0]).toBe('2027-02-03T12:00:00Z');
    expect(days[24]).toBe('2027-02-27T12:00:00Z');
  });

  it('finds the last Sunday of each month', () => {
    expect(firesOf('* * * -1.sun 9 0 0', '2026-01-01T00:00:00Z', '2026-05-01T00:00:00Z')).toEqual([
      '2026-01-25T09:00:00Z',
      '2026-02-22T09:00:00Z',
      '2026-03-29T09:00:00Z',
      '2026-04-26T09:00:00Z',
    ]);
  });

  it('skips months without a fifth weekday', () => {
    const months = firesOf('2026 * * 5.mon 0 0 0', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z');
    expect(months).toEqual([
      '2026-03-30T00:00:00Z',
      '2026-06-29T00:00:00Z',
      '2026-08-31T00:00:00Z',
      '2026-11-30T00:00:00Z',
    ]);
  });

  it('needs both the day and the weekday', () => {
    expect(firesOf('* * 13 fri 0 0 0', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z')).toEqual([
      '2026-02-13T00:00:00Z',
      '2026-03-13T00:00:00Z',
      '2026-11-13T00:00:00Z',
    ]);
  });

  it('counts steps from zero: months 3, 6, 9, 12 and days 10, 20, 30', () => {
    expect(
      firesOf('2026 */3 */10 * 0 0 0', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z').map((at) =>
        at.slice(5, 10),
      ),
    ).toEqual([
      '03-10',
      '03-20',
      '03-30',
      '06-10',
      '06-20',
      '06-30',
      '09-10',
      '09-20',
      '09-30',
      '12-10',
      '12-20',
      '12-30',
    ]);
  });

  it('lets weekday ranges go past the end of the week', () => {
    const week = firesOf('* * * sat:tue 0 0 0', '2026-11-02T00:00:00Z', '2026-11-09T00:00:00Z');
    expect(week.map((at) => at.slice(0, 10))).toEqual([
      '2026-11-02',
      '2026-11-03',
      '2026-11-07',
      '2026-11-08',
    ]);
  });

  it.each([
    ['February 29 on a fifth Sunday', '* 2 29 5.sun 0 0 0', '2032-02-29T00:00:00Z'],
    ['a year far away', '2099 12 31 * 23 59 59', '2099-12-31T23:59:59Z'],
  ])('finds %s without walking there', (_, text, expected) => {
    expect(formatInstant(nextSapCron(cronOf(text), Date.parse('2026-01-01T00:00:00Z')) ?? 0)).toBe(expected);
  });

  it.each([
    '* 2 30 * 0 0 0',
    '* 4,6,9,11 31 * * * *',
    '2025,2026 2 29 * 0 0 0',
    '* 2 1:7 5.mon 0 0 0',
    '2027 2 * 5.mon * * *',
  ])('has no fire for the impossible %s, and says so when it is read', (text) => {
    expect(nextSapCron(cronOf(text), 0)).toBeNull();
    const parsed = parseSapCron(text);
    expect(parsed.ok && parsed.warnings.map((warning) => warning.code)).toEqual(['TIME_CRON_NEVER']);
  });

  it('ends with its last year', () => {
    const cron = cronOf('2013 * * fri 12 0 0');
    expect(nextSapCron(cron, Date.parse('2013-12-27T12:00:00Z'))).toBeNull();
    expect(nextSapCron(cron, Date.parse('2013-12-27T11:59:59.999Z'))).toBe(
      Date.parse('2013-12-27T12:00:00Z'),
    );
  });

  it('answers strictly after the instant asked, to the millisecond', () => {
    const cron = cronOf('* * * * * * *');
    expect(nextSapCron(cron, 0)).toBe(1000);
    expect(nextSapCron(cron, 999)).toBe(1000);
    expect(nextSapCron(cron, 1000)).toBe(2000);
    expect(nextSapCron(cron, -1)).toBe(0);
  });

  it('takes its window as [from, until)', () => {
    const cron = cronOf('* * * * * 0 0');
    const [from, until] = [Date.parse('2026-01-01T00:00:00Z'), Date.parse('2026-01-01T02:00:00Z')];
    expect([...sapCronFires(cron, from, until)].map(formatInstant)).toEqual([
      '2026-01-01T00:00:00Z',
      '2026-01-01T01:00:00Z',
    ]);
  });
});

describe('fire times against an evaluator that walks', () => {
  it('agrees on the next fire from any moment, for crons over the whole grammar', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = randomFrom(seed);
        const text = randomSapCron(random);
        const after = Date.UTC(1990, 0, 1) + Math.floor(random() * 70 * 365.25 * 86_400_000);
        const next = nextSapCron(cronOf(text), after);
        const walked = oracleNext(text, after, 800);
        if (walked !== undefined) expect(next, text).toBe(walked);
        else expect(next === null || next > after + 799 * 86_400_000, text).toBe(true);
        if (next !== null) expect(oracleMatches(text, next), text).toBe(true);
      }),
      { numRuns: 600 },
    );
  });

  it('agrees second by second within an hour', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = randomFrom(seed);
        const text = randomSapCron(random);
        const cron = cronOf(text);
        const some = nextSapCron(cron, Date.UTC(2000, 0, 1)) ?? 0;
        const from = some - Math.floor(random() * 1800) * 1000;
        const walked: number[] = [];
        for (let at = from; at < from + 3_600_000; at += 1000) if (oracleMatches(text, at)) walked.push(at);
        expect([...sapCronFires(cron, from, from + 3_600_000)], text).toEqual(walked);
      }),
      { numRuns: 20 },
    );
  });

  it('is strictly increasing, and each fire is the next one of the moment before it', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const cron = cronOf(randomSapCron(randomFrom(seed)));
        let at = nextSapCron(cron, Date.UTC(2020, 0, 1));
        for (let i = 0; i < 5 && at !== null; i++) {
          const next = nextSapCron(cron, at);
          expect(nextSapCron(cron, at - 1)).toBe(at);
          if (next !== null) expect(next).toBeGreaterThan(at);
          at = next;
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the canonical text', () => {
  it('is a valid cron with the same meaning, and its own canonical text', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = randomFrom(seed);
        const text = randomSapCron(random);
        const canonical = formatSapCron(cronOf(text));
        expect(formatSapCron(cronOf(canonical)), text).toBe(canonical);
        const after = Date.UTC(2024, 0, 1) + Math.floor(random() * 1e11);
        expect(nextSapCron(cronOf(canonical), after), `${text} as ${canonical}`).toBe(
          nextSapCron(cronOf(text), after),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('describes the same days as the walking evaluator sees, over six years', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const text = randomSapCron(randomFrom(seed));
        const canonical = formatSapCron(cronOf(text));
        for (let day = Date.UTC(2023, 0, 1); day < Date.UTC(2029, 0, 1); day += 86_400_000) {
          if (oracleDay(text, day) !== oracleDay(canonical, day))
            expect(canonical, formatInstant(day)).toBe(text);
        }
      }),
      { numRuns: 40 },
    );
  });
});
