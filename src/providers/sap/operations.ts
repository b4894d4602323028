import type { Change, FieldDiff, Operation, PartChange } from '../../core/change.ts';
import { type Pointer, parsePointer } from '../../core/pointer.ts';
import { partPath } from '../../core/resource.ts';
import { jobBody, scheduleBody } from './bodies.ts';
import { startsAtOnce } from './effective.ts';
import { isAnnounced } from './impact.ts';
import { isWritten, jobAfter, wakesAny, wokenSchedules } from './owned.ts';
import { globalParametersPath, jobPath, jobsPath, schedulePath, schedulesPath } from './paths.ts';
import { settledSchedule } from './settled.ts';
import { LARGEST_BODY } from './validate-values.ts';

/** What an operation of this provider does; see execute.ts. */
export type Step =
  | 'create-job'
  | 'update-job'
  | 'delete-job'
  | 'deactivate-job'
  | 'create-schedule'
  | 'update-schedule'
  | 'deactivate-schedule'
  | 'hold-schedule'
  | 'delete-schedule'
  | 'create-replacement'
  | 'delete-replaced'
  | 'activate-replacement'
  | 'update-settings';

/** The requests that carry out a change of a job, in order; none where nothing differs in meaning (SEMANTICS 3). */
export function jobOperations(change: Change, now: number): Operation[] {
  switch (change.action) {
    case 'create':
      return createOperations(change, now);
    case 'replace':
      return replaceOperations(change, now);
    case 'delete':
      return [deleteJob(change, [])];
    case 'deactivate':
      return [
        operation(change, 'deactivate-job', {
          summary: `switch job "${jobName(change)}" off`,
          method: 'PUT',
          path: jobPath(change.live?.id),
        }),
      ];
    case 'forget':
      return [];
    default:
      return updateOperations(change, now);
  }
}

/** A task's job is never written: its schedules alone. */
export function taskOperations(change: Change, now: number): Operation[] {
  return change.action === 'update' || change.action === 'adopt' ? scheduleOperations(change, now) : [];
}

export function settingsOperations(change: Change): Operation[] {
  const healed = healedFields(change.fields);
  if (healed.length === 0 || change.action === 'forget') return [];
  return [
    operation(change, 'update-settings', {
      summary: `set ${fieldNames(healed)} of the instance`,
      method: 'PUT',
      path: globalParametersPath,
    }),
  ];
}

/** One POST with all schedules; too large for one, the job first and its schedules one by one. */
function createOperations(change: Change, now: number): Operation[] {
  const parts = partsToCreate(change, now);
  const bodies = parts.map((part) => scheduleBody(part.target ?? part.desired?.spec ?? {}));
  const whole = { ...jobBody(change.target ?? {}, []), name: jobName(change), schedules: bodies };
  const fits = Buffer.byteLength(JSON.stringify(whole)) <= LARGEST_BODY;
  const late = parts.some((part) => isLate(part, change, now));
  const create = operation(change, 'create-job', {
    summary: `create job "${jobName(change)}"${fits ? ` with ${count(parts.length)}` : ''}`,
    method: 'POST',
    path: jobsPath,
    ...(late && fits ? { lateBound: ['startTime'] } : {}),
  });
  if (fits) return [create];
  return [create, ...parts.map((part) => ({ ...createSchedule(part, change, now), after: [create.id] }))];
}

function updateOperations(change: Change, now: number): Operation[] {
  const schedules = scheduleOperations(change, now);
  const healed = healedFields(change.fields);
  if (healed.length === 0) return schedules;
  const update = operation(change, 'update-job', {
    summary: `update job "${jobName(change)}": ${fieldNames(healed)}`,
    method: 'PUT',
    path: jobPath(change.live?.id),
  });
  if (!wakesAny(change, now)) return [update, ...schedules];
  // Switched on last of all: until then nothing runs, and what is to be deleted is gone.
  return [...schedules, { ...update, after: schedules.map(({ id }) => id) }];
}

function scheduleOperations(change: Change, now: number): Operation[] {
  const parts = [...change.parts].filter(isWritten).sort((a, b) => (a.key < b.key ? -1 : 1));
  const of = (...actions: PartChange['action'][]) => parts.filter((part) => actions.includes(part.action));
  const updates = of('update', 'adopt');
  // What an unfinished mode change left behind goes before its successor is switched on: never both at once.
  const leftover = of('delete').filter((part) => updates.some((update) => update.path === part.path));
  const removals = new Map(leftover.map((part) => [part.path, deleteSchedule(part, change)]));
  return [
    ...removals.values(),
    ...updates.map((part) => {
      const removal = removals.get(part.path);
      const update = updateSchedule(part, change, now);
      return removal === undefined ? update : { ...update, after: [removal.id] };
    }),
    ...of('create').map((part) => createSchedule(part, change, now)),
    ...of('deactivate').map((part) => deactivateSchedule(part, change)),
    ...wokenSchedules(change, now).map(([key, part]) => holdSchedule(key, part.id, change)),
    ...of('replace').flatMap((part) => replaceSchedule(part, change)),
    ...of('delete')
      .filter((part) => !leftover.includes(part))
      .map((part) => deleteSchedule(part, change)),
  ];
}

function updateSchedule(part: PartChange, change: Change, now: number): Operation {
  return operation(change, 'update-schedule', {
    summary: `update schedule "${part.key}": ${fieldNames(healedFields(part.fields))}`,
    method: 'PUT',
    path: schedulePath(change.live?.id, part.live?.id),
    part: part.key,
    ...(isLate(part, change, now) ? { lateBound: ['startTime'] } : {}),
  });
}

