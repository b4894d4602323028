import type { Diagnostic } from '../core/errors.ts';
import type { Inventory, InventoryEntry } from '../core/inventory.ts';
import { isObject, type Json } from '../core/json.ts';
import { isSealed, type Sealed } from '../core/resource.ts';
import { canVerify, type Sealer } from '../core/seal.ts';

/** Says once that secrets in the state cannot be compared, and how to change that (SEMANTICS 11). */
export function unverifiableNote(inventory: Inventory, sealer: Sealer): Diagnostic[] {
  const entries = Object.entries(inventory).filter(([, entry]) =>
    sealsOf(entry).some((seal) => !canVerify(seal, sealer)),
  );
  if (entries.length === 0) return [];
  const names = entries.map(([address]) => address).sort();
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

const known = new WeakMap<InventoryEntry, readonly Sealed[]>();

/** Entries never change: looked through once each. */
function sealsOf(entry: InventoryEntry): readonly Sealed[] {
  const before = known.get(entry);
  if (before !== undefined) return before;
  const seals = [entry.spec, ...Object.values(entry.parts).map(({ spec }) => spec)].flatMap(sealsIn);
  known.set(entry, seals);
  return seals;
}

function sealsIn(value: Json): Sealed[] {
  if (isSealed(value)) return [value];
  if (Array.isArray(value)) return value.flatMap(sealsIn);
  return isObject(value) ? Object.values(value).flatMap(sealsIn) : [];
}
