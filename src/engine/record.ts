import type { Change, PartChange } from '../core/change.ts';
import type { InventoryEntry, InventoryPart } from '../core/inventory.ts';
import type { JsonObject } from '../core/json.ts';
import { equalJson } from '../core/json.ts';
import type { PlanContext } from '../core/plan-context.ts';
import type { Kind, OperationResult } from '../core/provider.ts';
import { type RecordInput, recordApplied, releaseParts, withoutParts } from '../core/record.ts';
import type { LiveResource } from '../core/resource.ts';
import type { SourceVersion } from '../core/source-version.ts';
import { formatInstant } from '../time/index.ts';
import type { StateWriter } from './state-writer.ts';

interface RecordDeps {
  writer: StateWriter;
  context(): PlanContext;
  now(): number;
  source: SourceVersion;
}

export type Entries = Record<string, InventoryEntry | null>;

/** What the inventory says after a change went through. `live`: the object as it was read afterwards. */
export function entriesAfter(
  change: Change,
  live: LiveResource | undefined,
  results: ReadonlyMap<string, OperationResult>,
  deps: RecordDeps,
): Entries {
  const moved: Entries = change.movedFrom === undefined ? {} : { [change.movedFrom]: null };
  const before = deps.writer.entry(change.movedFrom ?? change.address);
  if (change.desired === undefined)
    return { ...moved, [change.address]: withoutManifest(change, before, deps) };
  const id = live?.id ?? idIn(results) ?? before?.id;
  if (id === undefined) return moved;
  const entry = applied(
    change,
    live,
    id,
    partIdsAfter(change, live, results, before, deps),
    results,
    before,
    deps,
  );
  return { ...moved, [change.address]: settleRemovals(entry, change, deps) };
}

/** The entry as it is to be recorded when all goes well; what is still to be made has the id `''`. Undefined where the manifest is gone. */
export function intendedEntry(change: Change, deps: RecordDeps): InventoryEntry | undefined {
  const { desired, live } = change;
  if (desired === undefined) return undefined;
  const before = deps.writer.entry(change.movedFrom ?? change.address);
  const anew = change.action === 'create' || change.action === 'replace';
  const kindOf = deps.context().kind(change.kind);
  const ids = new Map<string, string>();
  for (const part of desired.parts) {
    const planned = change.parts.find(({ key, desired: wanted }) => key === part.key && wanted !== undefined);
    const known =
      before?.parts[part.key] ?? (part.movedFrom === undefined ? undefined : before?.parts[part.movedFrom]);
    const isOver = kindOf.settled(part.spec, desired.spec, deps.now()) !== undefined;
    const isMade =
      planned?.action === 'create' ||
      planned?.action === 'replace' ||
      (change.action === 'replace' && !isOver);
    const id = isMade ? '' : (planned?.live?.id ?? known?.id);
    if (id !== undefined) ids.set(part.key, id);
  }
  const id = anew ? '' : (live?.id ?? before?.id ?? '');
  const entry = applied(change, undefined, id, ids, new Map(), before, deps);
  return settleRemovals(entry, change, deps);
}

function withoutManifest(
  change: Change,
  before: InventoryEntry | undefined,
  deps: RecordDeps,
): InventoryEntry | null {
  const off = change.action === 'deactivate';
  const kept = off || (change.action === 'forget' && change.live !== undefined);
  if (!kept || before === undefined) return null;
  const { activeField, deletable } = deps.context().kind(change.kind);
  const how = off ? (deletable ? 'deactivate' : 'disable') : 'keep';
  const spec = off ? { ...before.spec, [activeField]: false } : before.spec;
  return { ...before, spec, released: { at: formatInstant(deps.now()), how } };
}

function applied(
  change: Change,
  live: LiveResource | undefined,
  id: string,
  partIds: ReadonlyMap<string, string>,
  results: ReadonlyMap<string, OperationResult>,
  before: InventoryEntry | undefined,
  deps: RecordDeps,
): InventoryEntry {
  const context = deps.context();
  const desired = change.desired;
  if (desired === undefined) throw new Error('a change without a manifest has no applied version');
  const entry = recordApplied({
    desired,
    kind: context.kind(change.kind),
    id,
    partIds,
    effective: effectiveIn(results),
    before,
    sealer: context.sealer,
    now: formatInstant(deps.now()),
    written: writtenBy(change, results),
    source: deps.source,
  });
  return live === undefined ? entry : dropStaleEffective(entry, live);
}

