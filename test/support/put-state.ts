import type { LockClaim, StateStore, TargetState } from '../../src/state/store.ts';

export const testClaim: LockClaim = { owner: 'ann', host: 'here', pid: 1, command: 'test', timeout: 0 };

/** Puts a state in place, as some command before the test would have. */
export async function putState(store: StateStore, state: TargetState): Promise<void> {
  const lock = await store.lock(state.target, testClaim);
  await lock.begin(state);
  await lock.release();
}
