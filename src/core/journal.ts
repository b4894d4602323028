import type { Action } from './change.ts';
import type { InventoryEntry } from './inventory.ts';
import type { Remake } from './remake.ts';
import type { Address } from './resource.ts';
import type { SourceVersion } from './source-version.ts';

/**
 * The apply under way: everything it is about to do, recorded before its first write (SEMANTICS 9). What is still in the
 * state when nobody applies was cut short, or its outcome could not be found out; `recover.ts` settles it by reading.
 */
export interface Journal extends SourceVersion {
  /** Random id of the apply. */
  id: string;
  /** ISO instant. */
  startedAt: string;
  /** Who, for people: user@host. */
  actor: string;
  intents: Readonly<Record<Address, Intent>>;
}

/** One change of the apply: what it is about to do, before it does it. */
export interface Intent {
  action: Action;
  kind: string;
  name: string;
  /** Of the object as it is to be. */
  identity: string;
  movedFrom?: Address;
  /** ISO instant; when it was first meant, where that was in an earlier apply than the journal's. */
  since?: string;
  /** Server ids that were there before; what shows up under another id may be ours. */
  before: {
    id?: string;
    /** Ids of all live parts of the object, owned or not; for services that keep several instances, of all those. */
    parts: readonly string[];
  };
  /** The entry as it is to be recorded when all goes well; ids of what is still to be made are `''`. Absent where the manifest is gone. */
  entry?: InventoryEntry;
  /** What takes the place of a deleted object, where it is more than the manifest says. */
  remake?: Remake;
  operations: readonly IntentOperation[];
}

/** `pending`: may have been sent or not. */
export type IntentStatus = 'pending' | 'succeeded' | 'noop' | 'failed';

export interface IntentOperation {
  id: string;
  summary: string;
  /** Key of the part it is about. */
  part?: string;
  /** sha256 of the target as it is to be sent, sealed. */
  hash?: string;
  status: IntentStatus;
}
