import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { kindOf, NOW } from './support.ts';

const action = 'https://app.example.com/run';

function findings(spec: JsonObject, name = 'report') {
  return kindOf('SapJob').validate(name, { action, ...spec }, NOW);
}

function schedule(value: JsonObject) {
  return findings({ schedules: { 'a/b': value } });
}

describe('validate accepts', () => {
  it('a job with one schedule of each mode', () => {
    expect(
      findings({
        description: 'x',
        startTime: '2026-01-01',
        endTime: null,
        schedules: {
          a: { cron: '* * * * 10 0 0', data: { x: 1 } },
          b: { crontab: '*/20 * * * *' },
          c: { repeatInterval: '2 hours' },
          d: { repeatAt: '18.40' },
          e: { time: '2027-01-01T00:00:00Z' },
        },
      }).filter(({ severity }) => severity === 'error'),
    ).toEqual([]);
  });
});

describe('validate refuses, with a place in the document', () => {
  const cases: [string, JsonObject, string, string][] = [
    ['no mode', { active: true }, 'SAP_MODE_MISSING', '/spec/schedules/a~1b'],
    [
      'two modes',
      { cron: '* * * * 10 0 0', repeatAt: '9.00' },
      'SAP_MODE_SEVERAL',
      '/spec/schedules/a~1b/repeatAt',
    ],
    [
      'cron and crontab',
      { cron: '* * * * 10 0 0', crontab: '0 9 * * *' },
      'SAP_MODE_SEVERAL',
      '/spec/schedules/a~1b/crontab',
    ],
    [
      'an active text',
      { repeatAt: '9.00', active: 'true' },
      'SAP_ACTIVE_NOT_BOOLEAN',
      '/spec/schedules/a~1b/active',
    ],
    [
      'an end before the start',
      { repeatAt: '9.00', startTime: '2027-01-02', endTime: '2027-01-01' },
      'SAP_END_BEFORE_START',
      '/spec/schedules/a~1b/endTime',
    ],
    [
      'data that is a list',
      { repeatAt: '9.00', data: [1] },
      'SAP_DATA_NOT_OBJECT',
      '/spec/schedules/a~1b/data',
    ],
    [
      'data that is a text',
      { repeatAt: '9.00', data: '{"a":1}' },
      'SAP_DATA_NOT_OBJECT',
      '/spec/schedules/a~1b/data',
    ],
    [
      'an unreadable start',
      { repeatAt: '9.00', startTime: { date: '1.1.2027', format: 'YYYY-MM-DD' } },
      'TIME_DATE_UNREADABLE',
      '/spec/schedules/a~1b/startTime/date',
    ],
    [
      'a body over 100 KB',
      { repeatAt: '9.00', data: { x: 'y'.repeat(103_000) } },
      'SAP_BODY_TOO_LARGE',
      '/spec/schedules/a~1b',
    ],
    ['an empty one-time text', { time: '' }, 'TIME_EMPTY', '/spec/schedules/a~1b/time'],
    [
      'both day fields in a crontab',
      { crontab: '0 0 1 * 1' },
      'TIME_CRONTAB_BOTH_DAYS',
      '/spec/schedules/a~1b/crontab',
    ],
  ];
  it.each(cases)('%s', (_what, value, code, pointer) => {
    expect(schedule(value)).toContainEqual(expect.objectContaining({ code, pointer, severity: 'error' }));
  });

  it('a relative time, and offers the instant instead (SEMANTICS 4)', () => {
    expect(schedule({ time: 'in 2 hours' })).toEqual([
      expect.objectContaining({
        code: 'TIME_RELATIVE',
        severity: 'error',
        pointer: '/spec/schedules/a~1b/time',
        remedy: expect.stringContaining('2026-11-22T14:00:00Z'),
      }),
    ]);
  });

  it('a five-field cron, and offers what it is called here', () => {
    const [finding] = schedule({ cron: '0 6 * * *' });
    expect(finding).toMatchObject({ severity: 'error', remedy: expect.stringContaining('* * * * 6 0 0') });
  });

  it('a range with a dash, at the character where it is wrong', () => {
    const [finding] = schedule({ cron: '* 1-3 * * 10 0 20' });
    expect(finding).toMatchObject({ severity: 'error', offset: expect.any(Number) });
    expect(finding?.offset).toBeGreaterThanOrEqual(2);
    expect(finding?.offset).toBeLessThanOrEqual(4);
  });

  it('an action without a host', () => {
    expect(findings({ action: '/api/run' })).toMatchObject([
      { code: 'SAP_ACTION_NOT_ABSOLUTE', pointer: '/spec/action' },
    ]);
    expect(findings({ action: 'ftp://app.example.com/run' })).toHaveLength(1);
    expect(findings({ action: 'https://app.example.com/a b' })).toHaveLength(1);
  });

  it('a key that is empty', () => {
    expect(findings({ schedules: { '': { repeatAt: '9.00' } } })).toMatchObject([
      { code: 'SAP_SCHEDULE_KEY_EMPTY' },
    ]);
  });

  it('schedules moved from one that is still there, or from one twice', () => {
    const at = { repeatAt: '9.00' };
    const codes = findings({
      schedules: {
        a: { ...at, description: 'a' },
        b: { repeatAt: '9.10', movedFrom: 'a' },
        c: { repeatAt: '9.20', movedFrom: 'x' },
        d: { repeatAt: '9.30', movedFrom: 'x' },
      },
    }).map(({ code, pointer }) => [code, pointer]);
    expect(codes).toEqual([
      ['SAP_MOVED_FROM_EXISTS', '/spec/schedules/b/movedFrom'],
      ['SAP_MOVED_FROM_TWICE', '/spec/schedules/d/movedFrom'],
    ]);
  });

  it('every finding of a job at once', () => {
    const found = findings({
      active: 'false',
      endTime: 'soon',
      schedules: { a: {}, b: { repeatInterval: 'twenty minutes' } },
    });
    expect(found.filter(({ severity }) => severity === 'error').length).toBeGreaterThanOrEqual(4);
  });
});

