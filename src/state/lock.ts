import { ReconcileError } from '../core/errors.ts';
import type { LockClaim, LockInfo, StoreClock } from './store.ts';

/** How long a lock counts after its last renewal, ms: what a crash on another machine costs the next one in waiting. */
const LOCK_TERM = 60_000;
/** ms between renewals: three of them may fail before the holder stops. */
const LOCK_HEARTBEAT = 15_000;
/** The holder stops so long before others may take over, ms: for clocks that differ, and for the write that is in flight. */
export const LOCK_MARGIN = 15_000;
/** ms between two looks at somebody else's lock. */
const LOCK_POLL = 1000;

export function newLock(target: string, claim: LockClaim, clock: StoreClock): LockInfo {
  const { owner, host, pid, machine, command } = claim;
  const now = clock.now();
  return {
    id: clock.random(),
    target,
    owner,
    host,
    pid,
    command,
    ...(machine === undefined ? {} : { machine }),
    startedAt: instant(now),
    renewedAt: instant(now),
    expiresAt: instant(now + LOCK_TERM),
    term: LOCK_TERM,
  };
}

function renewed(info: LockInfo, now: number): LockInfo {
  return { ...info, renewedAt: instant(now), expiresAt: instant(now + info.term) };
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}

/** May somebody else take it: expired, or held by a process of this very machine that is gone? */
export function isStale(held: LockInfo, machine: string | undefined, clock: StoreClock): boolean {
  return clock.now() > Date.parse(held.expiresAt) || isHolderGone(held, machine, clock);
}

/** Only where the pid means something from here, and there is none: nothing else proves a death. */
export function isHolderGone(held: LockInfo, machine: string | undefined, clock: StoreClock): boolean {
  return machine !== undefined && held.machine === machine && clock.isAlive(held.pid) === false;
}

/** For people: `ann@build-7 (pid 4711, reconcile apply -t prod)`. */
export function holderText({ owner, host, pid, command }: LockInfo): string {
  return `${owner}@${host} (pid ${pid}, ${command})`;
}

export type Attempt<T> = { got: T } | { held: LockInfo };

/** Tries until it gets the lock or the claim's patience ends. Waits count, not the clock. */
export async function waitForLock<T>(
  claim: LockClaim,
  clock: StoreClock,
  attempt: () => Promise<Attempt<T>>,
): Promise<T> {
  let waited = 0;
  for (;;) {
    claim.signal?.throwIfAborted();
    const result = await attempt();
    if ('got' in result) return result.got;
    if (waited >= claim.timeout) throw lockedError(result.held, claim.timeout);
    claim.onWait?.(result.held);
    const wait = Math.min(LOCK_POLL, claim.timeout - waited);
    await clock.sleep(wait, claim.signal);
    waited += wait;
  }
}

function lockedError(held: LockInfo, waited: number): ReconcileError {
  return new ReconcileError(
    `target "${held.target}" is locked by ${holderText(held)} since ${held.startedAt}; last sign of life ${held.renewedAt}, expires ${held.expiresAt}`,
    {
      code: 'LOCKED',
      category: 'locked',
      remedy: `Waited ${waited / 1000} s. Wait until it is done (--lock-timeout 10m), or look at the evidence with: reconcile unlock -t ${held.target}`,
    },
  );
}

export function lockChanged(target: string): ReconcileError {
  return new ReconcileError(`the lock of target "${target}" is not the one that was shown any more`, {
    code: 'LOCK_CHANGED',
    category: 'locked',
    remedy: 'Nothing was removed. Look again: somebody else may be at work by now.',
  });
}

export function stateConflict(target: string): ReconcileError {
  return new ReconcileError(`the state of target "${target}" was changed by somebody else meanwhile`, {
    code: 'STATE_CONFLICT',
    category: 'locked',
    remedy: 'Run the command again: it plans against the new state.',
  });
}

/** A lock in our hands: renewed by heartbeats, until it is given back or lost. */
export interface Holding {
  readonly info: LockInfo;
  /** Throws `LOCK_LOST`. */
  assertHeld(): void;
  /** Somebody else has it, or may have it. */
  lose(why: string): void;
  /** No more heartbeats; resolves when the last one is through. */
  stop(): Promise<void>;
}

/**
 * Keeps a lock alive. `renew` puts the new version in place of ours: false when somebody else's is there by now; when it throws,
 * the next heartbeat tries again, and `assertHeld` fails once the last renewal is too old (SEMANTICS 8).
 */
export function holdLock(
  taken: LockInfo,
  clock: StoreClock,
  renew: (next: LockInfo, now: LockInfo) => Promise<boolean>,
): Holding {
  let info = taken;
  let lost: string | undefined;
  let beating: Promise<void> | undefined;

  const isOld = (): boolean => clock.now() - Date.parse(info.renewedAt) > info.term - LOCK_MARGIN;
  const beat = async (): Promise<void> => {
    // Too late: others may be taking it over at this moment.
    if (lost !== undefined || isOld()) return;
    const next = renewed(info, clock.now());
    try {
      if (await renew(next, info)) info = next;
      else lost = 'somebody else has it by now';
    } catch {
      return;
    }
  };
  const cancel = clock.every(LOCK_HEARTBEAT, () => {
    beating ??= beat().finally(() => {
      beating = undefined;
    });
  });
  return {
    get info() {
      return info;
    },
    assertHeld() {
      const why = lost ?? (isOld() ? `it could not be renewed since ${info.renewedAt}` : undefined);
      if (why === undefined) return;
      throw new ReconcileError(`the lock of target "${info.target}" is lost: ${why}`, {
        code: 'LOCK_LOST',
        category: 'locked',
        remedy: 'Nothing more was written. Run the command again: it goes on from what is live.',
      });
    },
    lose: (why) => {
      lost ??= why;
    },
    async stop() {
      cancel();
      await beating;
    },
  };
}
