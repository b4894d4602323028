import { describe, expect, it } from 'vitest';
import { explainExpression } from '../../src/cli/explain-expression.ts';
import type { Notation } from '../../src/cli/notations.ts';

const from = Date.UTC(2027, 0, 1, 9, 20);

/** Notation, what was written, the position of its first wrong character, the nearest valid form. */
const slips: readonly (readonly [Notation, string, number, string])[] = [
  ['cron', '* * * * 6 0', 11, '* * * * 6 0 0'],
  ['cron', '* * * * 6 0 0 0', 14, '* * * * 6 0 0'],
  ['cron', '* * 32 * 6 0 0', 4, '* * 31 * 6 0 0'],
  ['cron', '* * 0 * 6 0 0', 4, '* * 1 * 6 0 0'],
  ['cron', '* * -32 * 6 0 0', 4, '* * -31 * 6 0 0'],
  ['cron', '* 13 * * 6 0 0', 2, '* 12 * * 6 0 0'],
  ['cron', '* 0 * * 6 0 0', 2, '* 1 * * 6 0 0'],
  ['cron', '* jan * * 6 0 0', 2, '* 1 * * 6 0 0'],
  ['cron', '* * * monday 6 0 0', 6, '* * * mon 6 0 0'],
  ['cron', '* * * 6.mon 6 0 0', 6, '* * * 5.mon 6 0 0'],
  ['cron', '* * * 0.mon 6 0 0', 6, '* * * 1.mon 6 0 0'],
  ['cron', '* * * mon.1 6 0 0', 6, '* * * 1.mon 6 0 0'],
  ['cron', '* * * 1-5 6 0 0', 6, '* * * mon:fri 6 0 0'],
  ['cron', '* * * mon-fri 6 0 0', 6, '* * * mon:fri 6 0 0'],
  ['cron', '* * * * 25 0 0', 8, '* * * * 23 0 0'],
  ['cron', '* * * * 6 60 0', 10, '* * * * 6 0 0'],
  ['cron', '* * * * 6 0 60', 12, '* * * * 6 0 0'],
  ['cron', '1969 * * * 6 0 0', 0, '1970 * * * 6 0 0'],
  ['cron', '2100 * * * 6 0 0', 0, '2099 * * * 6 0 0'],
  ['cron', '* * * * 6 */0 0', 10, '* * * * 6 */1 0'],
  ['cron', '* * * * 6 5/10 0', 10, '* * * * 6 5:59/10 0'],
  ['cron', '* * * * 6 1, 0', 12, '* * * * 6 1 0'],
  ['cron', '* * * * 6 ,1 0', 10, '* * * * 6 1 0'],
  ['cron', '* * * * 6 1,,2 0', 12, '* * * * 6 1,2 0'],
  ['cron', '* * * * 6:  0 0', 8, '* * * * 6  0 0'],
  ['cron', '* * * * 9:5 0 0', 8, '* * * * 9:23,0:5 0 0'],
  ['cron', '* * * * 6 0 0.5', 12, '* * * * 6 0 0'],
  ['cron', '* * * * six 0 0', 8, '* * * * 6 0 0'],
  ['cron', '* * * * ? 0 0', 8, '* * * * * 0 0'],
  ['cron', '* * ? * 6 0 0', 4, '* * * * 6 0 0'],
  ['cron', '0 0 6 * * ?', 0, '* * * * 6 0 0'],
  ['cron', '* * L * 6 0 0', 4, '* * -1 * 6 0 0'],
  ['cron', '* * 15W * 6 0 0', 4, '* * 15 * 6 0 0'],
  ['cron', '* * * mon#2 6 0 0', 6, '* * * 2.mon 6 0 0'],
  ['cron', '*  * * * 6h 0 0', 9, '*  * * * 6 0 0'],
  ['cron', '* * * * 06:00 0 0', 8, '* * * * 6:23,0 0 0'],
  ['cron', '* * * * 6-8 0 0', 8, '* * * * 6:8 0 0'],
  ['cron', '* * * tue:mon:wed 6 0 0', 6, '* * * tue:wed 6 0 0'],
  ['cron', '@daily', 0, '* * * * 0 0 0'],
  ['cron', '* * 30 * 6 0 0x', 13, '* * 30 * 6 0 0'],
  ['cron', '* * * * 6 0 99999999999999999999', 12, '* * * * 6 0 0'],
  ['cron', '* * * * */ 0 0', 8, '* * * * * 0 0'],
  ['cron', '* * * * /5 0 0', 8, '* * * * */5 0 0'],
  ['cron', '*;*;*;*;6;0;0', 13, '* * * * 6 0 0'],
  ['crontab', '61 * * * *', 0, '59 * * * *'],
  ['crontab', '* 24 * * *', 2, '* 23 * * *'],
  ['crontab', '* * 32 * *', 4, '* * 31 * *'],
  ['crontab', '* * * 13 *', 6, '* * * 12 *'],
  ['crontab', '* * * * 8', 8, '* * * * 7'],
  ['crontab', '* * * * mond', 8, '* * * * mon'],
  ['crontab', '* * * *', 7, '* * * * *'],
  ['crontab', '* * * * * *', 10, '* * * * *'],
  ['crontab', '@dayly', 0, '@daily'],
  ['crontab', '*/0 * * * *', 0, '*/1 * * * *'],
  ['crontab', '5-1 * * * *', 0, '5-59,0-1 * * * *'],
  ['crontab', '1,,2 * * * *', 2, '1,2 * * * *'],
  ['crontab', '0 6 * * 1-', 8, '0 6 * * 1'],
  ['crontab', '-5 * * * *', 0, '5 * * * *'],
  ['crontab', '0 6 * janu *', 6, '0 6 * jan *'],
  ['crontab', '0 6:8 * * *', 2, '0 6-8 * * *'],
  ['repeatInterval', 'two hours', 0, '2 hours'],
  ['repeatInterval', '90m', 2, '90 minutes'],
  ['repeatInterval', '1.5 hours', 1, '90 minutes'],
  ['repeatInterval', '1 hour 30 minutes', 2, '90 minutes'],
  ['repeatInterval', '0 minutes', 0, '1 minute'],
  ['repeatInterval', '-5 minutes', 0, '5 minutes'],
  ['repeatInterval', '2000 years', 0, '1000 years'],
  ['repeatInterval', '2 horus', 2, '2 hours'],
  ['repeatInterval', '2hours', 1, '2 hours'],
  ['repeatInterval', 'every 2 hours', 0, '2 hours'],
  ['repeatInterval', 'hours', 0, '1 hour'],
  ['repeatInterval', '1,000 seconds', 1, '1000 seconds'],
  ['repeatInterval', '2 Hours!', 2, '2 Hours'],
  ['repeatInterval', 'an hour', 0, '1 hour'],
  ['repeatInterval', 'half an hour', 0, '30 minutes'],
  ['repeatInterval', '+5 minutes', 0, '5 minutes'],
  ['repeatAt', '18.4', 4, '18.40'],
  ['repeatAt', '25.00', 1, '23.00'],
  ['repeatAt', '18.60', 3, '18.59'],
  ['repeatAt', '13.00pm', 5, '13.00'],
  ['repeatAt', '0.30pm', 4, '00.30'],
  ['repeatAt', 'noon', 0, '12.00'],
  ['repeatAt', 'midnight', 0, '00.00'],
  ['repeatAt', '1640', 2, '16.40'],
  ['repeatAt', '12am', 2, '00.00'],
  ['repeatAt', '4pm', 1, '16.00'],
  ['repeatAt', '24:00', 1, '00.00'],
  ['repeatAt', '18h40', 2, '18.40'],
  ['repeatAt', '18:40Z', 5, '18:40'],
  ['repeatAt', 'at 18.40', 0, '18.40'],
  ['repeatAt', '18.40.70', 6, '18.40.59'],
  ['repeatAt', '4.40 p.m.', 4, '16.40'],
  ['repeatAt', '18', 2, '18.00'],
  ['repeatAt', '18,40', 2, '18.40'],
  ['repeatAt', '18:4', 4, '18.04'],
  ['repeatAt', 'daily at 6', 0, '06.00'],
  ['repeatAt', '06:00 UTC', 5, '06.00'],
  ['repeatAt', '18.40:99', 6, '18.40:59'],
  ['time', '2027-02-30T00:00:00Z', 8, '2027-02-28T00:00:00Z'],
  ['time', '2027-13-01T00:00:00Z', 5, '2027-12-01T00:00:00Z'],
  ['time', '2027-3-1', 6, '2027-03-01'],
  ['time', '2027-03-01T25:00:00Z', 11, '2027-03-01T23:00:00Z'],
  ['time', '2027-03-01T04:60:00Z', 14, '2027-03-01T04:59:00Z'],
  ['time', '2027-03-01T04:30:61Z', 17, '2027-03-01T04:30:59Z'],
  ['time', '2027-03-01T04:30:00+25:00', 19, '2027-03-01T04:30:00+23:00'],
  ['time', '2027-W54-1', 6, '2027-W52-1'],
  ['time', '2027-366', 5, '2027-365'],
  ['time', 'tomorow at 4pm', 0, 'tomorrow at 4pm'],
  ['time', 'next blursday', 0, 'next thursday'],
  ['time', '2027-03-01T04:30:00ZZ', 19, '2027-03-01T04:30:00Z'],
  ['time', '2027-03-01 04.30', 13, '2027-03-01 04:30'],
  ['time', 'Mon, 32 Mar 2027 04:30:00 +0000', 4, 'Mon, 31 Mar 2027 04:30:00 +0000'],
  ['time', '1772362800000', 4, '2026-03-01T11:00:00Z'],
  ['time', 'in -2 hours', 0, 'in 2 hours'],
  ['duration', 'P1M', 1, 'P30D'],
  ['duration', 'PT0S', 0, 'PT1S'],
  ['duration', 'PT1.5H', 3, 'PT1H30M'],
  ['duration', '-PT1H', 0, 'PT1H'],
  ['duration', 'P1H', 1, 'PT1H'],
  ['duration', 'PT1D', 2, 'P1D'],
  ['duration', 'P1Y', 1, 'P365D'],
  ['duration', 'PT1H30', 4, 'PT1H'],
  ['duration', '1H', 0, 'PT1H'],
  ['duration', 'PT 1H', 2, 'PT1H'],
  ['duration', 'PT99999999999999999H', 0, 'PT2099H'],
  ['duration', '+PT5M', 0, 'PT5M'],
  ['duration', 'PT1,5H', 3, 'PT1H30M'],
  ['repeatInterval', 'hourly', 0, '1 hour'],
];

