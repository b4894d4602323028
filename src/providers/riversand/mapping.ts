import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import type { LiveResource } from '../../core/resource.ts';
import { formatInstant } from '../../time/index.ts';
import { canonicalNumber, canonicalSwitch } from './meaning.ts';
import { canonicalBatch, canonicalObject } from './normalize.ts';
import { compareIds, type Pair } from './pairs.ts';
import type { WireBatchSchedule, WireObject } from './wire.ts';

/**
 * All schedules of one pair as one resource: normally one, more after creates that raced. The newest speaks for them; `ids`
 * among the facts names all. `pair`: where it is known.
 */
export function toLiveBatch(
  identity: string,
  rows: readonly WireBatchSchedule[],
  pair: Pair | undefined,
): LiveResource {
  const sorted = [...rows].sort((a, b) => compareIds(a.id, b.id));
  const newest = sorted.at(-1);
  const shown: JsonObject = {
    poolId: newest?.pool_id ?? null,
    recurrenceInterval: newest?.recurrence_interval ?? null,
  };
  return {
    kind: 'RiversandBatchJob',
    identity,
    id: newest?.id ?? '',
    spec: { ...pair, ...shown, ...(sorted.length > 1 ? { instances: sorted.length } : {}) },
    canonical: canonicalBatch(shown, sorted.length),
    parts: [],
    facts: { ids: sorted.map(({ id }) => id) },
  };
}

/** The ids of all schedules of the pair. */
export function idsOf(live: LiveResource | undefined): string[] {
  const ids = live?.facts['ids'];
  return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
}

/** Where each field of a schedule object lies in the service's own form. */
export const ATTRIBUTES = {
  scheduleType: 'scheduleType',
  taskName: 'scheduleTaskName',
  taskUrl: 'scheduleTaskUrl',
} as const;

/**
 * A schedule object in the words of manifests: every field is there, empty ones too. `last`: when each object ran last, epoch ms
 * by id, if that was asked for.
 */
export function toLiveObject(object: WireObject, last?: ReadonlyMap<string, number>): LiveResource {
  const at = last?.get(object.id);
  const jsonData = objectAt(object.data, 'jsonData');
  const configuration = objectAt(jsonData, 'scheduleConfiguration');
  const spec: JsonObject = {
    displayName: object.name ?? null,
    enabled: canonicalSwitch(object.properties?.['enabled'] ?? null),
    intervalInMins: canonicalNumber(configuration['intervalInMins'] ?? null),
    startTime: configuration['startTime'] ?? null,
    stopTime: configuration['stopTime'] ?? null,
    taskName: attribute(object, ATTRIBUTES.taskName),
    taskUrl: attribute(object, ATTRIBUTES.taskUrl),
    taskPayload: jsonData['scheduleTaskPayload'] ?? {},
    authContext: configuration['authContext'] ?? {},
  };
  return {
    kind: 'RiversandSchedule',
    identity: object.id,
    id: object.id,
    spec,
    canonical: canonicalObject(spec),
    parts: [],
    facts: last === undefined ? {} : { lastInvocation: at === undefined ? null : formatInstant(at) },
  };
}

/** Values come as `values[0].value`, with an id of the server's beside it. */
function attribute(object: WireObject, name: string): Json {
  const values = objectAt(objectAt(object.data, 'attributes'), name)['values'];
  const first = Array.isArray(values) ? values[0] : undefined;
  return isObject(first) ? (first['value'] ?? null) : null;
}

export function objectAt(parent: JsonObject | null | undefined, field: string): JsonObject {
  const value = parent?.[field];
  return isObject(value) ? value : {};
}

/** `scheduleinfo`: schedule id → last run, epoch ms. */
export function lastInvocations(infos: readonly WireObject[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const { properties } of infos) {
    const { scheduleId, lastInvocation } = properties ?? {};
    const at = Number(lastInvocation ?? Number.NaN);
    if (typeof scheduleId === 'string' && Number.isSafeInteger(at) && at > 0) found.set(scheduleId, at);
  }
  return found;
}
