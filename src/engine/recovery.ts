import { counted } from '../core/counted.ts';
import { type Diagnostic, ReconcileError } from '../core/errors.ts';
import type { Inventory, InventoryEntry } from '../core/inventory.ts';
import type { Intent, Journal } from '../core/journal.ts';
import { type Recovery, recoverIntents } from '../core/recover.ts';
import type { LockInfo, TargetState } from '../state/store.ts';

type Input = Omit<Parameters<typeof recoverIntents>[0], 'journal' | 'inventory'>;

export interface RecoveredState {
  state: TargetState;
  diagnostics: Diagnostic[];
  recognised: readonly string[];
}

/** The inventory together with what a journal that was left meant to make: for observing all that may be ours. */
export function inventoryToObserve({ inventory, journal }: TargetState): Inventory {
  const known: Record<string, InventoryEntry> = {};
  const identities = new Set(Object.values(inventory).map(({ kind, identity }) => `${kind}\n${identity}`));
  for (const [address, { entry, kind, identity }] of Object.entries(journal?.intents ?? {})) {
    if (entry !== undefined && !identities.has(`${kind}\n${identity}`)) known[address] = entry;
  }
  return { ...known, ...inventory };
}

/**
 * The state as if the apply that was cut short had recorded what it did; nothing is written here. `running`: the lock, where an
 * apply is still under way, so that the journal is its own.
 */
export function recoverState(
  state: TargetState,
  running: LockInfo | undefined,
  input: Input,
): RecoveredState {
  const { journal } = state;
  if (journal === null) return { state, diagnostics: [], recognised: [] };
  const recovery = recoverIntents({ ...input, journal, inventory: state.inventory });
  const open = Object.fromEntries(
    Object.entries(recovery.open).map(([address, intent]): [string, Intent] => [
      address,
      { ...intent, since: intent.since ?? journal.startedAt },
    ]),
  );
  const left = Object.keys(open).length === 0 ? null : { ...journal, intents: open };
  return {
    state: { ...state, inventory: recovery.inventory, journal: left },
    diagnostics: [
      running === undefined ? openNote(journal, recovery) : runningNote(running),
      ...recovery.diagnostics,
    ],
    recognised: recovery.recognised,
  };
}

function openNote({ actor, startedAt, intents }: Journal, { recognised, open }: Recovery): Diagnostic {
  const count = Object.keys(intents).length;
  const found = recognised.length === 0 ? 'none of them is found done' : `found done: ${list(recognised)}`;
  const waiting = Object.keys(open);
  const pending = waiting.length === 0 ? '' : `; may still show: ${list(waiting)}`;
  return {
    code: 'JOURNAL_OPEN',
    severity: 'warning',
    message: `the apply of ${actor}, begun ${startedAt}, left ${counted(count, 'change')} without a known end; ${found}${pending}`,
    remedy: 'The next apply goes on from what is live. Nothing has to be mended by hand.',
  };
}

function runningNote({ owner, host, startedAt, command }: LockInfo): Diagnostic {
  return {
    code: 'APPLY_RUNNING',
    severity: 'warning',
    message: `${owner}@${host} is applying to this target since ${startedAt} (${command}): what is shown here is on the move`,
    remedy: 'Plan again when it is done.',
  };
}

function list(addresses: readonly string[]): string {
  const shown = addresses.slice(0, 5).join(', ');
  return addresses.length > 5 ? `${shown} and ${addresses.length - 5} more` : shown;
}

/** Errors of our own, before the service was asked to change anything. */
export function isNeverAsked(error: unknown): boolean {
  return isLasting(error) && error.category !== 'rejected';
}

/** The service said no to a write. */
export function isRefusal(error: unknown): boolean {
  return isLasting(error) && error.category === 'rejected';
}

function isLasting(error: unknown): error is ReconcileError {
  if (!(error instanceof ReconcileError) || error.reading || error.triedBefore) return false;
  return error.category !== 'transient' && error.category !== 'internal';
}
