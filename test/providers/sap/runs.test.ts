import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import type { RunsInput } from '../../../src/core/provider.ts';
import { formatInstant } from '../../../src/time/index.ts';
import { randomFrom, randomSapCron } from '../../time/random-cron.ts';
import { HOUR, instant, kindOf, livePart, NOW, part } from './support.ts';

const DAY = 24 * HOUR;
const on = { active: true };

function runs(schedule: JsonObject, input: Partial<RunsInput> = {}): number[] {
  const found = kindOf('SapJob').runs?.({
    resource: on,
    part: { active: true, ...schedule },
    from: NOW,
    until: NOW + 7 * DAY,
    limit: Number.POSITIVE_INFINITY,
    ...input,
  });
  if (found === undefined) throw new Error('the kind tells no runs');
  return found;
}

const seconds = (least: number, most: number) =>
  fc.integer({ min: least, max: most }).map((value) => NOW + value * 1000);
/** Around the stretch asked about, so that bounds cut it at either side, or all of it. */
const moment = seconds((-2 * DAY) / 1000, (9 * DAY) / 1000);
const maybe = fc.option(moment, { nil: undefined });
const cron = fc.integer().map((seed) => randomSapCron(randomFrom(seed)));
const recurring = fc.oneof(
  cron.map((text): JsonObject => ({ cron: text })),
  fc.tuple(fc.integer({ min: 1, max: 600 }), moment).map(
    ([minutes, start]): JsonObject => ({
      repeatInterval: `${minutes} minutes`,
      startTime: formatInstant(start),
    }),
  ),
  fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 10, max: 59 }))
    .map(([hour, minute]): JsonObject => ({ repeatAt: `${hour}.${minute}` })),
  moment.map((at): JsonObject => ({ time: formatInstant(at) })),
);
/** Every second of a week would be many. */
const few = 5000;

describe('SEMANTICS 7: when a schedule is due', () => {
  it('bounds of the schedule and of its job cut the same list, whatever the mode', () => {
    fc.assert(
      fc.property(recurring, maybe, maybe, maybe, (schedule, jobStart, jobEnd, end) => {
        // A start is the phase of an interval: for one, only the ends may cut.
        const start = schedule['repeatInterval'] === undefined ? jobStart : undefined;
        const bounded = runs(
          { ...schedule, ...(end === undefined ? {} : { endTime: formatInstant(end) }) },
          {
            resource: {
              ...on,
              ...(start === undefined ? {} : { startTime: formatInstant(start) }),
              ...(jobEnd === undefined ? {} : { endTime: formatInstant(jobEnd) }),
            },
            limit: few,
          },
        );
        const from = start ?? Number.NEGATIVE_INFINITY;
        const until = Math.min(jobEnd ?? Number.POSITIVE_INFINITY, end ?? Number.POSITIVE_INFINITY);
        const free = runs(schedule, { from: Math.max(NOW, from), limit: few });
        expect(bounded).toEqual(free.filter((at) => at >= from && at < until));
      }),
    );
  });

  it('a stretch cut in two has the same runs as the whole', () => {
    fc.assert(
      fc.property(recurring, seconds(0, (7 * DAY) / 1000), (schedule, middle) => {
        const limit = 100_000;
        const whole = runs(schedule, { limit, until: NOW + DAY });
        const cut = Math.min(middle, NOW + DAY);
        expect([
          ...runs(schedule, { limit, until: cut }),
          ...runs(schedule, { limit, from: cut, until: NOW + DAY }),
        ]).toEqual(whole);
      }),
    );
  });

  it('a limit gives the first of them', () => {
    fc.assert(
      fc.property(recurring, fc.integer({ min: 0, max: 20 }), (schedule, limit) => {
        expect(runs(schedule, { limit })).toEqual(runs(schedule, { limit: 50 }).slice(0, limit));
      }),
    );
  });

  it('shows what the plan shows as the runs before a change', () => {
    fc.assert(
      fc.property(recurring, maybe, (schedule, nextRunAt) => {
        const facts: JsonObject = nextRunAt === undefined ? {} : { nextRunAt: formatInstant(nextRunAt) };
        const live = livePart('A', schedule, facts);
        const impact = kindOf('SapJob').impact({
          action: 'delete',
          before: live,
          resourceBefore: on,
          fields: [],
          now: NOW,
        });
        const found = runs(live.spec, { facts, limit: 5, until: NOW + 366 * DAY });
        expect(found.map(formatInstant)).toEqual(impact?.before);
      }),
    );
  });
});

describe('the phase of an interval', () => {
  const arithmetic = (phase: number, interval: number, begin: number, until: number): number[] => {
    const found: number[] = [];
    for (let at = phase; at < until; at += interval) if (at >= begin) found.push(at);
    return found;
  };

  it('is the due time that the service tells; nothing is due before it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 900 }), moment, maybe, (minutes, due, start) => {
        const startTime = start === undefined ? null : formatInstant(start);
        const facts = { nextRunAt: formatInstant(due) };
        const begin = Math.max(NOW, start ?? NOW);
        expect(runs({ repeatInterval: `${minutes} minutes`, startTime }, { facts })).toEqual(
          arithmetic(due, minutes * 60_000, begin, NOW + 7 * DAY),
        );
      }),
    );
  });

  it('else it is the start', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 900 }), moment, (minutes, start) => {
        expect(runs({ repeatInterval: `${minutes} minutes`, startTime: formatInstant(start) })).toEqual(
          arithmetic(start, minutes * 60_000, NOW, NOW + 7 * DAY),
        );
      }),
    );
  });

  it('else it begins with the stretch', () => {
    expect(runs({ repeatInterval: '3 days' })).toEqual([NOW, NOW + 3 * DAY, NOW + 6 * DAY]);
  });
});

describe('what never runs', () => {
  it.each<[string, JsonObject, Partial<RunsInput>]>([
    ['a schedule that is switched off', { cron: '* * * * 9 0 0', active: false }, {}],
    ['one whose job is switched off', { cron: '* * * * 9 0 0' }, { resource: { active: false } }],
    ['a job without a part', {}, { part: undefined } as unknown as Partial<RunsInput>],
    ['one without a mode', {}, {}],
    ['one with two modes', { cron: '* * * * 9 0 0', repeatAt: '9.00' }, {}],
    ['one that cannot be read', { cron: '0 6 * * *' }, {}],
    ['one whose time is a secret', { time: { $sealed: 'k:1' } }, {}],
  ])('%s', (_what, schedule, input) => {
    expect(runs(schedule, input)).toEqual([]);
  });

  it('SEMANTICS 4: what is done has no run to come', () => {
    const settled = kindOf('SapJob').settled;
    fc.assert(
      fc.property(recurring, maybe, maybe, (schedule, end, jobEnd) => {
        const whole = { ...schedule, active: true, endTime: end === undefined ? null : formatInstant(end) };
        const job = { ...on, endTime: jobEnd === undefined ? null : formatInstant(jobEnd) };
        fc.pre(settled(whole, job, NOW) !== undefined);
        // At the very instant a one-time schedule is past already, but its run is that of now.
        expect(runs(whole, { resource: job, from: NOW + 1, until: instant('2099-12-31T00:00:00Z') })).toEqual(
          [],
        );
      }),
    );
  });

  it('a Unix crontab runs as its translation does', () => {
    const daily = part('daily', { crontab: '0 6 * * 1-5' });
    expect(runs(daily.spec)).toEqual(runs({ cron: '* * * mon:fri 6 0 0' }));
    expect(runs(daily.spec)).toHaveLength(5);
  });
});
