import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import { type Pointer, parsePointer } from '../../core/pointer.ts';
import { formatInstant } from '../../time/index.ts';
import { canonicalData, readDate } from './meaning.ts';
import { isMode, type Mode, modeOf } from './modes.ts';

/**
 * The whole set of a job's attributes (`PUT` by id wants it whole; `endTime` is said to be required). `changed` are the
 * pointers that the write is about: only they may clear a start.
 */
export function jobBody(job: JsonObject, changed: readonly Pointer[]): JsonObject {
  const body: JsonObject = {
    description: job['description'] ?? '',
    action: job['action'] ?? '',
    active: job['active'] ?? true,
    httpMethod: job['httpMethod'] ?? 'POST',
    endTime: dateValue(job['endTime']),
  };
  if (hasValue(job['startTime']) || touches(changed, 'startTime'))
    body['startTime'] = dateValue(job['startTime']);
  const alerts = alertConfig(job['ansConfig'], changed);
  if (alerts !== undefined) body['ansConfig'] = alerts;
  // `calmConfig` is {enabled} and nothing else.
  if (isObject(job['calmConfig']) && hasValue(job['calmConfig']['enabled'])) {
    body['calmConfig'] = { enabled: job['calmConfig']['enabled'] ?? false };
  }
  return body;
}

/** `onDelay` is known to newer services only: sent when it says something. */
function alertConfig(config: Json | undefined, changed: readonly Pointer[]): JsonObject | undefined {
  if (!isObject(config)) return undefined;
  const { onDelay, ...rest } = config;
  const says = onDelay === true || changed.includes('/ansConfig/onDelay');
  const values: JsonObject = says ? { ...rest, onDelay: onDelay ?? false } : rest;
  return Object.keys(values).length === 0 ? undefined : values;
}

/**
 * A schedule as it is sent: exactly one mode, no empty values but those that `changed` clears. Dates go as ISO instants,
 * because the service has been seen to read texts without a zone in another one.
 */
export function scheduleBody(
  schedule: JsonObject,
  options: { mode?: Mode | undefined; changed?: readonly Pointer[] } = {},
): JsonObject {
  const { changed = [] } = options;
  const mode = options.mode ?? modeOf(schedule);
  const body: JsonObject = { active: schedule['active'] ?? true, description: schedule['description'] ?? '' };
  for (const [field, value] of Object.entries(schedule)) {
    if (field === 'active' || field === 'description' || field === 'crontab') continue;
    if (isMode(field) && field !== mode) continue;
    const sent = wireValue(field, value);
    if (hasValue(sent)) body[field] = sent;
    else if (touches(changed, field)) body[field] = field === 'data' ? {} : null;
  }
  return body;
}

function wireValue(field: string, value: Json): Json {
  if (field === 'startTime' || field === 'endTime' || field === 'time') return dateValue(value);
  return field === 'data' ? canonicalData(value) : value;
}

function dateValue(value: Json | undefined): Json {
  if (value === undefined || value === '') return null;
  const at = readDate(value);
  return at === undefined ? value : formatInstant(at);
}

function hasValue(value: Json | undefined): boolean {
  return value !== undefined && value !== null;
}

function touches(pointers: readonly Pointer[], field: string): boolean {
  return pointers.some((pointer) => parsePointer(pointer)[0] === field);
}
