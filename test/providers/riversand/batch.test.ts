import { describe, expect, it } from 'vitest';
import { isObject } from '../../../src/core/json.ts';
import { leadOf } from '../../../src/providers/riversand/phase.ts';
import { batch, HOUR, MINUTE, START, type World, world } from './support.ts';

async function applied(spec = {}): Promise<World> {
  const here = await world();
  const outcome = await here.apply([batch(spec)]);
  expect(outcome.outcomes.map(({ status }) => status)).toEqual(['succeeded']);
  here.tenant.calls = [];
  return here;
}

async function entry(here: World) {
  return (await here.store.read('dev'))?.inventory['RiversandBatchJob/nightly'];
}

describe('a batch schedule', () => {
  it('is created with its defaults, and then there is nothing left to do', async () => {
    const here = await world();
    const outcome = await here.apply([batch({ startAt: '2026-01-01T00:30:00Z' })]);
    expect(outcome.outcomes[0]).toMatchObject({ action: 'create', status: 'succeeded' });
    expect(here.tenant.batch).toMatchObject([
      {
        pair: 'data_load_nightly',
        interval: 'PT1H',
        pool: 'rsbatch',
        doNotRunUntil: '2026-03-01T12:30:00Z',
        payload: {},
      },
    ]);
    expect((await entry(here))?.effective).toEqual({ doNotRunUntil: '2026-03-01T12:30:00Z' });
    const planned = await here.plan([batch({ startAt: '2026-01-01T00:30:00Z' })]);
    expect(planned.changes).toEqual([]);
  });

  it('an equal meaning is no difference: PT60M is PT1H', async () => {
    const here = await applied();
    expect((await here.plan([batch({ recurrenceInterval: 'PT60M' })])).changes).toEqual([]);
  });

  it('a no-op plan sends one list and one get, whatever the number of manifests', async () => {
    const here = await world();
    const many = Array.from({ length: 40 }, (_, at) => batch({ jobDefId: `job${at}` }, {}, `job${at}`));
    await here.apply(many);
    here.tenant.calls = [];
    const planned = await here.plan(many);
    expect(planned.changes).toEqual([]);
    expect(here.tenant.verbs().sort()).toEqual(['get', 'schedule-batch-list']);
    expect(planned.document.requests).toBe(2);
  });

  it('every change but enabled is one call that deletes and creates, and the plan says so', async () => {
    const here = await applied({ startAt: '2026-01-01T00:30:00Z' });
    const edited = batch({ startAt: '2026-01-01T00:30:00Z', jobInputPayload: { region: 'emea' } });
    const [change] = (await here.plan([edited])).document.changes;
    expect(change).toMatchObject({ action: 'replace', reason: 'edited' });
    expect(change?.blocked).toBeUndefined();
    expect(change?.operations).toMatchObject([{ destructive: true, lateBound: ['doNotRunUntil'] }]);
    expect(change?.operations[0]?.summary).toMatch(
      /deletes all earlier ones.*new id.*latest deployed version/,
    );
    expect(change?.warnings.join()).toMatch(/knows no update.*new id.*latest deployed version of the app/);
    await here.apply([edited]);
    expect(here.tenant.writes()).toEqual(['schedule-batch-process']);
    expect(here.tenant.batch).toMatchObject([{ payload: { region: 'emea' } }]);
    expect((await here.plan([edited])).changes).toEqual([]);
  });

  it.each([
    ['its interval', { recurrenceInterval: 'PT2H' }],
    ['its pool', { poolId: 'other' }],
    ['its phase', { startAt: '2026-01-01T00:15:00Z' }],
    ['recreateOn', { recreateOn: { app: '1.2.0' } }],
    ['enabled together with something else', { enabled: false, poolId: 'other' }],
  ])('is replaced when %s changes', async (_what, spec) => {
    const here = await applied();
    const [change] = (await here.plan([batch(spec)])).changes;
    expect(change?.action).toBe('replace');
    const [outcome] = (await here.apply([batch(spec)])).outcomes;
    expect(outcome?.status).toBe('succeeded');
    expect((await here.plan([batch(spec)])).changes).toEqual([]);
  });

  it('is switched off and on in place', async () => {
    const here = await applied();
    await here.apply([batch({ enabled: false })]);
    expect(here.tenant.batch).toMatchObject([{ enabled: false }]);
    expect((await here.plan([batch({ enabled: false })])).changes).toEqual([]);
    await here.apply([batch()]);
    expect(here.tenant.batch).toMatchObject([{ enabled: true }]);
    expect(here.tenant.writes()).toEqual(['schedule-batch-disable', 'schedule-batch-enable']);
  });

  it('that is not to run is disabled right after its creation', async () => {
    const here = await applied({ enabled: false });
    expect(here.tenant.batch).toMatchObject([{ enabled: false }]);
    await here.apply([batch({ enabled: false, poolId: 'other' })]);
    expect(here.tenant.writes()).toEqual(['schedule-batch-process', 'schedule-batch-disable']);
    expect(here.tenant.batch).toMatchObject([{ enabled: false, pool: 'other' }]);
  });

  it('a change of startMargin writes nothing', async () => {
    const here = await applied();
    expect((await here.plan([batch({ startMargin: 'PT5M' })])).changes).toEqual([]);
  });

  it('a startMargin moves the first run further ahead', async () => {
    const here = await world();
    await here.apply([batch({ startAt: '2026-03-01T11:05:00Z', startMargin: 'PT10M' })]);
    expect(here.tenant.batch[0]?.doNotRunUntil).toBe('2026-03-01T13:05:00Z');
  });

  it('what is ignored and can be read keeps its live value in a replace', async () => {
    const here = await applied();
    const [live] = here.tenant.batch;
    if (live !== undefined) live.pool = 'set by hand';
    const edited = batch({ recurrenceInterval: 'PT3H' }, { ignore: ['/poolId'] });
    await here.apply([edited]);
    expect(here.tenant.batch).toMatchObject([{ pool: 'set by hand', interval: 'PT3H' }]);
  });
});

