import { Cron } from 'croner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  crontabToSapCron,
  formatSapCron,
  nextSapCron,
  parseCrontab,
  parseSapCron,
  sapCronFires,
  sapCronToCrontab,
} from '../../src/time/index.ts';
import { randomCrontab, randomFrom } from './random-cron.ts';

function cronOf(text: string) {
  const parsed = parseSapCron(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.issue.message}`);
  return parsed.value;
}

function translated(text: string): string {
  const result = crontabToSapCron(text);
  if (!result.ok) throw new Error(`${text}: ${result.issue.message}`);
  return result.value.cron;
}

function refused(text: string) {
  const result = crontabToSapCron(text);
  if (result.ok) throw new Error(`${text} was accepted`);
  return result.issue;
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

describe('a Unix crontab as SAP cron', () => {
  it.each([
    ['0 8 * * 1-5', '* * * mon:fri 8 0 0'],
    ['5-55/10 * * * *', '* * * * * 5:55/10 0'],
    ['*/15 9-17 * jan,MAR Mon-Fri', '* 1,3 * mon:fri 9:17 */15 0'],
    ['0 0 * * 7', '* * * sun 0 0 0'],
    ['0 0 * * 5-7', '* * * fri,sat,sun 0 0 0'],
    ['0 0 * * */2', '* * * tue,thu,sat,sun 0 0 0'],
    ['0 0 1 1 *', '* 1 1 * 0 0 0'],
    ['  0   2 1\t* * ', '* * 1 * 2 0 0'],
    ['@hourly', '* * * * * 0 0'],
    ['@daily', '* * * * 0 0 0'],
    ['@midnight', '* * * * 0 0 0'],
    ['@weekly', '* * * sun 0 0 0'],
    ['@monthly', '* * 1 * 0 0 0'],
    ['@Yearly', '* 1 1 * 0 0 0'],
    ['@annually', '* 1 1 * 0 0 0'],
  ])('%s is %s', (crontab, cron) => {
    expect(translated(crontab)).toBe(cron);
  });

  it('writes day and month steps as lists, because Unix counts them from 1 and SAP from 0', () => {
    expect(translated('0 0 */10 * *')).toBe('* * 1,11,21,31 * 0 0 0');
    expect(translated('0 0 1 */4 *')).toBe('* 1,5,9 1 * 0 0 0');
  });

  it.each(['0 0 1 * 1', '0 0 */2 * 1', '0 0 1-31 * 0-6'])(
    'refuses %s: both day fields are restricted',
    (text) => {
      expect(refused(text)).toMatchObject({ code: 'TIME_CRONTAB_BOTH_DAYS' });
      expect(refused(text).message).toContain('either');
    },
  );

  it.each([
    ['60 * * * *', { code: 'TIME_CRONTAB_FIELD', offset: 0, length: 2 }],
    ['0 0 * * 8', { code: 'TIME_CRONTAB_FIELD', offset: 8 }],
    ['0 0 1 foo *', { code: 'TIME_CRONTAB_FIELD', offset: 6, length: 3 }],
    ['0 1,x * * *', { code: 'TIME_CRONTAB_FIELD', offset: 4, length: 1 }],
    ['*/0 * * * *', { code: 'TIME_CRONTAB_FIELD', offset: 0 }],
    ['5/15 * * * *', { suggestion: '5-59/15 * * * *' }],
    ['0 0 * * 5/2', { suggestion: '0 0 * * 5-6/2' }],
    ['0 22-2 * * *', { suggestion: '0 22-23,0-2 * * *' }],
    ['0 0 * * sat-mon', { suggestion: '0 0 * * 6,0-1' }],
    ['0 20-2/2 * * *', { code: 'TIME_CRONTAB_FIELD', offset: 2 }],
    ['* * * *', { code: 'TIME_CRONTAB_FIELD_COUNT', offset: 7 }],
    ['* * * * * 0 0', { code: 'TIME_CRONTAB_FIELD_COUNT', offset: 10 }],
    ['', { code: 'TIME_EMPTY' }],
    ['@reboot', { code: 'TIME_CRONTAB_NICKNAME' }],
    ['@fortnightly', { code: 'TIME_CRONTAB_NICKNAME', offset: 0, length: 12 }],
    ['*'.repeat(3000), { code: 'TIME_TOO_LONG' }],
  ])('refuses %s', (text, issue) => {
    expect(refused(text)).toMatchObject(issue);
  });

  it('keeps an unrestricted day field apart from a full list', () => {
    const parsed = parseCrontab('0 12 * * 0,7');
    expect(parsed).toMatchObject({
      ok: true,
      value: { days: null, weekdays: [0], hours: [12], minutes: [0] },
    });
  });

  it('fires when croner says so', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = randomFrom(seed);
        const text = randomCrontab(random);
        const cron = cronOf(translated(text));
        let at = Date.UTC(2000, 0, 1) + Math.floor(random() * 50 * 365.25 * 86_400_000);
        for (const date of new Cron(text, { timezone: 'UTC' }).nextRuns(4, new Date(at))) {
          expect(nextSapCron(cron, at), text).toBe(date.getTime());
          at = date.getTime();
        }
      }),
      { numRuns: 400 },
    );
  });

  it('has the fires of croner in a whole window, none more and none less', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = randomFrom(seed);
        const text = randomCrontab(random);
        const from = Date.UTC(2024, 0, 1) + Math.floor(random() * 1500) * 86_400_000;
        const until = from + 2 * 86_400_000;
        const theirs = new Cron(text, { timezone: 'UTC' })
          .nextRuns(50, new Date(from - 1000))
          .map((date) => date.getTime())
          .filter((at) => at < until);
        const ours = [...sapCronFires(cronOf(translated(text)), from, until)].slice(0, 50);
        expect(ours, text).toEqual(theirs);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a SAP cron as Unix crontab', () => {
  it.each([
    ['* * * mon:fri 8 0 0', '0 8 * * 1-5'],
    ['* * * * 10:12 */30 0', '*/30 10-12 * * *'],
    ['* */3 10 * 9 0 0', '0 9 10 3,6,9,12 *'],
    ['* 2 1:-1 * 0 0 0', '0 0 * 2 *'],
    ['* 1 -1 * 0 0 0', '0 0 31 1 *'],
  ])('%s is %s', (cron, crontab) => {
    expect(sapCronToCrontab(cronOf(cron))).toEqual({ ok: true, crontab });
  });

  it.each([
    ['* * * * 10 0 20', 'seconds'],
    ['* * * * 10 0 *', 'seconds'],
    ['2026 * * * 10 0 0', 'years'],
    ['* * -1 * 10 0 0', 'end of the month'],
    ['* * * 1.mon 10 0 0', 'n-th weekday'],
    ['* * 1:7 mon 10 0 0', 'both'],
    ['* 2 30 * 10 0 0', 'never'],
  ])('%s has none: %s', (cron, reason) => {
    const result = sapCronToCrontab(cronOf(cron));
    expect(result.ok === false && result.reason.toLowerCase()).toContain(reason.toLowerCase());
  });

  it('comes back as the same cron', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const cron = translated(randomCrontab(randomFrom(seed)));
        const back = sapCronToCrontab(cronOf(cron));
        if (back.ok) expect(translated(back.crontab)).toBe(formatSapCron(cronOf(cron)));
        else expect(nextSapCron(cronOf(cron), 0)).toBeNull();
      }),
      { numRuns: 400 },
    );
  });
});
