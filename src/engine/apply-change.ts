import type { Change, Operation } from '../core/change.ts';
import { ReconcileError } from '../core/errors.ts';
import type { InventoryEntry } from '../core/inventory.ts';
import { equalJson, type JsonObject } from '../core/json.ts';
import type { ChangeOutcome, OperationOutcome, OutcomeStatus } from '../core/outcome.ts';
import type { PlanContext } from '../core/plan-context.ts';
import { isRefused, planResource } from '../core/plan-resource.ts';
import type { OperationResult, Session } from '../core/provider.ts';
import type { LiveResource } from '../core/resource.ts';
import type { SourceVersion } from '../core/source-version.ts';
import { type AvoidRuns, nextGap, noGap, waitingFor } from './avoid-runs.ts';
import { withResults } from './intents.ts';
import { errorOf, operationOutcome } from './outcomes.ts';
import { entriesAfter, isForetold, partialEntry } from './record.ts';
import { recogniseLate, settleFailure } from './settle.ts';
import type { StateWriter } from './state-writer.ts';
import type { ArchiveLogs } from './types.ts';
import { type Verdict, verifyChange } from './verify.ts';

export interface ApplyChangeDeps {
  session: Session;
  writer: StateWriter;
  context(): PlanContext;
  /** Throws when the lock is lost: then nothing more may be written. */
  assertHeld(): void;
  /** May an earlier apply have sent this already, without its effect being visible yet? */
  mayBeSent(address: string): boolean;
  /** The service's clock, epoch ms. */
  now(): number;
  /** Ours, for durations, ms. */
  clock(): number;
  /** Which version of the manifests this is. */
  source: SourceVersion;
  target: string;
  avoidRuns: AvoidRuns | undefined;
  archiveLogs: ArchiveLogs | undefined;
  sleep(ms: number): Promise<void>;
  /** Was the program asked to stop? */
  isStopping(): boolean;
  /** Told what is being waited for. */
  waiting(address: string, message: string): void;
}

export interface AppliedChange {
  outcome: ChangeOutcome;
  writes: number;
}

/** Progress of one change: which operations are through, and with what result. */
interface Run {
  results: Map<string, OperationResult>;
  operations: OperationOutcome[];
}

/** Carries out one change: read again, plan again, write, verify, record. Never throws: what goes wrong is the outcome. */
export async function applyChange(planned: Change, deps: ApplyChangeDeps): Promise<AppliedChange> {
  const run: Run = { results: new Map(), operations: [] };
  const writes = (): number => [...run.results.values()].filter((result) => result.wrote).length;
  const ended = (status: ChangeOutcome['status'], error?: unknown): AppliedChange => ({
    outcome: {
      address: planned.address,
      action: planned.action,
      status,
      operations: run.operations,
      ...(error === undefined ? {} : { error: errorOf(error) }),
    },
    writes: writes(),
  });
  try {
    if (planned.operations.length === 0) {
      await deps.writer.record(entriesAfter(planned, planned.live, run.results, deps));
      return ended('succeeded');
    }
    const { live, change } = await readInGap(planned, deps);
    if (change === undefined || change.operations.length === 0) {
      run.operations = planned.operations.map((operation) => operationOutcome(operation, 'noop'));
      await deps.writer.record(
        entriesAfter(change ?? { ...planned, parts: [], live }, live, run.results, deps),
        [planned.address],
      );
      return ended('noop');
    }
    skipped(planned, change, run);
    await archive(change, deps);
    await execute({ planned, change, live }, run, deps);
    const { verdict, isSettled } = await verifyTwice(change, run, deps);
    await deps.writer.record(verdict.entries, isSettled ? [planned.address] : []);
    if (verdict.failure !== undefined) return ended('failed', verdict.failure);
    return ended(writes() === 0 ? 'noop' : 'succeeded');
  } catch (error) {
    if (run.operations.every(({ status }) => status === 'noop')) {
      if (!deps.mayBeSent(planned.address)) deps.writer.drop(planned.address);
      if (deps.isStopping()) {
        run.operations = planned.operations.map((operation) => operationOutcome(operation, 'notAttempted'));
        return ended('notAttempted');
      }
    }
    await settleFailure(planned, run.operations, error, deps);
    return ended('failed', error);
  }
}

/**
 * Holds what is live now against what was to be made. What one look shows for the first time, or shows as not done, is looked
 * at once more: a single false answer must neither be recorded nor be taken for a failure. Where two looks do not agree, the
 * intent stays open.
 */
