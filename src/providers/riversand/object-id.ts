import type { HttpRequest } from '../../core/provider.ts';
import { objectPath } from './paths.ts';
import { internal } from './writing.ts';

declare const checked: unique symbol;

/** The id of one schedule object, checked to be one. Made by `objectId` alone. */
export type ObjectId = string & { readonly [checked]: true };

export function objectId(text: string | undefined): ObjectId {
  if (text !== undefined && text.trim() !== '') return text as ObjectId;
  throw internal('A schedule object without an id cannot be written.');
}

/**
 * The only place that makes a delete. Without an id the service deletes by criteria, perhaps all that is disabled; this cannot
 * be written here.
 */
export function deleteRequest(id: ObjectId): HttpRequest {
  return {
    method: 'POST',
    path: objectPath('delete'),
    body: { scheduleObject: { id: objectId(id), type: 'scheduleobject' } },
  };
}
