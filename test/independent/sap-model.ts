import { randomUUID } from 'node:crypto';

export type Mode = 'cron' | 'time' | 'repeatInterval' | 'repeatAt';
export const modes: readonly Mode[] = ['cron', 'time', 'repeatInterval', 'repeatAt'];
export type Fields = Record<string, unknown>;

export interface Schedule {
  scheduleId: string;
  description: unknown;
  data: unknown;
  active: boolean;
  startTime: unknown;
  endTime: unknown;
  mode: Mode;
  value: unknown;
  /** Epoch ms of the last run, or of the creation: where an interval counts from. */
  phase: number;
}

export interface Job {
  id: number;
  name: string;
  jobType: 'HTTP_ENDPOINT' | 'CF_TASK';
  fields: Fields;
  active: boolean;
  schedules: Schedule[];
}

/** A run that a write started at once. */
export interface Run {
  job: string;
  schedule: string;
  scheduleId: string;
  cause: string;
}

export class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function refused(status: number, message: string): never {
  throw new Refused(status, message);
}

const units: Readonly<Record<string, number>> = {
  week: 604_800e3,
  day: 86_400e3,
  hour: 3_600e3,
  minute: 60e3,
  second: 1e3,
};

/** Milliseconds of `2 hours`. */
function interval(text: unknown): number {
  const [, count = '', unit = ''] = /^(\d+) (week|day|hour|minute|second)s?$/.exec(String(text)) ?? [];
  return Number(count) * (units[unit] ?? Number.NaN);
}

/** Epoch ms of the date shapes that tests send; undefined for none. */
export function instant(value: unknown): number | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  const text = typeof value === 'object' ? String((value as Fields).date) : String(value);
  const utc = /[zZ]$|[+-]\d\d:?\d\d$/.test(text)
    ? text
    : `${text.replace(' ', 'T')}${text.length > 10 ? 'Z' : ''}`;
  const ms = Date.parse(utc.replace(/^(\d{4}-\d\d-\d\d) (\d\d:\d\d) /, '$1T$2:00').replace(/ ([+-])/, '$1'));
  if (Number.isNaN(ms)) refused(400, `Invalid date ${text}`);
  return ms;
}

/** What the service keeps, and what it starts by itself. No HTTP here. */
export class SapModel {
  jobs: Job[] = [];
  runs: Run[] = [];
  now: number;
  private lastId = 100;

  constructor(now: number) {
    this.now = now;
  }

  job(id: number): Job {
    return this.jobs.find((job) => job.id === id) ?? refused(404, `Job with ID ${id} not found`);
  }

  named(name: string): Job {
    return this.jobs.find((job) => job.name === name) ?? refused(404, `No job named ${name}`);
  }

  schedule(job: Job, id: string): Schedule {
    return job.schedules.find((each) => each.scheduleId === id) ?? refused(404, 'Invalid schedule ID');
  }

  createJob(body: Fields): Job {
    const { name, schedules, active, jobType, ...fields } = body;
    if (typeof name !== 'string' || /^\d*$/.test(name)) refused(400, 'Invalid job name');
    if (this.jobs.some((job) => job.name === name)) refused(400, `Job with name ${name} already exists`);
    if (!Array.isArray(schedules)) refused(400, 'Schedules must be an array');
    this.lastId += 1;
    const kind = jobType === 'CF_TASK' ? 'CF_TASK' : 'HTTP_ENDPOINT';
    const job: Job = { id: this.lastId, name, jobType: kind, fields, active: active === true, schedules: [] };
    const made = schedules.map((each: Fields) => this.newSchedule(each));
    this.jobs.push(job);
    for (const schedule of made) {
      job.schedules.push(schedule);
      this.startIfDue(job, schedule, undefined, 'create');
    }
    return job;
  }

  changeJob(job: Job, body: Fields): void {
    const before = new Map(job.schedules.map((each) => [each, this.runsNow(job, each)]));
    const { name, active, schedules, jobType, _id, jobId, ...fields } = body;
    if (name !== undefined && name !== job.name) refused(400, 'The name of a job cannot change');
    Object.assign(job.fields, fields);
    if (active !== undefined) job.active = active === true;
    for (const [schedule, was] of before) {
      if (!was && this.runsNow(job, schedule)) this.startIfDue(job, schedule, undefined, 'activate job');
    }
  }

  deleteJob(job: Job): void {
    this.jobs = this.jobs.filter((each) => each !== job);
  }

  addSchedule(job: Job, body: Fields): Schedule {
    const schedule = this.newSchedule(body);
    job.schedules.push(schedule);
    this.startIfDue(job, schedule, undefined, 'create');
    return schedule;
  }

