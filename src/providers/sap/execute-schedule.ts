import type { PartChange } from '../../core/change.ts';
import { ReconcileError } from '../../core/errors.ts';
import { equalJson, type JsonObject } from '../../core/json.ts';
import type { OperationResult } from '../../core/provider.ts';
import type { LivePart } from '../../core/resource.ts';
import { scheduleBody } from './bodies.ts';
import { toLivePart } from './mapping.ts';
import { readDate } from './meaning.ts';
import { modeOf } from './modes.ts';
import { canonicalSchedule } from './normalize.ts';
import { healedFields, partsToCreate } from './operations.ts';
import { jobAfter, jobBefore, ownedSchedules } from './owned.ts';
import { schedulePath, schedulesPath } from './paths.ts';
import { timedAfter, timedLive, waitForQuiet } from './quiet.ts';
import { readWholeJob } from './read-job.ts';
import { type Moment, prepareChanged, prepareNew, refusePast } from './starting.ts';
import {
  agreesAt,
  type Doing,
  gone,
  idFromAnswer,
  jobIdOf,
  notFoundAfterWrite,
  overlay,
  requirePart,
  secretPointers,
  writeOrSettle,
} from './writing.ts';

export async function createSchedule(doing: Doing): Promise<OperationResult> {
  const { change, context, operation } = doing;
  const part = partsToCreate(change, context.now()).find(({ key }) => key === operation.part);
  const ready = part && prepareNew(part, jobAfter(change), momentOf(doing, part.key));
  if (part === undefined || ready === undefined) return { wrote: false };
  const id = await postSchedule(doing, part, ready.values);
  const effective = ready.effective === undefined ? {} : { effective: { [part.key]: ready.effective } };
  return { partIds: { [part.key]: id }, ...effective, wrote: true };
}

/** Sends a new schedule and says its id. After a lost answer the job is read: one like it that was not there before is ours. */
export async function postSchedule(doing: Doing, part: PartChange, values: JsonObject): Promise<string> {
  const { client, change } = doing;
  const jobId = jobIdOf(doing);
  const before = idsBefore(doing);
  const canonical = canonicalSchedule(values);
  const find = async (): Promise<string | undefined> => {
    const live = await readWholeJob(client, jobId);
    const alike = (live?.parts ?? []).filter(
      (other) =>
        !before.has(other.id) &&
        Object.keys(canonical).every((field) => equalJson(canonical[field], other.canonical[field])),
    );
    return alike.map(({ id }) => id).sort()[0];
  };
  const mode = modeOf(part.desired?.spec ?? {});
  const request = {
    method: 'POST' as const,
    path: schedulesPath(jobId),
    body: scheduleBody(values, { mode }),
    secrets: secretPointers(change, { [part.key]: '' }, false),
  };
  const outcome = await writeOrSettle(doing, request, find, false);
  if ('settled' in outcome) return outcome.settled;
  const id = idFromAnswer(outcome.answer, ['scheduleId']) ?? (await find());
  if (id !== undefined) return id;
  throw notFoundAfterWrite(`Schedule "${part.key}"`);
}

/** Schedules of the job that were there before this write. */
function idsBefore({ context }: Doing): Set<string> {
  const made = [...context.results.values()].flatMap((result) => Object.values(result.partIds ?? {}));
  return new Set([...(context.live?.parts ?? []).map(({ id }) => id), ...made]);
}

export async function updateSchedule(doing: Doing): Promise<OperationResult> {
  const { change, context } = doing;
  const part = requirePart(doing);
  const pointers = healedFields(part.fields).map(({ pointer }) => pointer);
  const target = part.target ?? {};
  const wanted = canonicalSchedule(target);
  const isDone = (now: LivePart) => agreesAt(wanted, now.canonical, pointers);
  const live = await readQuietly(doing, part.key, part.live?.id ?? '', {
    isDone,
    after: (seen) => overlay(seen.spec, target, pointers),
    isStartChanged: pointers.includes('/startTime'),
  });
  if (live === null) throw gone(`Schedule "${part.key}"`);
  if (isDone(live)) return { wrote: false };
  const values = overlay(live.spec, target, pointers);
  const mode = modeOf(part.desired?.spec ?? {}) ?? modeOf(values);
  if (mode !== modeOf(live.spec)) throw otherMode(part.key);
  if (change.desired?.lifecycle.allowImmediate !== true)
    refusePast(`Schedule "${part.key}"`, values, context.now());
  const ready = prepareChanged(
    values,
    live,
    jobAfter(change),
    momentOf(doing, part.key),
    pointers.includes('/startTime'),
  );
  await putSchedule(
    doing,
    live.id,
    part.key,
    scheduleBody(ready.values, { mode, changed: pointers }),
    isDone,
  );
  return {
    ...(ready.effective === undefined ? {} : { effective: { [part.key]: ready.effective } }),
    wrote: true,
  };
}

