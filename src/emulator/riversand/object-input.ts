import { parseRiversandTime } from '../../time/riversand-time.ts';
import { isRecord, type JsonRecord } from '../json.ts';
import { invalid } from './batch-input.ts';
import type { ObjectPlan } from './model.ts';

const MINUTE = 60_000;
const MAX_NAME = 256;

/** Reads the object of a request; refuses one that is not whole. */
export function readScheduleObject(body: JsonRecord): { id: string; object: JsonRecord; plan: ObjectPlan } {
  const object = body['scheduleObject'];
  if (!isRecord(object)) throw invalid('scheduleObject: an object is expected');
  const { id, name, properties } = object;
  if (typeof id !== 'string' || id === '') throw invalid('scheduleObject.id: a text is expected');
  requireType(object);
  if (typeof name !== 'string' || name === '' || name.length > MAX_NAME) {
    throw invalid(`scheduleObject.name: a text of 1 to ${MAX_NAME} characters is expected`);
  }
  if (!isRecord(properties) || typeof properties['enabled'] !== 'boolean') {
    throw invalid('scheduleObject.properties.enabled: true or false is expected');
  }
  if (attribute(object, 'scheduleType') !== 'fixedRate') {
    throw invalid('scheduleType: fixedRate is expected');
  }
  attribute(object, 'scheduleTaskName');
  attribute(object, 'scheduleTaskUrl');
  return { id, object: structuredClone(object), plan: planOf(object) };
}

export function requireType(object: JsonRecord): void {
  if (object['type'] !== 'scheduleobject') throw invalid('scheduleObject.type: scheduleobject is expected');
}

/** The value of an attribute. */
export function attribute(object: JsonRecord, name: string): string {
  const attributes = partOf(partOf(object, 'data'), 'attributes');
  const values = partOf(attributes, name)['values'];
  const first: unknown = Array.isArray(values) ? values[0] : undefined;
  const value = isRecord(first) ? first['value'] : undefined;
  if (typeof value !== 'string' || value === '') {
    throw invalid(`data.attributes.${name}.values[0].value: a text is expected`);
  }
  return value;
}

export function jsonDataOf(object: JsonRecord): JsonRecord {
  return partOf(partOf(object, 'data'), 'jsonData');
}

/** What a whole object says about its time. */
export function planOf(object: JsonRecord): ObjectPlan {
  const jsonData = jsonDataOf(object);
  const configuration = partOf(jsonData, 'scheduleConfiguration');
  const { intervalInMins, startTime, stopTime, authContext = {} } = configuration;
  if (!Number.isInteger(intervalInMins) || Number(intervalInMins) < 1) {
    throw invalid('scheduleConfiguration.intervalInMins: a whole number from 1 is expected');
  }
  if (!isRecord(authContext)) throw invalid('scheduleConfiguration.authContext: an object is expected');
  if (startTime !== undefined) readTime(startTime, 'startTime', {});
  const stopAt = stopTime === undefined ? undefined : readTime(stopTime, 'stopTime', { requireDate: true });
  return {
    enabled: partOf(object, 'properties')['enabled'] === true,
    interval: Number(intervalInMins) * MINUTE,
    startTime: startTime as string | undefined,
    stopAt: stopAt ?? undefined,
  };
}

/** The instant a start time means; a bare time of day is today's. */
export function startInstant(startTime: string, now: number): number {
  return readTime(startTime, 'startTime', { day: now }) ?? now;
}

function readTime(
  value: unknown,
  name: string,
  options: { requireDate?: boolean; day?: number },
): number | null {
  const parsed = typeof value === 'string' ? parseRiversandTime(value, options) : undefined;
  if (parsed?.ok !== true) {
    throw invalid(`scheduleConfiguration.${name}: ${JSON.stringify(value)} is in none of the formats`);
  }
  return parsed.value.at;
}

function partOf(value: JsonRecord, name: string): JsonRecord {
  const part = value[name];
  return isRecord(part) ? part : {};
}

/** Puts a server-given `id` beside each value of the attributes that has none. */
export function giveValueIds(object: JsonRecord, next: () => string): void {
  const attributes = partOf(partOf(object, 'data'), 'attributes');
  for (const { values } of Object.values(attributes).filter(isRecord)) {
    if (!Array.isArray(values)) continue;
    for (const value of values.filter(isRecord)) value['id'] ??= next();
  }
}
