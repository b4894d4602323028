import type { InventoryEntry } from './inventory.ts';
import type { Json, JsonObject } from './json.ts';
import type { Pointer } from './pointer.ts';
import type { Address, LivePart, LiveResource, Part, Resource } from './resource.ts';

export type Action = 'create' | 'update' | 'replace' | 'delete' | 'deactivate' | 'adopt' | 'forget';
export type Reason = 'new' | 'edited' | 'drift' | 'conflict' | 'missing' | 'removed' | 'unowned';

/** One field whose live value is not the wanted one. */
export interface FieldDiff {
  /** Below the object: `/description` of a job, `/cron` of a schedule. */
  pointer: Pointer;
  /** Values as written; `undefined` = not there. Secrets are sealed. `live` of what cannot be read is what was last applied. */
  live: Json | undefined;
  desired: Json | undefined;
  base: Json | undefined;
  reason: 'edited' | 'drift' | 'conflict' | 'unowned';
  /** False: seen and reported, but left as it is (drift that `policy.heal` does not cover). */
  healed: boolean;
}

/** What a change does to the runs of one part. Instants are ISO 8601 in UTC. */
export interface Impact {
  before: string[];
  after: string[];
  /** Due runs that will not happen. */
  missed: string[];
  /** Runs that nobody planned. */
  extra: string[];
  /** True when the write itself starts a run. */
  immediate: boolean;
  /** The first run of a new schedule that the service starts at once; announced, not refused. */
  announced?: boolean;
  /** When it ran last (ISO 8601, UTC), null when no run is known; absent where the service was not asked or does not tell. */
  lastRun?: string | null;
  /** True when it runs so often that no write fits between two runs: the run next to the write may be stopped or come early. */
  disturbs?: boolean;
  /** Mean number of runs a day over the next `days` days. */
  perDay?: { before: number; after: number; days: number };
  /** The first run that differs, as far as was looked (`until`); null: none. */
  firstDifference?: string | null;
  /** Up to where runs were looked for. */
  until?: string;
  /** Why none is due after the change, although it stays in the service; `text` for people. Absent where the next one is only later. */
  noRuns?: {
    why: 'resourceInactive' | 'inactive' | 'past' | 'ended' | 'never' | 'unknown';
    text: string;
  };
  /** Run logs that a delete takes with it: a number when known, true when there may be some. */
  runLogsLost: number | boolean;
}

export interface Block {
  code: string;
  message: string;
  /** How to allow it: `policy.adopt: equal`, `lifecycle.allowReplace: true`. */
  override: string;
}

export interface PartChange {
  key: string;
  /** `/schedules/daily` */
  path: Pointer;
  action: Action;
  reason: Reason;
  fields: readonly FieldDiff[];
  desired?: Part;
  live?: LivePart;
  /**
   * What the part will be after the write, as written: desired, with live values where something is left to others,
   * not managed or not healed. Absent for delete, deactivate and forget.
   */
  target?: JsonObject;
  impact?: Impact;
  blocked?: Block;
  warnings: readonly string[];
}

/** One typed step of a change. Only the provider that made it knows what `step` means. */
export interface Operation {
  /** Stable within a plan: `SapJob/report#/schedules/daily:update`. */
  id: string;
  step: string;
  /** For people: `create schedule "daily" inactive`. */
  summary: string;
  method: string;
  /** Path as far as it is known; ids of things still to be created show as `{jobId}`. */
  path: string;
  /** Ids of operations that must have succeeded before. */
  after: readonly string[];
  /** Deletes something, or may lose run logs. */
  destructive: boolean;
  /** The part it is about. */
  part?: string;
  /** Names of values that are computed just before the write (`startTime`); shown as such. */
  lateBound?: readonly string[];
}

export interface Change {
  address: Address;
  kind: string;
  action: Action;
  reason: Reason;
  fields: readonly FieldDiff[];
  parts: readonly PartChange[];
  desired?: Resource;
  live?: LiveResource;
  base?: InventoryEntry;
  /** The old address when a `moved` manifest takes its entry along. */
  movedFrom?: Address;
  /** The resource (without parts) as it will be after the write; see PartChange.target. */
  target?: JsonObject;
  /** What it does to the resource's own runs; those of parts are with the parts. */
  impact?: Impact;
  operations: readonly Operation[];
  blocked?: Block;
  warnings: readonly string[];
  /** Fingerprint of the live values that a write could touch (sha256, hex); absent when there is no live object. */
  liveFingerprint?: string;
}