/** A new id is a new object, every field of which we sent; in place only what the change names was written. */
function writtenBy(change: Change, results: ReadonlyMap<string, OperationResult>): RecordInput['written'] {
  const made = idIn(results);
  if (change.action === 'create' || (made !== undefined && made !== change.live?.id)) return 'all';
  const own = change.operations.filter((operation) => operation.part === undefined);
  if (own.length === 0 || !own.every((operation) => results.has(operation.id))) return [];
  return change.fields.filter((field) => field.healed).map((field) => field.pointer);
}

function idIn(results: ReadonlyMap<string, OperationResult>): string | undefined {
  return [...results.values()].map((result) => result.id).findLast((id) => id !== undefined);
}

function effectiveIn(results: ReadonlyMap<string, OperationResult>): Record<string, JsonObject> {
  return Object.assign({}, ...[...results.values()].map((result) => result.effective ?? {}));
}

function partIdsIn(results: ReadonlyMap<string, OperationResult>): Record<string, string> {
  return Object.assign({}, ...[...results.values()].map((result) => result.partIds ?? {}));
}

/** key → id for every part of the manifest that is ours now. */
function partIdsAfter(
  change: Change,
  live: LiveResource | undefined,
  results: ReadonlyMap<string, OperationResult>,
  before: InventoryEntry | undefined,
  deps: RecordDeps,
): ReadonlyMap<string, string> {
  const kind: Kind = deps.context().kind(change.kind);
  const desired = change.desired?.parts ?? [];
  const known = knownPartIds(change, before);
  const remembered = { ...known, ...partIdsIn(results) };
  if (live === undefined) return new Map(Object.entries(remembered));
  const base = Object.fromEntries(desired.map((part) => [part.key, part.canonical]));
  const free = live.parts.filter((part) => !isOthers(part.id, change, before, remembered));
  const { matched } = kind.correlate({ live: free, remembered, desired, base });
  // What was there before and was not made anew has the id that it had, whatever one answer shows in its place.
  const made = partIdsIn(results);
  const kept = Object.entries(known).filter(([key]) => made[key] === undefined);
  return new Map([...matched, ...kept]);
}

/** key → id of the wanted parts that were there before the writes. */
function knownPartIds(change: Change, before: InventoryEntry | undefined): Record<string, string> {
  const known: Record<string, string> = {};
  for (const { key, movedFrom } of change.desired?.parts ?? []) {
    const part = before?.parts[key] ?? (movedFrom === undefined ? undefined : before?.parts[movedFrom]);
    if (part !== undefined) known[key] = part.id;
  }
  for (const { key, live, action } of change.parts)
    if (live !== undefined && (action === 'update' || action === 'adopt')) known[key] = live.id;
  return known;
}

/**
 * Are these the ids that the plan and the answers to the writes named already? One that only a look afterwards shows is
 * one answer's word alone.
 */
export function isForetold(
  change: Change,
  entry: InventoryEntry,
  results: ReadonlyMap<string, OperationResult>,
  before: InventoryEntry | undefined,
): boolean {
  const named = { ...knownPartIds(change, before), ...partIdsIn(results) };
  const wanted = change.desired?.parts ?? [];
  const isNamed = ({ key }: { key: string }): boolean => entry.parts[key]?.id === named[key];
  return entry.id === (idIn(results) ?? change.live?.id ?? before?.id) && wanted.every(isNamed);
}

/** Parts that were there before and that no row of the plan made ours stay somebody else's. */
function isOthers(
  id: string,
  change: Change,
  before: InventoryEntry | undefined,
  remembered: Readonly<Record<string, string>>,
): boolean {
  if (Object.values(remembered).includes(id)) return false;
  // A whole resource that is adopted brings its matching parts along.
  if (before === undefined && change.action === 'adopt') return false;
  return change.live?.parts.some((part) => part.id === id) ?? false;
}

