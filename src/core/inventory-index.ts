import { ByIdentity } from './by-identity.ts';
import type { Inventory, InventoryEntry } from './inventory.ts';
import type { Address } from './resource.ts';

/** An inventory made ready for the questions of planning. */
export interface InventoryIndex {
  /** In the order of their addresses. */
  entries: readonly (readonly [Address, InventoryEntry])[];
  /** Addresses of the entries by the object that they are about: mostly one. */
  byIdentity: ByIdentity<{ kind: string; identity: string; addresses: Address[] }>;
}

const known = new WeakMap<Inventory, InventoryIndex>();

/** Inventories never change: each is gone through once. */
export function indexInventory(inventory: Inventory): InventoryIndex {
  const before = known.get(inventory);
  if (before !== undefined) return before;
  const entries = Object.entries(inventory).sort(([a], [b]) => (a < b ? -1 : 1));
  const byIdentity: InventoryIndex['byIdentity'] = new ByIdentity();
  for (const [address, { kind, identity }] of entries) {
    const same = byIdentity.get({ kind, identity });
    if (same === undefined) byIdentity.set({ kind, identity, addresses: [address] });
    else same.addresses.push(address);
  }
  const index = { entries, byIdentity };
  known.set(inventory, index);
  return index;
}
