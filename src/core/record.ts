import type { InventoryEntry, InventoryPart, Released } from './inventory.ts';
import type { JsonObject } from './json.ts';
import { getAt, isAtOrBelow, type Pointer } from './pointer.ts';
import type { Kind } from './provider.ts';
import { partPath, type Resource } from './resource.ts';
import { pointersWithin } from './scope.ts';
import { type Sealer, sealForRecord } from './seal.ts';
import type { SourceVersion } from './source-version.ts';

export interface RecordInput {
  desired: Resource;
  kind: Kind;
  /** The server's id of the resource. */
  id: string;
  /** key → the server's id, of every part that is ours now. */
  partIds: ReadonlyMap<string, string>;
  /** Effective values by part key; the empty key is the resource. */
  effective: Readonly<Record<string, JsonObject>>;
  before: InventoryEntry | undefined;
  sealer: Sealer;
  /** ISO instant. */
  now: string;
  /** Which fields this apply wrote: all of an object that it made, else those that it changed; none where it wrote nothing. */
  written: 'all' | readonly Pointer[];
  source: SourceVersion;
}

/** The inventory entry after a resource was brought in step: what we now own, and in which version. */
export function recordApplied(input: RecordInput): InventoryEntry {
  const { desired, kind, before, sealer } = input;
  const field = kind.parts?.field ?? '';
  const parts: Record<string, InventoryPart> = {};
  for (const part of desired.parts) {
    const id = input.partIds.get(part.key);
    const known = before?.parts[part.key] ?? partWithId(before, id);
    // A schedule that is over and gone stays remembered, so that it is not created again (SEMANTICS 4).
    const lasting = id ?? known?.id;
    if (lasting === undefined) continue;
    const path = partPath(field, part.key);
    const effective = input.effective[part.key] ?? (known?.id === lasting ? known.effective : undefined);
    parts[part.key] = {
      id: lasting,
      ownedSince: known?.id === lasting ? known.ownedSince : input.now,
      spec: sealForRecord(part.spec, pointersWithin(desired.secrets, path), sealer, known?.spec),
      ...(effective === undefined ? {} : { effective }),
    };
  }
  const effective = input.effective[''] ?? before?.effective;
  return {
    kind: desired.kind,
    name: desired.name,
    identity: desired.identity,
    id: input.id,
    ownedSince: before?.released === undefined && before !== undefined ? before.ownedSince : input.now,
    spec: sealForRecord(desired.spec, pointersWithin(desired.secrets, ''), sealer, before?.spec),
    ...(effective === undefined ? {} : { effective }),
    parts: { ...keptParts(input), ...parts },
    lifecycle: desired.lifecycle,
    secrets: [...desired.secrets].sort(),
    ...unverified(input),
    ...input.source,
  };
}

/** Fields that cannot be read and that nobody saw when the object was adopted, until a write of theirs makes them known. */
function unverified({ desired, kind, before, written }: RecordInput): Pick<InventoryEntry, 'unverified'> {
  if (written === 'all') return {};
  const adopted = before === undefined ? kind.unreadable : (before.unverified ?? []);
  const unseen = adopted.filter(
    (pointer) =>
      getAt(desired.spec, pointer) !== undefined && !written.some((field) => isAtOrBelow(field, pointer)),
  );
  return unseen.length === 0 ? {} : { unverified: unseen };
}

/** Parts whose key left the manifest but that are still ours (pruning is off), and tombstones. They went with an old object. */
function keptParts({ desired, before, partIds, id: now }: RecordInput): Record<string, InventoryPart> {
  const kept: Record<string, InventoryPart> = {};
  if (before !== undefined && before.id !== now) return kept;
  const wanted = new Set(desired.parts.map((part) => part.key));
  const inUse = new Set(partIds.values());
  for (const [key, part] of Object.entries(before?.parts ?? {})) {
    if (!wanted.has(key) && !inUse.has(part.id)) kept[key] = part;
  }
  return kept;
}

function partWithId(entry: InventoryEntry | undefined, id: string | undefined): InventoryPart | undefined {
  if (entry === undefined || id === undefined) return undefined;
  return Object.values(entry.parts).find((part) => part.id === id);
}

/** The entry without some of its parts (deleted or forgotten). */
export function withoutParts(entry: InventoryEntry, keys: readonly string[]): InventoryEntry {
  const parts = Object.fromEntries(Object.entries(entry.parts).filter(([key]) => !keys.includes(key)));
  return { ...entry, parts };
}

/** The entry with some of its parts released: they live on, but are not ours any more. */
export function releaseParts(
  entry: InventoryEntry,
  keys: readonly string[],
  released: Released,
): InventoryEntry {
  const parts = Object.fromEntries(
    Object.entries(entry.parts).map(([key, part]) => [
      key,
      keys.includes(key) ? { ...part, released } : part,
    ]),
  );
  return { ...entry, parts };
}
