import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/core/errors.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { parseSapCron, sapCronFires } from '../../../src/time/index.ts';
import { kindOf, NOW } from './support.ts';

const job = kindOf('SapJob');

function lint(schedules: JsonObject, rest: JsonObject = {}, name = 'report'): Finding[] {
  return job.lint?.({ name, spec: { ...rest, schedules }, now: NOW }) ?? [];
}
const one = (schedule: JsonObject, rest: JsonObject = {}, name?: string) => lint({ s: schedule }, rest, name);
const codes = (findings: Finding[]) => findings.map(({ code }) => code);

/** The schedule with the suggestion of a finding in place of what it had. */
function mended(schedule: JsonObject, finding: Finding): JsonObject {
  const [, field = '', text = ''] = /Write: (\w+): (.+)$/.exec(finding.remedy ?? '') ?? [];
  const value = text.startsWith('"') ? (JSON.parse(text) as string) : text;
  const {
    cron: _cron,
    crontab: _crontab,
    repeatAt: _repeatAt,
    repeatInterval: _interval,
    ...rest
  } = schedule;
  return field === 'startTime' ? { ...schedule, startTime: value } : { ...rest, [field]: value };
}

describe('peaks that the service advises against', () => {
  it.each([
    [{ cron: '* * * * 0 0 0' }, 'LINT_MIDNIGHT', 'warning'],
    [{ repeatAt: '00.00' }, 'LINT_MIDNIGHT', 'warning'],
    [{ crontab: '@daily' }, 'LINT_MIDNIGHT', 'warning'],
    [{ cron: '* * * * 6 0 17' }, 'LINT_FULL_HOUR', 'warning'],
    [{ cron: '* * * * * 0 0' }, 'LINT_FULL_HOUR', 'warning'],
    [{ cron: '* * * * * */10 0' }, 'LINT_FULL_HOUR', 'warning'],
    [{ cron: '* * * * 6 30 17' }, 'LINT_ROUND_MINUTE', 'info'],
    [{ repeatAt: '6.20am' }, 'LINT_ROUND_MINUTE', 'info'],
    [{ cron: '* * * * 6 12 0' }, 'LINT_ROUND_SECOND', 'info'],
    [{ cron: '* * * * 6 12 30' }, 'LINT_ROUND_SECOND', 'info'],
    [{ cron: '* * * * * * 0' }, 'LINT_ROUND_SECOND', 'info'],
    [{ repeatInterval: '1 hour', startTime: '2027-01-01T00:00:00Z' }, 'LINT_FULL_HOUR', 'warning'],
    [{ repeatInterval: '1 day', startTime: '2027-01-01T00:00:00Z' }, 'LINT_MIDNIGHT', 'warning'],
  ] as const)('%j is %s, and what is offered is not', (schedule, code, severity) => {
    const found = one(schedule);
    expect(found).toMatchObject([{ code, severity }]);
    expect(one(mended(schedule, found[0] as Finding))).toEqual([]);
  });

  it.each<JsonObject>([
    { cron: '* * * * 6 12 17' },
    { repeatAt: '06.12:17' },
    { repeatInterval: '1 hour' },
    { repeatInterval: '1 hour', startTime: '2020-01-01T00:00:00Z' },
    { repeatInterval: '7 minutes', startTime: '2027-01-01T00:00:00Z' },
    { cron: '* * * * * */2 17' },
    { cron: '* * * * 0 0 0', active: false },
    { time: '2027-01-01T00:00:00Z' },
  ])('%j is left alone', (schedule) => {
    expect(one(schedule)).toEqual([]);
    expect(one({ cron: '* * * * 0 0 0' }, { active: false })).toEqual([]);
  });

  it('the place is where the rhythm is written', () => {
    expect(lint({ 'a/b': { crontab: '0 6 * * *' } })[0]?.pointer).toBe('/spec/schedules/a~1b/crontab');
  });

  it('what is offered keeps the rhythm: as many runs, each at most half an hour later, none earlier', () => {
    const list = fc
      .uniqueArray(fc.integer({ min: 0, max: 59 }), { minLength: 1, maxLength: 6 })
      .map((values) => values.sort((a, b) => a - b).join(','));
    const hours = fc.oneof(fc.constant('*'), fc.constant('*/6'), fc.integer({ min: 0, max: 23 }).map(String));
    fc.assert(
      fc.property(
        hours,
        list,
        fc.constantFrom('0', '30', '0,30', '17', '*/20'),
        fc.string(),
        (hour, minute, second, name) => {
          const cron = `* * * * ${hour} ${minute} ${second}`;
          const [found] = one({ cron }, {}, name).filter(({ code }) => /MIDNIGHT|HOUR|ROUND/.test(code));
          if (found === undefined) return;
          const better = mended({ cron }, found);
          const runs = (text: unknown) => {
            const parsed = parseSapCron(String(text));
            if (!parsed.ok) throw new Error(parsed.issue.message);
            return [...sapCronFires(parsed.value, Date.UTC(2027, 0, 1), Date.UTC(2027, 0, 2))];
          };
          const before = runs(cron);
          const after = runs(better['cron']);
          expect(after).toHaveLength(before.length);
          for (const [index, at] of after.entries()) {
            const shift = at - (before[index] ?? 0);
            expect(shift).toBeGreaterThan(0);
            expect(shift).toBeLessThan(30 * 60_000);
            if (found.code !== 'LINT_ROUND_SECOND') expect(new Date(at).getUTCMinutes() % 5).not.toBe(0);
            expect(new Date(at).getUTCSeconds() % 30).not.toBe(second === '*/20' ? -1 : 0);
          }
        },
      ),
    );
  });

  it('what is offered depends on the names alone, and spreads many jobs evenly', () => {
    const offered = (name: string) => one({ cron: '* * * * 6 0 0' }, {}, name)[0]?.remedy ?? '';
    expect(offered('a')).toBe(offered('a'));
    const minutes = new Map<string, number>();
    for (let index = 0; index < 2400; index += 1) {
      const minute = /6 (\d+) \d+"$/.exec(offered(`job${index}`))?.[1] ?? '';
      minutes.set(minute, (minutes.get(minute) ?? 0) + 1);
    }
    expect(minutes.size).toBe(24);
    expect(Math.max(...minutes.values())).toBeLessThan(150);
  });
});

