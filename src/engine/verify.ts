import type { Change, FieldDiff, PartChange } from '../core/change.ts';
import { ReconcileError } from '../core/errors.ts';
import type { InventoryEntry, InventoryPart } from '../core/inventory.ts';
import { equalJson, type JsonObject } from '../core/json.ts';
import type { PlanContext } from '../core/plan-context.ts';
import { isRefused, planResource } from '../core/plan-resource.ts';
import { getAt, isAtOrBelow, setAt } from '../core/pointer.ts';
import type { Kind } from '../core/provider.ts';
import type { LiveResource } from '../core/resource.ts';
import type { Entries } from './record.ts';

export interface Verdict {
  /** What to record: what is ours, and only as far as it is really in the service. */
  entries: Entries;
  /** Absent when everything is as it was to become. */
  failure?: ReconcileError;
}

/**
 * Holds the object, read again after the last write, against what the write was to make of it. A service that says yes
 * and does nothing is caught here; what is not there is not recorded as applied, so that the next plan sees it.
 */
export function verifyChange(
  change: Change,
  after: LiveResource | undefined,
  entries: Entries,
  before: InventoryEntry | undefined,
  context: PlanContext,
): Verdict {
  if (change.action === 'delete') {
    if (after === undefined) return { entries };
    return { entries: {}, failure: notInStep('it was deleted, and is still there') };
  }
  if (after === undefined) return { entries: {}, failure: notInStep('it was written, and cannot be found') };
  const entry = entries[change.address];
  if (change.desired === undefined || entry === undefined || entry === null) return { entries };
  const kind = context.kind(change.kind);
  const wrong: string[] = [];
  const corrected = correctResource(
    change,
    after,
    correctParts(change, after, entry, before, { kind, context, wrong }),
    { kind, wrong },
  );
  const known = { ...entries, [change.address]: corrected };
  if (wrong.length > 0)
    return {
      entries: known,
      failure: notInStep(`after the write it is still not as wanted: ${wrong.join(', ')}`),
    };
  const again = planResource(
    { address: change.address, desired: change.desired, live: after, entry: corrected },
    context,
  ).change;
  if (again === undefined || (again.operations.length === 0 && !isRefused(again))) return { entries: known };
  const differences = [
    ...again.operations.map(({ summary }) => summary),
    ...[again, ...again.parts].flatMap(({ blocked }) => blocked?.message ?? []),
  ];
  return {
    entries: known,
    failure: notInStep(`after the write there is still a difference: ${differences.join(', ')}`),
  };
}

interface Findings {
  kind: Kind;
  wrong: string[];
}

/** Fields of the resource that were written and are not there keep their live value in the record: it is no applied one. */
function correctResource(
  change: Change,
  after: LiveResource,
  entry: InventoryEntry,
  { kind, wrong }: Findings,
): InventoryEntry {
  if (change.target === undefined || change.action === 'create') return entry;
  const target = kind.normalize(change.desired?.name ?? '', change.target).canonical;
  const missed = missedFields(change.fields, target, after.canonical, kind, entry.effective);
  wrong.push(...missed);
  return missed.length === 0 ? entry : { ...entry, spec: withLive(entry.spec, after.spec, missed) };
}

function correctParts(
  change: Change,
  after: LiveResource,
  entry: InventoryEntry,
  before: InventoryEntry | undefined,
  { kind, context, wrong }: Findings & { context: PlanContext },
): InventoryEntry {
  const live = new Map(after.parts.map((part) => [part.id, part]));
  const parts: Record<string, InventoryPart> = { ...entry.parts };
  for (const part of change.parts) {
    const old = part.live?.id;
    if (part.action === 'delete' && old !== undefined && live.has(old)) {
      wrong.push(`${part.path} is still there`);
      const known = before?.parts[part.key];
      if (known !== undefined) parts[part.key] = known;
      continue;
    }
    const recorded = parts[part.key];
    if (recorded === undefined || part.target === undefined) continue;
    if (part.action === 'replace' && old !== undefined && old !== recorded.id && live.has(old)) {
      wrong.push(`the old ${part.path} is still there`);
      parts[part.key] = { ...recorded, superseded: [old] };
    }
    const now = live.get(recorded.id);
    if (part.action !== 'update' || now === undefined) continue;
    const over = kind.settled(part.target, change.target ?? {}, context.now) !== undefined;
    const fields = over
      ? part.fields.filter((field) => field.pointer !== `/${kind.activeField}`)
      : part.fields;
    const missed = missedFields(fields, canonicalPart(kind, part), now.canonical, kind, recorded.effective);
    wrong.push(...missed.map((pointer) => `${part.path}${pointer}`));
    if (missed.length > 0) parts[part.key] = { ...recorded, spec: withLive(recorded.spec, now.spec, missed) };
  }
  return { ...entry, parts };
}

function canonicalPart(kind: Kind, part: PartChange): JsonObject {
  const field = kind.parts?.field ?? '';
  const [normalized] = kind.normalize('', { [field]: { [part.key]: part.target ?? {} } }).parts;
  return normalized?.canonical ?? {};
}

/** Pointers that were written and do not have the value they were to get. An effective value stands for the manifest's. */
function missedFields(
  fields: readonly FieldDiff[],
  target: JsonObject,
  live: JsonObject,
  kind: Kind,
  effective: JsonObject | undefined,
): string[] {
  const readable = fields.filter(
    (field) => field.healed && !kind.unreadable.some((pointer) => isAtOrBelow(field.pointer, pointer)),
  );
  const there = ({ pointer, desired }: FieldDiff): boolean => {
    const is = getAt(live, pointer);
    if (equalJson(is, getAt(target, pointer)) || equalJson(is, desired)) return true;
    const sent = effective === undefined ? undefined : getAt(effective, pointer);
    return sent !== undefined && equalJson(is, sent);
  };
  return readable.filter((field) => !there(field)).map((field) => field.pointer);
}

function withLive(spec: JsonObject, live: JsonObject, pointers: readonly string[]): JsonObject {
  return pointers.reduce((kept, pointer) => setAt(kept, pointer, getAt(live, pointer) ?? null), spec);
}

function notInStep(what: string): ReconcileError {
  return new ReconcileError(what, {
    code: 'NOT_IN_STEP',
    category: 'rejected',
    remedy: 'The service took the request but did not do it. Run plan again: it shows what is live now.',
  });
}
