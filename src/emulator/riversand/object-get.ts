import { isRecord, type JsonRecord } from '../json.ts';
import { objectSuccess } from './answers.ts';
import { invalid } from './batch-input.ts';
import type { RiversandCall } from './call.ts';
import type { RiversandTenant } from './model.ts';

const TYPES = ['scheduleobject', 'scheduleinfo'];

/** `get`: the objects of the wanted types that show by now. */
export function getObjects(call: RiversandCall): JsonRecord {
  const { world, tenant, body, taskId } = call;
  const params = recordOf(body['params'], 'params');
  const query = recordOf(params['query'], 'params.query');
  const filters = recordOf(query['filters'], 'params.query.filters');
  const types = filters['typesCriterion'];
  if (!Array.isArray(types) || types.length === 0 || !types.every((type) => TYPES.includes(type))) {
    throw invalid(`typesCriterion: a list of ${TYPES.join(', ')} is expected`);
  }
  const criteria = filters['propertiesCriterion'] ?? [];
  if (!Array.isArray(criteria) || !criteria.every(isRecord)) {
    throw invalid('propertiesCriterion: a list of objects is expected');
  }
  const { id } = query;
  if (id !== undefined && typeof id !== 'string') throw invalid('params.query.id: a text is expected');
  const found = types
    .flatMap((type) => (type === 'scheduleobject' ? objectsOf(tenant) : infosOf(tenant)))
    .filter((object) => id === undefined || object['id'] === id)
    .filter((object) => criteria.every((criterion) => hasProperties(object, criterion)));
  const limit = Math.min(readLimit(params), world.settings.maxRecords);
  const withData = wantsAttributes(params);
  return objectSuccess(taskId, {
    scheduleObjects: found.slice(0, limit).map((object) => show(object, withData)),
    totalRecords: found.length,
  });
}

function objectsOf(tenant: RiversandTenant): JsonRecord[] {
  return [...tenant.objects.values()].map(({ body }) => body);
}

/** One for each object that has run. */
function infosOf(tenant: RiversandTenant): JsonRecord[] {
  return [...tenant.invocations].map(([scheduleId, at]) => ({
    id: `${scheduleId}_info`,
    type: 'scheduleinfo',
    properties: { scheduleId, lastInvocation: String(at) },
  }));
}

function hasProperties(object: JsonRecord, criterion: JsonRecord): boolean {
  const properties = isRecord(object['properties']) ? object['properties'] : {};
  return Object.entries(criterion).every(([name, value]) => properties[name] === value);
}

/** Without attributes asked for, an object comes without its data. */
function show(object: JsonRecord, withData: boolean): JsonRecord {
  const { data, ...rest } = object;
  return withData && data !== undefined ? { ...rest, data } : rest;
}

function wantsAttributes(params: JsonRecord): boolean {
  const { fields } = params;
  const attributes = isRecord(fields) ? fields['attributes'] : undefined;
  return Array.isArray(attributes) && attributes.includes('_ALL');
}

function readLimit({ options }: JsonRecord): number {
  const limit = isRecord(options) ? options['maxRecords'] : undefined;
  if (limit === undefined) return Number.POSITIVE_INFINITY;
  if (!Number.isInteger(limit) || Number(limit) < 1)
    throw invalid('options.maxRecords: a whole number from 1');
  return Number(limit);
}

function recordOf(value: unknown, name: string): JsonRecord {
  if (!isRecord(value)) throw invalid(`${name}: an object is expected`);
  return value;
}