async function verifyTwice(
  change: Change,
  run: Run,
  deps: ApplyChangeDeps,
): Promise<{ verdict: Verdict; isSettled: boolean }> {
  const before = deps.writer.entry(change.movedFrom ?? change.address);
  const look = async () => {
    const after = await readAgain({ ...change, ...(idOf(change, run) ?? {}) }, deps.session);
    const entries = entriesAfter(change, after, run.results, deps);
    const verdict = verifyChange(change, after, entries, before, deps.context());
    const entry = verdict.entries[change.address];
    const isSure =
      verdict.failure === undefined &&
      (entry === undefined || entry === null || isForetold(change, entry, run.results, before));
    return { after, verdict, entry, isSure };
  };
  const first = await look();
  // Not visible yet is not the same as not there: then the intent stays.
  const mayCome =
    first.after === undefined && change.desired !== undefined && deps.context().kind(change.kind).eventual;
  if (first.isSure || mayCome === true) return { verdict: first.verdict, isSettled: mayCome !== true };
  const second = await look();
  const agree = second.verdict.failure === undefined && equalJson(idsIn(first.entry), idsIn(second.entry));
  return { verdict: second.verdict, isSettled: second.isSure || agree };
}

function idsIn(entry: InventoryEntry | null | undefined): JsonObject {
  if (entry === undefined || entry === null) return {};
  const parts = Object.entries(entry.parts).map(([key, { id }]): [string, string] => [key, id]);
  return { id: entry.id, parts: Object.fromEntries(parts) };
}

interface ReadAgain {
  live: LiveResource | undefined;
  change: Change | undefined;
}

/** The object as it is just before the write; with `avoidRuns`, at a moment far enough from its runs. */
async function readInGap(planned: Change, deps: ApplyChangeDeps): Promise<ReadAgain> {
  const until = deps.now() + (deps.avoidRuns?.timeout ?? 0);
  for (;;) {
    // What vanished since the plan is looked for twice: one false answer must not make it be forgotten.
    const live =
      (await readAgain(planned, deps.session)) ??
      (planned.live === undefined ? undefined : await readAgain(planned, deps.session));
    if (live !== undefined && deps.mayBeSent(planned.address)) await recogniseLate(planned, live, deps);
    const change = planAgain(planned, live, deps);
    if (deps.avoidRuns === undefined || change === undefined) return { live, change };
    const now = deps.now();
    const { within } = deps.avoidRuns;
    const gap = nextGap(change, deps.context().kind(change.kind), { within, now, until });
    if (gap === undefined) throw noGap(change, deps.avoidRuns);
    if (gap <= now) return { live, change };
    deps.waiting(change.address, waitingFor(change, gap, 'a gap between its runs'));
    await deps.sleep(gap - now);
  }
}

/** Saves what the change would destroy; a failure here stops it before anything is written. */
async function archive(change: Change, { archiveLogs, session, target }: ApplyChangeDeps): Promise<void> {
  if (archiveLogs === undefined || session.runLogs === undefined || change.live === undefined) return;
  const { id } = change.live;
  const whole = change.action === 'delete' || change.action === 'replace';
  const lost = whole
    ? change.live.parts
    : change.parts.flatMap((part) => (part.impact?.runLogsLost ? (part.live ?? []) : []));
  for (const part of lost) {
    const key = change.parts.find((candidate) => candidate.live?.id === part.id)?.key;
    const owner = {
      target,
      address: change.address,
      ...(key === undefined ? {} : { key }),
      id,
      partId: part.id,
    };
    await archiveLogs(owner, session.runLogs({ kind: change.kind, id, partId: part.id }));
  }
}

async function readAgain(
  change: Pick<Change, 'kind' | 'desired' | 'live' | 'base'>,
  session: Session,
): Promise<LiveResource | undefined> {
  const identity = change.live?.identity ?? change.desired?.identity ?? change.base?.identity ?? '';
  const id = change.live?.id ?? change.base?.id;
  return (
    (await session.read({ kind: change.kind, identity, ...(id === undefined ? {} : { id }) })) ?? undefined
  );
}

/** After a create the object is read by the id that it got; an id from before is void. */
function idOf(change: Change, run: Run): Pick<Change, 'live' | 'base'> | undefined {
  if (change.action !== 'create' && change.action !== 'replace') return undefined;
  const id = [...run.results.values()].map((result) => result.id).findLast((found) => found !== undefined);
  const { desired } = change;
  if (id === undefined || desired === undefined) return undefined;
  return {
    live: {
      kind: change.kind,
      identity: desired.identity,
      id,
      spec: {},
      canonical: {},
      parts: [],
      facts: {},
    },
  };
}

