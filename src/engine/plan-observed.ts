import { describeTarget } from '../core/describe.ts';
import { detectDrift } from '../core/drift.ts';
import type { Diagnostic } from '../core/errors.ts';
import { planChanges } from '../core/plan.ts';
import type { PlanContext } from '../core/plan-context.ts';
import type { PlanMemo } from '../core/plan-memo.ts';
import type { Session } from '../core/provider.ts';
import { createSealer } from '../core/seal.ts';
import type { StateLock } from '../state/store.ts';
import { kindsOf } from './observe.ts';
import { refuseOverlap } from './overlap.ts';
import { recoverState } from './recovery.ts';
import { withRunLogCounts } from './run-log-counts.ts';
import { unverifiableNote } from './secrets.ts';
import type { ObservedTarget, PlannedTarget, TargetInput } from './types.ts';

/** Clocks further apart than this are worth a warning, ms. */
const SKEW_WARNING = 30_000;

interface PlanObservedInput {
  input: TargetInput;
  session: Session;
  lock: StateLock | undefined;
  observed: ObservedTarget;
  memo: PlanMemo | undefined;
  /** Those of the session before this plan. */
  requests?: number;
}

/** The plan over what was observed; asks the service for no more than the run logs that it would cost. */
export async function planObserved({
  input,
  session,
  lock,
  observed,
  memo,
  requests = 0,
}: PlanObservedInput): Promise<PlannedTarget> {
  const { instance, stored, fresh, observation } = observed;
  const kind = kindsOf(input.provider);
  const context: PlanContext = {
    policy: input.policy,
    now: input.surroundings.now() + observation.skew,
    sealer: createSealer(input.stateKey),
    ...(input.look === undefined ? {} : { look: input.look }),
    kind,
  };
  const recovered = recoverState(stored, observed.running, {
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
    memo,
  );
  const overlap = refuseOverlap({
    others: observed.others,
    instance,
    resources: input.resources,
    inventory,
  });
  const planned = {
    ...changes,
    changes: await withRunLogCounts(changes.changes, session),
    refusals: [...changes.refusals, ...overlap],
  };
  const drift = detectDrift(inventory, observation.resources, context, memo).filter(
    ({ address }) => selects?.(address) ?? true,
  );
  const document = describeTarget({
    name: input.name,
    provider: input.provider.name,
    url: instance.split(' ')[0] ?? '',
    lineage: fresh ? undefined : state.lineage,
    instance,
    requests: session.reader.requests - requests,
    planned,
    drifted: new Set(drift.map((item) => item.address)).size,
    diagnostics: [
      ...observation.diagnostics.filter(
        ({ address }) => address === undefined || (selects?.(address) ?? true),
      ),
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
    instanceMoved: observed.instanceMoved,
    instance,
    skew: observation.skew,
    observed,
  };
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