describe('validate warns', () => {
  it('about names outside the documented ones, and refuses those of digits only', () => {
    expect(findings({}, 'GET MDIClient new')).toMatchObject([
      { code: 'SAP_NAME_UNUSUAL', severity: 'warning' },
    ]);
    expect(findings({}, 'transfer ')).toMatchObject([{ severity: 'warning' }]);
    expect(findings({}, '4711')).toMatchObject([{ code: 'SAP_NAME_DIGITS', severity: 'error' }]);
    expect(findings({}, 'a\u0000b')).toMatchObject([{ code: 'SAP_NAME_CONTROL', severity: 'error' }]);
    expect(findings({}, 'ok_name-1')).toEqual([]);
  });

  it('about data that is an empty text', () => {
    expect(schedule({ repeatAt: '9.00', data: '' })).toMatchObject([
      { code: 'SAP_DATA_EMPTY_TEXT', severity: 'warning' },
    ]);
  });

  it('about a schedule and a job that share no time', () => {
    const found = findings({
      endTime: '2026-01-01T00:00:00Z',
      schedules: { a: { repeatAt: '9.00', startTime: '2027-01-01T00:00:00Z' } },
    });
    expect(found).toMatchObject([{ code: 'SAP_OUTSIDE_JOB', severity: 'warning' }]);
  });

  it('about a one-time schedule whose end comes first', () => {
    const found = schedule({ time: '2027-01-01T00:00:00Z', endTime: '2026-12-31T00:00:00Z' });
    expect(found).toMatchObject([{ code: 'SAP_TIME_AFTER_END', severity: 'warning' }]);
  });

  it('about twins', () => {
    const twin = { repeatAt: '9.00', description: 'same' };
    expect(findings({ schedules: { a: twin, b: twin } })).toMatchObject([
      { code: 'SAP_SCHEDULE_TWINS', severity: 'warning', pointer: '/spec/schedules/b' },
    ]);
  });
});

describe('validate of the other kinds', () => {
  it('a timeout is whole seconds up to seven days', () => {
    const settings = kindOf('SapSettings');
    for (const asyncExecTimeout of [1, 604_800])
      expect(settings.validate('s', { asyncExecTimeout }, NOW)).toEqual([]);
    for (const asyncExecTimeout of [0, 604_801, 1.5, '600', -1]) {
      expect(settings.validate('s', { asyncExecTimeout }, NOW)).toMatchObject([
        { code: 'SAP_ASYNC_TIMEOUT' },
      ]);
    }
  });

  it('a task may have any name, its schedules follow the same rules', () => {
    const found = kindOf('SapTask').validate('123', { schedules: { a: { cron: 'x' } } }, NOW);
    expect(found).toMatchObject([{ pointer: '/spec/schedules/a/cron', severity: 'error' }]);
  });
});