describe('schedules that do not run any more', () => {
  it.each([
    [{ cron: '2015 * * fri 12 0 0' }, {}, 'LINT_NO_FUTURE_RUN', '/spec/schedules/s/cron'],
    [
      { cron: '* 12 24 * 6 12 17', startTime: '2027-01-01T00:00:00Z', endTime: '2027-06-01T00:00:00Z' },
      {},
      'LINT_NO_FUTURE_RUN',
      '/spec/schedules/s/cron',
    ],
    [
      { repeatAt: '06.12:17', endTime: '2026-01-01T00:00:00Z' },
      {},
      'LINT_PAST_END',
      '/spec/schedules/s/endTime',
    ],
    [{ repeatAt: '06.12:17' }, { endTime: '2026-01-01T00:00:00Z' }, 'LINT_PAST_END', '/spec/endTime'],
    [{ time: '1994-11-05T08:15:30Z' }, {}, 'LINT_PAST_TIME', '/spec/schedules/s/time'],
  ])('%j in %j is %s', (schedule, rest, code, pointer) => {
    expect(one(schedule, rest)).toMatchObject([{ code, pointer }]);
  });

  it('are not told about what validate says already', () => {
    expect(one({ cron: '* 2 30 * 6 12 17' }).filter(({ code }) => code === 'LINT_NO_FUTURE_RUN')).toEqual([]);
  });
});

