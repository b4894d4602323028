import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyTarget, planTarget } from '../../src/engine/index.ts';
import { putState } from '../support/put-state.ts';
import { type SapWorld, START, sapJob, startSapWorld } from '../support/sap-target.ts';

const HOUR = 3_600_000;
const action = 'https://app.example.com/report';
const report = (more = {}, schedules: object = {}) =>
  sapJob('salesReportJob', {
    action,
    description: 'Generate daily sales report',
    ...more,
    schedules: {
      daily: { cron: '* * * * 6 10 20' },
      often: { repeatInterval: '2 hours' },
      evening: { repeatAt: '6.30pm' },
      once: { time: '2026-09-15T14:30:00+02:00', data: { foo: 'bar' } },
      ...schedules,
    },
  });

let world: SapWorld;
beforeEach(async () => {
  world = await startSapWorld();
});
afterEach(() => world.close());

function statuses(outcome: Awaited<ReturnType<SapWorld['apply']>>) {
  return outcome.outcomes.map(({ address, action: what, status, error }) => ({
    address,
    action: what,
    status,
    ...(error === undefined ? {} : { error }),
  }));
}

describe('apply against the service', () => {
  it('creates a job with all modes in one request, and then has nothing left to do', async () => {
    const outcome = await world.apply([report()]);
    expect(statuses(outcome)).toEqual([
      { address: 'SapJob/salesReportJob', action: 'create', status: 'succeeded' },
    ]);
    expect(world.writes()).toEqual(['POST /scheduler/jobs']);
    const plan = await world.plan([report()]);
    expect(plan.changes).toEqual([]);
    expect(plan.document.summary).toMatchObject({ noop: 1, drifted: 0 });
    await world.apply([report()]);
    expect(world.writes()).toEqual([]);
  });

  it('changes one schedule by one PUT and the job by another, nothing else', async () => {
    await world.apply([report()]);
    world.writes();
    await world.apply([report({ description: 'new words' }, { daily: { cron: '* * * * 7 10 20' } })]);
    expect(world.writes()).toEqual(
      [
        expect.stringMatching(/^PUT \/scheduler\/jobs\/\d+$/),
        expect.stringMatching(/^PUT \/scheduler\/jobs\/\d+\/schedules\/[\w-]+$/),
      ].sort(),
    );
    expect(
      (await world.plan([report({ description: 'new words' }, { daily: { cron: '* * * * 7 10 20' } })]))
        .changes,
    ).toEqual([]);
  });

  it('a mode change creates the new schedule inactive, deletes the old one, activates the new one', async () => {
    await world.apply([report()]);
    world.writes();
    const moved = report({}, { daily: { repeatAt: '6.15am' } });
    const outcome = await world.apply([moved]);
    expect(statuses(outcome)).toMatchObject([{ status: 'succeeded' }]);
    expect(world.writes().map((line) => line.split(' ')[0])).toEqual(['POST', 'DELETE', 'PUT']);
    expect((await world.plan([moved])).changes).toEqual([]);
  });

  it('heals what somebody changed, without starting a run', async () => {
    await world.apply([report()]);
    await world.emulator.clock.set(START + 30 * 60_000);
    const parts = (await world.store.read('dev'))?.inventory['SapJob/salesReportJob']?.parts;
    await world.byHand('PUT', `/scheduler/jobs/1/schedules/${parts?.['often']?.id}`, {
      repeatInterval: '5 hours',
      active: true,
      startTime: '2026-03-01T20:00:00Z',
    });
    world.writes();
    const plan = await world.plan([report()]);
    expect(plan.document.summary).toMatchObject({ update: 1, drifted: 1 });
    const before = world.emulator.state();
    const outcome = await world.apply([report()]);
    expect(statuses(outcome)).toMatchObject([{ status: 'succeeded' }]);
    expect(world.writes()).toHaveLength(1);
    expect((await world.plan([report()])).changes).toEqual([]);
    const runs = (seed: typeof before) =>
      seed.jobs?.[0]?.schedules?.find((schedule) => schedule.description === 'often')?.logs?.length ?? 0;
    expect(runs(world.emulator.state())).toBe(runs(before));
  });

  it('a one-time schedule that has run is done: off, and later gone, it is no drift', async () => {
    await world.apply([report()]);
    for (const days of [200, 240]) {
      await world.emulator.clock.set(START + days * 24 * HOUR);
      const plan = await world.plan([report()]);
      expect(plan.changes).toEqual([]);
      expect(plan.drift).toEqual([]);
    }
  });

  it('deletes only with prune, and what it deletes is gone', async () => {
    const other = sapJob('other', { action, schedules: {} });
    await world.apply([report(), other]);
    world.writes();
    expect((await world.plan([other])).document.diagnostics).toMatchObject([{ code: 'PRUNE_OFF' }]);
    await world.apply([other], { policyChange: { prune: true } });
    expect(world.writes()).toEqual([expect.stringMatching(/^DELETE \/scheduler\/jobs\/\d+$/)]);
    expect(world.emulator.state().jobs).toHaveLength(1);
    expect((await world.plan([other])).changes).toEqual([]);
  });

  it('takes over what matches, without a write, when the policy allows it', async () => {
    await world.apply([report()]);
    world.writes();
    const fresh = { store: (await import('../../src/state/memory.ts')).memoryStore() };
    expect((await world.plan([report()], fresh)).document.summary).toMatchObject({ adopt: 1, blocked: 1 });
    await expect(world.apply([report()], fresh)).rejects.toMatchObject({
      code: 'REFUSED',
      category: 'refused',
    });
    const outcome = await world.apply([report()], { ...fresh, policyChange: { adopt: 'equal' } });
    expect(statuses(outcome)).toMatchObject([{ action: 'adopt', status: 'succeeded' }]);
    expect(world.writes()).toEqual([]);
    expect((await world.plan([report()], fresh)).changes).toEqual([]);
  });

  it('plans though the service fails on every write', async () => {
    world.emulator.faults.set(
      ['POST', 'PUT', 'DELETE'].map((method) => ({
        match: { method, path: '/scheduler/**' },
        effect: { status: 500 },
      })),
    );
    expect((await world.plan([report()])).document.summary.create).toBe(1);
    expect(world.writes()).toEqual([]);
  });

  it('keeps the state and the service apart per instance', async () => {
    await world.apply([report()]);
    const state = await world.store.read('dev');
    if (state === null) throw new Error('no state');
    await putState(world.store, {
      ...state,
      serial: state.serial + 1,
      instance: 'https://elsewhere client=x',
    });
    await expect(world.plan([report()])).rejects.toMatchObject({
      code: 'INSTANCE_MISMATCH',
      category: 'refused',
    });
    expect((await world.plan([report()], { acceptInstance: true })).changes).toEqual([]);
  });

  it('a failed change leaves the others alone, and the next apply goes on', async () => {
    const names = ['a', 'b', 'c'];
    const jobs = names.map((name) => sapJob(name, { action, schedules: { x: { cron: '* * * * 6 10 20' } } }));
    world.emulator.faults.set({
      match: { method: 'POST', path: '/scheduler/jobs', nth: 2 },
      effect: { status: 400, body: { code: 400, message: 'Job name must not contain special characters' } },
    });
    const outcome = await world.apply(jobs);
    expect(
      statuses(outcome)
        .map((item) => item.status)
        .sort(),
    ).toEqual(['failed', 'succeeded', 'succeeded']);
    world.emulator.faults.clear();
    const again = await world.apply(jobs);
    expect(statuses(again)).toMatchObject([{ action: 'create', status: 'succeeded' }]);
    expect(world.emulator.state().jobs).toHaveLength(3);
  });
});

