import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { makeGuid } from '../../../src/providers/riversand/guid.ts';
import { compareIds, identityInId, pairIdentity } from '../../../src/providers/riversand/pairs.ts';
import { firstRun, runsFrom } from '../../../src/providers/riversand/phase.ts';
import { poll } from '../../../src/providers/riversand/polling.ts';
import { kindOf } from './support.ts';

const word = fc.string({
  unit: fc.constantFrom(...'abcXYZ019_-.'),
  minLength: 1,
  maxLength: 12,
});
const instant = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2040, 0) });
const interval = fc.integer({ min: 60, max: 40 * 86_400 }).map((seconds) => seconds * 1000);
const margin = fc.integer({ min: 1, max: 3600 }).map((seconds) => seconds * 1000);

describe('ids', () => {
  it('give back the pair, whatever _ the names hold', () => {
    fc.assert(
      fc.property(word, word, word, fc.nat(), (tenantId, appId, jobDefId, stamp) => {
        const pair = pairIdentity({ appId, jobDefId });
        expect(identityInId(`${tenantId}_${pair}_${stamp}`, tenantId)).toBe(pair);
      }),
    );
  });

  it('of another tenant give none, unless its name begins like ours', () => {
    fc.assert(
      fc.property(word, word, word, (tenantId, other, pair) => {
        fc.pre(!`${other}_${pair}_1`.startsWith(`${tenantId}_`));
        expect(identityInId(`${other}_${pair}_1`, tenantId)).toBeUndefined();
      }),
    );
  });

  it.each(['acme', 'acme_', 'acme_1770000000000', 'acme_a_b', 'acme_a_b_', 'xacme_a_b_1'])(
    '%s is no id of a pair',
    (id) => {
      expect(identityInId(id, 'acme')).toBeUndefined();
    },
  );

  it('are ordered by the time of creation', () => {
    expect(['t_p_1000', 't_p_999', 't_p_20'].sort(compareIds)).toEqual(['t_p_20', 't_p_999', 't_p_1000']);
  });
});

describe('SEMANTICS 6: the first run after a write', () => {
  it('is later than the margin, in phase, and the first such', () => {
    fc.assert(
      fc.property(instant, instant, interval, margin, (startAt, now, every, ahead) => {
        const first = firstRun({ interval: every, startAt }, now, ahead);
        expect(first).toBeGreaterThan(now + ahead);
        expect((first - startAt) % every).toBe(0);
        expect(first).toBeGreaterThanOrEqual(startAt);
        const previous = first - every;
        expect(previous < startAt || previous <= now + ahead).toBe(true);
      }),
    );
  });

  it('goes on in the phase that was sent last when the manifest names none', () => {
    fc.assert(
      fc.property(instant, instant, interval, margin, (last, now, every, ahead) => {
        const sent = firstRun({ interval: every, last }, now, ahead);
        expect(firstRun({ interval: every, startAt: last }, now, ahead)).toBe(sent);
      }),
    );
  });

  it('is about one interval ahead when there is no phase at all', () => {
    fc.assert(
      fc.property(instant, interval, margin, (now, every, ahead) => {
        fc.pre(every > ahead);
        const first = firstRun({ interval: every }, now, ahead);
        expect(first - now).toBeGreaterThanOrEqual(every);
        expect(first - now).toBeLessThan(every + 1000);
      }),
    );
  });

  it('replacing at any time keeps every run of the ideal list but those within the margin', () => {
    const edits = fc.array(fc.integer({ min: 1, max: 86_400_000 }), { maxLength: 5 });
    fc.assert(
      fc.property(instant, interval, edits, (startAt, every, times) => {
        const from = startAt + 10 * every;
        const until = from + 20 * every;
        const ideal = runsFrom(startAt, every, from, 20);
        const lost = new Set<number>();
        let anchor = startAt;
        for (const at of times.map((time) => from + (time % (20 * every))).sort((a, b) => a - b)) {
          const next = firstRun({ interval: every, startAt }, at, 120_000);
          for (const run of runsFrom(anchor, every, at + 1, 30)) if (run < next) lost.add(run);
          anchor = next;
          expect(ideal.concat(runsFrom(startAt, every, until, 30))).toContain(next);
        }
        for (const run of lost)
          expect(times.some((time) => run <= from + (time % (20 * every)) + 120_000)).toBe(true);
      }),
    );
  });
});