describe('what is hardly meant', () => {
  it.each([
    [{ repeatInterval: '15 seconds' }, 'LINT_TOO_OFTEN', 'repeatInterval: "1 minute"'],
    [{ cron: '* * * * * * */10' }, 'LINT_TOO_OFTEN', undefined],
    [{ cron: '* * * * 6 12 10,50' }, 'LINT_TOO_OFTEN', undefined],
    [{ cron: '* * 31 * 6 12 17' }, 'LINT_MONTH_DAY', 'cron: "* * -1 * 6 12 17"'],
    [{ cron: '* 2,3 29 * 6 12 17' }, 'LINT_MONTH_DAY', 'cron: "* 2,3 -1 * 6 12 17"'],
    [{ cron: '* * 1:7 mon 6 12 17' }, 'LINT_BOTH_DAYS', 'cron: "* * * 1.mon 6 12 17"'],
    [{ cron: '* * * * * */7 17' }, 'LINT_UNEVEN_STEP', 'repeatInterval: "7 minutes"'],
  ])('%j is %s', (schedule, code, better) => {
    const found = one(schedule);
    expect(codes(found)).toEqual([code]);
    if (better !== undefined) expect(found[0]?.remedy).toContain(`Write: ${better}`);
    expect(codes(one(mended(schedule, found[0] as Finding)))).toEqual([]);
  });

  it.each<JsonObject>([
    { cron: '* 1,3,5 31 * 6 12 17' },
    { cron: '* * -1 * 6 12 17' },
    { cron: '* * 3:-2 * 6 12 17' },
    { cron: '* * * 1.mon 6 12 17' },
    { repeatInterval: '1 minute' },
  ])('%j is fine', (schedule) => {
    expect(one(schedule)).toEqual([]);
  });

  it('an action over plain http is a warning with the same URL over https', () => {
    const [found] = one({ repeatAt: '06.12:17' }, { action: 'HTTP://x.example/run' });
    expect(found).toMatchObject({ code: 'LINT_HTTP_ACTION', severity: 'warning', pointer: '/spec/action' });
    expect(found?.remedy).toContain('Write: action: https://x.example/run');
    expect(one({ repeatAt: '06.12:17' }, { action: 'https://x.example/run' })).toEqual([]);
  });

  it('one description for two schedules is a note at the second one', () => {
    const a = { repeatAt: '06.12:17', description: 'Same' };
    expect(lint({ a, b: { ...a, repeatAt: '07.12:17' } })).toMatchObject([
      { code: 'LINT_SHARED_DESCRIPTION', pointer: '/spec/schedules/b/description' },
    ]);
  });
});

describe('descriptions against the real rhythm', () => {
  const says = (description: string, schedule: JsonObject) =>
    codes(one({ ...schedule, description })).includes('LINT_DESCRIPTION');
  const hourly = { cron: '* * * * * 12 17' };
  const daily = { cron: '* * * * 6 12 17' };
  const weekdays = { cron: '* * * mon:fri 6 12 17' };
  const weekly = { cron: '* * * sun 6 12 17' };
  const monthly = { cron: '* * 1 * 6 12 17' };

  it.each([
    ['this schedule runs once an day at midnight(server time)', hourly],
    ['Daily clean-up', hourly],
    ['hourly', daily],
    ['runs every hour', { repeatAt: '06.12:17' }],
    ['every 15 minutes', { repeatInterval: '1 hour' }],
    ['weekly', monthly],
    ['Monthly figures', weekly],
    ['yearly', monthly],
    ['nightly', monthly],
    ['every two hours', daily],
    ['Every day', { time: '2027-01-01T00:12:17Z' }],
  ])('%j is wrong for %j', (description, schedule) => {
    expect(says(description, schedule)).toBe(true);
  });

  it.each([
    ['daily', daily],
    ['every day on working days', weekdays],
    ['daily', { cron: '* * * * 6,18 12 17' }],
    ['Monthly, Every 1st day at 1am and 3am UTC', { cron: '* * 1 * 1,3 12 17' }],
    ['monthly', { cron: '* * 1:5 * 6 12 17' }],
    ['hourly in the morning', { cron: '* * * * 6:11 12 17' }],
    ['every half hour', { cron: '* * * * * 12,42 17' }],
    ['every quarter of an hour', { repeatInterval: '15 minutes' }],
    ['every 90 minutes', { repeatInterval: '90 minutes' }],
    ['once a week', { repeatInterval: '1 week' }],
    ['weekly on Fridays, in 2027', { cron: '2027 * * fri 6 12 17' }],
    ['quarterly', { cron: '* 1,4,7,10 1 * 6 12 17' }],
    ['every year', { cron: '* 12 24 * 6 12 17' }],
    ['twice daily', hourly],
    ['bi-weekly', monthly],
    ['Clean up', hourly],
    ['daily totals, computed every hour', hourly],
  ])('%j fits %j or says nothing', (description, schedule) => {
    expect(says(description, schedule)).toBe(false);
  });

  it('the key counts where there is no description, and that of the job where there is one schedule', () => {
    expect(lint({ daily: hourly })).toMatchObject([
      { code: 'LINT_DESCRIPTION', pointer: '/spec/schedules/daily/cron' },
    ]);
    expect(one(hourly, { description: 'Daily data clean-up' })).toMatchObject([
      { code: 'LINT_DESCRIPTION', pointer: '/spec/description' },
    ]);
    expect(lint({ a: hourly, b: daily }, { description: 'Daily data clean-up' })).toEqual([]);
  });

  it('what is offered runs as the words say', () => {
    for (const word of ['hourly', 'daily', 'weekly', 'monthly', 'quarterly', 'yearly', 'every 20 minutes']) {
      const schedule = { cron: '2027:2030 * * 1.mon 9:11 */5 */30', description: word };
      const found = one(schedule).find(({ code }) => code === 'LINT_DESCRIPTION');
      if (found === undefined) continue;
      expect(one(mended(schedule, found))).toEqual([]);
    }
  });
});