describe('SEMANTICS 2: two targets on one instance', () => {
  it('never own the same object', async () => {
    await world.apply([report()]);
    const staging = { name: 'staging', others: ['dev'], policyChange: { adopt: 'always' as const } };
    const plan = await world.plan([report()], staging);
    expect(plan.document.diagnostics).toMatchObject([
      { code: 'OWNED_BY_OTHER_TARGET', severity: 'error', address: 'SapJob/salesReportJob' },
    ]);
    await expect(world.apply([report()], staging)).rejects.toMatchObject({ code: 'REFUSED' });
    expect(
      (await world.plan([sapJob('another', { action, schedules: {} })], staging)).document.diagnostics,
    ).toEqual([]);
  });
});

describe('SEMANTICS 7: switching a job shows what becomes of the runs of all its schedules', () => {
  it('off: what is missed; on again: what comes, and nothing at once', async () => {
    await world.apply([report()]);
    const off = await world.plan([report({ active: false })]);
    const parts = off.document.changes[0]?.parts ?? [];
    expect(parts.map((part) => part.path)).toEqual([
      '/schedules/daily',
      '/schedules/evening',
      '/schedules/often',
      '/schedules/once',
    ]);
    expect(parts.every((part) => part.impact?.after.length === 0 && part.impact.before.length > 0)).toBe(
      true,
    );
    expect(off.document.changes[0]?.operations).toHaveLength(1);
    await world.apply([report({ active: false })]);
    expect((await world.plan([report({ active: false })])).changes).toEqual([]);
    await world.emulator.clock.set(START + 10 * HOUR);
    const on = await world.plan([report()]);
    expect(
      on.document.changes[0]?.parts.every(
        (part) => part.impact?.immediate === false && part.impact.after.length > 0,
      ),
    ).toBe(true);
    const before = world.emulator.state().jobs?.[0]?.schedules?.flatMap((item) => item.logs ?? []).length;
    expect(statuses(await world.apply([report()]))).toMatchObject([{ status: 'succeeded' }]);
    expect(world.emulator.state().jobs?.[0]?.schedules?.flatMap((item) => item.logs ?? []).length).toBe(
      before,
    );
    expect((await world.plan([report()])).changes).toEqual([]);
  });

  it('other words on the job move no run', async () => {
    await world.apply([report()]);
    expect((await world.plan([report({ description: 'other' })])).document.changes[0]?.parts).toEqual([]);
  });
});

describe('the state moved between plan and apply', () => {
  it('is noticed before the first write', async () => {
    const planned = await planTarget(world.input([report()]));
    // Somebody took our lock away, and applied.
    await world.store.breakLock('dev', planned.lock?.info.id ?? '');
    await world.apply([sapJob('other', { action, schedules: {} })]);
    world.writes();
    await expect(applyTarget(planned, { concurrency: 1, onError: 'continue' })).rejects.toMatchObject({
      code: 'STATE_CONFLICT',
      category: 'locked',
    });
    expect(world.writes()).toEqual([]);
    await planned.close();
  });

  it('two at once: the second one finds the target locked, and sends nothing', async () => {
    const planned = await planTarget(world.input([report()]));
    world.writes();
    await expect(world.apply([report()])).rejects.toMatchObject({ code: 'LOCKED', category: 'locked' });
    expect(world.emulator.requests()).toEqual([]);
    await planned.close();
    await world.apply([report()]);
  });
});
