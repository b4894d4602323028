import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import type { ImpactInput } from '../../../src/core/provider.ts';
import { kindOf, livePart, NOW } from './support.ts';

const on = { active: true };
const off = { active: false };

function impact(input: Partial<ImpactInput> & Pick<ImpactInput, 'action'>) {
  const found = kindOf('SapJob').impact({
    resourceBefore: on,
    resourceAfter: on,
    fields: [],
    now: NOW,
    ...input,
  });
  if (found === undefined) throw new Error('no impact');
  return found;
}

function planned(schedule: JsonObject): JsonObject {
  return { description: 'x', active: true, ...schedule };
}

describe('SEMANTICS 7: runs', () => {
  it('a new schedule shows its next runs', () => {
    const found = impact({ action: 'create', reason: 'new', after: planned({ cron: '* * * * 9 0 0' }) });
    expect(found).toEqual({
      before: [],
      after: [
        '2026-11-23T09:00:00Z',
        '2026-11-24T09:00:00Z',
        '2026-11-25T09:00:00Z',
        '2026-11-26T09:00:00Z',
        '2026-11-27T09:00:00Z',
      ],
      missed: [],
      extra: [],
      immediate: false,
      perDay: { before: 0, after: 1, days: 7 },
      firstDifference: '2026-11-23T09:00:00Z',
      until: '2027-11-23T12:00:00Z',
      runLogsLost: false,
    });
  });

  it.each([
    ['of an inactive job', { cron: '* * * * 9 0 0' }, off, 'the job is inactive'],
    ['that is inactive', { cron: '* * * * 9 0 0', active: false }, on, 'the schedule is inactive'],
    [
      'that is inactive, of an inactive job',
      { cron: '* * * * 9 0 0', active: false },
      off,
      'the job is inactive, and so is the schedule',
    ],
    [
      'whose end has passed',
      { cron: '* * * * 9 0 0', endTime: '2026-11-01T00:00:00Z' },
      on,
      'its end 2026-11-01T00:00:00Z is past',
    ],
    [
      'of a job whose end has passed',
      { cron: '* * * * 9 0 0' },
      { ...on, endTime: '2026-11-01T00:00:00Z' },
      'the end of its job 2026-11-01T00:00:00Z is past',
    ],
    [
      'that ends before its next run',
      { cron: '* * * * 9 0 0', endTime: '2026-11-23T08:00:00Z' },
      on,
      'it ends 2026-11-23T08:00:00Z, before a run is due',
    ],
    ['without a future date', { cron: '2020 * * * 9 0 0' }, on, 'its cron has no future date'],
  ])('a schedule %s says why no run is due', (_, schedule, resourceAfter, text) => {
    for (const action of ['create', 'update'] as const) {
      const before = action === 'update' ? { before: livePart('A', schedule) } : {};
      const found = impact({ action, reason: 'edited', after: planned(schedule), resourceAfter, ...before });
      expect([found.after, found.noRuns?.text]).toEqual([[], text]);
    }
  });

  it('that is deactivated says so; one that is deleted, and one that runs only after the horizon, need no reason', () => {
    const before = livePart('A', { cron: '* * * * 9 0 0' });
    expect(impact({ action: 'deactivate', before }).noRuns?.text).toBe('it is switched off');
    expect(impact({ action: 'delete', before })).not.toHaveProperty('noRuns');
    const leap = impact({ action: 'create', reason: 'new', after: planned({ cron: '2028 2 29 * 3 0 0' }) });
    expect(leap.after).toEqual([]);
    expect(leap).not.toHaveProperty('noRuns');
  });

  it('lists as many runs as are asked for, within the horizon', () => {
    const look = { runs: 2, horizon: 36 * 3_600_000 };
    const hourly = planned({ cron: '* * * * */12 0 0' });
    const found = impact({ action: 'create', reason: 'new', after: hourly, look: { ...look, runs: 100 } });
    expect(found.after).toEqual(['2026-11-22T12:00:00Z', '2026-11-23T00:00:00Z', '2026-11-23T12:00:00Z']);
    expect(impact({ action: 'create', reason: 'new', after: hourly, look }).after).toHaveLength(2);
    expect(found.until).toBe('2026-11-24T00:00:00Z');
  });

  it('finds the first run that differs far behind the runs that it lists', () => {
    const before = { cron: '* * * * * 0 0' };
    const found = impact({
      action: 'update',
      before: livePart('A', before),
      after: planned({ ...before, endTime: '2026-12-24T00:00:00Z' }),
      fields: ['/endTime'],
    });
    expect([found.missed, found.firstDifference]).toEqual([[], '2026-12-24T00:00:00Z']);
    expect(found.perDay).toEqual({ before: 24, after: 24, days: 7 });
  });

  it('says that nothing differs when only the payload changes', () => {
    const cron = { cron: '* * * * * * 0' };
    const found = impact({
      action: 'update',
      before: livePart('A', cron),
      after: planned({ ...cron, data: { size: 2 } }),
      fields: ['/data'],
    });
    expect([found.firstDifference, found.perDay]).toEqual([null, { before: 1440, after: 1440, days: 7 }]);
  });

  it.each([
    ['every twenty seconds', '* * * * * * */20', true],
    ['every minute', '* * * * * * 0', undefined],
  ])('a schedule that runs %s leaves no quiet moment for a write: %s', (_, cron, disturbs) => {
    const input = { action: 'update' as const, before: livePart('A', { cron }), fields: ['/data'] };
    expect(impact({ ...input, after: planned({ cron }) }).disturbs).toBe(disturbs);
  });

  it('an interval in place of a daily run begins one interval from now, not with the old run', () => {
    const found = impact({
      action: 'replace',
      before: livePart('A', { cron: '* * * * 9 0 0' }, { nextRunAt: '2026-11-23T09:00:00Z' }),
      after: planned({ repeatInterval: '1 hour' }),
      fields: ['/cron', '/repeatInterval'],
    });
    expect(found.after[0]).toBe('2026-11-22T13:00:00Z');
  });

  it('a deleted one misses what was due and loses its run logs', () => {
    const found = impact({ action: 'delete', before: livePart('A', { repeatAt: '18.40' }) });
    expect([found.missed[0], found.after, found.runLogsLost]).toEqual(['2026-11-22T18:40:00Z', [], true]);
  });

  it('a changed time names the runs that fall away and those that come', () => {
    const found = impact({
      action: 'update',
      before: livePart('A', { cron: '* * * * 18:20 0 0' }),
      after: planned({ cron: '* * * * 19:21 0 0' }),
    });
    expect([found.missed, found.extra]).toEqual([
      ['2026-11-22T18:00:00Z', '2026-11-23T18:00:00Z'],
      ['2026-11-22T21:00:00Z'],
    ]);
  });

  it('a changed description changes no run', () => {
    const found = impact({
      action: 'update',
      before: livePart('A', { repeatAt: '18.40' }),
      after: planned({ repeatAt: '18.40' }),
    });
    expect([found.missed, found.extra, found.immediate]).toEqual([[], [], false]);
  });

  it('bounds of the job count', () => {
    const found = impact({
      action: 'update',
      before: livePart('A', { repeatAt: '18.40' }),
      after: planned({ repeatAt: '18.40' }),
      resourceAfter: { active: true, endTime: '2026-11-23T00:00:00Z' },
    });
    expect(found.after).toEqual(['2026-11-22T18:40:00Z']);
    expect(found.missed).toHaveLength(4);
  });

  it('what is switched off does not run', () => {
    expect(impact({ action: 'create', after: planned({ repeatAt: '18.40', active: false }) }).after).toEqual(
      [],
    );
    expect(
      impact({ action: 'create', after: planned({ repeatAt: '18.40' }), resourceAfter: off }).after,
    ).toEqual([]);
  });

  it('a replaced one loses its run logs', () => {
    const found = impact({
      action: 'replace',
      before: livePart('A', { repeatAt: '18.40' }),
      after: planned({ cron: '* * * * 18 40 0' }),
    });
    expect([found.missed, found.extra, found.runLogsLost]).toEqual([[], [], true]);
  });
});

