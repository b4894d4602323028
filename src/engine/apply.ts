import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import type { Change } from '../core/change.ts';
import { counted } from '../core/counted.ts';
import { ReconcileError } from '../core/errors.ts';
import type { ChangeOutcome, TargetOutcome } from '../core/outcome.ts';
import type { PlanContext } from '../core/plan-context.ts';
import { isRefused } from '../core/plan-resource.ts';
import { createSealer } from '../core/seal.ts';
import { sourceVersion } from '../core/source-version.ts';
import { formatInstant } from '../time/index.ts';
import { type ApplyChangeDeps, applyChange } from './apply-change.ts';
import { actorOf, historyRecord } from './history-record.ts';
import { intentOf } from './intents.ts';
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
  const { input, session, lock, changes } = planned;
  if (lock === undefined) throw readOnly();
  const isChanged = planned.instanceMoved || planned.recovered !== undefined;
  const writer = new StateWriter(lock, planned.state, isChanged);
  const context = (): PlanContext => ({
    policy: input.policy,
    now: input.surroundings.now() + planned.skew,
    sealer: createSealer(input.stateKey),
    kind: kindsOf(input.provider),
  });
  const source = sourceVersion(input);
  const mayBeSent = new Set(Object.keys(planned.state.journal?.intents ?? {}));
  const deps: ApplyChangeDeps = {
    session,
    writer,
    context,
    assertHeld: () => lock.assertHeld(),
    mayBeSent: (address) => mayBeSent.has(address),
    source,
    now: () => context().now,
    clock: input.surroundings.now,
    target: input.name,
    avoidRuns: options.avoidRuns,
    archiveLogs: options.archiveLogs,
    sleep: (ms) => input.surroundings.sleep(ms, options.signal),
    isStopping: () => options.signal?.aborted === true,
    waiting: (address, message) => options.onProgress?.({ type: 'wait', address, message }),
  };
  const id = randomUUID();
  const actor = actorOf(lock.info);
  const startedAt = formatInstant(context().now);
  const begin = async (work: readonly Change[]): Promise<void> => {
    const open = planned.state.journal?.intents;
    const intents = Object.fromEntries(
      work.map((change) => {
        const since = open?.[change.address]?.since;
        return [change.address, { ...intentOf(change, deps), ...(since === undefined ? {} : { since }) }];
      }),
    );
    await writer.begin({ id, startedAt, actor, ...source, intents });
  };
  const { outcomes, writes } = await carryOut(changes, begin, deps, options);
  for (const { address, status } of outcomes) {
    // Nothing was sent for it in this apply; what an earlier one may have sent stays open.
    if (status === 'notAttempted' && !mayBeSent.has(address)) writer.drop(address);
  }
  const outcome: TargetOutcome = { name: input.name, outcomes, requests: session.reader.requests, writes };
  try {
    await refreshEntries(planned, writer, context());
    if (writer.isDirty) {
      const { command } = lock.info;
      const { lineage } = planned.state;
      const recovered = planned.recovered?.length;
      const at = formatInstant(context().now);
      const record = { id, target: input.name, lineage, at, command, actor, ...source, outcomes, recovered };
      await writer.finish((serial) => historyRecord({ ...record, serial }));
    }
  } catch (error) {
    return { ...outcome, error: errorOf(error) };
  } finally {
    await lock.release();
  }
  return outcome;
}

/**
 * Runs the changes: first what only concerns the books, in memory; then `begin` records the whole intent, together with those;
 * then all that writes, deletes last.
 */
async function carryOut(
  changes: readonly Change[],
  begin: (work: readonly Change[]) => Promise<void>,
  deps: ApplyChangeDeps,
  options: ApplyOptions,
): Promise<{ outcomes: ChangeOutcome[]; writes: number }> {
  const total = changes.length;
  const outcomes = new Map<string, ChangeOutcome>();
  let writes = 0;
  let stopped = false;
  const limit = pLimit(options.concurrency);

  const run = async (change: Change): Promise<void> => {
    if (stopped || deps.isStopping()) {
      outcomes.set(change.address, notAttempted(change));
      return;
    }
    options.onProgress?.({ type: 'start', address: change.address, total });
    const result = await applyChange(change, deps);
    writes += result.writes;
    // What cannot be recorded must not be written.
    const unrecorded = endsAll.includes(result.outcome.error?.code ?? '');
    if (result.outcome.status === 'failed' && (options.onError === 'stop' || unrecorded)) stopped = true;
    outcomes.set(change.address, result.outcome);
    options.onProgress?.({ type: 'end', outcome: result.outcome, done: outcomes.size, total });
  };

  const destroys = (change: Change): boolean => change.action === 'delete' || change.action === 'deactivate';
  await Promise.all(changes.filter((change) => change.operations.length === 0).map(run));
  const work = changes.filter((change) => change.operations.length > 0);
  if (work.length > 0 && !deps.isStopping()) await begin(work);
  await Promise.all(work.filter((change) => !destroys(change)).map((change) => limit(() => run(change))));
  await Promise.all(work.filter(destroys).map((change) => limit(() => run(change))));
  return {
    outcomes: changes.map((change) => outcomes.get(change.address) ?? notAttempted(change)),
    writes,
  };
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
    `target "${planned.input.name}": refused by ${counted(findings.length, 'safety rule')}; nothing was written`,
    {
      code: 'REFUSED',
      category: 'refused',
      findings,
    },
  );
}