describe('SEMANTICS 6: the phase is kept', () => {
  it('without startAt the first run is one interval ahead, and a replace goes on from there', async () => {
    const here = await applied();
    expect(here.tenant.batch[0]?.doNotRunUntil).toBe('2026-03-01T13:00:00Z');
    here.surroundings.advance(150 * MINUTE);
    await here.apply([batch({ poolId: 'other' })]);
    expect(here.tenant.batch[0]?.doNotRunUntil).toBe('2026-03-01T15:00:00Z');
  });

  it('the plan shows the same runs before and after, and what the margin costs', async () => {
    const startAt = '2026-03-01T00:30:00Z';
    const here = await applied({ startAt });
    const edited = batch({ startAt, poolId: 'other' });
    const calm = (await here.plan([edited])).document.changes[0]?.impact;
    expect(calm?.before.slice(0, 2)).toEqual(['2026-03-01T12:30:00Z', '2026-03-01T13:30:00Z']);
    expect(calm).toMatchObject({ after: calm?.before, missed: [], extra: [], immediate: false });
    here.surroundings.advance(29 * MINUTE);
    const late = (await here.plan([edited])).document.changes[0]?.impact;
    expect(late).toMatchObject({ missed: ['2026-03-01T12:30:00Z'], extra: [], immediate: false });
    expect(late?.after[0]).toBe('2026-03-01T13:30:00Z');
  });

  it('the plan says how often it runs before and after, and which run differs first', async () => {
    const startAt = '2026-03-01T00:30:00Z';
    const here = await applied({ startAt });
    const rarer = batch({ startAt, recurrenceInterval: 'PT4H' });
    expect((await here.plan([rarer])).document.changes[0]?.impact).toMatchObject({
      perDay: { before: 24, after: 6, days: 7 },
      firstDifference: '2026-03-01T13:30:00Z',
      until: '2027-03-02T12:00:00Z',
    });
    const same = (await here.plan([batch({ startAt, poolId: 'other' })])).document.changes[0]?.impact;
    expect(same).toMatchObject({ perDay: { before: 24, after: 24 }, firstDifference: null });
  });

  it('the plan lists as many runs as it is asked for, as far ahead as it is asked to look', async () => {
    const here = await applied();
    const edited = batch({ poolId: 'other' });
    const impactOf = async (runs: number, hours: number) =>
      (await here.plan([edited], { look: { runs, horizon: hours * HOUR } })).document.changes[0]?.impact;
    expect((await impactOf(3, 24))?.after).toHaveLength(3);
    const short = await impactOf(50, 4);
    expect(short?.after).toEqual([13, 14, 15].map((hour) => `2026-03-01T${hour}:00:00Z`));
    expect(short).toMatchObject({ before: short?.after, missed: [], until: '2026-03-01T16:00:00Z' });
  });

  it('says nothing about how often a schedule ran whose phase nobody knows', async () => {
    const here = await world((tenant) => tenant.add('data_load_nightly'));
    const edited = batch({ recurrenceInterval: 'PT4H' });
    const impact = (await here.plan([edited], { adopt: 'always' })).document.changes[0]?.impact;
    expect(impact).toMatchObject({ before: [], extra: [] });
    expect(impact?.after).toHaveLength(5);
    expect(impact).not.toHaveProperty('perDay');
    expect(impact).not.toHaveProperty('firstDifference');
  });

  it('a short look ahead changes what is shown, not the start that is sent', async () => {
    const here = await applied();
    const startAt = '2026-03-04T06:00:00Z';
    await here.apply([batch({ startAt })], { look: { runs: 1, horizon: HOUR } });
    expect(here.tenant.batch.find(({ enabled }) => enabled !== false)?.doNotRunUntil).toBe(startAt);
  });

  it('switching it off shows which runs fall away', async () => {
    const here = await applied();
    const impact = (await here.plan([batch({ enabled: false })])).document.changes[0]?.impact;
    expect(impact).toMatchObject({ after: [], missed: impact?.before });
    expect(impact?.before[0]).toBe('2026-03-01T13:00:00Z');
    expect(impact?.noRuns).toEqual({ why: 'inactive', text: 'the schedule is disabled' });
  });
});

