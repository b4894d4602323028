import { randomUUID } from 'node:crypto';
import type { InventoryEntry } from '../core/inventory.ts';
import type { Journal } from '../core/journal.ts';
import type { Address } from '../core/resource.ts';
import type { HistoryRecord, StateLock, TargetState } from '../state/store.ts';
import { actorOf } from './history-record.ts';

/** What a command does to the books alone; the service is not asked and not told. */
export interface BookEdit {
  /** `forget` or `unprotect`. */
  action: 'forget' | 'unprotect';
  addresses: readonly Address[];
  /** ISO instant. */
  now: string;
}

/** Strikes entries from the state, or lifts their protection, with a record in the history; gives the lock back. */
export async function editBooks(lock: StateLock, state: TargetState, edit: BookEdit): Promise<TargetState> {
  const { action, addresses } = edit;
  const edited: TargetState = {
    ...state,
    serial: state.serial + 1,
    ...(action === 'forget' ? forgotten(state, addresses) : unprotected(state, addresses)),
  };
  const { command } = lock.info;
  const record: HistoryRecord = {
    id: randomUUID(),
    target: state.target,
    lineage: state.lineage,
    serial: edited.serial,
    at: edit.now,
    command,
    actor: actorOf(lock.info),
    summary: `${addresses.length} ${action === 'forget' ? 'forgotten' : 'no longer protected'}`,
    outcomes: { succeeded: addresses.length },
    changes: addresses.map((address) => ({ address, action, status: 'succeeded' })),
  };
  await lock.finish(edited, record);
  return edited;
}

/** Also what an interrupted apply meant to do with them: it would make them ours again. */
function forgotten(
  { inventory, journal }: TargetState,
  addresses: readonly Address[],
): Pick<TargetState, 'inventory' | 'journal'> {
  const gone = new Set(addresses);
  const intents = without(journal?.intents ?? {}, gone);
  const left: Journal | null = journal === null ? null : { ...journal, intents };
  return {
    inventory: without(inventory, gone),
    journal: left !== null && Object.keys(intents).length > 0 ? left : null,
  };
}

/** Also where an interrupted apply remembers it: settling that would bring the protection back. */
function unprotected(
  { inventory, journal }: TargetState,
  addresses: readonly Address[],
): Pick<TargetState, 'inventory' | 'journal'> {
  const lifted = new Set(addresses);
  const lift = (entry: InventoryEntry): InventoryEntry => ({
    ...entry,
    lifecycle: { ...entry.lifecycle, protect: false },
  });
  const intents = Object.entries(journal?.intents ?? {}).map(([address, intent]) => {
    const { entry } = intent;
    return [
      address,
      entry !== undefined && lifted.has(address) ? { ...intent, entry: lift(entry) } : intent,
    ] as const;
  });
  return {
    inventory: Object.fromEntries(
      Object.entries(inventory).map(([address, entry]) => [
        address,
        lifted.has(address) ? lift(entry) : entry,
      ]),
    ),
    journal: journal === null ? null : { ...journal, intents: Object.fromEntries(intents) },
  };
}

function without<T>(entries: Readonly<Record<string, T>>, gone: ReadonlySet<string>): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).filter(([address]) => !gone.has(address)));
}
