import type { JsonRecord } from '../json.ts';
import { invalid, notFound } from './errors.ts';
import type { Caller, Job, Schedule } from './model.ts';
import type { JobStore } from './store.ts';
import { mayRead, type World } from './world.ts';

/** One call of the service's REST interface. */
export interface Call {
  world: World;
  /** The instance's jobs, or an older copy of them when a fault says so. */
  store: JobStore;
  caller: Caller;
  /** Clock of the service when the call arrived, epoch ms. */
  now: number;
  query: URLSearchParams;
  params: Record<string, string>;
  /** Parsed JSON of a write; undefined where there was none. */
  body: unknown;
}

export interface Reply {
  status: number;
  body?: JsonRecord | undefined;
  headers?: Record<string, string>;
}

export type Handler = (call: Call) => Reply;

/** True for a path part or parameter that is an id, not a name. */
export function isId(text: string): boolean {
  return /^\d+$/.test(text);
}

/** The job of an id, if the caller may see it; else 404. */
export function jobById(call: Call, id: string | undefined): Job {
  const job = id !== undefined && isId(id) ? call.store.job(Number(id)) : undefined;
  if (job === undefined || !mayRead(call.caller, job)) throw notFound('Invalid Job ID');
  return job;
}

/** The schedule that the path names, if it belongs to the job it names; else 404. */
export function scheduleOf(call: Call): Schedule {
  const job = jobById(call, call.params['jobId']);
  const schedule = call.store.schedules.get(call.params['scheduleId'] ?? '');
  if (schedule === undefined || schedule.job !== job) throw notFound('Invalid Schedule ID');
  return schedule;
}

export function readFlagParameter(call: Call, name: string, fallback: boolean): boolean {
  const value = call.query.get(name);
  if (value === null || value === '') return fallback;
  if (value === 'true') return true;
  if (value === 'false') return false;
  throw invalid(`${name} must be true or false`);
}