/** The schedules that come with a new job. A job that is created again brings all that are not over (SEMANTICS 4);
 * those that it had before are put back, not new: their first run is no extra one (SEMANTICS 5). */
export function partsToCreate(change: Change, now: number): PartChange[] {
  if (change.action !== 'replace') {
    return change.parts.filter((part) => part.action === 'create' && isWritten(part));
  }
  const { spec = {} } = change.desired ?? {};
  return change.parts
    .filter(({ action, desired, blocked }) => {
      const isMade = (action === 'create' || action === 'replace') && blocked === undefined;
      return isMade && settledSchedule(desired?.spec ?? {}, spec, now) === undefined;
    })
    .map((part) => (part.action === 'create' ? part : { ...part, action: 'create', reason: 'missing' }));
}

function createSchedule(part: PartChange, change: Change, now: number): Operation {
  const jobId = change.action === 'update' || change.action === 'adopt' ? change.live?.id : undefined;
  return operation(change, 'create-schedule', {
    summary: `create schedule "${part.key}"`,
    method: 'POST',
    path: schedulesPath(jobId),
    part: part.key,
    ...(isLate(part, change, now) ? { lateBound: ['startTime'] } : {}),
  });
}

function deactivateSchedule(part: PartChange, change: Change): Operation {
  return operation(change, 'deactivate-schedule', {
    summary: `switch schedule "${part.key}" off`,
    method: 'PUT',
    path: schedulePath(change.live?.id, part.live?.id),
    part: part.key,
  });
}

function holdSchedule(key: string, id: string, change: Change): Operation {
  return operation(change, 'hold-schedule', {
    summary: `give schedule "${key}" its next due time as start, so that switching the job on does not run it`,
    method: 'PUT',
    path: schedulePath(change.live?.id, id),
    part: key,
    lateBound: ['startTime'],
  });
}

function deleteSchedule(part: PartChange, change: Change): Operation {
  return operation(change, 'delete-schedule', {
    summary: `delete schedule "${part.key}" and its run logs`,
    method: 'DELETE',
    path: schedulePath(change.live?.id, part.live?.id),
    part: part.key,
    destructive: true,
  });
}

/** A mode never changes in place: the new schedule comes inactive, the old one goes, the new one is switched on (SEMANTICS 6). */
function replaceSchedule(part: PartChange, change: Change): Operation[] {
  const key = part.key;
  const create = operation(change, 'create-replacement', {
    summary: `create schedule "${key}" in its new mode, inactive`,
    method: 'POST',
    path: schedulesPath(change.live?.id),
    part: key,
  });
  const remove = operation(change, 'delete-replaced', {
    summary: `delete the old schedule "${key}" and its run logs`,
    method: 'DELETE',
    path: schedulePath(change.live?.id, part.live?.id),
    part: key,
    destructive: true,
    after: [create.id],
  });
  if (part.target?.['active'] !== true) return [create, remove];
  const activate = operation(change, 'activate-replacement', {
    summary: `switch the new schedule "${key}" on`,
    method: 'PUT',
    path: schedulePath(change.live?.id, undefined),
    part: key,
    after: [remove.id],
    ...(part.target['repeatInterval'] ? { lateBound: ['startTime'] } : {}),
  });
  return [create, remove, activate];
}

/**
 * A whole job, only with `allowReplace`. Under the same name the old one has to go first; under a new name both would
 * run, so it goes first there, too. What happens in between is put right by the next apply: the job is then missing.
 */
function replaceOperations(change: Change, now: number): Operation[] {
  const remove = deleteJob(change, []);
  const create = createOperations(change, now).map((step) => ({
    ...step,
    after: [...step.after, remove.id],
  }));
  return [remove, ...create];
}

function deleteJob(change: Change, after: readonly string[]): Operation {
  return operation(change, 'delete-job', {
    summary: `delete job "${change.live?.identity ?? jobName(change)}" with its schedules and all run logs`,
    method: 'DELETE',
    path: jobPath(change.live?.id),
    destructive: true,
    after,
  });
}

/** Will a start be computed just before the write? */
function isLate(part: PartChange, change: Change, now: number): boolean {
  const target = part.target ?? part.desired?.spec ?? {};
  if (!startsAtOnce(target, jobAfter(change), now)) return false;
  return !isAnnounced(part.action, part.reason, target);
}

interface OperationDetails extends Pick<Operation, 'summary' | 'method' | 'path'> {
  part?: string;
  after?: readonly string[];
  destructive?: boolean;
  lateBound?: readonly string[];
}

function operation(change: Change, step: Step, details: OperationDetails): Operation {
  const { part, after = [], destructive = false, ...rest } = details;
  const place = part === undefined ? '' : partPath('schedules', part);
  return {
    id: `${change.address}#${place}:${step}`,
    step,
    ...rest,
    after,
    destructive,
    ...(part === undefined ? {} : { part }),
  };
}

export function jobName(change: Change): string {
  return change.desired?.identity ?? change.base?.identity ?? change.live?.identity ?? '';
}

export function healedFields(fields: readonly FieldDiff[]): FieldDiff[] {
  return fields.filter((field) => field.healed);
}

function fieldNames(fields: readonly FieldDiff[]): string {
  return fields.map((field) => nameOf(field.pointer)).join(', ');
}

function nameOf(pointer: Pointer): string {
  return parsePointer(pointer).join('.');
}

function count(schedules: number): string {
  return schedules === 1 ? '1 schedule' : `${schedules} schedules`;
}
