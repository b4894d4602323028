import { describe, expect, it } from 'vitest';
import { parseSapCron } from '../../src/time/index.ts';

function refused(text: string) {
  const parsed = parseSapCron(text);
  if (parsed.ok) throw new Error(`${text} was accepted`);
  return parsed.issue;
}

function warningsOf(text: string): string[] {
  const parsed = parseSapCron(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.issue.message}`);
  return parsed.warnings.map((warning) => warning.code);
}

describe('SAP cron that is not SAP cron', () => {
  it.each([
    // Unix
    ['0 * * * *', 'TIME_CRON_FIVE_FIELDS', '* * * * * 0 0'],
    ['0 8 * * 1-5', 'TIME_CRON_FIVE_FIELDS', '* * * mon:fri 8 0 0'],
    ['*/15 * * * *', 'TIME_CRON_FIVE_FIELDS', '* * * * * */15 0'],
    ['@daily', 'TIME_CRON_FIVE_FIELDS', '* * * * 0 0 0'],
    ['@reboot', 'TIME_CRON_FIVE_FIELDS', undefined],
    ['0 0 1 * 1', 'TIME_CRON_FIVE_FIELDS', undefined],
    // Spring and Quartz
    ['0 0 2 * * *', 'TIME_CRON_SIX_FIELDS', '* * * * 2 0 0'],
    ['0 0 9 * * 0', 'TIME_CRON_SIX_FIELDS', '* * * sun 9 0 0'],
    ['0 0 9 1-7 * MON', 'TIME_CRON_SIX_FIELDS', '* * 1:7 mon 9 0 0'],
    ['0 0 12 * * ?', 'TIME_CRON_QUARTZ', '* * * * 12 0 0'],
    ['0 0/5 14 * * ?', 'TIME_CRON_QUARTZ', '* * * * 14 */5 0'],
    ['0 15 10 ? * 6L', 'TIME_CRON_QUARTZ', '* * * -1.fri 10 15 0'],
    ['0 15 10 ? * 6#3', 'TIME_CRON_QUARTZ', '* * * 3.fri 10 15 0'],
    ['0 15 10 ? * MON#1', 'TIME_CRON_QUARTZ', '* * * 1.mon 10 15 0'],
    ['0 15 10 L * ?', 'TIME_CRON_QUARTZ', '* * -1 * 10 15 0'],
    ['0 15 10 L-2 * ?', 'TIME_CRON_QUARTZ', '* * -3 * 10 15 0'],
    ['0 15 10 15W * ?', 'TIME_CRON_QUARTZ', undefined],
    ['0 0 12 1 * 2 2025-2026', 'TIME_CRON_QUARTZ', undefined],
    ['0 0 12 ? * MON-FRI 2025', 'TIME_CRON_QUARTZ', '2025 * * mon:fri 12 0 0'],
    ['0 0 12 ? * 2-6 *', 'TIME_CRON_QUARTZ', '* * * mon:fri 12 0 0'],
    // the order of the service, but the seconds left out
    ['* * * * 6 0', 'TIME_CRON_FIELD_COUNT', '* * * * 6 0 0'],
    ['* * * * */2 15', 'TIME_CRON_FIELD_COUNT', '* * * * */2 15 0'],
    ['* * * mon:fri 6 30', 'TIME_CRON_FIELD_COUNT', '* * * mon:fri 6 30 0'],
    ['* * * MON-FRI 6 30', 'TIME_CRON_FIELD_COUNT', '* * * MON:FRI 6 30 0'],
    ['* * * 1 6 0', 'TIME_CRON_FIELD_COUNT', '* * * mon 6 0 0'],
    ['2027 12 24 * 16 0', 'TIME_CRON_FIELD_COUNT', '2027 12 24 * 16 0 0'],
    // six fields that only Spring or Quartz would write
    ['* * * * * *', 'TIME_CRON_SIX_FIELDS', '* * * * * * *'],
    ['* * * * * MON', 'TIME_CRON_SIX_FIELDS', '* * * mon * * *'],
    ['*/10 * * * * *', 'TIME_CRON_SIX_FIELDS', '* * * * * * */10'],
    ['* 30 6 * * 1', 'TIME_CRON_SIX_FIELDS', '* * * mon 6 30 *'],
    ['* * * ? * 1', 'TIME_CRON_QUARTZ', '* * * sun * * *'],
    // nearly
    ['* * * 10:12 */30 0', 'TIME_CRON_FIELD_COUNT', '* * * * 10:12 */30 0'],
    ['* * * * * 0 0 0', 'TIME_CRON_FIELD_COUNT', undefined],
    ['0', 'TIME_CRON_FIELD_COUNT', undefined],
    ['* 1-3 * * 10 0 20', 'TIME_CRON_DASH_RANGE', '* 1:3 * * 10 0 20'],
    ['* 1-3 * 1-5 9-17 0 20', 'TIME_CRON_DASH_RANGE', '* 1:3 * mon:fri 9:17 0 20'],
    ['* * * MON-FRI 8 0 0', 'TIME_CRON_DASH_RANGE', '* * * MON:FRI 8 0 0'],
    ['* jan * * 8 0 0', 'TIME_CRON_MONTH_NAME', '* 1 * * 8 0 0'],
    ['* JAN:Mar * * 8 0 0', 'TIME_CRON_MONTH_NAME', '* 1:3 * * 8 0 0'],
    ['* jan-mar * * 8 0 0', 'TIME_CRON_DASH_RANGE', '* 1:3 * * 8 0 0'],
    ['* foo * * 8 0 0', 'TIME_CRON_TERM', undefined],
    ['* * * 1 8 0 0', 'TIME_CRON_WEEKDAY', '* * * mon 8 0 0'],
    ['* * * 1:5/2 8 0 0', 'TIME_CRON_WEEKDAY', '* * * mon:fri/2 8 0 0'],
    ['* * * monday 8 0 0', 'TIME_CRON_WEEKDAY', '* * * mon 8 0 0'],
    ['* * * tues,Thursdays 8 0 0', 'TIME_CRON_WEEKDAY', '* * * tue,thu 8 0 0'],
    ['* * * xyz 8 0 0', 'TIME_CRON_TERM', undefined],
    ['* * * 0.mon 8 0 0', 'TIME_CRON_OUT_OF_RANGE', undefined],
    ['* * * 6.mon 8 0 0', 'TIME_CRON_OUT_OF_RANGE', undefined],
    ['* * * 1.mon:fri 8 0 0', 'TIME_CRON_TERM', undefined],
    ['* * * mon#1 8 0 0', 'TIME_CRON_QUARTZ', '* * * 1.mon 8 0 0'],
    ['* * * friL 8 0 0', 'TIME_CRON_QUARTZ', '* * * -1.fri 8 0 0'],
    ['* * ? * 8 0 0', 'TIME_CRON_QUARTZ', '* * * * 8 0 0'],
    ['* * L * 8 0 0', 'TIME_CRON_QUARTZ', '* * -1 * 8 0 0'],
    ['* * * * 22:2 0 0', 'TIME_CRON_RANGE_REVERSED', '* * * * 22:23,0:2 0 0'],
    ['* * * * 23:0 0 0', 'TIME_CRON_RANGE_REVERSED', '* * * * 23,0 0 0'],
    ['* * -1:-5 * 8 0 0', 'TIME_CRON_RANGE_REVERSED', undefined],
    ['* * 30:-30 * 8 0 0', 'TIME_CRON_RANGE_REVERSED', undefined],
    ['* * * * 24 0 0', 'TIME_CRON_OUT_OF_RANGE', '* * * * 0 0 0'],
    ['* * * * 8 60 60', 'TIME_CRON_OUT_OF_RANGE', '* * * * 8 0 0'],
    ['* * * * 8 61 0', 'TIME_CRON_OUT_OF_RANGE', undefined],
    ['* 13 * * 8 0 0', 'TIME_CRON_OUT_OF_RANGE', undefined],
    ['* 0 * * 8 0 0', 'TIME_CRON_OUT_OF_RANGE', undefined],
    ['* -1 * * 8 0 0', 'TIME_CRON_OUT_OF_RANGE', undefined],
    ['* * 0 * 8 0 0', 'TIME_CRON_OUT_OF_RANGE', undefined],
    ['* * 32 * 8 0 0', 'TIME_CRON_OUT_OF_RANGE', undefined],
    ['* * -32 * 8 0 0', 'TIME_CRON_OUT_OF_RANGE', undefined],
    ['1969 * * * 8 0 0', 'TIME_CRON_OUT_OF_RANGE', undefined],
    ['2100 * * * 8 0 0', 'TIME_CRON_OUT_OF_RANGE', undefined],
    ['* * * * 8 0 0/5', 'TIME_CRON_STEP', '* * * * 8 0 0:59/5'],
    ['* * * * 8 */0 0', 'TIME_CRON_STEP', undefined],
    ['* * * * 8 */x 0', 'TIME_CRON_STEP', undefined],
    ['* * * * 8 0:9/ 0', 'TIME_CRON_STEP', undefined],
    ['* * * mon:fri/0 8 0 0', 'TIME_CRON_STEP', undefined],
    ['* */13 * * 8 0 0', 'TIME_CRON_NEVER', '* * * * 8 0 0'],
    ['* * * * 8,,9 0 0', 'TIME_CRON_TERM', undefined],
    ['* * * * 8 0, 0', 'TIME_CRON_TERM', undefined],
    ['* * * * 8.5 0 0', 'TIME_CRON_TERM', undefined],
    ['* * * * 8;9 0 0', 'TIME_CRON_TERM', undefined],
    ['* * * * [HOUR] [MINUTE] [SECOND]', 'TIME_CRON_PLACEHOLDER', undefined],
    ['<year> * * * 1 2 3', 'TIME_CRON_PLACEHOLDER', undefined],
    ['* * * * HOUR MINUTE 0', 'TIME_CRON_PLACEHOLDER', undefined],
    ['$' + '{var:cron}', 'TIME_CRON_PLACEHOLDER', undefined],
    ['every day at noon', 'TIME_CRON_PLACEHOLDER', undefined],
    ['', 'TIME_EMPTY', '* * * * 4 17 42'],
    [' \t\n', 'TIME_EMPTY', '* * * * 4 17 42'],
    [`${'1,'.repeat(2000)}1 * * * 0 0 0`, 'TIME_TOO_LONG', undefined],
  ])('%s is refused: %s', (text, code, suggestion) => {
    const issue = refused(text);
    expect(issue.code).toBe(code);
    expect(issue.suggestion).toBe(suggestion);
    if (suggestion !== undefined) expect(parseSapCron(suggestion)).toMatchObject({ ok: true });
    expect(issue.message).not.toBe('');
  });

  it.each([
    ['* 1-3 * * 10 0 20', 2, 3],
    ['*  *  * * 10,25 0 20', 13, 2],
    ['* * * mon,xyz 10 0 0', 10, 3],
    ['* * * * 10 0,', 13, undefined],
    ['* * * * 10 0 0 0', 15, undefined],
  ])('points at the first wrong character of %s', (text, offset, length) => {
    expect(refused(text).offset).toBe(offset);
    if (length !== undefined) expect(refused(text).length).toBe(length);
  });

  it('says for two restricted day fields why there is no translation', () => {
    expect(refused('0 0 1 * 1').hint).toContain('either');
  });

  it('ends quickly on thousands of mistakes', () => {
    expect(refused(`* * * * ${'1-2,'.repeat(400)}3 0 0`)).toMatchObject({ code: 'TIME_CRON_DASH_RANGE' });
  });
});

describe('SAP cron that means something else than it seems', () => {
  it.each([
    '* * * * * */60 0',
    '* * * * * */1440 0',
    '* * * * */24 0 0',
    '* * * * 0 0 */90',
    '* */12 * * 0 0 0',
    '* * */31 * 0 0 0',
    '* * * */7 0 0 0',
    '* * * * 10:12/5 0 0',
    '* * * mon:fri/5 0 0 0',
    '* * 3:-2/31 * 0 0 0',
  ])('%s is warned of: its step is as large as its range', (text) => {
    expect(warningsOf(text)).toEqual(['TIME_CRON_STEP_TOO_LARGE']);
  });

  it.each([
    '* * * * * */59 0',
    '* * * * 10:12/2 0 0',
    '* */6 * * 0 0 0',
    '* * * * * * */1',
    '* * * sat:tue/3 0 0 0',
  ])('%s is fine', (text) => {
    expect(warningsOf(text)).toEqual([]);
  });

  it('says that a large minute step is hourly, not daily', () => {
    const parsed = parseSapCron('* * * * * */1440 0');
    expect(parsed.ok && parsed.warnings[0]).toMatchObject({ offset: 10, length: 6 });
    expect(parsed.ok && parsed.warnings[0]?.message).toContain('hourly at 0');
    expect(parsed.ok && parsed.warnings[0]?.hint).toContain('once a day');
  });
});
