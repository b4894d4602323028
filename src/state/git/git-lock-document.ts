import type { ReconcileError } from '../../core/errors.ts';
import { isObject, type Json } from '../../core/json.ts';
import { holderText } from '../lock.ts';
import { isLockOf, newerLock } from '../lock-shape.ts';
import type { LockInfo } from '../store.ts';
import type { CommitContent } from './git-objects.ts';
import type { Progress } from './git-progress.ts';

/** `lock.json` on the lock ref. Beside it, in `state.json`, stands the state of the apply under way, if there is one. */
export interface LockDocument {
  /** null: given back. The ref stays when the apply did not end, or when the host lets no ref go. */
  lock: LockInfo | null;
  /** Of `state.json`: which lock wrote it, and on top of which commit of the state it counts. */
  progress: { by: string; base: string | null } | null;
}

function encodeLock({ lock, progress }: LockDocument): string {
  return `${JSON.stringify({ formatVersion: '1', lock, progress }, null, 1)}\n`;
}

/** `damaged` makes the error. A newer format is an error of its own. */
export function decodeLock(
  text: string,
  target: string,
  damaged: (why: string, cause?: unknown) => ReconcileError,
): LockDocument {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    throw damaged('lock.json is not JSON', error);
  }
  if (!isObject(value)) throw damaged('lock.json is not a JSON object');
  if (value['formatVersion'] !== '1') throw newerLock(`target "${target}"`, value['formatVersion']);
  const { lock = null, progress = null } = value;
  if (isObject(lock) && typeof lock['target'] === 'string' && lock['target'] !== target)
    throw damaged('it belongs to another target');
  if (lock !== null && !isLockOf(lock, target)) throw damaged('the lock is not whole');
  if (progress !== null && !isProgress(progress)) throw damaged('the progress is incomplete');
  return { lock, progress };
}

/** A commit of the lock ref. */
export function lockCommit(
  target: string,
  lock: LockInfo | null,
  progress: Progress | null,
  parent: string | null,
  at: number,
): CommitContent {
  const document = { lock, progress: progress === null ? null : { by: progress.by, base: progress.base } };
  return {
    files: {
      'lock.json': encodeLock(document),
      ...(progress === null ? {} : { 'state.json': progress.text }),
    },
    parent,
    message: lockMessage(target, lock),
    at,
  };
}

/** What `git log` shows of the lock ref. */
function lockMessage(target: string, lock: LockInfo | null): string {
  if (lock === null)
    return `${target}: not locked\n\nThe next apply goes on from state.json, if there is one.\n`;
  return `${target}: locked by ${holderText(lock).replace(/\s+/g, ' ')}

Since ${lock.startedAt}, renewed ${lock.renewedAt}, expires ${lock.expiresAt}
`;
}

type WithJson<T> = T & Json;

function isProgress(value: Json): value is WithJson<{ by: string; base: string | null }> {
  return (
    isObject(value) &&
    typeof value['by'] === 'string' &&
    (value['base'] === null || typeof value['base'] === 'string')
  );
}
