import { ByIdentity } from './by-identity.ts';
import type { Change } from './change.ts';
import type { Diagnostic } from './errors.ts';
import { limitRemovals, refuseEmptySet } from './gates.ts';
import type { Inventory } from './inventory.ts';
import { indexInventory } from './inventory-index.ts';
import { orderChanges } from './order.ts';
import type { PlanContext } from './plan-context.ts';
import { type PlanMemo, strangersOf } from './plan-memo.ts';
import { planResource, type ResourceInput, type ResourcePlan } from './plan-resource.ts';
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
  const { selects } = input;
  const known = selects === undefined ? memo : undefined;
  const plans = planEach(input, context, known);
  const told = [...plans].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, plan]) => plan);
  const changes = told.flatMap(({ change }) => change ?? []);
  const wanted =
    selects === undefined
      ? input.desired.length
      : input.desired.filter(({ address }) => selects(address)).length;
  const refusals = refuseEmptySet(input.desired, input.inventory, context.policy);
  return {
    changes: orderChanges(limitRemovals(changes, input.inventory, context)),
    diagnostics: told.flatMap(({ diagnostics }) => diagnostics),
    refusals,
    noop: wanted - changes.filter(({ desired }) => desired !== undefined).length,
    unmanaged: (known?.strangers.values() ?? strangersOf(input))
      .map(({ kind, identity }) => formatAddress(kind, identity))
      .sort(),
  };
}

/** The plans that have something to say. What there is to do is never taken from the memo: its runs depend on the time. */
function planEach(
  input: PlanInput,
  context: PlanContext,
  memo: PlanMemo | undefined,
): ReadonlyMap<Address, ResourcePlan> {
  const plans = memo?.plans ?? new Map<Address, ResourcePlan>();
  const touched = memo?.follow(input);
  const triples = memo === undefined || touched === undefined ? matchUp(input) : triplesOf(memo, touched);
  if (touched === undefined) plans.clear();
  for (const triple of triples) {
    if (input.selects?.(triple.address) === false) continue;
    const plan = planResource(triple, context);
    if (plan.change !== undefined || plan.diagnostics.length > 0) plans.set(triple.address, plan);
  }
  return plans;
}

function triplesOf(memo: PlanMemo, touched: Set<Address>): ResourceInput[] {
  for (const [address, { change }] of memo.plans) if (change !== undefined) touched.add(address);
  for (const address of touched) memo.plans.delete(address);
  return [...touched].flatMap((address) => memo.triple(address) ?? []);
}

/** One triple per address, sorted. `moved` manifests take the entry of their old name along. */
function matchUp({ desired, live, inventory }: PlanInput): ResourceInput[] {
  const liveOf = new ByIdentity(live);
  const taken = new Set<Address>();
  const triples: ResourceInput[] = [];
  for (const resource of desired) {
    const { address } = resource;
    const movedFrom = movedAddress(resource, inventory, taken, desired);
    const from = movedFrom ?? address;
    const entry = taken.has(from) ? undefined : inventory[from];
    const named = liveOf.get(resource);
    const renamed =
      entry === undefined || entry.identity === resource.identity ? undefined : liveOf.get(entry);
    taken.add(from);
    triples.push({
      address,
      desired: resource,
      live: renamed ?? named,
      entry,
      movedFrom,
      taken: renamed !== undefined && named !== undefined ? true : undefined,
    });
  }
  for (const [address, entry] of indexInventory(inventory).entries) {
    if (!taken.has(address)) triples.push({ address, live: liveOf.get(entry), entry });
  }
  return triples.sort((a, b) => (a.address < b.address ? -1 : 1));
}

function movedAddress(
  resource: Resource,
  inventory: Inventory,
  taken: ReadonlySet<Address>,
  desired: readonly Resource[],
): Address | undefined {
  if (resource.movedFrom === undefined) return undefined;
  const isLeft = (address: Address): boolean => inventory[address] !== undefined && !taken.has(address);
  const old = formatAddress(resource.kind, resource.movedFrom);
  if (isLeft(resource.address) || !isLeft(old)) return undefined;
  return desired.some((other) => other.address === old) ? undefined : old;
}
