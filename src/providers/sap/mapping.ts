import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import type { LivePart, LiveResource } from '../../core/resource.ts';
import { canonicalData, canonicalDate, canonicalSwitch, canonicalText, readDate } from './meaning.ts';
import { MODES } from './modes.ts';
import { canonicalJob, canonicalSchedule, normalizeSettings } from './normalize.ts';
import { SETTINGS_ID } from './settings.ts';
import type { WireJob, WireSchedule, WireSettings } from './wire.ts';

const TASK = 'CF_TASK';

export function kindOfJob(job: WireJob): 'SapJob' | 'SapTask' {
  return job.jobType === TASK ? 'SapTask' : 'SapJob';
}

/** Lists say `jobId`, single answers `_id`; where both are given, `jobId` is the one that works. */
export function idOfJob(job: WireJob): string {
  return String(job.jobId ?? job._id);
}

/** A job as the service has it, in the words of manifests: every readable field is there, empty ones too. */
export function toLiveJob(job: WireJob, schedules: readonly WireSchedule[]): LiveResource {
  const kind = kindOfJob(job);
  const spec = jobSpec(job);
  const parts = schedules.map(toLivePart).sort((a, b) => (a.id < b.id ? -1 : 1));
  const facts = factsOf({
    jobType: job.jobType,
    createdAt: canonicalDate(job.createdAt ?? null),
    subDomain: job.subDomain,
    tenantId: job.tenantId,
  });
  const known = { kind, identity: job.name, id: idOfJob(job), parts };
  if (kind === 'SapJob') return { ...known, spec, canonical: canonicalJob(spec), facts };
  // A task's job is not ours to manage, but it decides whether its schedules run.
  const { description, active, startTime, endTime } = spec;
  const around = factsOf({ description, active, startTime, endTime });
  return { ...known, spec: {}, canonical: {}, facts: { ...facts, ...around } };
}

function jobSpec(job: WireJob): JsonObject {
  const alerts = job.ansConfig ?? {};
  return {
    description: canonicalText(job.description ?? null),
    action: job.action ?? null,
    httpMethod: job.httpMethod ?? 'POST',
    active: canonicalSwitch(job.active),
    startTime: canonicalDate(job.startTime ?? null),
    endTime: canonicalDate(job.endTime ?? null),
    ansConfig: {
      onSuccess: canonicalSwitch(alerts['onSuccess'] ?? false),
      onError: canonicalSwitch(alerts['onError'] ?? false),
      onDelay: canonicalSwitch(alerts['onDelay'] ?? false),
    },
    calmConfig: { enabled: canonicalSwitch(job.calmConfig?.['enabled'] ?? false) },
  };
}

export function toLivePart(schedule: WireSchedule): LivePart {
  const spec: JsonObject = {
    description: schedule.description ?? schedule.scheduleDescription ?? '',
    active: canonicalSwitch(schedule.active ?? false),
    data: canonicalData(schedule.data ?? null),
    startTime: canonicalDate(schedule.startTime ?? null),
    endTime: canonicalDate(schedule.endTime ?? null),
  };
  for (const mode of MODES) {
    const value = schedule[mode] ?? null;
    if (value !== null && value !== '') spec[mode] = mode === 'time' ? instantOf(value, schedule) : value;
  }
  const facts = factsOf({
    type: schedule.type,
    nextRunAt: canonicalDate(schedule.nextRunAt ?? null),
  });
  return { id: schedule.scheduleId, spec, canonical: canonicalSchedule(spec), facts };
}

/** Some answers echo a relative text (`in 2 hours`); the next run of a one-time schedule is the instant that it meant. */
function instantOf(time: Json, { nextRunAt }: WireSchedule): Json {
  const isInstant = readDate(time) !== undefined;
  return canonicalDate(isInstant ? time : (nextRunAt ?? time));
}

/** The service gives the seconds as text. */
export function toLiveSettings(settings: WireSettings): LiveResource {
  const timeout = settings.config.find(({ CONFIG_NAME }) => CONFIG_NAME === 'ASYNC_EXEC_TIMEOUT');
  const { spec, canonical } = normalizeSettings('', { asyncExecTimeout: timeout?.CONFIG_VALUE ?? null });
  return {
    kind: 'SapSettings',
    identity: SETTINGS_ID,
    id: SETTINGS_ID,
    spec: { ...spec, ...canonical },
    canonical,
    parts: [],
    facts: {},
  };
}

function factsOf(values: Record<string, Json | undefined>): JsonObject {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, Json] => (entry[1] ?? null) !== null),
  );
}

/** The one object in a `?name=` answer: SAP's clients see the object itself, others a list of results. */
export function namedJob(body: Json | undefined, name: string): JsonObject | undefined {
  const rows = isObject(body) && Array.isArray(body['results']) ? body['results'] : [body ?? null];
  return rows.filter(isObject).find((row) => row['name'] === name);
}
