import type { Drift } from '../core/drift.ts';
import type { Inventory } from '../core/inventory.ts';
import type { TargetOutcome } from '../core/outcome.ts';
import type { PlanTarget } from '../core/plan-document.ts';
import type { LiveResource, Resource } from '../core/resource.ts';
import type { TargetInput } from '../engine/types.ts';

/** What a pass saw: the plan, and what the pages show beside it. */
export interface SeenTarget {
  document: PlanTarget;
  drift: readonly Drift[];
  desired: readonly Resource[];
  live: readonly LiveResource[];
  inventory: Inventory;
  /** Epoch ms: since when the service may be another one than this shows. */
  observedAt: number;
  /** The service was not observed for this plan: it was made over the observation of an earlier one. */
  again: boolean;
}

export interface ApplyWish {
  /** The plan that was decided on. */
  document: PlanTarget;
  /** Which of its changes. */
  addresses: readonly string[];
  /** Aborted when the rest is not wanted any more: the operation in flight ends, the others are not begun. */
  signal: AbortSignal;
}

/** The two things a pass does with the engine. */
export interface Passes {
  /**
   * Reads the service; cannot write. `maxAge`: ms for which the last observation may serve again, so that only what the
   * manifests have changed is read. `signal`: nobody waits for the plan any more.
   */
  plan(input: TargetInput, how: { maxAge: number; signal?: AbortSignal }): Promise<SeenTarget>;
  /**
   * Takes the lock, plans again, and applies the wished changes if they are still the same; `moved` when they are not, or
   * when the signal came before the first write, while waiting for the lock, say.
   * Throws ReconcileError when nothing was written.
   */
  apply(input: TargetInput, wish: ApplyWish): Promise<TargetOutcome | 'moved'>;
  /** Ends what is kept open between two passes. */
  close(): Promise<void>;
}
