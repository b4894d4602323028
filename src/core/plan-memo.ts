import type { InventoryEntry } from './inventory.ts';
import type { ResourceInput, ResourcePlan } from './plan-resource.ts';
import type { Address, LiveResource } from './resource.ts';

/**
 * Where an earlier plan of the same target, under the same policy, found nothing to do: the same three objects need not be
 * compared again. What there is to do is never remembered: its runs depend on the time.
 */
export interface PlanMemo {
  knownPlan(input: ResourceInput): ResourcePlan | undefined;
  keepPlan(input: ResourceInput, plan: ResourcePlan): void;
  isCalm(entry: InventoryEntry, live: LiveResource | undefined): boolean;
  keepCalm(entry: InventoryEntry, live: LiveResource | undefined): void;
}

export function createPlanMemo(): PlanMemo {
  const plans = new Map<Address, { input: ResourceInput; plan: ResourcePlan }>();
  const calm = new WeakMap<InventoryEntry, LiveResource>();
  return {
    knownPlan(input) {
      const known = plans.get(input.address);
      return known !== undefined && isSame(known.input, input) ? known.plan : undefined;
    },
    keepPlan(input, plan) {
      if (plan.change === undefined) plans.set(input.address, { input, plan });
      else plans.delete(input.address);
    },
    isCalm: (entry, live) => live !== undefined && calm.get(entry) === live,
    keepCalm(entry, live) {
      if (live !== undefined) calm.set(entry, live);
    },
  };
}

/** Resources, live objects and entries never change: the same object says the same. */
function isSame(a: ResourceInput, b: ResourceInput): boolean {
  return (
    a.desired === b.desired &&
    a.live === b.live &&
    a.entry === b.entry &&
    a.movedFrom === b.movedFrom &&
    a.taken === b.taken
  );
}