describe('SEMANTICS 1: what cannot be read', () => {
  it('is unknown without a last applied version: adopting records it and writes nothing', async () => {
    const here = await world((tenant) => tenant.add('data_load_nightly'));
    const wanted = batch({ jobInputPayload: { a: 1 }, enabled: false });
    expect((await here.plan([wanted])).document.summary.blocked).toBe(1);
    const planned = await here.plan([wanted], { adopt: 'equal' });
    expect(planned.document.changes[0]).toMatchObject({ action: 'adopt', operations: [] });
    expect(planned.document.changes[0]?.warnings.join()).toMatch(/cannot be read back/);
    await here.apply([wanted], { adopt: 'equal' });
    expect(here.tenant.writes()).toEqual([]);
    expect((await entry(here))?.unverified).toEqual(['/enabled', '/jobInputPayload']);
    expect((await here.plan([wanted])).changes).toEqual([]);
  });

  it('stays unverified until a write makes it known: enabling does so for enabled alone', async () => {
    const here = await world((tenant) => tenant.add('data_load_nightly'));
    const wanted = batch({ jobInputPayload: { a: 1 }, enabled: false });
    await here.apply([wanted], { adopt: 'equal' });
    const enabled = batch({ jobInputPayload: { a: 1 } });
    await here.apply([enabled]);
    expect(here.tenant.writes()).toEqual(['schedule-batch-enable']);
    expect((await entry(here))?.unverified).toEqual(['/jobInputPayload']);
    // The margin is ours alone: what only concerns the books verifies nothing.
    await here.apply([batch({ jobInputPayload: { a: 1 }, startMargin: 'PT5M' })]);
    expect((await entry(here))?.unverified).toEqual(['/jobInputPayload']);
    await here.apply([batch({ jobInputPayload: { a: 2 } })]);
    expect(here.tenant.writes()).toEqual(['schedule-batch-enable', 'schedule-batch-process']);
    expect(await entry(here)).not.toHaveProperty('unverified');
  });

  it('is known from the start where adopting replaces', async () => {
    const here = await world((tenant) => tenant.add('data_load_nightly', 'PT2H'));
    await here.apply([batch({ jobInputPayload: { a: 1 } })], { adopt: 'always' });
    expect(here.tenant.writes()).toEqual(['schedule-batch-process']);
    expect(await entry(here)).not.toHaveProperty('unverified');
  });

  it('counts as changed when somebody else has made the schedule anew', async () => {
    const here = await applied({ jobInputPayload: { a: 1 } });
    here.tenant.batch = [];
    here.tenant.add('data_load_nightly');
    const planned = await here.plan([batch({ jobInputPayload: { a: 1 } })]);
    expect(planned.document.changes[0]).toMatchObject({ action: 'replace', reason: 'drift' });
    expect(planned.document.summary.drifted).toBe(1);
    await here.apply([batch({ jobInputPayload: { a: 1 } })]);
    expect(here.tenant.batch).toMatchObject([{ payload: { a: 1 } }]);
    expect((await here.plan([batch({ jobInputPayload: { a: 1 } })])).changes).toEqual([]);
  });

  it('a removed field is sent no more', async () => {
    const here = await applied({ recreateOn: { app: '1' }, startAt: '2026-01-01T00:30:00Z' });
    const [change] = (await here.plan([batch()])).changes;
    expect(change?.fields.map(({ pointer }) => pointer)).toEqual(['/recreateOn', '/startAt']);
  });
});

