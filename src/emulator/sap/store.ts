import { createWakeQueue, type WakeQueue } from '../heap.ts';
import type { Job, Schedule } from './model.ts';

const NO_JOBS: readonly Job[] = [];
const MAX_CACHED_LISTS = 64;

/** What a schedule PUT did to a run that was already on its way. */
export interface PutEffect {
  at: number;
  jobId: number;
  scheduleId: string;
  effect: 'stopped' | 'executedImmediately';
  /** When the run had been due. */
  dueAt: number;
}

/** The jobs of one service instance, with the indexes that keep listing cheap. */
export interface JobStore {
  readonly instanceId: string;
  readonly schedules: Map<string, Schedule>;
  readonly queue: WakeQueue<Schedule>;
  readonly effects: PutEffect[];
  /** Seconds. */
  asyncExecTimeout: number;
  nextJobId: number;
  /** Counts up with every change, so that whatever was computed before can be told from the present. */
  version: number;
  job(id: number): Job | undefined;
  jobByName(tenantId: string, name: string): Job | undefined;
  /** Ordered by id; one tenant's, or all when no tenant is named. */
  list(tenantId?: string): readonly Job[];
  add(job: Job): void;
  remove(job: Job): void;
  addSchedule(schedule: Schedule): void;
  removeSchedule(schedule: Schedule): void;
  /** Computes a list once for each version of the store. */
  cached<T>(key: string, compute: () => readonly T[]): readonly T[];
}

function nameKey(tenantId: string, name: string): string {
  return `${tenantId}\n${name}`;
}

function removeById(jobs: Job[], id: number): void {
  const index = jobs.findIndex((job) => job.id === id);
  if (index >= 0) jobs.splice(index, 1);
}

function insertById(jobs: Job[], job: Job): void {
  const last = jobs.at(-1);
  jobs.push(job);
  if (last !== undefined && last.id > job.id) jobs.sort((a, b) => a.id - b.id);
}

export function createJobStore(instanceId: string): JobStore {
  const byId = new Map<number, Job>();
  const byName = new Map<string, Job>();
  const all: Job[] = [];
  const perTenant = new Map<string, Job[]>();
  let cache = new Map<string, readonly unknown[]>();
  let cacheVersion = -1;

  const store: JobStore = {
    instanceId,
    schedules: new Map(),
    queue: createWakeQueue(),
    effects: [],
    asyncExecTimeout: 604_800,
    nextJobId: 1,
    version: 0,
    job: (id) => byId.get(id),
    jobByName: (tenantId, name) => byName.get(nameKey(tenantId, name)),
    list: (tenantId) => (tenantId === undefined ? all : (perTenant.get(tenantId) ?? NO_JOBS)),
    add(job) {
      byId.set(job.id, job);
      byName.set(nameKey(job.tenantId, job.name), job);
      insertById(all, job);
      const own = perTenant.get(job.tenantId) ?? [];
      insertById(own, job);
      perTenant.set(job.tenantId, own);
      store.nextJobId = Math.max(store.nextJobId, job.id + 1);
      store.version++;
    },
    remove(job) {
      for (const schedule of job.schedules) forget(schedule);
      job.schedules = [];
      byId.delete(job.id);
      byName.delete(nameKey(job.tenantId, job.name));
      removeById(all, job.id);
      removeById(perTenant.get(job.tenantId) ?? [], job.id);
      store.version++;
    },
    addSchedule(schedule) {
      schedule.job.schedules.push(schedule);
      store.schedules.set(schedule.scheduleId, schedule);
      store.version++;
    },
    removeSchedule(schedule) {
      schedule.job.schedules = schedule.job.schedules.filter((other) => other !== schedule);
      forget(schedule);
      store.version++;
    },
    cached<T>(key: string, compute: () => readonly T[]): readonly T[] {
      if (cacheVersion !== store.version || cache.size > MAX_CACHED_LISTS) {
        cache = new Map();
        cacheVersion = store.version;
      }
      const known = cache.get(key);
      if (known !== undefined) return known as readonly T[];
      const computed = compute();
      cache.set(key, computed);
      return computed;
    },
  };

  function forget(schedule: Schedule): void {
    schedule.wakeAt = undefined;
    store.schedules.delete(schedule.scheduleId);
  }
  return store;
}
