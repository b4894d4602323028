import type { ServiceError } from './errors.ts';
import { type Job, MODES, type Run, type Schedule, type SentDate } from './model.ts';

/** The answers whose fields come in different shapes. */
export type Endpoint =
  | 'jobs'
  | 'job'
  | 'jobCreated'
  | 'schedules'
  | 'schedule'
  | 'scheduleCreated'
  | 'searchJobs'
  | 'searchSchedules'
  | 'runs'
  | 'error';

/** How one answer spells what it holds. */
export interface Style {
  data: 'object' | 'text';
  dates: 'echo' | 'plain' | 'iso';
  modes: 'absent' | 'null';
  description: 'empty' | 'null' | 'absent';
  errors: 'flat' | 'nested';
  /** `next_url` with or without a slash before the question mark. */
  slash: boolean;
  /** `GET ?name=` answers an object, or a list with one entry. */
  single: 'object' | 'list';
  deleted: 200 | 204;
}

const BASE: Style = {
  data: 'object',
  dates: 'iso',
  modes: 'null',
  description: 'empty',
  errors: 'flat',
  slash: false,
  single: 'object',
  deleted: 200,
};

const DOCUMENTED: Record<Endpoint, Style> = {
  jobs: { ...BASE, dates: 'plain' },
  job: { ...BASE, dates: 'echo', modes: 'absent' },
  jobCreated: { ...BASE, dates: 'echo', modes: 'absent', description: 'absent' },
  schedules: { ...BASE, dates: 'plain', data: 'text' },
  schedule: BASE,
  scheduleCreated: { ...BASE, modes: 'absent', description: 'absent' },
  searchJobs: { ...BASE, data: 'text', description: 'null' },
  searchSchedules: { ...BASE, data: 'text', dates: 'plain', description: 'null' },
  runs: BASE,
  error: BASE,
};

/** Gives the style of one answer: the documented one, or with a seed a different but repeatable one each. */
export type Shapes = (endpoint: Endpoint, key?: string | number) => Style;

export function createShapes(seed: number | undefined): Shapes {
  if (seed === undefined) return (endpoint) => DOCUMENTED[endpoint];
  return function styleOf(endpoint, key = '') {
    const bits = hash(`${seed}/${endpoint}/${key}`);
    return {
      data: pick(bits, 0, ['object', 'text']),
      dates: pick(bits, 3, ['echo', 'plain', 'iso']),
      modes: pick(bits, 7, ['absent', 'null']),
      description: pick(bits, 10, ['empty', 'null', 'absent']),
      errors: pick(bits, 14, ['flat', 'nested']),
      slash: pick(bits, 17, [true, false]),
      single: pick(bits, 20, ['object', 'list']),
      deleted: pick(bits, 23, [200, 204]),
    };
  };
}

/** FNV-1a with a final mix. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}

function pick<const T>(bits: number, shift: number, choices: readonly [T, ...T[]]): T {
  return choices[((bits >>> shift) & 7) % choices.length] ?? choices[0];
}

const MAX_DATES = 100_000;
const dates = new Map<number, string>();

/** ISO text of an instant. The same instants are shown again and again: pages are half made of them. */
export function isoDate(at: number): string {
  const known = dates.get(at);
  if (known !== undefined) return known;
  const text = new Date(at).toISOString();
  if (dates.size >= MAX_DATES) dates.clear();
  dates.set(at, text);
  return text;
}

function plainDate(at: number): string {
  return isoDate(at).slice(0, 19).replace('T', ' ');
}

/** An instant as an answer of this style spells it. */
function showInstant(at: number | undefined | null, style: Style): string | null {
  if (at === undefined || at === null) return null;
  return style.dates === 'plain' ? plainDate(at) : isoDate(at);
}

function showSent(date: SentDate | undefined, style: Style): unknown {
  if (date === undefined) return null;
  return style.dates === 'echo' ? date.raw : showInstant(date.at, style);
}

function showTiming(schedule: Schedule, style: Style): unknown {
  const { mode, raw, at, relative } = schedule.timing;
  if (mode !== 'time' || (style.dates === 'echo' && relative !== true)) return raw;
  return showInstant(at, style);
}

function showData(data: unknown, style: Style): unknown {
  if (style.data === 'text') return data === '' ? '' : JSON.stringify(data ?? {});
  return data ?? {};
}