describe('an expression that cannot be read', () => {
  it.each(slips)('as %s: %s is wrong at %i; the nearest valid form is %s', (as, text, offset, nearest) => {
    const explained = explainExpression(text, { as, from, count: 1 });
    expect(explained).toMatchObject({ ok: false, as, issue: { offset, suggestion: nearest } });
    expect(explainExpression(nearest, { as, from, count: 1 }).ok).toBe(true);
  });

  it.each<readonly [Notation, string, number]>([
    ['cron', '* * * * HOUR 0 0', 8],
    ['cron', '* * * 5L 6 0 0', 6],
    ['crontab', '@reboot', 0],
    ['crontab', '0 6 1 * mon', 8],
    ['crontab', '0 6 * * 5#2', 8],
    ['repeatAt', '18.40 CET', 5],
    ['repeatInterval', '2', 1],
    ['time', '03/04/2027', 0],
    ['time', '2027-03-01T04:30:00 Europe/Berlin', 19],
    ['time', '1 March 2027 and 2 March 2027', 12],
  ])('as %s: %s is wrong at %i, and no form is made up for it', (as, text, offset) => {
    const explained = explainExpression(text, { as, from, count: 1 });
    expect(explained).toMatchObject({ ok: false, issue: { offset } });
    expect(explained.ok ? '' : explained.issue.suggestion).toBeUndefined();
  });
});

describe('a day without a time of day', () => {
  it.each(['13.03.2027', '2027-03-13', '2027/03/13', '2027-072', '13 March 2027'])(
    '%s begins at midnight UTC, and explain says that this is not documented',
    (text) => {
      const explained = explainExpression(text, { as: 'time', from, count: 1 });
      expect(explained).toMatchObject({ ok: true, explanation: { next: ['2027-03-13T00:00:00Z'] } });
      expect(explained.ok ? explained.notes.join() : '').toContain('No time of day is named');
    },
  );

  it.each(['in 2 weeks', '13.03.2027 12:00', '13.03.2027 0:00', '2027-03-13T00:00Z', '18.40'])(
    '%s names one: nothing is said',
    (text) => {
      const explained = explainExpression(text, { as: 'time', from, count: 1 });
      expect(explained.ok ? explained.notes.join() : 'unread').not.toContain('No time of day');
    },
  );
});
