import { equalJson, isObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Pointer } from '../../core/pointer.ts';
import { ATTRIBUTES, objectAt } from './mapping.ts';
import { canonicalObject } from './normalize.ts';
import type { Pair } from './pairs.ts';
import { VERBS, type Verb } from './verbs.ts';
import type { WireObject } from './wire.ts';

/** The one envelope of all batch calls. `taskId`: a GUID of ours, for tracing. */
export function batchBody(verb: Verb, requestBody: JsonObject, taskId: string): JsonObject {
  return {
    proxyObject: {
      type: VERBS[verb].type,
      data: { jsonData: { requestBody, requestHeaders: { 'x-rdp-taskId': taskId } } },
    },
  };
}

export function identifierBody({ appId, jobDefId }: Pair): JsonObject {
  return { jobIdentifier: { appId, jobDefId } };
}

/** `values`: a batch schedule as written; `doNotRunUntil`: ISO instant. */
export function processBody(pair: Pair, values: JsonObject, doNotRunUntil: string): JsonObject {
  const { poolId, recurrenceInterval, jobInputPayload } = values;
  return {
    ...identifierBody(pair),
    batchOptions: { poolId: poolId ?? null },
    scheduledJobOptions: { recurrenceInterval: recurrenceInterval ?? null, doNotRunUntil },
    jobInputPayload: jobInputPayload ?? {},
  };
}

/** Where secrets of a batch schedule lie in the request. */
export function batchSecrets(secrets: readonly Pointer[]): Pointer[] {
  return secrets
    .filter((pointer) => pointer === '/jobInputPayload' || pointer.startsWith('/jobInputPayload/'))
    .map((pointer) => `/proxyObject/data/jsonData/requestBody${pointer}`);
}

/**
 * The whole schedule object: as it was read just before, with the wanted values of `fields` in place. Attributes that nobody here
 * knows stay as they are. Without `live` it is a new one.
 */
export function objectBody(
  id: string,
  values: JsonObject,
  fields: readonly string[],
  live: WireObject | undefined,
): JsonObject {
  const wants = (field: string): boolean => fields.includes(field);
  const from = structuredClone(live ?? { id }) as JsonObject;
  const properties = { ...objectAt(from, 'properties') };
  const data = { ...objectAt(from, 'data') };
  const attributes = { ...objectAt(data, 'attributes') };
  const jsonData = { ...objectAt(data, 'jsonData') };
  const configuration = { ...objectAt(jsonData, 'scheduleConfiguration') };
  attributes[ATTRIBUTES.scheduleType] ??= withValue(undefined, 'fixedRate');
  if (wants('enabled') || live === undefined) properties['enabled'] = values['enabled'] ?? true;
  for (const field of ['taskName', 'taskUrl'] as const) {
    if (!wants(field) && live !== undefined) continue;
    const name = ATTRIBUTES[field];
    attributes[name] = withValue(attributes[name], values[field] ?? id);
  }
  for (const field of ['intervalInMins', 'startTime', 'stopTime', 'authContext']) {
    if (wants(field)) setOrRemove(configuration, field, values[field]);
  }
  if (wants('taskPayload')) jsonData['scheduleTaskPayload'] = values['taskPayload'] ?? {};
  return {
    ...from,
    id,
    name: wants('displayName') || live === undefined ? (values['displayName'] ?? id) : (live.name ?? id),
    type: 'scheduleobject',
    properties,
    data: { ...data, attributes, jsonData: { ...jsonData, scheduleConfiguration: configuration } },
  };
}

function setOrRemove(target: JsonObject, field: string, value: Json | undefined): void {
  if (value === undefined || value === null) delete target[field];
  else target[field] = value;
}

/** An attribute with another value; an equal one stays as it is, with what the server put beside it. */
function withValue(attribute: Json | undefined, value: Json): Json {
  const values = isObject(attribute) ? attribute['values'] : undefined;
  const first = Array.isArray(values) && isObject(values[0]) ? values[0] : {};
  if (equalJson(first['value'], value)) return attribute ?? null;
  return {
    ...(isObject(attribute) ? attribute : {}),
    values: [{ locale: 'en-US', source: 'internal', ...first, value }],
  };
}

const CONFIGURATION = '/scheduleObject/data/jsonData/scheduleConfiguration';

/** Where secrets of a schedule object lie in the request: everything below `authContext`, and what the manifest says. */
export function objectSecrets(body: JsonObject, secrets: readonly Pointer[]): Pointer[] {
  const auth = objectAt(
    objectAt(objectAt(objectAt(body, 'data'), 'jsonData'), 'scheduleConfiguration'),
    'authContext',
  );
  const payload = secrets
    .filter((pointer) => pointer.startsWith('/taskPayload'))
    .map((pointer) => pointer.replace('/taskPayload', '/scheduleObject/data/jsonData/scheduleTaskPayload'));
  return [...textsBelow(auth, `${CONFIGURATION}/authContext`), `${CONFIGURATION}/authContext`, ...payload];
}

function textsBelow(value: Json, pointer: Pointer): Pointer[] {
  if (typeof value === 'string') return [pointer];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsBelow(item, `${pointer}/${index}`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    textsBelow(item, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
}

/** Canonical values of a new object, with what is sent when the manifest says nothing. */
export function newObjectValues(id: string, values: JsonObject): JsonObject {
  return canonicalObject({ displayName: id, enabled: true, taskName: id, ...withoutNulls(values) });
}

function withoutNulls(values: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}
