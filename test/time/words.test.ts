import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSapCron, words } from '../../src/time/index.ts';
import { randomFrom, randomSapCron } from './random-cron.ts';

function cronWords(text: string): string {
  const parsed = parseSapCron(text);
  if (!parsed.ok) throw new Error(parsed.issue.message);
  return words({ mode: 'cron', cron: parsed.value, text });
}

describe('a cron in words', () => {
  it.each([
    ['* * * * 10:12 */30 0', 'daily at 10:00, 10:30, 11:00, 11:30, 12:00 and 12:30 UTC'],
    ['* * * * 10 0 20', 'daily at 10:00:20 UTC'],
    ['* * * -1.sun 9 0 0', 'the last Sunday of each month at 09:00 UTC'],
    ['* 3 * -2.fri 9 0 0', 'the second-to-last Friday of March at 09:00 UTC'],
    ['* * * 1.mon,tue 9 0 0', 'every Tuesday and the first Monday of each month at 09:00 UTC'],
    ['* * * 1.sun,mon:fri 9 0 0', 'every Monday to Friday and the first Sunday of each month at 09:00 UTC'],
    ['* * * mon:fri 8 0 0', 'every Monday to Friday at 08:00 UTC'],
    ['* * * mon,wed,fri 9 0 0', 'every Monday, Wednesday and Friday at 09:00 UTC'],
    ['2015 * * fri 12 0 0', 'every Friday in 2015 at 12:00 UTC'],
    ['* 3,6 10 * 9 0 0', 'on day 10 of March and June at 09:00 UTC'],
    ['* * -1 * 9 0 0', 'on the last day of each month at 09:00 UTC'],
    ['* * -12 * 9 0 0', 'on the 12th-to-last day of each month at 09:00 UTC'],
    ['* * 3:-2 * 12 0 0', 'on day 3 to the second-to-last day of each month at 12:00 UTC'],
    [
      '* * 3:-2/2 * 12 0 0',
      'on every second day from day 3 to the second-to-last day of each month at 12:00 UTC',
    ],
    ['* * 13 fri 0 0 0', 'on day 13 of each month at 00:00 UTC, if it is a Friday'],
    ['* * 1:7 sat,sun 0 0 0', 'on day 1 to day 7 of each month at 00:00 UTC, if it is a Saturday or Sunday'],
    [
      '* * -7:-1 mon,1.tue * * *',
      'every second, on the 7th-to-last day to the last day of each month, if it is a Monday or the first Tuesday',
    ],
    ['* 1:11/2 1 * 0 0 0', 'on day 1 of every second month from January to November at 00:00 UTC'],
    ['* 1:3 * * 5 0 0', 'daily in January to March at 05:00 UTC'],
    ['2020:2040/2 * * * 5 0 0', 'daily in every second year from 2020 to 2040 at 05:00 UTC'],
    ['* * * * * 0 0', 'every hour'],
    ['* * * * * */10 0', 'every 10 minutes'],
    ['* * * mon:fri 8:17 */15 0', 'every 15 minutes, between 08:00 and 17:59 UTC, every Monday to Friday'],
    ['* * * * * * *', 'every second'],
    ['* 2 30 * 0 0 0', 'never: no date fits'],
  ])('%s: %s', (text, expected) => {
    expect(cronWords(text)).toBe(expected);
  });

  it('has words for every cron', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (seed) => {
        expect(cronWords(randomSapCron(randomFrom(seed)))).not.toMatch(/undefined|null|NaN|\*|^$/);
      }),
      { numRuns: 200 },
    );
  });
});

describe('other timings in words', () => {
  it('say when', () => {
    expect(words({ mode: 'time', at: Date.UTC(2026, 0, 1) })).toBe('once, at 2026-01-01T00:00:00Z');
    expect(words({ mode: 'repeatAt', secondOfDay: 67_200 })).toBe('daily at 18:40 UTC');
    expect(words({ mode: 'repeatInterval', seconds: 7200 })).toBe(
      'every 2 hours, counted from the start of the previous run',
    );
    expect(words({ mode: 'isoInterval', seconds: 3600 })).toBe('every hour');
  });
});
