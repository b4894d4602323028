import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { knownCodes, lintLoads, type PlacedLoad } from '../../../src/lint/index.ts';
import { riversandProvider } from '../../../src/providers/riversand/provider.ts';
import { kindOf, MINUTE, START } from './support.ts';

const now = START;
const hourly: JsonObject = { appId: 'a', recurrenceInterval: 'PT1H', startAt: '2026-01-01T00:07:00Z' };
const calls: JsonObject = {
  intervalInMins: 60,
  taskUrl: 'https://x.example.com/run',
  startTime: '2026-01-01T00:07',
};

function loads(kind: string, name: string, spec: JsonObject): PlacedLoad[] {
  const found = kindOf(kind).loads?.({ name, spec, now }) ?? [];
  return found.map((load) => ({ ...load, address: `${kind}/${name}` }));
}
const batch = (name: string, spec: JsonObject = {}) =>
  loads('RiversandBatchJob', name, { ...hourly, jobDefId: name, ...spec });
const object = (name: string, spec: JsonObject = {}) =>
  loads('RiversandSchedule', name, { ...calls, ...spec });
const lint = (all: PlacedLoad[], runsPerMinute = 10) => lintLoads(all, { now, runsPerMinute });

describe('what Riversand schedules do together', () => {
  it('too many runs in one minute are a peak, over both kinds, with another start', () => {
    const all = [...batch('one'), ...batch('two'), ...object('three')];
    expect(lint(all, 3)).toEqual([]);
    const [peak] = lint(all, 2);
    expect(peak).toMatchObject({ code: 'LINT_PEAK', pointer: '/spec/startAt' });
    expect(peak?.remedy).toMatch(/Write: startAt: 2026-01-01T00:\d\d:00Z/);
  });

  it('objects that send the same to one URL in the same minute are probably one too many', () => {
    expect(lint([...object('a'), ...object('b')])).toMatchObject([
      { code: 'LINT_SAME_REQUEST', severity: 'warning', pointer: '/spec/startTime' },
    ]);
    expect(lint([...object('a'), ...object('b', { taskPayload: { a: 1 } })])).toMatchObject([
      { code: 'LINT_OVERLAP', severity: 'info' },
    ]);
    expect(lint([...object('a'), ...object('b', { taskUrl: 'https://y.example.com' })])).toEqual([]);
    expect(lint([...object('a'), ...object('b', { startTime: '2026-01-01T00:08' })])).toEqual([]);
  });

  it.each<[string, PlacedLoad[]]>([
    ['disabled', [...batch('a', { enabled: false }), ...object('b', { enabled: false })]],
    [
      'of unknown phase',
      [
        ...loads('RiversandBatchJob', 'a', { appId: 'a', jobDefId: 'a', recurrenceInterval: 'PT1H' }),
        ...object('b', { startTime: null }),
      ],
    ],
    ['unreadable', [...batch('a', { recurrenceInterval: 'P1M' }), ...object('b', { startTime: 'soon' })]],
    ['sealed', [...object('a', { taskUrl: { $sealed: 'x' } })]],
  ])('what is %s is left out', (_what, all) => {
    expect(all).toEqual([]);
  });

  it('the start that is offered keeps the rhythm and leaves the minute', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.string({ minLength: 1 }), (minutes, name) => {
        const [load] = batch(name, { recurrenceInterval: `PT${minutes}M` });
        if (minutes === 1) {
          expect(load?.better).toBeUndefined();
          return;
        }
        const start = load?.better?.replace('startAt: ', '');
        const [moved] = batch(name, { recurrenceInterval: `PT${minutes}M`, startAt: start ?? '' });
        const from = START + 86_400_000;
        const until = from + 3001 * MINUTE;
        const [before = 0] = load?.minutes(from, until) ?? [];
        const after = moved?.minutes(from, until) ?? [];
        expect(after).not.toContain(before);
        const shift = Date.parse(start ?? '') - Date.parse('2026-01-01T00:07:00Z');
        expect(shift).toBeGreaterThan(0);
        expect(shift).toBeLessThanOrEqual(29 * MINUTE);
      }),
      { numRuns: 50 },
    );
  });

  it('minutes are those of the runs', () => {
    const [load] = batch('a', { recurrenceInterval: 'PT90S', startAt: '2026-03-02T00:00:30Z' });
    const from = Date.parse('2026-03-02T00:00:00Z');
    const minutes = load?.minutes(from, from + 5 * MINUTE).map((at) => (at - from) / MINUTE);
    expect(minutes).toEqual([0, 2, 3]);
  });
});

describe('advice on a schedule object', () => {
  const advise = (spec: JsonObject) =>
    kindOf('RiversandSchedule').lint?.({ name: 'a', spec: { ...calls, ...spec }, now }) ?? [];

  it('a task that is called over http', () => {
    expect(advise({ taskUrl: 'http://x.example.com/run' })).toMatchObject([
      {
        code: 'LINT_HTTP_ACTION',
        severity: 'warning',
        pointer: '/spec/taskUrl',
        remedy: expect.stringContaining('Write: taskUrl: https://x.example.com/run'),
      },
    ]);
  });

  it('a stop that is past', () => {
    expect(advise({ stopTime: '2026-03-01T11:59' })).toMatchObject([
      { code: 'LINT_PAST_END', pointer: '/spec/stopTime' },
    ]);
  });

  it('nothing to say about what is fine, sealed or unreadable', () => {
    for (const spec of [
      {},
      { stopTime: '2026-03-01T12:01' },
      { taskUrl: { $sealed: 'x' } },
      { stopTime: 'soon' },
    ])
      expect(advise(spec as JsonObject)).toEqual([]);
  });

  it('all its codes can be switched off', () => {
    const known = knownCodes(riversandProvider.kinds);
    for (const code of ['LINT_HTTP_ACTION', 'LINT_PAST_END', 'RIVERSAND_MARGIN_LONG', 'LINT_PEAK'])
      expect(known).toContain(code);
  });
});
