import { ByIdentity } from './by-identity.ts';
import { type Difference, difference } from './difference.ts';

/** A list that is given again and again, mostly the same, and an index that keeps up with it. */
export class FollowedList<Item extends { kind: string; identity: string }> {
  #items: readonly Item[] = [];
  #byIdentity = new ByIdentity<Item>();

  /** What the list has become. */
  follow(items: readonly Item[]): Difference<Item> {
    const changed = difference(this.#items, items);
    this.#items = items;
    for (const item of changed.gone) this.#byIdentity.delete(item);
    for (const item of changed.fresh) this.#byIdentity.set(item);
    // Two items with one identity: taking one away has hidden the other.
    if (!this.isUnique) this.#byIdentity = new ByIdentity(items);
    return changed;
  }

  /** No two items share an identity. */
  get isUnique(): boolean {
    return this.#byIdentity.size === this.#items.length;
  }

  get byIdentity(): ByIdentity<Item> {
    return this.#byIdentity;
  }
}
