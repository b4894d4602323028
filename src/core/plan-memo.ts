import { ByIdentity } from './by-identity.ts';
import { FollowedList } from './followed-list.ts';
import type { Inventory } from './inventory.ts';
import { indexInventory } from './inventory-index.ts';
import type { ResourceInput, ResourcePlan } from './plan-resource.ts';
import type { Address, LiveResource, Resource } from './resource.ts';

interface Sides {
  desired: readonly Resource[];
  live: readonly LiveResource[];
  inventory: Inventory;
}

/**
 * What earlier plans of one target, under one policy, have found, so that the next one compares only what is another than
 * before. Resources, live objects and inventories never change: the same object says the same. Of no use after a plan that
 * threw.
 */
export class PlanMemo {
  readonly drift = new DriftMemo();
  /** What each address had to say, where it had. */
  readonly plans = new Map<Address, ResourcePlan>();
  /** Live objects that no manifest names and that are not ours. */
  strangers = new ByIdentity<LiveResource>();
  readonly #desired = new FollowedList<Resource>();
  readonly #live = new FollowedList<LiveResource>();
  readonly #wanted = new Map<Address, Resource>();
  #inventory: Inventory = {};
  #moves = 0;
  #isPlain = false;

  /** The addresses whose desired, live or base is another than at the last call; undefined: any may be. */
  follow({ desired, live, inventory }: Sides): Set<Address> | undefined {
    const edited = this.#desired.follow(desired);
    const seen = this.#live.follow(live);
    for (const { address, movedFrom } of edited.gone) {
      this.#wanted.delete(address);
      if (movedFrom !== undefined) this.#moves--;
    }
    for (const resource of edited.fresh) {
      this.#wanted.set(resource.address, resource);
      if (resource.movedFrom !== undefined) this.#moves++;
    }
    const wasPlain = this.#isPlain && this.#inventory === inventory;
    this.#inventory = inventory;
    // A move takes from another address, and of two with one name or identity only one counts: then all depends on all.
    this.#isPlain =
      this.#moves === 0 &&
      this.#wanted.size === desired.length &&
      this.#desired.isUnique &&
      this.#live.isUnique;
    if (!wasPlain || !this.#isPlain) {
      this.strangers = new ByIdentity(strangersOf({ desired, live, inventory }));
      return undefined;
    }
    const resources = [...edited.gone, ...edited.fresh];
    const objects = [...seen.gone, ...seen.fresh];
    for (const one of [...resources, ...objects]) this.#lookForStranger(one);
    return new Set([
      ...resources.map(({ address }) => address),
      ...objects.flatMap((object) => this.#addressesOf(object)),
    ]);
  }

  /** As of the last `follow` that told the addresses. */
  triple(address: Address): ResourceInput | undefined {
    const desired = this.#wanted.get(address);
    const entry = this.#inventory[address];
    const about = desired ?? entry;
    if (about === undefined) return undefined;
    const named = this.#live.byIdentity.get(about);
    const isRenamed = entry !== undefined && entry.identity !== about.identity;
    const renamed = isRenamed ? this.#live.byIdentity.get(entry) : undefined;
    const taken = renamed !== undefined && named !== undefined ? { taken: true } : {};
    return { address, desired, live: renamed ?? named, entry, ...taken };
  }

  #addressesOf(object: LiveResource): Address[] {
    const wanted = this.#desired.byIdentity.get(object);
    const owned = indexInventory(this.#inventory).byIdentity.get(object);
    return [...(wanted === undefined ? [] : [wanted.address]), ...(owned?.addresses ?? [])];
  }

  #lookForStranger(about: { kind: string; identity: string }): void {
    const live = this.#live.byIdentity.get(about);
    const isKnown =
      this.#desired.byIdentity.has(about) || indexInventory(this.#inventory).byIdentity.has(about);
    if (live === undefined || isKnown) this.strangers.delete(about);
    else this.strangers.set(live);
  }
}

/** Live objects that no manifest names and that are not ours. */
export function strangersOf({ desired, live, inventory }: Sides): LiveResource[] {
  const wanted = new ByIdentity(desired);
  const { byIdentity } = indexInventory(inventory);
  return live.filter((object) => !wanted.has(object) && !byIdentity.has(object));
}

/** The same for drift: what was as it was last applied is looked at again when another object is there. */
class DriftMemo {
  readonly #live = new FollowedList<LiveResource>();
  #drifting: readonly Address[] = [];
  #inventory: Inventory | undefined;

  get liveOf(): ByIdentity<LiveResource> {
    return this.#live.byIdentity;
  }

  /** The addresses to look at; undefined: all. */
  follow(inventory: Inventory, live: readonly LiveResource[]): Set<Address> | undefined {
    const wasUnique = this.#live.isUnique;
    const { gone, fresh } = this.#live.follow(live);
    const isSame = this.#inventory === inventory && wasUnique && this.#live.isUnique;
    this.#inventory = inventory;
    if (!isSame) return undefined;
    const { byIdentity } = indexInventory(inventory);
    const touched = [...gone, ...fresh].flatMap((object) => byIdentity.get(object)?.addresses ?? []);
    return new Set([...this.#drifting, ...touched]);
  }

  keep(drifting: readonly Address[]): void {
    this.#drifting = drifting;
  }
}
