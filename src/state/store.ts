import type { Inventory } from '../core/inventory.ts';

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
  /** The apply under way, if any. */
  journal: null;
}

/** Where states live. Writing compares the serial, so that two writers cannot overwrite each other unseen. */
export interface StateStore {
  /** `null` when there is no state yet; a damaged or newer one is an error, never a guess. */
  read(target: string): Promise<TargetState | null>;
  /** Replaces the state whose serial is `state.serial - 1` (or none, for serial 1); else ReconcileError `STATE_CONFLICT`. */
  write(state: TargetState): Promise<void>;
}
