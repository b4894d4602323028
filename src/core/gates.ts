import type { Block, Change, PartChange } from './change.ts';
import { counted } from './counted.ts';
import type { Diagnostic } from './errors.ts';
import type { Inventory } from './inventory.ts';
import type { PlanContext } from './plan-context.ts';
import { isRefused } from './plan-resource.ts';
import type { Policy } from './policy.ts';
import type { Resource } from './resource.ts';

/** Percent limits count only once this much is owned. */
const PERCENT_FROM = 10;

/** Gate 2: an empty set of manifests is more often a wrong folder than a wish. */
export function refuseEmptySet(
  desired: readonly Resource[],
  inventory: Inventory,
  policy: Policy,
): Diagnostic[] {
  if (desired.length > 0 || policy.allowEmpty) return [];
  const owned = Object.values(inventory).filter((entry) => entry.released === undefined);
  if (owned.length === 0) return [];
  return [
    {
      code: 'EMPTY_SET',
      severity: 'error',
      message: `no manifest is left for this target, but it owns ${counted(owned.length, 'resource')}`,
      remedy: 'Check the manifests globs and select; if it is meant, set policy.allowEmpty: true.',
    },
  ];
}

interface Tally {
  resources: number;
  parts: number;
}

/**
 * Gate 5: refuses removals beyond the limits of the policy, by deleting or by switching off: either ends the runs of what no
 * manifest describes any more, and some services know no delete. Replacing a whole resource deletes it, too.
 */
export function limitRemovals(
  changes: readonly Change[],
  inventory: Inventory,
  { policy, kind }: PlanContext,
): Change[] {
  const removesWhole = (change: Change): boolean =>
    isRemoval(change) || (change.action === 'replace' && kind(change.kind).replace === 'guarded');
  const removed = countRemovals(changes, removesWhole);
  if (removed.resources + removed.parts === 0) return [...changes];
  const block = limitBlock(countOwned(inventory), removed, policy);
  if (block === undefined) return [...changes];
  return changes.map((change) => blockRemovals(change, block, removesWhole(change)));
}

function countOwned(inventory: Inventory): Tally {
  const entries = Object.values(inventory).filter((entry) => entry.released === undefined);
  const parts = entries
    .flatMap((entry) => Object.values(entry.parts))
    .filter((part) => part.released === undefined);
  return { resources: entries.length, parts: parts.length };
}

function countRemovals(changes: readonly Change[], removesWhole: (change: Change) => boolean): Tally {
  const whole = changes.filter((change) => removesWhole(change));
  const parts = changes
    .filter((change) => !removesWhole(change))
    .flatMap((change) => change.parts.filter(removesPart));
  return { resources: whole.length, parts: parts.length };
}

/** A mode change keeps the schedule in service under a new id, also when it is finished later; only real removals count. */
function removesPart(part: PartChange): boolean {
  return isRemoval(part) && !part.key.endsWith(' (replaced)');
}

function isRemoval({ action }: Pick<Change | PartChange, 'action'>): boolean {
  return action === 'delete' || action === 'deactivate';
}

function limitBlock(owned: Tally, removed: Tally, policy: Policy): Block | undefined {
  const { percent, count } = policy.maxDeletes;
  const total = removed.resources + removed.parts;
  if (removed.resources >= owned.resources && removed.resources > 0 && !policy.allowDeleteAll) {
    return {
      code: 'DELETE_ALL',
      message:
        owned.resources === 1
          ? 'the only owned resource would be deleted or switched off'
          : `all ${owned.resources} owned resources would be deleted or switched off`,
      override: 'policy.allowDeleteAll: true',
    };
  }
  if (total > count) {
    return {
      code: 'DELETE_LIMIT',
      message: `${total} removals are more than the ${count} allowed in one apply`,
      override: `policy.maxDeletes.count: ${total}`,
    };
  }
  const share = Math.max(
    percentOf(removed.resources, owned.resources),
    percentOf(removed.parts, owned.parts),
  );
  if (share <= percent) return undefined;
  return {
    code: 'DELETE_LIMIT',
    message: `${Math.ceil(share)} % of what is owned would be removed, more than the ${percent} % allowed`,
    override: `policy.maxDeletes.percent: ${Math.ceil(share)}`,
  };
}

function percentOf(part: number, whole: number): number {
  return whole < PERCENT_FROM ? 0 : (100 * part) / whole;
}

function blockRemovals(change: Change, block: Block, whole: boolean): Change {
  if (whole) return { ...change, operations: [], blocked: change.blocked ?? block };
  if (!change.parts.some(removesPart)) return change;
  const parts = change.parts.map((part) =>
    removesPart(part) ? { ...part, blocked: part.blocked ?? block } : part,
  );
  const blocked = { ...change, parts };
  return isRefused(blocked) ? { ...blocked, operations: [] } : blocked;
}
