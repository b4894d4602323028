import { isRecord, type JsonRecord } from '../json.ts';
import { objectSuccess, StatusError } from './answers.ts';
import { invalid } from './batch-input.ts';
import type { RiversandCall } from './call.ts';
import type { PendingChange, RiversandTenant } from './model.ts';
import { readScheduleObject, requireType } from './object-input.ts';
import { planChange } from './object-runner.ts';

/** `create` and `update` of a whole schedule object. They take effect later. */
export function submitObject(call: RiversandCall, kind: 'create' | 'update'): JsonRecord {
  const { id, object } = readScheduleObject(call.body);
  check(call, kind, id);
  return submit(call, { kind, id, body: object });
}

/** `delete`. Without an id it takes every object with these properties, or simply every one. */
export function deleteObject(call: RiversandCall): JsonRecord {
  const object = call.body['scheduleObject'];
  if (!isRecord(object)) throw invalid('scheduleObject: an object is expected');
  requireType(object);
  const { id, properties = {} } = object;
  if (!isRecord(properties)) throw invalid('scheduleObject.properties: an object is expected');
  if (id === undefined) return submit(call, { kind: 'delete', criteria: structuredClone(properties) });
  if (typeof id !== 'string' || id === '') throw invalid('scheduleObject.id: a text is expected');
  check(call, 'delete', id);
  return submit(call, { kind: 'delete', id });
}

/** Looks at what will be there when everything accepted so far has taken effect. */
function check({ world, tenant }: RiversandCall, kind: PendingChange['kind'], id: string): void {
  if (world.settings.objectChecks === 'later') return;
  const there = willBeThere(tenant, id);
  if (kind === 'create' && there)
    throw new StatusError('ID_EXISTS', `There is a schedule object ${id} already`);
  if (kind !== 'create' && !there) throw new StatusError('ID_UNKNOWN', `There is no schedule object ${id}`);
}

function willBeThere(tenant: RiversandTenant, id: string): boolean {
  const last = tenant.pending.filter((change) => change.id === id).at(-1);
  return last === undefined ? tenant.objects.has(id) : last.kind !== 'delete';
}

function submit(call: RiversandCall, change: Omit<PendingChange, 'order' | 'at'>): JsonRecord {
  const { world, tenant, now, effect, taskId } = call;
  const { showsAfter } = effect;
  const delay = (isRecord(showsAfter) ? showsAfter.ms : showsAfter) ?? world.settings.visibilityDelay;
  const order = tenant.nextChange++;
  if (effect.neverShows === undefined || effect.neverShows === false) {
    planChange(world, tenant, { ...change, order, at: now + delay });
  }
  return objectSuccess(taskId, {
    statusDetail: {
      code: 'SUBMITTED',
      message: `Request to ${change.kind} scheduleobject ${change.id ?? ''} submitted. Please check back after 1 min`,
      messageType: 'success',
    },
    totalRecords: 0,
  });
}
