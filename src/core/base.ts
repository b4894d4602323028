import type { InventoryEntry, InventoryPart } from './inventory.ts';
import { equalJson, type JsonObject } from './json.ts';
import type { Kind } from './provider.ts';
import type { Normalized } from './resource.ts';

/** The last applied version of a resource and its parts in both forms. */
export interface Base {
  resource: Normalized;
  parts: ReadonlyMap<string, Normalized>;
}

const known = new WeakMap<InventoryEntry, Base>();

/** Brings an inventory entry into the two forms, so that base compares with desired and live. Entries never change: done once each. */
export function baseOf(entry: InventoryEntry, kind: Kind): Base {
  const before = known.get(entry);
  if (before !== undefined) return before;
  const base = normalizeEntry(entry, kind);
  known.set(entry, base);
  return base;
}

function normalizeEntry(entry: InventoryEntry, kind: Kind): Base {
  const field = kind.parts?.field;
  const parts = Object.fromEntries(Object.entries(entry.parts).map(([key, part]) => [key, part.spec]));
  const spec: JsonObject = field === undefined ? entry.spec : { ...entry.spec, [field]: parts };
  const normalized = kind.normalize(entry.name, spec);
  return { resource: normalized, parts: new Map(normalized.parts.map((part) => [part.key, part])) };
}

/**
 * Live values that the engine once sent of its own accord count as the manifest's, until the manifest or somebody else
 * moves them (SEMANTICS 5): where live still equals the effective value, the last applied value is put in its place.
 */
export function withoutEffective(
  live: Normalized,
  part: Pick<InventoryPart, 'effective'> | undefined,
  base: Normalized | undefined,
): Normalized {
  const effective = part?.effective;
  if (effective === undefined) return live;
  const spec = { ...live.spec };
  const canonical = { ...live.canonical };
  for (const [field, value] of Object.entries(effective)) {
    if (!equalJson(canonical[field], value)) continue;
    spec[field] = base?.spec[field] ?? null;
    canonical[field] = base?.canonical[field] ?? null;
  }
  return { spec, canonical };
}
