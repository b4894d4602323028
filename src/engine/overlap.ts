import type { Diagnostic } from '../core/errors.ts';
import type { Inventory } from '../core/inventory.ts';
import type { Resource } from '../core/resource.ts';
import type { TargetState } from '../state/store.ts';
import type { TargetInput } from './types.ts';

interface OverlapInput {
  /** The states of the config's other targets. */
  others: ReadonlyMap<string, TargetState>;
  instance: string;
  resources: readonly Resource[];
  inventory: Inventory;
}

/** The states of the config's other targets, as far as there are any. */
export async function statesOf({ store, others = [] }: TargetInput): Promise<Map<string, TargetState>> {
  const states = new Map<string, TargetState>();
  for (const other of others) {
    const state = await store.read(other);
    if (state !== null) states.set(other, state);
  }
  return states;
}

/**
 * Two targets on one instance must not own the same object: each would undo the other's work (SEMANTICS 2).
 * What another target's state owns there refuses this one.
 */
export function refuseOverlap(input: OverlapInput): Diagnostic[] {
  const neighbours = [...input.others].filter(([, state]) => state.instance === input.instance);
  if (neighbours.length === 0) return [];
  const mine = new Map(input.resources.map((resource) => [keyOf(resource), resource.address]));
  for (const [address, entry] of Object.entries(input.inventory)) {
    if (entry.released === undefined) mine.set(keyOf(entry), address);
  }
  const found: Diagnostic[] = [];
  for (const [other, state] of neighbours) {
    for (const entry of Object.values(state.inventory)) {
      const address = mine.get(keyOf(entry));
      if (address === undefined || entry.released !== undefined) continue;
      found.push({
        code: 'OWNED_BY_OTHER_TARGET',
        severity: 'error',
        message: `${entry.identity} belongs to target "${other}", which leads to the same service instance`,
        remedy: 'Keep it in one of the two targets (select, labels), or point them at different instances.',
        address,
      });
    }
  }
  return found.sort((a, b) => ((a.address ?? '') < (b.address ?? '') ? -1 : 1));
}

function keyOf({ kind, identity }: { kind: string; identity: string }): string {
  return `${kind}\n${identity}`;
}
