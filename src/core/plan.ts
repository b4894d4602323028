import type { Change } from './change.ts';
import type { Diagnostic } from './errors.ts';
import { limitRemovals, refuseEmptySet } from './gates.ts';
import type { Inventory } from './inventory.ts';
import { orderChanges } from './order.ts';
import type { PlanContext } from './plan-context.ts';
import type { PlanMemo } from './plan-memo.ts';
import { planResource, type ResourceInput } from './plan-resource.ts';
import { type Address, formatAddress, type LiveResource, type Resource } from './resource.ts';

export interface PlanInput {
  desired: readonly Resource[];
  live: readonly LiveResource[];
  inventory: Inventory;
  /** Plan only these addresses (`--only`); all without it. */
  selects?: (address: Address) => boolean;
}

export interface PlannedChanges {
  changes: Change[];
  diagnostics: Diagnostic[];
  /** Refusals that concern the whole target. */
  refusals: Diagnostic[];
  /** Wanted and in step. */
  noop: number;
  /** Live objects that no manifest names and that are not ours: `kind/identity`. */
  unmanaged: string[];
}

/**
 * What has to be done so that live becomes desired, given what we last applied (SEMANTICS 1).
 * Pure and deterministic: the order of the inputs changes nothing. `memo`: of earlier plans of the target.
 */
export function planChanges(input: PlanInput, context: PlanContext, memo?: PlanMemo): PlannedChanges {
  const triples = matchUp(input).filter((triple) => input.selects?.(triple.address) ?? true);
  const changes: Change[] = [];
  const diagnostics: Diagnostic[] = [];
  let noop = 0;
  for (const triple of triples) {
    const known = memo?.knownPlan(triple);
    const plan = known ?? planResource(triple, context);
    if (known === undefined) memo?.keepPlan(triple, plan);
    if (plan.change !== undefined) changes.push(plan.change);
    else if (triple.desired !== undefined) noop++;
    diagnostics.push(...plan.diagnostics);
  }
  const refusals = refuseEmptySet(input.desired, input.inventory, context.policy);
  return {
    changes: orderChanges(limitRemovals(changes, input.inventory, context)),
    diagnostics,
    refusals,
    noop,
    unmanaged: unmanagedOf(input),
  };
}

/** One triple per address, sorted. `moved` manifests take the entry of their old name along. */
function matchUp({ desired, live, inventory }: PlanInput): ResourceInput[] {
  const liveByIdentity = new Map(live.map((resource) => [identityKey(resource), resource]));
  const entries = new Map(Object.entries(inventory));
  const triples = new Map<Address, ResourceInput>();
  for (const resource of desired) {
    const movedFrom = movedAddress(resource, entries, desired);
    const entry = entries.get(movedFrom ?? resource.address);
    const named = liveByIdentity.get(identityKey(resource));
    const renamed =
      entry === undefined || entry.identity === resource.identity
        ? undefined
        : liveByIdentity.get(identityKey(entry));
    const found = renamed ?? named;
    if (movedFrom !== undefined) entries.delete(movedFrom);
    else entries.delete(resource.address);
    triples.set(resource.address, {
      address: resource.address,
      desired: resource,
      ...(found === undefined ? {} : { live: found }),
      ...(renamed === undefined || named === undefined ? {} : { taken: true }),
      ...(entry === undefined ? {} : { entry }),
      ...(movedFrom === undefined ? {} : { movedFrom }),
    });
  }
  for (const [address, entry] of entries) {
    const found = liveByIdentity.get(identityKey(entry));
    triples.set(address, { address, entry, ...(found === undefined ? {} : { live: found }) });
  }
  return [...triples.values()].sort((a, b) => (a.address < b.address ? -1 : 1));
}

function movedAddress(
  resource: Resource,
  entries: ReadonlyMap<Address, unknown>,
  desired: readonly Resource[],
): Address | undefined {
  if (resource.movedFrom === undefined || entries.has(resource.address)) return undefined;
  const old = formatAddress(resource.kind, resource.movedFrom);
  return entries.has(old) && !desired.some((other) => other.address === old) ? old : undefined;
}

function identityKey({ kind, identity }: { kind: string; identity: string }): string {
  return `${kind}\n${identity}`;
}

function unmanagedOf({ desired, live, inventory }: PlanInput): string[] {
  const known = new Set([...desired, ...Object.values(inventory)].map(identityKey));
  return live
    .filter((resource) => !known.has(identityKey(resource)))
    .map((resource) => formatAddress(resource.kind, resource.identity))
    .sort();
}
