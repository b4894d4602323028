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
  const owned = Object.values(inventory).filter((entry) => entry.released === undefined);
  if (desired.length > 0 || owned.length === 0 || policy.allowEmpty) return [];
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

/** Gate 5: refuses deletions beyond the limits of the policy. Replacing a whole resource deletes it, too. */
export function limitDeletes(
  changes: readonly Change[],
  inventory: Inventory,
  { policy, kind }: PlanContext,
): Change[] {
  const deletesWhole = (change: Change): boolean =>
    change.action === 'delete' || (change.action === 'replace' && kind(change.kind).replace === 'guarded');
  const deleted = countDeletes(changes, deletesWhole);
  if (deleted.resources + deleted.parts === 0) return [...changes];
  const block = limitBlock(countOwned(inventory), deleted, policy);
  if (block === undefined) return [...changes];
  return changes.map((change) => blockDeletes(change, block, deletesWhole(change)));
}

function countOwned(inventory: Inventory): Tally {
  const entries = Object.values(inventory).filter((entry) => entry.released === undefined);
  const parts = entries
    .flatMap((entry) => Object.values(entry.parts))
    .filter((part) => part.released === undefined);
  return { resources: entries.length, parts: parts.length };
}

function countDeletes(changes: readonly Change[], deletesWhole: (change: Change) => boolean): Tally {
  const whole = changes.filter((change) => deletesWhole(change));
  const parts = changes
    .filter((change) => !deletesWhole(change))
    .flatMap((change) => change.parts.filter(deletesPart));
  return { resources: whole.length, parts: parts.length };
}

/** A mode change keeps the schedule in service under a new id, also when it is finished later; only real removals count. */
function deletesPart(part: PartChange): boolean {
  return part.action === 'delete' && !part.key.endsWith(' (replaced)');
}

function limitBlock(owned: Tally, deleted: Tally, policy: Policy): Block | undefined {
  const { percent, count } = policy.maxDeletes;
  const total = deleted.resources + deleted.parts;
  if (deleted.resources >= owned.resources && deleted.resources > 0 && !policy.allowDeleteAll) {
    return {
      code: 'DELETE_ALL',
      message:
        owned.resources === 1
          ? 'the only owned resource would be deleted'
          : `all ${owned.resources} owned resources would be deleted`,
      override: 'policy.allowDeleteAll: true',
    };
  }
  if (total > count) {
    return {
      code: 'DELETE_LIMIT',
      message: `${total} deletions are more than the ${count} allowed in one apply`,
      override: `policy.maxDeletes.count: ${total}`,
    };
  }
  const share = Math.max(
    percentOf(deleted.resources, owned.resources),
    percentOf(deleted.parts, owned.parts),
  );
  if (share <= percent) return undefined;
  return {
    code: 'DELETE_LIMIT',
    message: `${Math.ceil(share)} % of what is owned would be deleted, more than the ${percent} % allowed`,
    override: `policy.maxDeletes.percent: ${Math.ceil(share)}`,
  };
}

function percentOf(part: number, whole: number): number {
  return whole < PERCENT_FROM ? 0 : (100 * part) / whole;
}

function blockDeletes(change: Change, block: Block, whole: boolean): Change {
  if (whole) return { ...change, operations: [], blocked: change.blocked ?? block };
  if (!change.parts.some(deletesPart)) return change;
  const parts = change.parts.map((part) =>
    deletesPart(part) ? { ...part, blocked: part.blocked ?? block } : part,
  );
  const blocked = { ...change, parts };
  return isRefused(blocked) ? { ...blocked, operations: [] } : blocked;
}