describe('SEMANTICS 5: when a write starts a run', () => {
  const interval = { repeatInterval: '2 hours' };
  const due = { nextRunAt: '2026-11-22T12:30:00Z' };

  it('a new interval without a start runs at once: announced', () => {
    const found = impact({ action: 'create', reason: 'new', after: planned(interval) });
    expect([found.immediate, found.announced, found.after[0]]).toEqual([true, true, '2026-11-22T12:00:00Z']);
  });

  it('one with a start to come does not', () => {
    const found = impact({
      action: 'create',
      reason: 'new',
      after: planned({ ...interval, startTime: '2026-11-23T00:00:00Z' }),
    });
    expect([found.immediate, found.after[0]]).toEqual([false, '2026-11-23T00:00:00Z']);
  });

  it('one with a start in the past goes on in its phase', () => {
    const found = impact({
      action: 'create',
      reason: 'new',
      after: planned({ ...interval, startTime: '2026-11-22T01:30:00Z' }),
    });
    expect([found.immediate, found.after[0]]).toEqual([false, '2026-11-22T13:30:00Z']);
  });

  it('one that is put back waits one interval', () => {
    const found = impact({ action: 'create', reason: 'missing', after: planned(interval) });
    expect([found.immediate, found.after[0]]).toEqual([false, '2026-11-22T14:00:00Z']);
  });

  it('a changed one keeps its due time', () => {
    const found = impact({
      action: 'update',
      before: livePart('A', interval, due),
      after: planned({ repeatInterval: '3 hours' }),
    });
    expect([found.immediate, found.after.slice(0, 2), found.before[0]]).toEqual([
      false,
      ['2026-11-22T12:30:00Z', '2026-11-22T15:30:00Z'],
      '2026-11-22T12:30:00Z',
    ]);
  });

  it('one that is switched on waits one interval', () => {
    const found = impact({
      action: 'update',
      before: livePart('A', { ...interval, active: false }),
      after: planned(interval),
    });
    expect([found.immediate, found.after[0], found.before]).toEqual([false, '2026-11-22T14:00:00Z', []]);
  });

  it('one that is nobody’s and whose job is switched on cannot be held back', () => {
    const foreign = livePart('A', interval);
    const found = impact({
      action: 'update',
      reason: 'unowned',
      before: foreign,
      after: foreign.spec,
      resourceBefore: off,
    });
    expect([found.immediate, found.announced]).toEqual([true, undefined]);
  });

  it('a one-time schedule in the past runs at once when it is switched on', () => {
    const found = impact({
      action: 'update',
      before: livePart('A', { time: '2026-11-01T00:00:00Z', active: false }),
      after: planned({ time: '2026-11-01T00:00:00Z' }),
    });
    expect(found.immediate).toBe(true);
  });
});
