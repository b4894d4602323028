import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import { isSealed, type Normalized, type Part } from '../../core/resource.ts';
import { crontabToSapCron } from '../../time/index.ts';
import {
  canonicalCron,
  canonicalData,
  canonicalDate,
  canonicalMethod,
  canonicalRepeatAt,
  canonicalRepeatInterval,
  canonicalSwitch,
  canonicalText,
} from './meaning.ts';
import { MODES, modeOf } from './modes.ts';

type Reading = Readonly<Record<string, (value: Json) => Json>>;

const JOB_FIELDS: Reading = {
  description: canonicalText,
  httpMethod: canonicalMethod,
  active: canonicalSwitch,
  startTime: canonicalDate,
  endTime: canonicalDate,
};

/** Fields that only hold other fields. */
const GROUPS = ['ansConfig', 'calmConfig'] as const;

const SCHEDULE_FIELDS: Reading = {
  description: canonicalText,
  active: canonicalSwitch,
  data: canonicalData,
  startTime: canonicalDate,
  endTime: canonicalDate,
  cron: canonicalCron,
  time: canonicalDate,
  repeatInterval: canonicalRepeatInterval,
  repeatAt: canonicalRepeatAt,
};

/** A job and its schedules, with defaults. `spec` and `canonical` leave the schedules to `parts`, sorted by key. */
export function normalizeJob(_name: string, spec: JsonObject): Normalized & { parts: Part[] } {
  const { schedules, ...rest } = spec;
  const own = withDefaults(rest, { httpMethod: 'POST', active: true });
  return { spec: own, canonical: canonicalJob(own), parts: normalizeSchedules(schedules) };
}

/** An existing task job: only its schedules are ours. */
export function normalizeTask(_name: string, spec: JsonObject): Normalized & { parts: Part[] } {
  const { schedules, ...rest } = spec;
  return { spec: rest, canonical: rest, parts: normalizeSchedules(schedules) };
}

/** The instance's settings. `asyncExecTimeout` in seconds; the service gives it as text. */
export function normalizeSettings(_name: string, spec: JsonObject): Normalized & { parts: Part[] } {
  return {
    spec,
    canonical: canonicalFields(spec, { asyncExecTimeout: canonicalSeconds }),
    parts: [],
  };
}

function normalizeSchedules(schedules: Json | undefined): Part[] {
  if (!isObject(schedules)) return [];
  return Object.entries(schedules)
    .filter((entry): entry is [string, JsonObject] => isObject(entry[1]) && !isSealed(entry[1]))
    .map(([key, schedule]) => normalizeSchedule(key, schedule))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

function normalizeSchedule(key: string, schedule: JsonObject): Part {
  const { movedFrom, ...rest } = schedule;
  const spec = withDefaults(translateCrontab(rest), { description: key, active: true });
  const part: Part = { key, spec, canonical: canonicalSchedule(spec) };
  if (typeof movedFrom === 'string') part.movedFrom = movedFrom;
  return part;
}

/**
 * A schedule by meaning. The modes it does not use are null, so that a change of mode shows as a difference of
 * fields; with no mode or several nothing is added.
 */
export function canonicalSchedule(spec: JsonObject): JsonObject {
  const canonical = canonicalFields(spec, SCHEDULE_FIELDS);
  if (modeOf(canonical) === undefined) return canonical;
  for (const mode of MODES) canonical[mode] ??= null;
  return canonical;
}

/** A job by meaning. An `ansConfig` or `calmConfig` that says nothing manages nothing. */
export function canonicalJob(spec: JsonObject): JsonObject {
  const canonical = canonicalFields(spec, JOB_FIELDS);
  for (const group of GROUPS) if (isEmpty(canonical[group])) delete canonical[group];
  return canonical;
}

function isEmpty(value: Json | undefined): boolean {
  return value === null || (isObject(value) && Object.keys(value).length === 0);
}

/** `crontab` is only another way to write `cron`. What cannot be translated stays; validate says why. */
function translateCrontab(schedule: JsonObject): JsonObject {
  if (typeof schedule['crontab'] !== 'string' || (schedule['cron'] ?? null) !== null) return schedule;
  const { crontab, ...rest } = schedule;
  const translated = crontabToSapCron(crontab);
  return translated.ok ? { ...rest, cron: translated.value.cron } : schedule;
}

function withDefaults(spec: JsonObject, defaults: JsonObject): JsonObject {
  const complete = { ...spec };
  for (const field of Object.keys(defaults)) complete[field] ??= defaults[field] ?? null;
  return complete;
}

function canonicalFields(spec: JsonObject, fields: Reading): JsonObject {
  const canonical = { ...spec };
  for (const field of Object.keys(spec)) {
    const value = spec[field] ?? null;
    const read = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (read !== undefined && !isSealed(value)) canonical[field] = read(value);
  }
  return canonical;
}

function canonicalSeconds(value: Json): Json {
  return typeof value === 'string' && /^\d{1,9}$/.test(value.trim()) ? Number(value) : value;
}
