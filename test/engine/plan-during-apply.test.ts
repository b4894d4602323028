import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PlannedTarget } from '../../src/engine/index.ts';
import { memoryStore } from '../../src/state/memory.ts';
import type { StateStore } from '../../src/state/store.ts';
import { fakeStoreClock } from '../support/fake-store-clock.ts';
import { type SapWorld, START, sapJob, startSapWorld } from '../support/sap-target.ts';

const wanted = [
  sapJob('report', {
    action: 'https://app.example.com/report',
    schedules: { daily: { cron: '* * * * 6 10 20' } },
  }),
];

let world: SapWorld;
beforeEach(async () => {
  world = await startSapWorld();
});
afterEach(() => world.close());

/**
 * Applies, and plans at the moment when the journal is written; `later`: ms that the applier is silent before; `machine`: of
 * the one who plans.
 */
async function planDuringApply(
  later: number,
  { isDead = false, machine = 'desk-1' } = {},
): Promise<PlannedTarget | undefined> {
  const clock = fakeStoreClock(START - later);
  const store = memoryStore([], { clock });
  const claim = { owner: 'ann', host: 'desk', pid: 7, machine: 'desk-1', command: 'apply', timeout: 0 };
  let seen: PlannedTarget | undefined;
  const watched: StateStore = {
    ...store,
    async lock(target, claim) {
      const lock = await store.lock(target, claim);
      const begin: typeof lock.begin = async (state) => {
        await lock.begin(state);
        if (isDead) clock.dead.add(claim.pid);
        seen = await world.plan(wanted, { store, claim: { ...claim, pid: 8, machine } });
      };
      return { ...lock, info: lock.info, begin };
    },
  };
  await world.apply(wanted, { store: watched, claim });
  return seen;
}

function codes(plan: PlannedTarget | undefined): string[] {
  return (plan?.document.diagnostics ?? []).map(({ code }) => code);
}

describe('a plan while somebody else applies', () => {
  it('says who applies, and since when, not that an apply was cut short', async () => {
    const plan = await planDuringApply(0);
    expect(codes(plan)).toContain('APPLY_RUNNING');
    expect(codes(plan)).not.toContain('JOURNAL_OPEN');
    const note = plan?.document.diagnostics.find(({ code }) => code === 'APPLY_RUNNING');
    expect(note?.message).toContain(
      'ann@desk is applying to this target since 2026-03-01T12:00:00.000Z (apply)',
    );
  });

  it('a lock that has expired is no sign of life: the apply was cut short', async () => {
    const plan = await planDuringApply(24 * 3_600_000);
    expect(codes(plan)).toContain('JOURNAL_OPEN');
    expect(codes(plan)).not.toContain('APPLY_RUNNING');
  });

  it('a process that is gone from this very machine is no sign of life either, however fresh its lock', async () => {
    const plan = await planDuringApply(0, { isDead: true });
    expect(codes(plan)).toContain('JOURNAL_OPEN');
    expect(codes(plan)).not.toContain('APPLY_RUNNING');
  });

  it('on another machine the same pid says nothing', async () => {
    expect(codes(await planDuringApply(0, { isDead: true, machine: 'desk-2' }))).toContain('APPLY_RUNNING');
  });
});
