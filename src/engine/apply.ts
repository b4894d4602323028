import pLimit from 'p-limit';
import type { Change } from '../core/change.ts';
import { ReconcileError } from '../core/errors.ts';
import type { ChangeOutcome, TargetOutcome } from '../core/outcome.ts';
import type { PlanContext } from '../core/plan-context.ts';
import { isRefused } from '../core/plan-resource.ts';
import { createSealer } from '../core/seal.ts';
import { applyChange } from './apply-change.ts';
import { kindsOf } from './observe.ts';
import { errorOf, notAttempted } from './outcomes.ts';
import { refreshEntries } from './refresh.ts';
import { StateWriter } from './state-writer.ts';
import type { ApplyOptions, PlannedTarget } from './types.ts';

/**
 * Carries out a plan: independent changes side by side, deletes last; every object is read again just before its first
 * write and verified after its last; the inventory is written as each change succeeds (SEMANTICS 9).
 * Throws ReconcileError `REFUSED` before any write when a safety gate holds; failures of single changes are outcomes.
 */
export async function applyTarget(planned: PlannedTarget, options: ApplyOptions): Promise<TargetOutcome> {
  assertAllowed(planned);
  await assertUnchangedState(planned);
  const { input, session } = planned;
  const writer = new StateWriter(input.store, planned.state);
  const context = (): PlanContext => ({
    policy: input.policy,
    now: input.surroundings.now() + planned.skew,
    sealer: createSealer(input.stateKey),
    kind: kindsOf(input.provider),
  });
  const total = planned.changes.length;
  const outcomes = new Map<string, ChangeOutcome>();
  let writes = 0;
  let stopped = false;
  const limit = pLimit(options.concurrency);

  const run = async (change: Change): Promise<void> => {
    if (stopped || options.signal?.aborted === true) {
      outcomes.set(change.address, notAttempted(change));
      return;
    }
    options.onProgress?.({ type: 'start', address: change.address, total });
    const result = await applyChange(change, {
      session,
      writer,
      context,
      commit: input.commit,
      now: () => context().now,
      target: input.name,
      avoidRuns: options.avoidRuns,
      archiveLogs: options.archiveLogs,
      sleep: (ms) => input.surroundings.sleep(ms, options.signal),
      waiting: (message) => options.onProgress?.({ type: 'wait', address: change.address, message }),
    });
    writes += result.writes;
    // What cannot be recorded must not be written.
    const unrecorded = result.outcome.error?.code === 'STATE_CONFLICT';
    if (result.outcome.status === 'failed' && (options.onError === 'stop' || unrecorded)) stopped = true;
    outcomes.set(change.address, result.outcome);
    options.onProgress?.({ type: 'end', outcome: result.outcome, done: outcomes.size, total });
  };

  const destroys = (change: Change): boolean => change.action === 'delete' || change.action === 'deactivate';
  // What only concerns the books goes into one write of the state.
  const books = planned.changes.filter((change) => change.operations.length === 0);
  await Promise.all(books.map(run));
  const work = planned.changes.filter((change) => change.operations.length > 0);
  await Promise.all(work.filter((change) => !destroys(change)).map((change) => limit(() => run(change))));
  await Promise.all(work.filter(destroys).map((change) => limit(() => run(change))));
  const outcome: TargetOutcome = {
    name: input.name,
    outcomes: planned.changes.map((change) => outcomes.get(change.address) ?? notAttempted(change)),
    requests: session.reader.requests,
    writes,
  };
  try {
    await refreshEntries(planned, writer, context());
  } catch (error) {
    return { ...outcome, error: errorOf(error) };
  }
  return outcome;
}

/** Somebody else applied between our plan and now: their state is the truth, and our plan is old. */
async function assertUnchangedState({ input, state }: PlannedTarget): Promise<void> {
  const now = await input.store.read(input.name);
  if ((now?.serial ?? 0) === state.serial && (now === null || now.lineage === state.lineage)) return;
  throw new ReconcileError(
    `the state of target "${input.name}" was changed by somebody else since the plan`,
    {
      code: 'STATE_CONFLICT',
      category: 'locked',
      remedy: 'Nothing was written. Run the command again: it plans against the new state.',
    },
  );
}

/** All refusals at once; nothing is written for a target that has one (SEMANTICS 8). */
function assertAllowed(planned: PlannedTarget): void {
  const refusals = planned.document.diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
  const blocked = planned.changes.filter(isRefused);
  if (refusals.length === 0 && blocked.length === 0) return;
  const findings = [
    ...refusals.map(({ code, message, remedy, address }) => ({
      code,
      severity: 'error' as const,
      message,
      ...(remedy === undefined ? {} : { remedy }),
      ...(address === undefined ? {} : { address }),
    })),
    ...blocked.flatMap((change) =>
      [{ path: '', blocked: change.blocked }, ...change.parts].flatMap((item) =>
        item.blocked === undefined
          ? []
          : [
              {
                code: item.blocked.code,
                severity: 'error' as const,
                message: item.blocked.message,
                remedy: `To allow it: ${item.blocked.override}`,
                address: `${change.address}${item.path}`,
              },
            ],
      ),
    ),
  ];
  throw new ReconcileError(
    `target "${planned.input.name}": refused by ${findings.length} safety rule(s); nothing was written`,
    {
      code: 'REFUSED',
      category: 'refused',
      findings,
    },
  );
}
