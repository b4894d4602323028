import type { Inventory } from '../core/inventory.ts';
import type { Journal } from '../core/journal.ts';
import type { SourceVersion } from '../core/source-version.ts';

/** What was last applied to one target. One document per target. */
export interface TargetState {
  formatVersion: '1';
  target: string;
  /** Random; tells states of different origins apart. */
  lineage: string;
  /** Identity of the service instance this state belongs to. */
  instance: string;
  /** Grows by one with each write. */
  serial: number;
  inventory: Inventory;
  /** The apply under way, if any; else what an apply left unsettled. */
  journal: Journal | null;
}

/** A lock as people see it: `unlock`, and the error LOCKED. */
export interface LockInfo {
  id: string;
  target: string;
  owner: string;
  host: string;
  pid: number;
  command: string;
  /** Boot id and pid namespace, where the pid means something from here; absent where that cannot be told. */
  machine?: string;
  /** ISO instants. */
  startedAt: string;
  renewedAt: string;
  expiresAt: string;
  /** ms */
  term: number;
}

/** Who wants the lock, and how long they would wait for it. */
export interface LockClaim {
  owner: string;
  host: string;
  pid: number;
  machine?: string;
  command: string;
  /** ms to wait for somebody else's. */
  timeout: number;
  /** Called before each look at a lock that somebody else holds. */
  onWait?(held: LockInfo): void;
  signal?: AbortSignal;
}

/** Time and processes, passed in by entry points. */
export interface StoreClock {
  /** Epoch ms. */
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Runs the task every ms until the returned function is called; does not keep the process alive. */
  every(ms: number, task: () => void): () => void;
  /** A new id that nobody can guess or meet again. */
  random(): string;
  /** Is there a process with this pid on this machine? `undefined`: cannot tell. */
  isAlive(pid: number): boolean | undefined;
}

/** One command that wrote something: apply, forget, unprotect, import --adopt, unlock. */
export interface HistoryRecord extends SourceVersion {
  id: string;
  target: string;
  lineage: string;
  serial: number;
  /** ISO instant. */
  at: string;
  command: string;
  actor: string;
  /** One line for people: `2 created, 1 updated, 1 failed`. */
  summary: string;
  /** How many changes, by status. */
  outcomes: Readonly<Record<string, number>>;
  changes: readonly { address: string; action: string; status: string; code?: string }[];
}

/** Where states live. Whoever wants to write takes the lock; reading needs none. */
export interface StateStore {
  /** `null` when there is no state yet; a damaged, foreign or newer one is an error, never a guess. */
  read(target: string): Promise<TargetState | null>;
  /**
   * Takes the target for one command. Waits up to `claim.timeout`, then ReconcileError `LOCKED` with the evidence. A lock that
   * has expired, or whose process on this very machine is gone, is taken over.
   */
  lock(target: string, claim: LockClaim): Promise<StateLock>;
  readLock(target: string): Promise<LockInfo | null>;
  /** Is the holder a process of this very machine that is gone? `machine`: as in the claim. */
  isHolderGone(held: LockInfo, machine: string | undefined): boolean;
  /** Removes the lock with this id; ReconcileError `LOCK_CHANGED` when it is another one by now. */
  breakLock(target: string, id: string): Promise<void>;
  /** Newest first. */
  history(target: string, limit: number): Promise<HistoryRecord[]>;
}

/** A lock that is held: heartbeats run until it is given back. Each write has serial `n + 1` after serial `n`, in one lineage; else `STATE_CONFLICT`. */
export interface StateLock {
  readonly info: LockInfo;
  /**
   * Throws ReconcileError `LOCK_LOST` when the last renewal is older than the term less a margin, or somebody else has the lock.
   * Called before every write to the service.
   */
  assertHeld(): void;
  /** The state with the whole intent, before the first write to the service. When it resolves, it survives this machine. */
  begin(state: TargetState): Promise<void>;
  /** As changes end. Durable on this machine when it resolves. */
  save(state: TargetState): Promise<void>;
  /**
   * The end: the state (its journal holds only what could not be settled, and is mostly `null`) with one history record, in one
   * step where the backend can; then gives the lock back.
   */
  finish(state: TargetState, record: HistoryRecord): Promise<void>;
  /** Gives the lock back; the state stays as it was last saved. May be called again. */
  release(): Promise<void>;
}