describe('normalize', () => {
  const spec = fc.record(
    {
      poolId: word,
      recurrenceInterval: fc.constantFrom('PT1H', 'PT60M', 'P1D', 'PT24H', 'P1W', 'nonsense', 'P1M'),
      startAt: fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00', 'nonsense'),
      enabled: fc.boolean(),
      jobInputPayload: fc.dictionary(word, fc.integer()),
      recreateOn: fc.dictionary(word, fc.integer()),
    },
    { requiredKeys: [] },
  );

  it.each(['RiversandBatchJob', 'RiversandSchedule'])('of %s is idempotent', (kind) => {
    fc.assert(
      fc.property(spec, (value) => {
        const once = kindOf(kind).normalize('a', JSON.parse(JSON.stringify(value)) as JsonObject);
        expect(kindOf(kind).normalize('a', once.spec)).toEqual(once);
      }),
    );
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['durations', { recurrenceInterval: 'PT60M' }, { recurrenceInterval: 'PT1H' }],
    ['instants', { startAt: '2026-01-01T01:00:00+01:00' }, { startAt: '2026-01-01T00:00:00Z' }],
    ['defaults', {}, { poolId: 'rsbatch', enabled: true, jobInputPayload: {}, recreateOn: {} }],
  ])('compares %s by meaning', (_what, a, b) => {
    const canonical = (value: JsonObject) => kindOf('RiversandBatchJob').normalize('a', value).canonical;
    expect(canonical(a)).toEqual(canonical(b));
  });

  it.each([
    ['2026-01-31 05:30 PM', '2026-01-31T17:30'],
    ['05:30 PM', '05:30 pm'],
  ])('takes %s for %s', (a, b) => {
    const canonical = (text: string) =>
      kindOf('RiversandSchedule').normalize('a', { startTime: text, stopTime: text }).canonical;
    expect(canonical(a)).toEqual(canonical(b));
  });

  it('two pairs that the service’s ids cannot tell apart are one identity', () => {
    const { identity } = kindOf('RiversandBatchJob');
    expect(identity('one', { appId: 'a_b', jobDefId: 'c' })).toBe(
      identity('two', { appId: 'a', jobDefId: 'b_c' }),
    );
  });
});

describe('runs', () => {
  const day = Date.UTC(2026, 2, 1);
  const window = { from: day, until: day + 86_400_000, limit: 3 };

  it.each<[string, JsonObject, JsonObject, number[]]>([
    ['from startAt', { recurrenceInterval: 'PT6H', startAt: '2026-01-01T01:00:00Z' }, {}, [1, 7, 13]],
    [
      'from what was sent',
      { recurrenceInterval: 'PT6H' },
      { doNotRunUntil: '2026-03-01T05:00:00Z' },
      [5, 11, 17],
    ],
    ['unknown without a phase', { recurrenceInterval: 'PT6H' }, {}, []],
    [
      'none when disabled',
      { recurrenceInterval: 'PT6H', startAt: '2026-01-01T01:00:00Z', enabled: false },
      {},
      [],
    ],
  ])('of a batch schedule: %s', (_what, resource, facts, hours) => {
    const runs = kindOf('RiversandBatchJob').runs?.({ resource, facts, ...window });
    expect(runs).toEqual(hours.map((hour) => day + hour * 3_600_000));
  });

  it.each<[string, JsonObject, number[]]>([
    [
      'from its start to its stop',
      { intervalInMins: 60, startTime: '2026-02-01T01:00', stopTime: '2026-03-01T02:00' },
      [0, 1],
    ],
    ['from a time of day', { intervalInMins: 120, startTime: '05:00 AM' }, [5, 7, 9]],
    ['unknown without a start', { intervalInMins: 60 }, []],
  ])('of a schedule object: %s', (_what, resource, hours) => {
    const runs = kindOf('RiversandSchedule').runs?.({ resource, facts: {}, ...window });
    expect(runs).toEqual(hours.map((hour) => day + hour * 3_600_000));
  });
});

describe('small tools', () => {
  it('a GUID is one for all random numbers', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (number) => {
        expect(makeGuid(() => number)).toMatch(
          /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        );
      }),
    );
  });

  it('polling looks at once, waits longer each time, and ends', async () => {
    const slept: number[] = [];
    const sleep = async (ms: number): Promise<void> => void slept.push(ms);
    const patience = { first: 1, longest: 4, whole: 10 };
    expect(await poll({ sleep }, patience, async () => undefined)).toBeUndefined();
    expect(slept).toEqual([1, 2, 4, 4]);
    slept.length = 0;
    expect(await poll({ sleep }, patience, async () => 'here')).toBe('here');
    expect(slept).toEqual([]);
  });
});
