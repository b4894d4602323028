import { ReconcileError } from '../../core/errors.ts';
import type { GitPlaces } from './git-places.ts';
import type { Moved } from './git-refs.ts';

/** The host said no. `done`: what has happened at the service so far. */
export function pushRefused(
  { host, state, lock }: GitPlaces,
  { ref, why }: Extract<Moved, { status: 'refused' }>,
  done: string,
): ReconcileError {
  return new ReconcileError(
    `${host.name} does not let ${ref} be written: ${why || 'it gave no reason'}. ${done}`,
    {
      code: 'STATE_PUSH_REFUSED',
      category: 'rejected',
      remedy: `Allow this user or token to create, update and delete ${state} and ${lock} (GitHub Actions: permissions: contents: write), or choose a branch it may push to with state.ref.`,
    },
  );
}

/** Nothing was written yet, and nothing will be. */
export function pushFailed({ host, lock }: GitPlaces, why: string): ReconcileError {
  return new ReconcileError(
    `The lock ${lock} cannot be pushed to ${host.name}: ${why}. Nothing was written to the service.`,
    {
      code: 'STATE_UNREACHABLE',
      category: 'transient',
      remedy: `Check the network, then run the command again. To try by hand: git ls-remote ${host.name} ${lock}`,
    },
  );
}

/** The work is done, but its record is only on this machine. */
export function notPushed({ host, state, unpushed }: GitPlaces, why: string): ReconcileError {
  return new ReconcileError(
    `The changes were made at the service, but their record could not be pushed to ${state} of ${host.name}: ${why}`,
    {
      code: 'STATE_NOT_PUSHED',
      category: 'transient',
      remedy: `Run apply again when ${host.name} can be reached. In this clone it first pushes the record, which is kept as ${unpushed}; in another one it goes on from the intent that was pushed before the first write.`,
    },
  );
}

/** Somebody moved the ref: who, and with what. */
export function movedOn(
  { host, target }: GitPlaces,
  ref: string,
  found: string | null,
  who: string,
): ReconcileError {
  const where =
    found === null ? 'it is gone' : `it is at ${found.slice(0, 12)} now${who === '' ? '' : `: ${who}`}`;
  return new ReconcileError(
    `The state of target "${target}" was changed by somebody else meanwhile: ${ref} of ${host.name} has moved, ${where}`,
    {
      code: 'STATE_CONFLICT',
      category: 'locked',
      remedy: 'Nothing of theirs was overwritten. Run the command again: it plans against the new state.',
    },
  );
}

/** A ref that holds something else: a branch of the sources, most likely. */
export function foreignRef({ host }: GitPlaces, ref: string, why: string): ReconcileError {
  return new ReconcileError(`${ref} of ${host.name} holds no state: ${why}`, {
    code: 'STATE_FOREIGN',
    category: 'invalid',
    remedy: 'Choose a ref of its own for the state (state.ref in the config). Nothing was changed.',
  });
}

/** The remote has lost what this clone remembers. */
export function refGone({ host, state, copy }: GitPlaces, id: string): ReconcileError {
  return new ReconcileError(
    `${host.name} has no ${state}, but this clone has a copy of it: ${copy} at ${id.slice(0, 12)}`,
    {
      code: 'STATE_REF_GONE',
      category: 'internal',
      remedy: `If it was deleted by mistake, or never pushed: git push ${host.name} ${copy}:${state}. If the state is to begin anew: git update-ref -d ${copy}`,
    },
  );
}

export function lockDamaged({ host, lock }: GitPlaces, why: string, cause?: unknown): ReconcileError {
  const [show, remove] = host.remote
    ? [`git fetch ${host.name} ${lock} && git show FETCH_HEAD:lock.json`, `git push ${host.name} :${lock}`]
    : [`git show ${lock}:lock.json`, `git update-ref -d ${lock}`];
  return new ReconcileError(`The lock ${lock} of ${host.name} cannot be read: ${why}`, {
    code: 'LOCK_DAMAGED',
    category: 'locked',
    remedy: `Look at it with: ${show}. When nobody applies, remove it with: ${remove}`,
    ...(cause === undefined ? {} : { cause }),
  });
}
