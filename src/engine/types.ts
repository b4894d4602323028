import type { Change } from '../core/change.ts';
import type { Drift } from '../core/drift.ts';
import type { JsonObject } from '../core/json.ts';
import type { Look } from '../core/look.ts';
import type { ChangeOutcome } from '../core/outcome.ts';
import type { PlanTarget } from '../core/plan-document.ts';
import type { Policy } from '../core/policy.ts';
import type { Connection, Observation, Provider, Session, Surroundings } from '../core/provider.ts';
import type { LiveResource, Resource } from '../core/resource.ts';
import type { SourceVersion } from '../core/source-version.ts';
import type { LockClaim, LockInfo, StateLock, StateStore, TargetState } from '../state/store.ts';
import type { AvoidRuns } from './avoid-runs.ts';

/** One target, ready to be planned: everything an entry point has gathered. */
export interface TargetInput extends SourceVersion {
  name: string;
  provider: Provider;
  connection: Connection;
  policy: Policy;
  /** Desired, after overlays. */
  resources: readonly Resource[];
  store: StateStore;
  surroundings: Surroundings;
  /** RECONCILE_STATE_KEY, if set. */
  stateKey?: string;
  /** `--accept-instance`: move the state to another instance on purpose. */
  acceptInstance?: boolean;
  /** `--only`: which addresses to plan. */
  selects?: (address: string) => boolean;
  /** Names of the config's other targets, whose objects must not be ours, too. */
  others?: readonly string[];
  /** How far to look at coming runs; `defaultLook` when absent. */
  look?: Look;
  /** True for `plan`: open no session that could write, and take no lock. */
  readOnly: boolean;
  /** Who takes the lock, and how long to wait for it; the library's default waits for nobody. */
  claim?: LockClaim;
}

/** Service and states as they were seen at one moment. */
export interface ObservedTarget {
  /** Identity of the service instance. */
  instance: string;
  /** As it lies in the store. */
  stored: TargetState;
  fresh: boolean;
  instanceMoved: boolean;
  /** Somebody else's apply under way. */
  running: LockInfo | undefined;
  observation: Observation;
  /** When the observation began, epoch ms. */
  observedAt: number;
  /** The states of the config's other targets. */
  others: ReadonlyMap<string, TargetState>;
}

/** A plan with all that is needed to carry it out; `document` is what may be shown. */
export interface PlannedTarget {
  input: TargetInput;
  document: PlanTarget;
  changes: readonly Change[];
  /** What others changed since the last apply. */
  drift: readonly Drift[];
  live: readonly LiveResource[];
  /** Open until `close`; writes only when it was opened for writing. */
  session: Session;
  /** Closes the session and gives the lock back, if `applyTarget` has not. */
  close(): Promise<void>;
  /** Held from before the state was read until the end; absent when it was planned for reading alone. */
  lock?: StateLock;
  /** With what an interrupted apply left open settled; the store may not have that yet. Its journal holds what may still show. */
  state: TargetState;
  /** What an interrupted apply had done; undefined when none was interrupted. */
  recovered: readonly string[] | undefined;
  /** Whether the store had a state before. */
  fresh: boolean;
  /** The state moves to this instance on purpose (`--accept-instance`). */
  instanceMoved: boolean;
  /** Identity of the instance that was observed. */
  instance: string;
  /** The service's clock minus ours, ms. */
  skew: number;
  /** What it was planned over. */
  observed: ObservedTarget;
}

export interface ApplyOptions {
  concurrency: number;
  onError: 'stop' | 'continue';
  /** Called as each change ends and before it starts. */
  onProgress?(event: ApplyEvent): void;
  signal?: AbortSignal;
  /** Keep writes away from runs (`--avoid-runs`). */
  avoidRuns?: AvoidRuns;
  /** Saves the run logs that a delete would take along; when it fails, that delete does not happen (`--archive-logs`). */
  archiveLogs?: ArchiveLogs;
}

/** One schedule whose run logs are about to be lost. */
export interface LogsOwner {
  target: string;
  address: string;
  /** The key of the part, if it is one. */
  key?: string;
  /** The server's ids. */
  id: string;
  partId?: string;
}

export type ArchiveLogs = (owner: LogsOwner, logs: AsyncIterable<JsonObject>) => Promise<void>;

export type ApplyEvent =
  | { type: 'start'; address: string; total: number }
  | { type: 'wait'; address: string; message: string }
  | { type: 'end'; outcome: ChangeOutcome; done: number; total: number };
