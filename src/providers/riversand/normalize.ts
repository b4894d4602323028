import type { Json, JsonObject } from '../../core/json.ts';
import { isSealed, type Normalized, type Part } from '../../core/resource.ts';
import {
  canonicalDuration,
  canonicalInstant,
  canonicalMap,
  canonicalNumber,
  canonicalSwitch,
  canonicalTime,
  isNothing,
} from './meaning.ts';

type Reading = Readonly<Record<string, (value: Json) => Json>>;
type Whole = Normalized & { parts: Part[] };

export const DEFAULT_MARGIN = 'PT2M';

const BATCH_DEFAULTS: JsonObject = {
  poolId: 'rsbatch',
  enabled: true,
  jobInputPayload: {},
  startMargin: DEFAULT_MARGIN,
};

const BATCH_FIELDS: Reading = {
  recurrenceInterval: canonicalDuration,
  startAt: canonicalInstant,
  enabled: canonicalSwitch,
};

const OBJECT_FIELDS: Reading = {
  enabled: canonicalSwitch,
  intervalInMins: canonicalNumber,
  startTime: canonicalTime,
  stopTime: canonicalTime,
  taskPayload: canonicalMap,
  authContext: canonicalMap,
};

/** A batch schedule with its defaults. */
export function normalizeBatch(_name: string, spec: JsonObject): Whole {
  const missing = Object.entries(BATCH_DEFAULTS).filter(([field]) => (spec[field] ?? null) === null);
  const own = { ...spec, ...Object.fromEntries(missing) };
  return { spec: own, canonical: canonicalBatch(own, 1), parts: [] };
}

/**
 * A batch schedule by meaning. App and job are its identity, not fields; the margin is ours alone. `instances`: how many
 * schedules the pair has: one is wanted, and more are put right by one more create.
 */
export function canonicalBatch(spec: JsonObject, instances: number): JsonObject {
  const { appId: _app, jobDefId: _job, startMargin: _margin, recreateOn, ...rest } = spec;
  const canonical = canonicalFields(rest, BATCH_FIELDS);
  if (recreateOn !== undefined && !isNothing(recreateOn)) canonical['recreateOn'] = recreateOn;
  return { ...canonical, instances };
}

/** A schedule object. It has no defaults: what is not mentioned is not managed. */
export function normalizeObject(_name: string, spec: JsonObject): Whole {
  return { spec, canonical: canonicalObject(spec), parts: [] };
}

export function canonicalObject(spec: JsonObject): JsonObject {
  return canonicalFields(spec, OBJECT_FIELDS);
}

function canonicalFields(spec: JsonObject, fields: Reading): JsonObject {
  return Object.fromEntries(
    Object.entries(spec).map(([field, value]) => [
      field,
      isSealed(value) || !Object.hasOwn(fields, field) ? value : (fields[field]?.(value) ?? null),
    ]),
  );
}
