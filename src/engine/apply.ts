import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import type { Change } from '../core/change.ts';
import { ReconcileError } from '../core/errors.ts';
import type { ChangeOutcome, TargetOutcome } from '../core/outcome.ts';
import type { PlanContext } from '../core/plan-context.ts';
import { isRefused } from '../core/plan-resource.ts';
import { createSealer } from '../core/seal.ts';
import { formatInstant } from '../time/index.ts';
import { applyChange } from './apply-change.ts';
import { actorOf, historyRecord } from './history-record.ts';
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
  const { input, session, lock } = planned;
  if (lock === undefined) throw readOnly();
  const writer = new StateWriter(lock, planned.state, planned.instanceMoved);
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
    const unrecorded = endsAll.includes(result.outcome.error?.code ?? '');
    if (result.outcome.status === 'failed' && (options.onError === 'stop' || unrecorded)) stopped = true;
    outcomes.set(change.address, result.outcome);
    options.onProgress?.({ type: 'end', outcome: result.outcome, done: outcomes.size, total });
  };

  const destroys = (change: Change): boolean => change.action === 'delete' || change.action === 'deactivate';
  // What only concerns the books goes into one write of the state.
  const books = planned.changes.filter((change) => change.operations.length === 0);
  await Promise.all(books.map(run));
  const work = planned.changes.filter((change) => change.operations.length > 0);
  const id = randomUUID();
  const actor = actorOf(lock.info);
  const { commit } = input;
  const startedAt = formatInstant(input.surroundings.now());
  if (work.length > 0 && options.signal?.aborted !== true) {
    await writer.begin({ id, startedAt, actor, ...(commit === undefined ? {} : { commit }), intents: {} });
  }
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
    if (writer.isDirty) {
      const { command } = lock.info;
      const at = formatInstant(input.surroundings.now());
      await writer.finish((serial) =>
        historyRecord({
          id,
          target: input.name,
          lineage: planned.state.lineage,
          serial,
          at,
          command,
          actor,
          commit,
          outcomes: outcome.outcomes,
        }),
      );
    }
  } catch (error) {
    return { ...outcome, error: errorOf(error) };
  } finally {
    await lock.release();
  }
  return outcome;
}

/** Errors of one change after which no other one may start: what cannot be recorded must not be written. */
const endsAll: readonly string[] = ['STATE_CONFLICT', 'LOCK_LOST'];

function readOnly(): ReconcileError {
  return new ReconcileError('this target was planned for reading only: it cannot be applied', {
    code: 'READ_ONLY',
    category: 'internal',
  });
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
