import type { Change } from '../core/change.ts';
import type { Drift } from '../core/drift.ts';
import type { ChangeOutcome } from '../core/outcome.ts';
import type { PlanTarget } from '../core/plan-document.ts';
import type { Policy } from '../core/policy.ts';
import type { Connection, Provider, Session, Surroundings } from '../core/provider.ts';
import type { LiveResource, Resource } from '../core/resource.ts';
import type { StateStore, TargetState } from '../state/store.ts';

/** One target, ready to be planned: everything an entry point has gathered. */
export interface TargetInput {
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
  /** Commit of the manifests. */
  commit?: string;
  /** `--accept-instance`: move the state to another instance on purpose. */
  acceptInstance?: boolean;
  /** `--only`: which addresses to plan. */
  selects?: (address: string) => boolean;
  /** Names of the config's other targets, whose objects must not be ours, too. */
  others?: readonly string[];
  /** True for `plan`: open no session that could write. */
  readOnly: boolean;
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
  close(): Promise<void>;
  state: TargetState;
  /** Whether the store had a state before. */
  fresh: boolean;
  /** The state moves to this instance on purpose (`--accept-instance`). */
  instanceMoved: boolean;
  /** Identity of the instance that was observed. */
  instance: string;
  /** The service's clock minus ours, ms. */
  skew: number;
}

export interface ApplyOptions {
  concurrency: number;
  onError: 'stop' | 'continue';
  /** Called as each change ends and before it starts. */
  onProgress?(event: ApplyEvent): void;
  signal?: AbortSignal;
}

export type ApplyEvent =
  | { type: 'start'; address: string; total: number }
  | { type: 'end'; outcome: ChangeOutcome; done: number; total: number };
