import type { Change } from '../../core/change.ts';
import { leaves } from '../../core/diff.ts';
import { equalJson, type Json, type JsonObject } from '../../core/json.ts';
import { getAt, parsePointer } from '../../core/pointer.ts';
import type { HttpRequest, OperationResult } from '../../core/provider.ts';
import { newObjectValues, objectBody, objectSecrets } from './bodies.ts';
import { toLiveObject } from './mapping.ts';
import { canonicalObject } from './normalize.ts';
import { deleteRequest, objectId } from './object-id.ts';
import { healedFields } from './operations.ts';
import { objectPath } from './paths.ts';
import { objectPatience, REFUSED_OBJECT_PATIENCE } from './polling.ts';
import type { WireObject } from './wire.ts';
import { type Doing, gone, send, unsettled } from './writing.ts';

const ATOMIC = ['/taskPayload', '/authContext'];

export async function createObject(doing: Doing): Promise<OperationResult> {
  const id = objectId(doing.change.desired?.identity);
  const values = valuesToCreate(doing.change);
  const body = objectBody(id, values, Object.keys(values), undefined);
  const wanted = newObjectValues(id, values);
  const isThere = (object: WireObject | null): boolean => object !== null && agrees(object, wanted);
  await writeAndSee(
    doing,
    `create schedule object "${id}"`,
    writeRequest(doing, 'create', body),
    id,
    isThere,
  );
  return { id, wrote: true };
}

/** Under a new id it takes along what is live and not ours to change; names that only repeated the old id follow the new one. */
function valuesToCreate({ action, desired, live, base, target }: Change): JsonObject {
  const spec = desired?.spec ?? {};
  if (action !== 'replace' && base?.remake === undefined) return spec;
  const follows = (field: string, value: Json): boolean =>
    (field === 'displayName' || field === 'taskName') &&
    !(field in spec) &&
    value === (live ?? base)?.identity;
  const kept = Object.entries(target ?? spec).filter(
    ([field, value]) => value !== null && !follows(field, value),
  );
  return Object.fromEntries(kept);
}

/** The whole object, as read just before, with the changed fields in place. */
export function updateObject(doing: Doing): Promise<OperationResult> {
  const { change } = doing;
  const fields = healedFields(change.fields).map(({ pointer }) => parsePointer(pointer)[0] ?? '');
  return update(doing, change.target ?? {}, [...new Set(fields)]);
}

export function disableObject(doing: Doing): Promise<OperationResult> {
  return update(doing, { enabled: false }, ['enabled']);
}

async function update(doing: Doing, values: JsonObject, fields: readonly string[]): Promise<OperationResult> {
  const id = objectId(doing.change.live?.identity);
  const live = await doing.client.object(id);
  if (live === null) throw gone(`Schedule object "${id}"`);
  const named = fields.map((field) => [field, values[field] ?? nameless(field, id)] as const);
  const wanted = canonicalObject(Object.fromEntries(named));
  if (agrees(live, wanted)) return { id, wrote: false };
  const body = objectBody(id, values, fields, live);
  const isThere = (object: WireObject | null): boolean => object !== null && agrees(object, wanted);
  await writeAndSee(
    doing,
    `update schedule object "${id}"`,
    writeRequest(doing, 'update', body),
    id,
    isThere,
  );
  return { id, wrote: true };
}

/** Names that are taken out of a manifest go back to the id. */
function nameless(field: string, id: string): string | null {
  return field === 'displayName' || field === 'taskName' ? id : null;
}

export async function deleteObject(doing: Doing): Promise<OperationResult> {
  const id = objectId(doing.change.live?.identity);
  if ((await doing.client.object(id)) === null) return { wrote: false };
  await writeAndSee(
    doing,
    `delete schedule object "${id}"`,
    deleteRequest(id),
    id,
    (object) => object === null,
  );
  // What is deleted to be made again under another name has no id yet.
  return doing.change.action === 'replace' ? { wrote: true } : { id, wrote: true };
}

function writeRequest(doing: Doing, call: 'create' | 'update', body: JsonObject): HttpRequest {
  const secrets = [...(doing.change.desired?.secrets ?? []), ...(doing.change.base?.secrets ?? [])];
  return {
    method: 'POST',
    path: objectPath(call),
    body: { scheduleObject: body },
    secrets: objectSecrets(body, secrets),
  };
}

/**
 * Writes are only taken in at first: looks until the change shows. A refusal stands, unless an earlier apply may have sent the
 * same. After a lost answer that shows nothing the same call is made once more: ids are unique and updates are whole, so that
 * twice is as good as once.
 */
async function writeAndSee(
  doing: Doing,
  what: string,
  request: HttpRequest,
  id: string,
  isThere: (object: WireObject | null) => boolean,
): Promise<void> {
  const first = await send(doing, what, request);
  // An apply that was cut short may have sent it: then "there is one already" is no refusal, only early.
  if (first.as === 'refused' && doing.context.mayBeSent !== true) throw first.error;
  const patience = first.as === 'refused' ? REFUSED_OBJECT_PATIENCE : objectPatience.whole;
  let sight = await doing.watch.until(id, isThere, patience);
  if (sight.isThere) return;
  if (first.as === 'refused') throw first.error;
  const last = first.as === 'unknown' ? await send(doing, what, request) : first;
  // Refused by now, perhaps because the first call took effect after all.
  if (last !== first) sight = await doing.watch.until(id, isThere);
  if (sight.isThere) return;
  const minutes = Math.round(objectPatience.whole / 60_000);
  const cause = last.as === 'accepted' ? undefined : last.error;
  throw unsettled(
    `The request to ${what} was sent, but does not show after ${minutes} minutes.`,
    sight.seen === null ? `no schedule object "${id}"` : `schedule object "${id}", without the change`,
    'RIVERSAND_NOT_VISIBLE',
    cause,
  );
}

/** Is every wanted field there by meaning? */
function agrees(object: WireObject, wanted: JsonObject): boolean {
  const { canonical } = toLiveObject(object);
  return leaves(wanted, ATOMIC).every((pointer) =>
    equalJson(getAt(canonical, pointer), getAt(wanted, pointer)),
  );
}