describe('removal', () => {
  const prune = { prune: true, allowEmpty: true, allowDeleteAll: true };

  it('disables, says so, is remembered as released and not repeated', async () => {
    const here = await applied();
    const [change] = (await here.plan([], prune)).document.changes;
    expect(change).toMatchObject({ action: 'deactivate', reason: 'removed' });
    expect(change?.warnings.join()).toMatch(/knows no delete.*disabled.*no longer ours/);
    await here.apply([], prune);
    expect(here.tenant.writes()).toEqual(['schedule-batch-disable']);
    expect(here.tenant.batch).toMatchObject([{ enabled: false }]);
    expect((await entry(here))?.released?.how).toBe('disable');
    expect((await here.plan([], prune)).changes).toEqual([]);
  });

  it('counts in the deletion limits: switching off is the only delete that there is', async () => {
    const here = await applied();
    const limited = await here.plan([], { ...prune, allowDeleteAll: false });
    expect(limited.changes[0]?.blocked?.code).toBe('DELETE_ALL');
  });

  it('a manifest that comes back enables it again, in place', async () => {
    const here = await applied();
    await here.apply([], prune);
    here.tenant.calls = [];
    await here.apply([batch()]);
    expect(here.tenant.writes()).toEqual(['schedule-batch-enable']);
    expect(here.tenant.batch).toMatchObject([{ enabled: true }]);
    expect((await entry(here))?.released).toBeUndefined();
  });

  it('of what is disabled already writes nothing', async () => {
    const here = await applied({ enabled: false });
    await here.apply([], prune);
    expect(here.tenant.writes()).toEqual([]);
    expect((await entry(here))?.released?.how).toBe('disable');
  });

  it('another pair under the same name disables the old schedule before it creates the new one', async () => {
    const here = await applied();
    const moved = batch({ jobDefId: 'weekly' }, { allowReplace: true });
    expect((await here.plan([batch({ jobDefId: 'weekly' })])).document.summary.blocked).toBe(1);
    const [outcome] = (await here.apply([moved])).outcomes;
    expect(outcome?.status).toBe('succeeded');
    expect(here.tenant.writes()).toEqual(['schedule-batch-disable', 'schedule-batch-process']);
    expect(here.tenant.batch).toMatchObject([
      { pair: 'data_load_nightly', enabled: false },
      { pair: 'data_load_weekly', enabled: true },
    ]);
    expect((await here.plan([moved])).changes).toEqual([]);
  });
});

