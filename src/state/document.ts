import { ReconcileError } from '../core/errors.ts';
import type { Inventory, InventoryEntry } from '../core/inventory.ts';
import type { Journal } from '../core/journal.ts';
import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { defaultLifecycle } from '../core/resource.ts';
import { isInventoryEntry, isRemake } from './entry-shape.ts';
import type { TargetState } from './store.ts';

/** A state as text: lineage and serial first, entries sorted, so that two versions compare well. */
export function encodeState(state: TargetState): string {
  const inventory = Object.fromEntries(
    Object.keys(state.inventory)
      .sort()
      .map((key) => [key, state.inventory[key]]),
  );
  const { formatVersion, target, lineage, instance, serial, journal } = state;
  return `${JSON.stringify({ formatVersion, target, lineage, serial, instance, journal, inventory }, null, 1)}\n`;
}

/** Reads a state document. Damaged, foreign or newer ones are errors, never a guess. `path`: for the message. */
export function decodeState(text: string, target: string, path: string): TargetState {
  const value = parse(text, path);
  if (!isObject(value)) throw damaged(path, 'it is not a JSON object');
  if (value['formatVersion'] !== '1') {
    throw new ReconcileError(
      `${path}: format version ${shown(value['formatVersion'])} is not known to this version`,
      {
        code: 'STATE_FORMAT',
        category: 'internal',
        remedy: 'Use the version of reconcile that wrote it, or a newer one.',
      },
    );
  }
  if (value['target'] !== target) throw damaged(path, `it belongs to the target ${shown(value['target'])}`);
  const { lineage, instance, serial, inventory } = value;
  if (
    typeof lineage !== 'string' ||
    typeof instance !== 'string' ||
    typeof serial !== 'number' ||
    !Number.isInteger(serial)
  ) {
    throw damaged(path, 'lineage, instance or serial is missing');
  }
  return {
    formatVersion: '1',
    target,
    lineage,
    instance,
    serial,
    inventory: decodeInventory(inventory, path),
    journal: decodeJournal(value['journal'], path),
  };
}

/** What is found instead, if it is short: a damaged file may hold anything. */
function shown(value: Json | undefined): string {
  const text = JSON.stringify(value ?? null);
  return text.length <= 70 && !isObject(value) && !Array.isArray(value) ? text : '(something else)';
}

function parse(text: string, path: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw damaged(path, 'it is not JSON', error);
  }
}

function decodeInventory(value: Json | undefined, path: string): Inventory {
  if (!isObject(value)) throw damaged(path, 'the inventory is missing');
  const entries: Record<string, InventoryEntry> = {};
  for (const [address, entry] of Object.entries(value)) entries[address] = decodeEntry(entry, address, path);
  return entries;
}

function decodeEntry(entry: Json, address: string, path: string): InventoryEntry {
  const whole =
    isInventoryEntry(entry) &&
    address === `${(entry as JsonObject)['kind']}/${(entry as JsonObject)['name']}`;
  if (!whole) throw damaged(path, `the entry ${address} is incomplete`);
  const known = entry as unknown as InventoryEntry;
  return {
    ...known,
    lifecycle: { ...defaultLifecycle, ...known.lifecycle },
    secrets: known.secrets ?? [],
  };
}

/** Half a journal would be worse than none: what it does not tell would be taken for somebody else's. */
function decodeJournal(value: Json | undefined, path: string): Journal | null {
  if (value === undefined || value === null) return null;
  const whole =
    isObject(value) &&
    ['id', 'startedAt', 'actor'].every((key) => typeof value[key] === 'string') &&
    isObject(value['intents']);
  if (!whole) throw damaged(path, 'the journal is incomplete');
  const intents = Object.fromEntries(
    Object.entries(value['intents'] as Record<string, Json>).map(([address, intent]) => {
      if (!isIntent(intent)) throw damaged(path, `the journal's intent for ${address} is incomplete`);
      const { entry } = intent;
      return [
        address,
        entry === undefined ? intent : { ...intent, entry: decodeEntry(entry, address, path) },
      ];
    }),
  );
  return { ...value, intents } as unknown as Journal;
}

function isIntent(value: Json): value is JsonObject {
  if (!isObject(value)) return false;
  const { before, operations } = value;
  return (
    ['action', 'kind', 'name', 'identity'].every((key) => typeof value[key] === 'string') &&
    ['movedFrom', 'since'].every((key) => isTextOrNothing(value[key])) &&
    isObject(before) &&
    isTextOrNothing(before['id']) &&
    (value['remake'] === undefined || isRemake(value['remake'])) &&
    Array.isArray(before['parts']) &&
    before['parts'].every((id) => typeof id === 'string') &&
    Array.isArray(operations) &&
    operations.every(
      (operation) =>
        isObject(operation) &&
        ['id', 'status'].every((key) => typeof operation[key] === 'string') &&
        isTextOrNothing(operation['part']),
    )
  );
}

function isTextOrNothing(value: Json | undefined): boolean {
  return value === undefined || typeof value === 'string';
}

function damaged(path: string, why: string, cause?: unknown): ReconcileError {
  return new ReconcileError(`${path}: the state is damaged: ${why}`, {
    code: 'STATE_DAMAGED',
    category: 'internal',
    remedy: `Look at ${path}.bak, the copy from before the last apply. Without a good copy, move the file away and use policy.adopt: equal to own again what matches.`,
    ...(cause === undefined ? {} : { cause }),
  });
}
