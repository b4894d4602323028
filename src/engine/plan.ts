import { randomUUID } from 'node:crypto';
import { ReconcileError } from '../core/errors.ts';
import type { PlanMemo } from '../core/plan-memo.ts';
import type { LockClaim, LockInfo, StateLock, TargetState } from '../state/store.ts';
import { kindsOf, kindsToObserve, observeTarget } from './observe.ts';
import { statesOf } from './overlap.ts';
import { planObserved } from './plan-observed.ts';
import { inventoryToObserve } from './recovery.ts';
import type { PlannedTarget, TargetInput } from './types.ts';

/**
 * Observes one target and plans it. With `readOnly` the session has no way to write; else the target is locked first.
 * The caller closes the result. Throws ReconcileError; never plans over a partial listing.
 * `memo`: for those who plan the target again over what this call observes.
 */
export async function planTarget(input: TargetInput, memo?: PlanMemo): Promise<PlannedTarget> {
  if (input.readOnly) return observeAndPlan(input, undefined, memo);
  const lock = await input.store.lock(input.name, input.claim ?? anybody);
  try {
    return await observeAndPlan(input, lock, memo);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

const anybody: LockClaim = { owner: 'library', host: 'unknown', pid: 0, command: 'applyTarget', timeout: 0 };

async function observeAndPlan(
  input: TargetInput,
  lock: StateLock | undefined,
  memo: PlanMemo | undefined,
): Promise<PlannedTarget> {
  const session = await input.provider.open(
    input.connection,
    input.readOnly ? 'read' : 'write',
    lock === undefined ? input.surroundings : { ...input.surroundings, beforeWrite: () => lock.assertHeld() },
  );
  try {
    const instance = await session.instance();
    const { state: stored, fresh, instanceMoved } = await readState(input, instance);
    const running = lock === undefined ? await runningApply(input) : undefined;
    const known = inventoryToObserve(stored);
    const observedAt = input.surroundings.now();
    const observation = await observeTarget({
      session,
      kinds: kindsToObserve(input.provider, input.resources, known),
      desired: input.resources,
      kind: kindsOf(input.provider),
      inventory: known,
      now: input.surroundings.now,
    });
    const others = await statesOf(input);
    const observed = { instance, stored, fresh, instanceMoved, running, observation, observedAt, others };
    return await planObserved({ input, session, lock, observed, memo });
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** Somebody else's apply that is under way, seen from a plan. */
async function runningApply({
  store,
  name,
  surroundings,
  claim,
}: TargetInput): Promise<LockInfo | undefined> {
  const held = await store.readLock(name);
  if (held === null || Date.parse(held.expiresAt) <= surroundings.now()) return undefined;
  return store.isHolderGone(held, claim?.machine) ? undefined : held;
}

/** Gate 0: the instance is the one this state belongs to. */
export async function readState(
  input: TargetInput,
  instance: string,
): Promise<{ state: TargetState; fresh: boolean; instanceMoved: boolean }> {
  const state = await input.store.read(input.name);
  if (state === null) {
    const empty = {
      formatVersion: '1',
      target: input.name,
      lineage: randomUUID(),
      instance,
      serial: 0,
      inventory: {},
      journal: null,
    } as const;
    return { state: empty, fresh: true, instanceMoved: false };
  }
  if (state.instance === instance) return { state, fresh: false, instanceMoved: false };
  // What an apply to the other instance left open has nothing to do with this one.
  if (input.acceptInstance === true)
    return { state: { ...state, instance, journal: null }, fresh: false, instanceMoved: true };
  throw new ReconcileError(
    `the credentials of target "${input.name}" lead to another service instance than the one it was applied to\n  now:   ${instance}\n  state: ${state.instance}`,
    {
      code: 'INSTANCE_MISMATCH',
      category: 'refused',
      remedy:
        'Check the credentials. If the target was moved on purpose, repeat the command with --accept-instance.',
    },
  );
}