describe('pairs that the service’s ids write alike', () => {
  it('a manifest that changes from (a_b, c) to (a, b_c) is refused, and the message names both', async () => {
    const here = await world();
    await here.apply([batch({ appId: 'a_b', jobDefId: 'c' })]);
    here.tenant.calls = [];
    const other = batch({ appId: 'a', jobDefId: 'b_c' });
    const planned = await here.plan([other]);
    const [found] = planned.document.diagnostics.filter(({ severity }) => severity === 'error');
    expect(found?.code).toBe('RIVERSAND_PAIRS_COLLIDE');
    expect(found?.message).toContain('app "a", job "b_c"');
    expect(found?.message).toContain('app "a_b", job "c"');
    await expect(here.apply([other])).rejects.toMatchObject({ code: 'REFUSED' });
    expect(here.tenant.writes()).toEqual([]);
  });

  it('so is one under another name, when the disabled schedule of the other pair is still there', async () => {
    const here = await world();
    await here.apply([batch({ appId: 'a_b', jobDefId: 'c' })]);
    const policy = { prune: true, allowEmpty: true, allowDeleteAll: true };
    await here.apply([], policy);
    const other = batch({ appId: 'a', jobDefId: 'b_c' }, {}, 'other');
    await expect(here.apply([other], { ...policy, adopt: 'always' })).rejects.toMatchObject({
      code: 'REFUSED',
    });
    here.tenant.batch = [];
    expect((await here.apply([other], policy)).outcomes[0]?.status).toBe('succeeded');
    expect((await here.plan([other], policy)).changes).toEqual([]);
  });

  it('two manifests that swap or take over their pairs are refused', async () => {
    const here = await world();
    const one = batch({ jobDefId: 'one' }, {}, 'first');
    const two = batch({ jobDefId: 'two' }, {}, 'second');
    await here.apply([one, two]);
    here.tenant.calls = [];
    const allow = { allowReplace: true };
    const swapped = [batch({ jobDefId: 'two' }, allow, 'first'), batch({ jobDefId: 'one' }, allow, 'second')];
    const takenOver = [swapped[0] as (typeof swapped)[number]];
    for (const wanted of [swapped, takenOver]) {
      const planned = await here.plan(wanted, { prune: true });
      expect(planned.document.changes[0]?.blocked?.code).toBe('IDENTITY_TAKEN');
      await expect(here.apply(wanted, { prune: true })).rejects.toMatchObject({ code: 'REFUSED' });
    }
    expect(here.tenant.writes()).toEqual([]);
  });
});

