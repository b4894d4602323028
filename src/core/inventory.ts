import type { JsonObject } from './json.ts';
import type { Pointer } from './pointer.ts';
import type { Remake } from './remake.ts';
import type { Address, Lifecycle } from './resource.ts';
import type { SourceVersion } from './source-version.ts';

/** Why an entry is only a tombstone: the object lives on, but is not ours any more. */
export interface Released {
  at: string;
  how: 'deactivate' | 'keep' | 'disable';
}

export interface InventoryPart {
  /** The server's id of the part. */
  id: string;
  ownedSince: string;
  /** Last applied values, as written; secrets sealed. */
  spec: JsonObject;
  /** Values that the engine sent of its own accord and that count as the manifest's (`{ startTime: ISO instant }`). */
  effective?: JsonObject;
  released?: Released;
  /** Server ids this part had before a replace that is not finished: still to be deleted. */
  superseded?: readonly string[];
}

/** What we own: the last applied version of one resource, and of which manifests. This is *base*. */
export interface InventoryEntry extends SourceVersion {
  kind: string;
  name: string;
  identity: string;
  /** The server's id. */
  id: string;
  ownedSince: string;
  /** Last applied values without the parts, as written; secrets sealed. */
  spec: JsonObject;
  effective?: JsonObject;
  parts: Readonly<Record<string, InventoryPart>>;
  lifecycle: Lifecycle;
  /** Pointers into the whole spec that held secrets when it was applied. */
  secrets: readonly Pointer[];
  released?: Released;
  /** Adopted without being able to read some fields: they are unknown, and never a reason to replace. */
  unverified?: readonly Pointer[];
  /** Written without knowing whether it took effect, and not readable: to be written again whatever `spec` says. */
  uncertain?: readonly Pointer[];
  /** Deleted by an apply that was cut short before it made the new one: what that was to be. */
  remake?: Remake;
}

export type Inventory = Readonly<Record<Address, InventoryEntry>>;
