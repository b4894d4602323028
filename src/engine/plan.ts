import { randomUUID } from 'node:crypto';
import { describeTarget } from '../core/describe.ts';
import { detectDrift } from '../core/drift.ts';
import { type Diagnostic, ReconcileError } from '../core/errors.ts';
import { planChanges } from '../core/plan.ts';
import type { PlanContext } from '../core/plan-context.ts';
import { createSealer } from '../core/seal.ts';
import type { LockClaim, LockInfo, StateLock, TargetState } from '../state/store.ts';
import { kindsOf, kindsToObserve, observeTarget } from './observe.ts';
import { refuseOverlap } from './overlap.ts';
import { inventoryToObserve, recoverState } from './recovery.ts';
import { withRunLogCounts } from './run-log-counts.ts';
import { unverifiableNote } from './secrets.ts';
import type { PlannedTarget, TargetInput } from './types.ts';

/** Clocks further apart than this are worth a warning, ms. */
const SKEW_WARNING = 30_000;

/**
 * Observes one target and plans it. With `readOnly` the session has no way to write; else the target is locked first.
 * The caller closes the result. Throws ReconcileError; never plans over a partial listing.
 */
export async function planTarget(input: TargetInput): Promise<PlannedTarget> {
  if (input.readOnly) return observeAndPlan(input, undefined);
  const lock = await input.store.lock(input.name, input.claim ?? anybody);
  try {
    return await observeAndPlan(input, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

const anybody: LockClaim = { owner: 'library', host: 'unknown', pid: 0, command: 'applyTarget', timeout: 0 };

async function observeAndPlan(input: TargetInput, lock: StateLock | undefined): Promise<PlannedTarget> {
  const session = await input.provider.open(
    input.connection,
    input.readOnly ? 'read' : 'write',
    lock === undefined ? input.surroundings : { ...input.surroundings, beforeWrite: () => lock.assertHeld() },
  );
  try {
    const instance = await session.instance();
    const { state: stored, fresh, instanceMoved } = await readState(input, instance);
    const kind = kindsOf(input.provider);
    const known = inventoryToObserve(stored);
    const observation = await observeTarget({
      session,
      kinds: kindsToObserve(input.provider, input.resources, known),
      desired: input.resources,
      kind,
      inventory: known,
      now: input.surroundings.now,
    });
    const context: PlanContext = {
      policy: input.policy,
      now: input.surroundings.now() + observation.skew,
      sealer: createSealer(input.stateKey),
      ...(input.look === undefined ? {} : { look: input.look }),
      kind,
    };
    const recovered = recoverState(stored, lock === undefined ? await runningApply(input) : undefined, {
      live: observation.resources,
      kind,
      sealer: context.sealer,
      now: context.now,
    });
    const { state } = recovered;
    const { inventory } = state;
    const { selects } = input;
    const changes = planChanges(
      {
        desired: input.resources,
        live: observation.resources,
        inventory,
        ...(selects === undefined ? {} : { selects }),
      },
      context,
    );
    const overlap = await refuseOverlap({
      store: input.store,
      others: input.others ?? [],
      instance,
      resources: input.resources,
      inventory,
    });
    const planned = {
      ...changes,
      changes: await withRunLogCounts(changes.changes, session),
      refusals: [...changes.refusals, ...overlap],
    };
    const drift = detectDrift(inventory, observation.resources, context).filter(
      ({ address }) => selects?.(address) ?? true,
    );
    const document = describeTarget({
      name: input.name,
      provider: input.provider.name,
      url: instance.split(' ')[0] ?? '',
      lineage: fresh ? undefined : state.lineage,
      instance,
      requests: session.reader.requests,
      planned,
      drifted: new Set(drift.map((item) => item.address)).size,
      diagnostics: [
        ...observation.diagnostics,
        ...recovered.diagnostics,
        ...skewNote(observation.skew),
        ...unverifiableNote(inventory, context.sealer),
      ],
      sealer: context.sealer,
      kind,
    });
    return {
      input,
      document,
      changes: planned.changes,
      drift,
      live: observation.resources,
      session,
      close: async () => {
        await session.close();
        await lock?.release();
      },
      ...(lock === undefined ? {} : { lock }),
      state,
      recovered: stored.journal === null ? undefined : recovered.recognised,
      fresh,
      instanceMoved,
      instance,
      skew: observation.skew,
    };
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** Somebody else's apply that is under way, seen from a plan. */
async function runningApply({ store, name, surroundings }: TargetInput): Promise<LockInfo | undefined> {
  const held = await store.readLock(name);
  return held !== null && Date.parse(held.expiresAt) > surroundings.now() ? held : undefined;
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

function skewNote(skew: number): Diagnostic[] {
  if (Math.abs(skew) <= SKEW_WARNING) return [];
  return [
    {
      code: 'CLOCK_SKEW',
      severity: 'warning',
      message: `the service's clock is ${Math.round(Math.abs(skew) / 1000)} s ${skew > 0 ? 'ahead of' : 'behind'} this machine's; times are judged by the service's`,
    },
  ];
}