describe('SEMANTICS 6: no run is missed that the plan did not name', () => {
  const minutely = { recurrenceInterval: 'PT1M', startAt: '2026-01-01T00:00:00Z' };

  it('a plan names every run of the new rhythm before its first one', async () => {
    const here = await applied({ recurrenceInterval: 'PT1H', startAt: '2026-01-01T00:00:00Z' });
    const [change] = (await here.plan([batch(minutely)])).document.changes;
    expect(change?.impact?.after[0]).toBe('2026-03-01T12:03:00Z');
    expect(change?.impact?.missed).toEqual(['2026-03-01T12:01:00Z', '2026-03-01T12:02:00Z']);
  });

  it('also for a schedule that is new, or comes back to life', async () => {
    const here = await world();
    const missed = ['2026-03-01T12:01:00Z', '2026-03-01T12:02:00Z'];
    const [created] = (await here.plan([batch(minutely)])).document.changes;
    expect(created?.impact).toMatchObject({ missed, extra: [] });
    await here.apply([batch({ ...minutely, enabled: false })]);
    const [woken] = (await here.plan([batch({ ...minutely, recreateOn: { release: 2 } })])).document.changes;
    expect(woken?.impact?.missed).toEqual(missed);
  });

  it('a write that comes later keeps to the first run that was announced', async () => {
    const here = await applied(minutely);
    here.tenant.before = () => {
      here.surroundings.advance(10_000);
      return undefined;
    };
    await here.apply([batch({ ...minutely, recreateOn: { release: 2 } })]);
    // Planned at 12:00:20 after two reads.
    expect(here.tenant.batch[0]?.doNotRunUntil).toBe('2026-03-01T12:03:00Z');
  });

  it('a write that comes too late for it waits for the run that is due, and takes the next', async () => {
    const spec = { recurrenceInterval: 'PT5M', startAt: '2026-01-01T00:00:00Z' };
    const here = await applied(spec);
    let reads = 0;
    here.tenant.before = ({ verb }) => {
      // The read just before the write: somebody thought it over for four minutes and a half.
      if (verb === 'schedule-batch-list' && ++reads === 2) here.surroundings.advance(4.5 * MINUTE);
      return undefined;
    };
    let at = 0;
    here.tenant.before = ((before) => (call, nth) => {
      if (call.verb === 'schedule-batch-process') at = here.surroundings.now();
      return before(call, nth);
    })(here.tenant.before);
    await here.apply([batch({ ...spec, recreateOn: { release: 2 } })]);
    expect(new Date(at).toISOString()).toBe('2026-03-01T12:05:01.000Z');
    expect(here.tenant.batch[0]?.doNotRunUntil).toBe('2026-03-01T12:10:00Z');
  });

  it.each([30_000, 90_000, 3_000_000, 86_400_000])(
    'the lead always leaves room: interval %i ms',
    (interval) => {
      for (const margin of [0, 10_000, 120_000, 86_400_000]) {
        const lead = leadOf({ interval }, margin);
        expect(lead).toBeLessThanOrEqual(Math.min(margin / 2, interval / 3, 60_000));
        expect(lead >= 0).toBe(true);
      }
    },
  );
});

describe('several schedules of one pair', () => {
  it('are reported and healed by one more create', async () => {
    const here = await applied();
    here.tenant.add('data_load_nightly');
    const planned = await here.plan([batch()]);
    expect(planned.document.diagnostics.map(({ code }) => code)).toContain('RIVERSAND_DUPLICATES');
    expect(planned.document.changes[0]).toMatchObject({ action: 'replace', reason: 'drift' });
    await here.apply([batch()]);
    expect(here.tenant.writes()).toEqual(['schedule-batch-process']);
    expect(here.tenant.batch).toHaveLength(1);
    expect((await here.plan([batch()])).changes).toEqual([]);
  });
});

describe('requests', () => {
  it('carry the headers of the platform and a GUID each', async () => {
    const here = await applied();
    await here.plan([batch()]);
    for (const { headers } of here.tenant.calls) {
      expect(headers).toMatchObject({
        'x-rdp-version': '8.1',
        'x-rdp-clientid': 'rdpclient',
        'x-rdp-tenantid': 'acme',
        'x-rdp-userid': 'ann',
        'x-rdp-userroles': '["admin"]',
        'auth-client-id': 'client',
        'auth-client-secret': 'correct-horse-battery',
      });
    }
    const [list] = here.tenant.calls.filter(({ verb }) => verb === 'schedule-batch-list');
    const text = JSON.stringify(list?.body);
    expect(text).toMatch(
      /"x-rdp-taskId":"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"/,
    );
    expect(here.surroundings.secrets).toContain('correct-horse-battery');
    expect(isObject(list?.body['proxyObject'])).toBe(true);
  });

  it('a run is never due within the margin of a write', async () => {
    const here = await world();
    await here.apply([batch({ startAt: new Date(START + MINUTE).toISOString() })]);
    const first = Date.parse(here.tenant.batch[0]?.doNotRunUntil ?? '');
    expect(first).toBe(START + MINUTE + HOUR);
  });
});