function otherMode(key: string): ReconcileError {
  return new ReconcileError(`Schedule "${key}" has got another mode since the plan was made.`, {
    code: 'CHANGED_MEANWHILE',
    category: 'stale',
    remedy: 'Plan again.',
  });
}

export async function deactivateSchedule(doing: Doing): Promise<OperationResult> {
  const part = requirePart(doing);
  const isDone = (now: LivePart) => now.canonical['active'] === false;
  const live = await readQuietly(doing, part.key, part.live?.id ?? '', { isDone });
  if (live === null || isDone(live)) return { wrote: false };
  const body = scheduleBody({ ...live.spec, active: false });
  await putSchedule(doing, live.id, part.key, body, isDone);
  return { wrote: true };
}

/** Before the job is switched on: the schedule gets its next due time as start, so that it waits for it. */
export async function holdSchedule(doing: Doing): Promise<OperationResult> {
  const { change, operation } = doing;
  const key = operation.part ?? '';
  const owned = ownedSchedules(change).get(key);
  const live =
    owned === undefined ? null : await readQuietly(doing, key, owned.id, { after: (seen) => seen.spec });
  if (live === null) return { wrote: false };
  const ready = prepareChanged(live.spec, live, jobAfter(change), momentOf(doing, key));
  const { effective } = ready;
  if (effective === undefined) return { wrote: false };
  await putSchedule(doing, live.id, key, scheduleBody(ready.values), (now) =>
    equalJson(now.canonical['startTime'], effective['startTime']),
  );
  return { effective: { [key]: effective }, wrote: true };
}

/** The write of a schedule, and the first run that the plan showed for after it. */
export function momentOf({ context }: Doing, key: string): Moment {
  const impact = context.planned?.parts.find((part) => part.key === key)?.impact;
  return { now: context.now(), shown: readDate(impact?.after[0]) };
}

/** The schedule itself, at a moment at which writing it disturbs no run; null when it is gone. */
async function readQuietly(
  doing: Doing,
  key: string,
  id: string,
  {
    isDone,
    after,
    isStartChanged,
  }: {
    isDone?: (now: LivePart) => boolean;
    after?: (seen: LivePart) => JsonObject;
    isStartChanged?: boolean;
  },
): Promise<LivePart | null> {
  const { change } = doing;
  return waitForQuiet(doing, key, async () => {
    const seen = await readSchedule(doing, id);
    if (seen === null || isDone?.(seen) === true) return { seen, timed: [] };
    const before = timedLive(seen, jobBefore(change));
    if (after === undefined) return { seen, timed: [before] };
    const [job, values] = [jobAfter(change), after(seen)];
    const { values: ready } = prepareChanged(values, seen, job, momentOf(doing, key), isStartChanged);
    return { seen, timed: [before, timedAfter(ready, job, anchorOf(ready))] };
  });
}

/** A start that was computed for it is the phase of an interval. */
export function anchorOf(schedule: JsonObject): number | undefined {
  return readDate(schedule['startTime']);
}

export async function deleteSchedule(doing: Doing): Promise<OperationResult> {
  return { wrote: await removeSchedule(doing, requirePart(doing).live?.id ?? '') };
}

/** False when it is gone already. */
export async function removeSchedule(doing: Doing, id: string): Promise<boolean> {
  if ((await readSchedule(doing, id)) === null) return false;
  const request = { method: 'DELETE' as const, path: schedulePath(jobIdOf(doing), id), accept: [404] };
  const isGone = async () => ((await readSchedule(doing, id)) === null ? true : undefined);
  await writeOrSettle(doing, request, isGone, true);
  return true;
}

/** The schedule itself, not a search; null when the service says that it is gone. */
export async function readSchedule(doing: Doing, id: string): Promise<LivePart | null> {
  const schedule = await doing.client.schedule(jobIdOf(doing), id);
  return schedule === null ? null : toLivePart(schedule);
}

export async function putSchedule(
  doing: Doing,
  id: string,
  key: string,
  body: JsonObject,
  isDone: (now: LivePart) => boolean,
): Promise<void> {
  const request = {
    method: 'PUT' as const,
    path: schedulePath(jobIdOf(doing), id),
    body,
    secrets: secretPointers(doing.change, { [key]: '' }, false),
  };
  await writeOrSettle(
    doing,
    request,
    async () => {
      const now = await readSchedule(doing, id);
      return now !== null && isDone(now) ? now : undefined;
    },
    true,
  );
}