/** The same change, planned against the object as it is now. Less to do is fine; more, or other things, was never approved. */
function planAgain(
  planned: Change,
  live: LiveResource | undefined,
  deps: ApplyChangeDeps,
): Change | undefined {
  const entry = deps.writer.entry(planned.movedFrom ?? planned.address);
  const { change } = planResource(
    {
      address: planned.address,
      ...(planned.desired === undefined ? {} : { desired: planned.desired }),
      ...(live === undefined ? {} : { live }),
      ...(entry === undefined ? {} : { entry }),
      ...(planned.movedFrom === undefined ? {} : { movedFrom: planned.movedFrom }),
    },
    deps.context(),
  );
  if (change === undefined) return undefined;
  if (isRefused(change)) {
    const block = change.blocked ?? change.parts.find((part) => part.blocked !== undefined)?.blocked;
    throw changedMeanwhile(
      `${block?.message ?? 'a safety rule refuses it now'} (${block?.code ?? 'REFUSED'})`,
    );
  }
  const approved = workOf(planned);
  const extra = [...workOf(change)].filter((item) => !approved.has(item));
  if (extra.length > 0) throw changedMeanwhile(`it would now also need: ${extra.join(', ')}`);
  // What happens to the runs is what the plan announced; a provider may hold itself to it.
  return planned.impact === undefined ? change : { ...change, impact: planned.impact };
}

function workOf(change: Change): Set<string> {
  const fields = [
    ...change.fields.filter((field) => field.healed).map((field) => field.pointer),
    ...change.parts.flatMap((part) =>
      part.fields.filter((field) => field.healed).map((field) => `${part.path}${field.pointer}`),
    ),
  ];
  return new Set([...change.operations.map((operation) => operation.summary), ...fields]);
}

function changedMeanwhile(what: string): ReconcileError {
  return new ReconcileError(`the object was changed by somebody else since the plan: ${what}`, {
    code: 'CHANGED_SINCE_PLAN',
    category: 'stale',
    remedy: 'Nothing was written to it. Run plan again and look at what changed.',
  });
}

/** Operations that were planned and are not needed any more. */
function skipped(planned: Change, change: Change, run: Run): void {
  const needed = new Set(change.operations.map((operation) => operation.id));
  for (const operation of planned.operations) {
    if (!needed.has(operation.id)) run.operations.push(operationOutcome(operation, 'noop'));
  }
}

async function execute(
  { planned, change, live }: { planned: Change; change: Change; live: LiveResource | undefined },
  run: Run,
  deps: ApplyChangeDeps,
): Promise<void> {
  const { session, writer } = deps;
  if (session.execute === undefined) {
    throw new ReconcileError('this session was opened for reading only', {
      code: 'READ_ONLY',
      category: 'internal',
    });
  }
  const remaining: Operation[] = [...change.operations];
  let failure: unknown;
  while (remaining.length > 0) {
    const operation = remaining.shift() as Operation;
    const started = deps.clock();
    const told = (status: OutcomeStatus, error?: unknown): void => {
      run.operations.push({
        ...operationOutcome(operation, status, error),
        durationMs: deps.clock() - started,
      });
      const intent = writer.intent(change.address);
      if (intent !== undefined) writer.note(change.address, withResults(intent, run.operations));
    };
    try {
      deps.assertHeld();
      const result = await session.execute(operation, {
        change,
        planned,
        live,
        results: run.results,
        now: deps.now,
        async pause(until, what) {
          deps.waiting(change.address, waitingFor(change, until, what));
          await deps.sleep(Math.max(0, until - deps.now()));
        },
        reader: session.reader,
        ...(deps.mayBeSent(change.address) ? { mayBeSent: true } : {}),
      });
      run.results.set(operation.id, result);
      told(result.wrote ? 'succeeded' : 'noop');
    } catch (error) {
      told('failed', error);
      run.operations.push(...remaining.map((later) => operationOutcome(later, 'blocked')));
      failure = error;
      remaining.length = 0;
      if (run.results.size === 0) break;
    }
    // What is done is ours from now on, whatever becomes of the rest.
    const partial =
      remaining.length > 0 || failure !== undefined ? partialEntry(change, run.results, deps) : undefined;
    if (partial !== undefined) await writer.record(partial);
  }
  if (failure !== undefined) throw failure;
}