  /** `replace`: what the body leaves out is reset. */
  changeSchedule(job: Job, schedule: Schedule, body: Fields, how: 'merge' | 'replace'): void {
    const before = { ...schedule };
    const wasOn = this.runsNow(job, schedule);
    const given = modes.filter((mode) => body[mode] !== undefined && body[mode] !== null);
    if (given.length > 1) refused(400, 'Extra scheduling parameters passed');
    if (given[0] !== undefined && given[0] !== schedule.mode)
      refused(400, 'The mode of a schedule cannot be changed');
    if (how === 'replace' && given.length === 0) refused(400, 'A scheduling parameter is required');
    const blank: Fields = { description: '', data: {}, active: false, startTime: null, endTime: null };
    const next = how === 'replace' ? { ...blank, ...body } : body;
    if (given[0] !== undefined) schedule.value = checkedValue(given[0], body[given[0]]);
    for (const field of ['description', 'data', 'startTime', 'endTime'] as const) {
      if (next[field] !== undefined) schedule[field] = next[field];
    }
    if (next.active !== undefined) schedule.active = next.active === true;
    instant(schedule.startTime);
    instant(schedule.endTime);
    this.startIfDue(job, schedule, wasOn ? before : undefined, 'PUT schedule');
  }

  /** What the service does by itself as time passes; it starts nothing here, since due runs are none of a test's business. */
  pass(): void {
    for (const job of this.jobs) {
      for (const schedule of job.schedules) if (this.isOver(schedule)) schedule.active = false;
      job.schedules = job.schedules.filter(
        (each) => each.mode !== 'time' || this.now - (instant(each.value) ?? this.now) < 30 * 86_400e3,
      );
    }
  }

  nextRunAt(job: Job, schedule: Schedule): number | undefined {
    if (!this.runsNow(job, schedule) || schedule.value === 'now') return undefined;
    if (schedule.mode !== 'repeatInterval') return undefined;
    const start = instant(schedule.startTime) ?? schedule.phase;
    const step = interval(schedule.value);
    if (start > this.now) return start;
    return start + (Math.floor((this.now - start) / step) + 1) * step;
  }

  private runsNow(job: Job, schedule: Schedule): boolean {
    return job.active && schedule.active;
  }

  private isOver(schedule: Schedule): boolean {
    if ((instant(schedule.endTime) ?? this.now + 1) <= this.now) return true;
    if (schedule.mode === 'time') return (instant(schedule.value) ?? 0) <= this.now;
    return (
      schedule.mode === 'cron' &&
      Number(/^\d{4}/.exec(String(schedule.value))?.[0] ?? 9999) < new Date(this.now).getUTCFullYear()
    );
  }

  /** `before`: the schedule as it ran until now, absent when it was not running. */
  private startIfDue(job: Job, schedule: Schedule, before: Schedule | undefined, cause: string): void {
    if (!this.runsNow(job, schedule)) return;
    const moved =
      before === undefined ||
      before.value !== schedule.value ||
      instant(before.startTime) !== instant(schedule.startTime);
    if (!moved) return;
    if ((instant(schedule.endTime) ?? this.now + 1) <= this.now) return;
    if ((instant(schedule.startTime) ?? instant(job.fields.startTime) ?? 0) > this.now) return;
    if (schedule.mode === 'time' && (instant(schedule.value) ?? 0) > this.now) return;
    if (schedule.mode === 'cron') return;
    if (
      schedule.mode === 'repeatAt' &&
      /^\d{1,2}[.:]\d\d([.:]\d\d)? ?([ap]m)?$/i.test(String(schedule.value))
    )
      return;
    schedule.phase = this.now;
    this.runs.push({
      job: job.name,
      schedule: String(schedule.description),
      scheduleId: schedule.scheduleId,
      cause,
    });
  }

  private newSchedule(body: Fields): Schedule {
    const given = modes.filter((mode) => body[mode] !== undefined && body[mode] !== null);
    const [mode] = given;
    if (given.length > 1) refused(400, 'Extra scheduling parameters passed');
    if (mode === undefined) refused(400, 'A scheduling parameter is required');
    instant(body.startTime);
    instant(body.endTime);
    return {
      scheduleId: randomUUID(),
      description: body.description ?? '',
      data: body.data ?? {},
      active: body.active === true,
      startTime: body.startTime ?? null,
      endTime: body.endTime ?? null,
      mode,
      value: checkedValue(mode, body[mode]),
      phase: this.now,
    };
  }
}

function checkedValue(mode: Mode, value: unknown): unknown {
  if (mode === 'cron' && String(value).trim().split(/\s+/).length !== 7)
    refused(400, 'Invalid cron specified');
  if (mode === 'repeatInterval' && Number.isNaN(interval(value))) refused(400, 'Invalid repeatInterval');
  if (mode === 'time') instant(value);
  return value;
}
