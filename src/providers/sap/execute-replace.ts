import type { PartChange } from '../../core/change.ts';
import { equalJson } from '../../core/json.ts';
import type { OperationResult } from '../../core/provider.ts';
import type { LivePart } from '../../core/resource.ts';
import { scheduleBody } from './bodies.ts';
import {
  anchorOf,
  momentOf,
  postSchedule,
  putSchedule,
  readSchedule,
  removeSchedule,
} from './execute-schedule.ts';
import { modeOf } from './modes.ts';
import { canonicalSchedule } from './normalize.ts';
import { jobAfter, jobBefore, ownedSchedules } from './owned.ts';
import { CALM, type Timed, timedAfter, timedLive, waitForQuiet } from './quiet.ts';
import { prepareReplacement, refusePast } from './starting.ts';
import { type Doing, gone, requirePart } from './writing.ts';

/**
 * The new schedule of a mode change, inactive. One like it that is nobody's was left by a try that was cut short: it is
 * taken up again instead of making a second one.
 */
export async function createReplacement(doing: Doing): Promise<OperationResult> {
  const { change, context } = doing;
  const part = requirePart(doing);
  const target = part.target ?? part.desired?.spec ?? {};
  const mode = modeOf(part.desired?.spec ?? target);
  const values = { ...scheduleBody(target, { mode }), active: false };
  if (change.desired?.lifecycle.allowImmediate !== true) {
    refusePast(`Schedule "${part.key}"`, target, context.now());
  }
  const owned = new Set([...ownedSchedules(change).values()].map(({ id }) => id));
  const canonical = canonicalSchedule(values);
  const left = (context.live?.parts ?? []).find(
    (live) =>
      !owned.has(live.id) &&
      Object.keys(canonical).every((field) => equalJson(canonical[field], live.canonical[field])),
  );
  if (left !== undefined) return { partIds: { [part.key]: left.id }, wrote: false };
  const id = await postSchedule(doing, part, values);
  return { partIds: { [part.key]: id }, wrote: true };
}

/** The old schedule goes only while the new one is there. */
export async function deleteReplaced(doing: Doing): Promise<OperationResult> {
  const part = requirePart(doing);
  const replacement = replacementOf(doing, part.key);
  const live = await waitForQuiet(doing, part.key, async () => {
    const seen = await readSchedule(doing, replacement);
    return { seen, timed: seen === null ? [] : timedAcross(doing, part, seen) };
  });
  if (live === null) throw gone(`The new schedule "${part.key}"`);
  const wrote = await removeSchedule(doing, part.live?.id ?? '');
  return { partIds: { [part.key]: replacement }, wrote };
}

/** The old schedule and, as it will be, the new one: between its delete and the switch neither runs. */
function timedAcross(doing: Doing, part: PartChange, replacement: LivePart): Timed[] {
  const { change } = doing;
  const old = part.live === undefined ? [] : [timedLive(part.live, jobBefore(change))];
  if (part.target?.['active'] !== true) return old;
  const job = jobAfter(change);
  const values = { ...replacement.spec, active: true };
  const { values: schedule } = prepareReplacement(values, part.live, job, momentOf(doing, part.key));
  return [...old, { ...timedAfter(schedule, job, anchorOf(schedule)), calm: CALM }];
}

export async function activateReplacement(doing: Doing): Promise<OperationResult> {
  const { change, context } = doing;
  const part = requirePart(doing);
  const live = await readSchedule(doing, replacementOf(doing, part.key));
  if (live === null) throw gone(`The new schedule "${part.key}"`);
  if (live.canonical['active'] === true) return { wrote: false };
  const values = { ...live.spec, active: true };
  if (change.desired?.lifecycle.allowImmediate !== true) {
    refusePast(`Schedule "${part.key}"`, values, context.now());
  }
  const ready = prepareReplacement(values, part.live, jobAfter(change), momentOf(doing, part.key));
  await putSchedule(
    doing,
    live.id,
    part.key,
    scheduleBody(ready.values),
    (now) => now.canonical['active'] === true,
  );
  return {
    ...(ready.effective === undefined ? {} : { effective: { [part.key]: ready.effective } }),
    wrote: true,
  };
}

function replacementOf({ context }: Doing, key: string): string {
  for (const { partIds } of context.results.values()) {
    const id = partIds !== undefined && Object.hasOwn(partIds, key) ? partIds[key] : undefined;
    if (id !== undefined) return id;
  }
  throw gone(`The new schedule "${key}"`);
}