/** The fields every answer about a schedule shares. `descriptionName` is `scheduleDescription` inside a search. */
export function showSchedule(
  schedule: Schedule,
  style: Style,
  descriptionName = 'description',
): Record<string, unknown> {
  const shown: Record<string, unknown> = { scheduleId: schedule.scheduleId };
  const description = schedule.description === '' ? undefined : (schedule.description ?? undefined);
  if (description !== undefined) shown[descriptionName] = description;
  else if (style.description !== 'absent') shown[descriptionName] = style.description === 'empty' ? '' : null;
  shown['data'] = showData(schedule.data, style);
  shown['type'] = schedule.timing.mode === 'time' ? 'one-time' : 'recurring';
  for (const mode of MODES) {
    if (mode === schedule.timing.mode) shown[mode] = showTiming(schedule, style);
    else if (style.modes === 'null') shown[mode] = null;
  }
  shown['active'] = schedule.active;
  if (schedule.start !== undefined || style.modes === 'null')
    shown['startTime'] = showSent(schedule.start, style);
  if (schedule.end !== undefined || style.modes === 'null') shown['endTime'] = showSent(schedule.end, style);
  shown['nextRunAt'] = showInstant(schedule.nextRunAt, style);
  return shown;
}

/** A job as it is read by itself. */
export function showJob(job: Job, style: Style): Record<string, unknown> {
  return {
    _id: job.id,
    name: job.name,
    description: job.description,
    action: job.action,
    active: job.active,
    httpMethod: job.httpMethod,
    jobType: job.jobType,
    startTime: showSent(job.start, style),
    endTime: showSent(job.end, style),
    signatureVersion: 0,
    createdAt: showInstant(job.createdAt, style),
    modifiedAt: showInstant(job.modifiedAt, style),
    subDomain: job.subdomain,
    ...(job.ansConfig === undefined ? {} : { ansConfig: job.ansConfig }),
    ...(job.calmConfig === undefined ? {} : { calmConfig: job.calmConfig }),
  };
}

/** Lists show an `_id` that is not the job's id: far away, so that using it is a 404 and not another job. */
const LIST_ID_OFFSET = 900_000_000;

/** A job as an entry of a list. */
export function showJobEntry(job: Job, style: Style): Record<string, unknown> {
  let active = 0;
  for (const schedule of job.schedules) if (schedule.active) active++;
  return {
    ...showJob(job, style),
    jobId: job.id,
    _id: LIST_ID_OFFSET + job.id,
    tenantId: job.tenantId,
    ACTIVECOUNT: active,
    INACTIVECOUNT: job.schedules.length - active,
  };
}

/** A job as a result of the job search, where some fields have other names. */
export function showFoundJob(job: Job, style: Style, withSchedules: boolean): Record<string, unknown> {
  return {
    _id: job.id,
    name: job.name,
    description: job.description,
    action: job.action,
    jobActive: job.active,
    httpMethod: job.httpMethod,
    jobType: job.jobType,
    jobStartTime: showSent(job.start, style),
    jobEndTime: showSent(job.end, style),
    createdAt: showInstant(job.createdAt, style),
    subDomain: job.subdomain,
    ...(withSchedules
      ? { schedules: job.schedules.map((schedule) => showSchedule(schedule, style, 'scheduleDescription')) }
      : {}),
  };
}

/** A schedule as a result of the schedule search. */
export function showFoundSchedule(schedule: Schedule, style: Style): Record<string, unknown> {
  const { job } = schedule;
  return {
    ...showSchedule(schedule, style),
    parent: { _id: job.id, name: job.name, jobUrl: `/scheduler/jobs/${job.id}` },
  };
}

export function showRun(run: Run): Record<string, unknown> {
  return {
    runId: run.runId,
    runText: run.text,
    httpStatus: run.httpStatus,
    executionTimestamp: run.executedAt === null ? null : isoDate(run.executedAt),
    scheduleTimestamp: isoDate(run.scheduledAt),
    completionTimestamp: run.completedAt === null ? null : isoDate(run.completedAt),
    runStatus: run.status,
    runState: run.state,
  };
}

/** The body of an error answer. */
export function showError(error: ServiceError, style: Style): Record<string, unknown> {
  const { code, message, type, detailedError } = error;
  const body = { code, message, type, detailedError };
  return style.errors === 'nested' ? { error: body } : body;
}
