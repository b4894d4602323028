import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { kindOf, NOW } from './support.ts';

const past = '2026-11-22T11:59:59Z';
const future = '2026-11-22T12:00:01Z';

describe('SEMANTICS 4: some schedules are done', () => {
  const cases: [string, JsonObject, JsonObject, string | undefined][] = [
    ['one-time and past', { time: past }, {}, 'past'],
    ['one-time at this very moment', { time: '2026-11-22T12:00:00Z' }, {}, 'past'],
    ['one-time and to come', { time: future }, {}, undefined],
    ['one-time and past, with an end to come', { time: past, endTime: '2030-01-01T00:00:00Z' }, {}, 'past'],
    ['one-time in another notation', { time: { date: '2020-01-01', format: 'YYYY-MM-DD' } }, {}, 'past'],
    ['one-time by a relative text', { time: 'in 2 hours' }, {}, undefined],
    ['one-time behind a secret', { time: { $sealed: 'k:1' } }, {}, undefined],
    ['recurring, its end past', { repeatAt: '9.00', endTime: past }, {}, 'ended'],
    ['recurring, its end to come', { repeatAt: '9.00', endTime: future }, {}, undefined],
    ['recurring, the end of its job past', { repeatInterval: '1 hour' }, { endTime: past }, 'ended'],
    ['recurring, the end of its job to come', { repeatInterval: '1 hour' }, { endTime: future }, undefined],
    ['recurring, an end that cannot be read', { repeatAt: '9.00', endTime: 'soon' }, {}, undefined],
    ['a cron of a year that is over', { cron: '2025 * * fri 12 0 0' }, {}, 'never'],
    ['a cron of a day that does not exist', { cron: '* 2 30 * 12 0 0' }, {}, 'never'],
    ['a cron of this year that has fired for the last time', { cron: '2026 1 * * 12 0 0' }, {}, 'never'],
    ['a cron of this year that will fire', { cron: '2026 12 31 * 23 59 59' }, {}, undefined],
    [
      'a cron whose start lies behind its last date',
      { cron: '2027 * * * 0 0 0', startTime: '2028-01-01T00:00:00Z' },
      {},
      'never',
    ],
    [
      'a cron on its start, the last date',
      { cron: '2027 1 1 * 0 0 0', startTime: '2027-01-01T00:00:00Z' },
      {},
      undefined,
    ],
    ['a cron that cannot be read', { cron: '0 6 * * *' }, {}, undefined],
    ['an ordinary cron', { cron: '* * * * 9 0 0' }, {}, undefined],
    ['switched off, but with dates to come', { cron: '* * * * 9 0 0', active: false }, {}, undefined],
  ];
  it.each(cases)('%s: %j in %j', (_what, schedule, job, why) => {
    expect(kindOf('SapJob').settled(schedule, job, NOW)?.why).toBe(why);
  });

  it('stays done for ever', () => {
    const values: Json[] = [past, '2000-01-01'];
    for (const time of values) {
      for (const later of [0, 1, 1e9, 1e12]) {
        expect(kindOf('SapJob').settled({ time }, {}, NOW + later)?.why).toBe('past');
      }
    }
  });
});
