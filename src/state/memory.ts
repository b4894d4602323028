import { randomUUID } from 'node:crypto';
import {
  type Attempt,
  holdLock,
  isHolderGone,
  isStale,
  lockChanged,
  newLock,
  stateConflict,
  waitForLock,
} from './lock.ts';
import type {
  HistoryRecord,
  LockClaim,
  LockInfo,
  StateLock,
  StateStore,
  StoreClock,
  TargetState,
} from './store.ts';

/** Nobody else can see this memory, so that a lock is never stale unless a test says so. */
const still: StoreClock = {
  now: () => 0,
  sleep: async () => undefined,
  every: () => () => undefined,
  random: () => randomUUID(),
  isAlive: () => undefined,
};

/** States in memory: for the library and for tests. */
export function memoryStore(
  initial: readonly TargetState[] = [],
  { clock = still }: { clock?: StoreClock } = {},
): StateStore {
  const states = new Map(initial.map((state) => [state.target, structuredClone(state)]));
  const locks = new Map<string, LockInfo>();
  const records: HistoryRecord[] = [];

  function put(state: TargetState): void {
    const there = states.get(state.target);
    const fits =
      (there?.serial ?? 0) === state.serial - 1 && (there?.lineage ?? state.lineage) === state.lineage;
    if (!fits) throw stateConflict(state.target);
    states.set(state.target, structuredClone(state));
  }

  function take(target: string, claim: LockClaim): Attempt<StateLock> {
    const held = locks.get(target);
    if (held !== undefined && !isStale(held, claim.machine, clock)) return { held };
    const info = newLock(target, claim, clock);
    locks.set(target, info);
    return { got: open(info) };
  }

  function open(info: LockInfo): StateLock {
    const { id, target } = info;
    const holding = holdLock(info, clock, async (next) => {
      if (locks.get(target)?.id !== id) return false;
      locks.set(target, next);
      return true;
    });
    const write = async (state: TargetState): Promise<void> => {
      holding.assertHeld();
      put(state);
    };
    const release = async (): Promise<void> => {
      await holding.stop();
      holding.lose('it was given back');
      if (locks.get(target)?.id === id) locks.delete(target);
    };
    return {
      get info() {
        return holding.info;
      },
      assertHeld: holding.assertHeld,
      begin: write,
      save: write,
      async finish(state, record) {
        await write(state);
        records.unshift(structuredClone(record));
        await release();
      },
      release,
    };
  }

  return {
    read: async (target) => structuredClone(states.get(target) ?? null),
    lock: (target, claim) => waitForLock(claim, clock, async () => take(target, claim)),
    readLock: async (target) => locks.get(target) ?? null,
    isHolderGone: (held, machine) => isHolderGone(held, machine, clock),
    async breakLock(target, id) {
      if (locks.get(target)?.id !== id) throw lockChanged(target);
      locks.delete(target);
    },
    history: async (target, limit) =>
      structuredClone(records.filter((record) => record.target === target).slice(0, limit)),
  };
}
