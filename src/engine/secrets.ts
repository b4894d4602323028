import type { Diagnostic } from '../core/errors.ts';
import type { Inventory } from '../core/inventory.ts';
import { indexInventory } from '../core/inventory-index.ts';
import { isObject, type Json } from '../core/json.ts';
import { type Address, isSealed, type Sealed } from '../core/resource.ts';
import { canVerify, type Sealer } from '../core/seal.ts';

/** Says once that secrets in the state cannot be compared, and how to change that (SEMANTICS 11). */
export function unverifiableNote(inventory: Inventory, sealer: Sealer): Diagnostic[] {
  const names = sealsOf(inventory).flatMap(([address, seals]) =>
    seals.some((seal) => !canVerify(seal, sealer)) ? [address] : [],
  );
  if (names.length === 0) return [];
  const shown = names.slice(0, 3).join(', ');
  return [
    {
      code: 'SECRETS_UNVERIFIABLE',
      severity: 'info',
      message: `secrets of ${shown}${names.length > 3 ? ` and ${names.length - 3} more` : ''} cannot be compared with what was last applied`,
      remedy:
        sealer.keyId === undefined
          ? 'Set RECONCILE_STATE_KEY, always to the same value: it seals secrets so that a change of one is seen even where the service does not show it.'
          : 'They were recorded without RECONCILE_STATE_KEY, or with another one. If it is the right one now, the next apply that changes one of these records them under it.',
    },
  ];
}

type Seals = readonly (readonly [Address, readonly Sealed[]])[];
const known = new WeakMap<Inventory, Seals>();

/** The seals of each entry that has some, in the order of addresses. Inventories never change: each is gone through once. */
function sealsOf(inventory: Inventory): Seals {
  const before = known.get(inventory);
  if (before !== undefined) return before;
  const seals = indexInventory(inventory)
    .entries.map(([address, { spec, parts }]): [Address, Sealed[]] => [
      address,
      [spec, ...Object.values(parts).map((part) => part.spec)].flatMap(sealsIn),
    ])
    .filter(([, found]) => found.length > 0);
  known.set(inventory, seals);
  return seals;
}

function sealsIn(value: Json): Sealed[] {
  if (isSealed(value)) return [value];
  if (Array.isArray(value)) return value.flatMap(sealsIn);
  return isObject(value) ? Object.values(value).flatMap(sealsIn) : [];
}