function settleRemovals(entry: InventoryEntry, change: Change, deps: RecordDeps): InventoryEntry {
  const at = formatInstant(deps.now());
  const removed = change.parts.filter((part) => part.desired === undefined);
  const keys = (keep: (part: PartChange) => boolean): string[] =>
    removed.filter(keep).map((part) => part.key);
  const cleared = withoutParts(
    entry,
    keys((part) => part.action === 'delete' || (part.action === 'forget' && part.live === undefined)),
  );
  const kept = releaseParts(
    cleared,
    keys((part) => part.action === 'forget'),
    { at, how: 'keep' },
  );
  return releaseParts(
    kept,
    keys((part) => part.action === 'deactivate'),
    { at, how: 'deactivate' },
  );
}

/** An effective value counts only while the service still has it. */
function dropStaleEffective(entry: InventoryEntry, live: LiveResource): InventoryEntry {
  const byId = new Map(live.parts.map((part) => [part.id, part]));
  const parts = Object.fromEntries(
    Object.entries(entry.parts).map(([key, part]) => {
      const seen = byId.get(part.id);
      if (part.effective === undefined || seen === undefined) return [key, part];
      const holds = Object.entries(part.effective).every(([field, value]) =>
        equalJson(seen.canonical[field], value),
      );
      if (holds) return [key, part];
      const { effective: _stale, ...rest } = part;
      return [key, rest];
    }),
  );
  return { ...entry, parts };
}

/**
 * What is ours while a change is half done: recorded after each operation, so that a failure in the next one loses nothing.
 * A replaced part is remembered under its new id, still inactive, together with the old id that has to go.
 */
export function partialEntry(
  change: Change,
  results: ReadonlyMap<string, OperationResult>,
  deps: RecordDeps,
): Entries | undefined {
  const before = deps.writer.entry(change.movedFrom ?? change.address);
  const id = change.live?.id ?? idIn(results);
  if (change.desired === undefined || id === undefined || change.action === 'replace') return undefined;
  const made = partIdsIn(results);
  const full = applied(change, undefined, id, new Map(Object.entries(made)), results, before, deps);
  const ownOperations = change.operations.filter((operation) => operation.part === undefined);
  const ownDone = ownOperations.length > 0 && ownOperations.every((operation) => results.has(operation.id));
  const parts: Record<string, InventoryPart> = { ...(before?.parts ?? {}) };
  const byKey = new Map(change.parts.map((part) => [part.key, part]));
  for (const [key, part] of Object.entries(full.parts)) {
    const state = partState(change, byKey.get(key), results);
    if (state === 'done') parts[key] = part;
    else if (state === 'begun') Object.assign(parts, begun(change, byKey.get(key), part, results, deps));
    else if (made[key] !== undefined) parts[key] = part;
  }
  for (const part of change.parts) {
    if (part.action === 'delete' && partState(change, part, results) === 'done') delete parts[part.key];
  }
  const moved: Entries = change.movedFrom === undefined ? {} : { [change.movedFrom]: null };
  return { ...moved, [change.address]: { ...full, spec: ownDone ? full.spec : (before?.spec ?? {}), parts } };
}

function partState(
  change: Change,
  part: PartChange | undefined,
  results: ReadonlyMap<string, OperationResult>,
): 'untouched' | 'begun' | 'done' {
  const operations =
    part === undefined ? [] : change.operations.filter((operation) => operation.part === part.key);
  const done = operations.filter((operation) => results.has(operation.id)).length;
  if (done === 0) return 'untouched';
  return done === operations.length ? 'done' : 'begun';
}

function begun(
  change: Change,
  part: PartChange | undefined,
  full: InventoryPart,
  results: ReadonlyMap<string, OperationResult>,
  deps: RecordDeps,
): Record<string, InventoryPart> {
  const created = part === undefined ? undefined : partIdsIn(results)[part.key];
  if (part === undefined || created === undefined) return {};
  const { activeField } = deps.context().kind(change.kind);
  const deleted = change.operations.some(
    (operation) => operation.part === part.key && operation.destructive && results.has(operation.id),
  );
  const old = part.live?.id;
  return {
    [part.key]: {
      ...full,
      id: created,
      spec: { ...full.spec, [activeField]: false },
      ...(deleted || old === undefined ? {} : { superseded: [old] }),
    },
  };
}
