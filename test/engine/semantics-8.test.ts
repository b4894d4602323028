import { afterEach, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { planTarget } from '../../src/engine/index.ts';
import { type SapWorld, START, sapJob, startSapWorld } from '../support/sap-target.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function world(): Promise<SapWorld> {
  const made = await startSapWorld();
  open.push(made);
  return made;
}

const action = 'https://app.example.com/run';
const job = (name: string, more = {}, lifecycle = {}) =>
  sapJob(name, { action, schedules: { a: { cron: '* * * * 1 10 20' } }, ...more }, lifecycle);

describe('SEMANTICS 8: nothing is written for a target that has a refusal', () => {
  it('gate 0: another instance is refused before its jobs are read, and --accept-instance moves on purpose', async () => {
    const here = await world();
    await here.apply([job('a')]);
    const other: Emulator = await startEmulator({ now: () => START });
    open.push(other);
    other.clock.freeze();
    const connection = {
      target: 'dev',
      url: other.url,
      credentials: { serviceKey: { ...other.credentials } },
    };
    const input = here.input([job('a')], { connection: connection as never });
    await expect(planTarget(input)).rejects.toMatchObject({
      code: 'INSTANCE_MISMATCH',
      category: 'refused',
      remedy: expect.stringContaining('--accept-instance'),
    });
    expect(other.requests().filter(({ path }) => path.startsWith('/scheduler'))).toEqual([]);
    const moved = await planTarget({ ...input, acceptInstance: true });
    await moved.close();
    expect(moved.document.changes).toMatchObject([{ action: 'create', reason: 'missing' }]);
  });

  it('gates 2 and 5: an empty folder names both, and nothing is written', async () => {
    const here = await world();
    await here.apply([job('a')]);
    here.writes();
    const failure = await here.apply([], { policyChange: { prune: true } }).catch((error) => error);
    expect(failure).toMatchObject({ code: 'REFUSED', category: 'refused' });
    expect(failure.findings.map((finding: { code: string }) => finding.code)).toEqual([
      'EMPTY_SET',
      'DELETE_ALL',
    ]);
    expect(here.writes()).toEqual([]);
  });

  it('gate 3: a listing that contradicts itself ends the plan', async () => {
    const here = await world();
    await here.apply([job('a'), job('b')]);
    here.writes();
    here.emulator.faults.set({ match: { method: 'GET', path: '/scheduler/jobs' }, effect: { html: true } });
    await expect(here.apply([job('a')], { policyChange: { prune: true } })).rejects.toThrow();
    expect(here.writes()).toEqual([]);
  });

  it('gate 3: an owned job that the list leaves out is not taken for gone', async () => {
    const here = await world();
    await here.apply([job('a'), job('b')]);
    here.emulator.faults.set({
      match: { method: 'GET', path: '/scheduler/jobs', count: 1 },
      effect: { status: 200, body: { total: 0, results: [] } },
    });
    const plan = await here.plan([job('a'), job('b')]);
    expect(plan.changes).toEqual([]);
  });

  it('gates 4 and 5 together: one refusal holds back everything else of the target', async () => {
    const here = await world();
    await here.apply([job('a', {}, { protect: true }), job('b')]);
    await here.byHand('POST', '/scheduler/jobs', {
      name: 'theirs',
      description: 'x',
      action,
      httpMethod: 'POST',
      active: true,
      schedules: [],
    });
    here.writes();
    const wanted = [job('b', { description: 'new' }), job('theirs'), job('fresh')];
    const failure = await here.apply(wanted, { policyChange: { prune: true } }).catch((error) => error);
    expect(failure.findings.map((finding: { code: string }) => finding.code).sort()).toEqual([
      'PROTECTED',
      'UNOWNED',
    ]);
    expect(
      failure.findings.every(({ remedy }: { remedy?: string }) => remedy?.includes('To allow it: ')),
    ).toBe(true);
    expect(here.writes()).toEqual([]);
  });

  it('gate 7: a second apply of the same target does not start', async () => {
    const here = await world();
    const first = await planTarget(here.input([job('a')]));
    await expect(planTarget(here.input([job('a')]))).rejects.toMatchObject({
      code: 'LOCKED',
      category: 'locked',
    });
    await first.close();
    const second = await planTarget(here.input([job('a')]));
    await second.close();
  });
});