describe('job definitions from the wild', () => {
  const { definitions } = JSON.parse(
    readFileSync(new URL('./fixtures/definitions.json', import.meta.url), 'utf8'),
  ) as {
    definitions: {
      expect: string;
      note: string;
      job: { name: string; schedules: JsonObject[] } & JsonObject;
    }[];
  };

  const found = definitions.map(({ job: { name, schedules, ...rest }, note, expect: mark }) => ({
    note,
    mark,
    schedules,
    findings: lint(
      Object.fromEntries(schedules.map((schedule, index) => [`s${index}`, schedule])),
      rest,
      name,
    ),
  }));

  it('advice never fails, has a place that exists and a remedy, and is never an error', () => {
    const all = found.flatMap(({ findings }) => findings);
    expect(all.length).toBeGreaterThan(30);
    for (const { code, severity, pointer, remedy } of all) {
      expect(code).toMatch(/^LINT_/);
      expect(['warning', 'info']).toContain(severity);
      expect(pointer).toMatch(/^\/spec\//);
      expect(remedy).toBeTruthy();
    }
  });

  it('finds what the collectors noted', () => {
    const noted = (text: string) => codes(found.find(({ note }) => note.includes(text))?.findings ?? []);
    expect(noted('description says daily')).toContain('LINT_DESCRIPTION');
    expect(noted('sub-minute interval')).toEqual(['LINT_TOO_OFTEN']);
    expect(noted('share one description')).toContain('LINT_SHARED_DESCRIPTION');
    expect(noted('no future run')).toEqual(['LINT_NO_FUTURE_RUN']);
    expect(noted('past instant')).toEqual(['LINT_PAST_TIME']);
    expect(noted('every second')).toContain('LINT_TOO_OFTEN');
  });

  it('what is offered against peaks is never advised against again', () => {
    for (const { findings, schedules } of found) {
      for (const finding of findings.filter(({ code }) => /MIDNIGHT|HOUR|ROUND/.test(code))) {
        const schedule = schedules[Number(/s(\d+)/.exec(finding.pointer ?? '')?.[1])] ?? {};
        const { description: _description, ...plain } = schedule;
        expect(codes(one(mended(plain, finding)))).toEqual([]);
      }
    }
  });

  it('what cannot be read is left to validate', () => {
    const wrong = found.filter(({ mark }) => mark !== 'valid');
    expect(wrong.length).toBeGreaterThan(5);
    expect(wrong.flatMap(({ findings }) => findings)).toEqual([]);
  });
});
