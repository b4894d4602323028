import { ReconcileError } from '../core/errors.ts';
import { isObject, type Json, type JsonObject } from '../core/json.ts';
import type { LockInfo } from './store.ts';

/** Longer names of people, hosts and commands nobody has; they stand in errors. */
const LONGEST = 1000;
/** An id becomes part of file names. */
const ID = /^[\w.-]{1,100}$/;

/**
 * Is this a lock of this target, whole and true to itself: does it expire within one term after its last renewal? Anything else
 * must not be taken over, as nobody can say whose it is.
 */
export function isLockOf(value: Json, target: string): value is JsonObject & (LockInfo & Json) {
  if (!isObject(value) || value['target'] !== target) return false;
  const { id, pid, term, machine } = value;
  return (
    typeof id === 'string' &&
    ID.test(id) &&
    ['owner', 'host', 'command'].every((key) => isName(value[key])) &&
    (machine === undefined || isName(machine)) &&
    typeof pid === 'number' &&
    Number.isSafeInteger(pid) &&
    typeof term === 'number' &&
    !Number.isNaN(instantOf(value['startedAt'])) &&
    instantOf(value['expiresAt']) <= instantOf(value['renewedAt']) + term
  );
}

function isName(value: Json | undefined): boolean {
  return typeof value === 'string' && value.length <= LONGEST;
}

function instantOf(value: Json | undefined): number {
  return typeof value === 'string' ? Date.parse(value) : Number.NaN;
}

/** `where`: the file, or the target. */
export function newerLock(where: string, found: Json | undefined): ReconcileError {
  const text = JSON.stringify(found ?? null);
  return new ReconcileError(
    `${where}: the lock has a format that is not known to this version: ${text.length <= 70 ? text : '(something else)'}`,
    {
      code: 'STATE_FORMAT',
      category: 'internal',
      remedy: 'Use the version of reconcile that wrote it, or a newer one.',
    },
  );
}
