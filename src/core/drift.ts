import { baseOf, withoutEffective } from './base.ts';
import { ByIdentity } from './by-identity.ts';
import type { FieldDiff } from './change.ts';
import { diffFields } from './diff.ts';
import type { Inventory, InventoryEntry } from './inventory.ts';
import { healRule, type PlanContext } from './plan-context.ts';
import type { PlanMemo } from './plan-memo.ts';
import type { Kind } from './provider.ts';
import { type LiveResource, type Normalized, partPath } from './resource.ts';
import { fillFromLive, pointersWithin, withAlternatives } from './scope.ts';

/** What others changed since the last apply: live held against base, whatever the manifests say by now. */
export interface Drift {
  address: string;
  /** `''` for the resource itself, `/schedules/daily` for a part. */
  path: string;
  what: 'changed' | 'missing';
  /** `desired` and `base` are both what we last applied. */
  fields: readonly FieldDiff[];
}

export function detectDrift(
  inventory: Inventory,
  live: readonly LiveResource[],
  context: PlanContext,
  memo?: PlanMemo,
): Drift[] {
  const touched = memo?.drift.follow(inventory, live);
  const liveOf = memo?.drift.liveOf ?? new ByIdentity(live);
  const addresses = touched === undefined ? Object.keys(inventory) : [...touched];
  const drifts = addresses.sort().flatMap((address) => {
    const entry = inventory[address];
    if (entry === undefined || entry.released !== undefined) return [];
    return driftOf(address, entry, liveOf.get(entry), context);
  });
  memo?.drift.keep(drifts.map(({ address }) => address));
  return drifts;
}

function driftOf(
  address: string,
  entry: InventoryEntry,
  live: LiveResource | undefined,
  context: PlanContext,
): Drift[] {
  if (live === undefined) return [{ address, path: '', what: 'missing', fields: [] }];
  const kind = context.kind(entry.kind);
  const base = baseOf(entry, kind);
  const field = kind.parts?.field;
  const drifts: Drift[] = [];
  const changed = compare(
    base.resource,
    withoutEffective(live, entry, base.resource),
    pointersWithin(entry.lifecycle.ignore, ''),
    kind,
    context,
    entry.id !== live.id,
  );
  if (changed.length > 0) drifts.push({ address, path: '', what: 'changed', fields: changed });
  if (field === undefined) return drifts;
  for (const [key, part] of Object.entries(entry.parts).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const partBase = base.parts.get(key);
    if (part.released !== undefined || partBase === undefined) continue;
    const path = partPath(field, key);
    const livePart = live.parts.find((candidate) => candidate.id === part.id);
    const isOver = () => kind.settled(partBase.spec, base.resource.spec, context.now) !== undefined;
    if (livePart === undefined) {
      if (!isOver()) drifts.push({ address, path, what: 'missing', fields: [] });
      continue;
    }
    const ignore = withAlternatives(pointersWithin(entry.lifecycle.ignore, path), kind.alternatives);
    const fields = compare(partBase, withoutEffective(livePart, part, partBase), ignore, kind, context);
    if (fields.length === 0) continue;
    const kept = isOver() ? fields.filter((diff) => diff.pointer !== `/${kind.activeField}`) : fields;
    if (kept.length > 0) drifts.push({ address, path, what: 'changed', fields: kept });
  }
  return drifts;
}

function compare(
  base: Normalized,
  live: Normalized,
  ignore: readonly string[],
  kind: Kind,
  context: PlanContext,
  recreated = false,
): FieldDiff[] {
  // Sealed values cannot be compared as desired; what matches its seal counts as equal to live.
  return diffFields({
    desired: fillFromLive(base, live, ignore),
    live,
    base,
    atomic: kind.atomic,
    unreadable: kind.unreadable,
    ignore,
    resetValue: () => null,
    sealer: context.sealer,
    heals: healRule(context, kind),
    recreated,
  }).filter((diff) => diff.reason === 'drift');
}
