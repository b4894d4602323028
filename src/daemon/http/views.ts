import type { InventoryEntry } from '../../core/inventory.ts';
import type { JsonObject } from '../../core/json.ts';
import { isAtOrBelow, parsePointer } from '../../core/pointer.ts';
import type { Kind } from '../../core/provider.ts';
import { type LivePart, type LiveResource, partPath, type Resource } from '../../core/resource.ts';
import { pointersWithin } from '../../core/scope.ts';
import { hideAt } from '../../core/seal.ts';
import { optional } from '../optional.ts';
import type { SeenTarget } from '../passes.ts';
import type { Watch } from '../watch.ts';

/** One line of the overview: the status without what only the page of the target shows. */
export function overviewOf(watch: Watch): JsonObject[] {
  return [...watch.targets.values()].map(({ status, seen }) => {
    const { plan, findings, error, ...rest } = status;
    return {
      ...rest,
      differences: plan?.changes.length ?? 0,
      owned: Object.values(seen?.inventory ?? {}).filter(({ released }) => released === undefined).length,
      problems: findings.length + (error === undefined ? 0 : 1),
    } as unknown as JsonObject;
  });
}

/** One resource as the inventory lists it. */
export interface InventoryRow {
  address: string;
  /** `inStep`, or the action that the plan has for it; `unmanaged`: live, and not ours. */
  state: string;
  owned: boolean;
  ownedSince?: string;
  commit?: string;
  /** Why it is only a tombstone. */
  released?: string;
  parts: string[];
}

/** What is wanted or owned, in the order of addresses. */
export function inventoryRows(seen: SeenTarget): InventoryRow[] {
  const desired = new Map(seen.desired.map((resource) => [resource.address, resource]));
  const changes = new Map(seen.document.changes.map((change) => [change.address, change]));
  const addresses = new Set([...desired.keys(), ...Object.keys(seen.inventory)]);
  return [...addresses].sort().map((address) => {
    const entry = seen.inventory[address];
    const change = changes.get(address);
    return {
      address,
      state: change === undefined ? (entry?.released === undefined ? 'inStep' : 'released') : change.action,
      owned: entry !== undefined && entry.released === undefined,
      ...(entry === undefined ? {} : { ownedSince: entry.ownedSince }),
      ...(entry?.commit === undefined ? {} : { commit: entry.commit }),
      ...(entry?.released === undefined ? {} : { released: entry.released.how }),
      parts: partKeys(desired.get(address), entry),
    };
  });
}

function partKeys(resource: Resource | undefined, entry: InventoryEntry | undefined): string[] {
  const keys = [...(resource?.parts.map(({ key }) => key) ?? []), ...Object.keys(entry?.parts ?? {})];
  return [...new Set(keys)].sort();
}

export interface Page<Row> {
  rows: Row[];
  total: number;
  offset: number;
}

/** `search` is looked for in the address and the keys of the parts, whatever the case. */
export function pageOf(
  rows: readonly InventoryRow[],
  { search, state, offset, limit }: { search: string; state?: string; offset: number; limit: number },
): Page<InventoryRow> {
  const text = search.trim().toLowerCase();
  const found = rows.filter(
    (row) =>
      (state === undefined || row.state === state) &&
      (text === '' || [row.address, ...row.parts].some((name) => name.toLowerCase().includes(text))),
  );
  return { rows: found.slice(offset, offset + limit), total: found.length, offset };
}

/** A schedule (or a resource without parts) from three sides, secrets hidden. */
export interface ScheduleView {
  address: string;
  part?: string;
  desired?: JsonObject;
  live?: JsonObject;
  lastApplied?: JsonObject;
  facts?: JsonObject;
  /** Of a whole resource: the keys of its parts. */
  parts: string[];
  /** Fields that the plan changes: the sides may say one thing in different words, or one of them nothing. */
  differs: string[];
  /** Fields that the service does not give back. */
  unreadable: string[];
  /** Next runs as the service has them, ISO instants. */
  next: string[];
  /** Server ids, for asking for run logs. */
  ids?: { kind: string; id: string; partId?: string };
}

export interface ScheduleQuestion {
  seen: SeenTarget;
  kind(name: string): Kind;
  address: string;
  part?: string;
  /** Epoch ms. */
  now: number;
  /** How many next runs, and how far to look, ms. */
  runs: number;
  horizon: number;
}

/** undefined when there is no such thing. */
export function scheduleView(question: ScheduleQuestion): ScheduleView | undefined {
  const { seen, address, part: key } = question;
  const desired = seen.desired.find((resource) => resource.address === address);
  const entry = Object.hasOwn(seen.inventory, address) ? seen.inventory[address] : undefined;
  const known = entry ?? desired;
  if (known === undefined) return undefined;
  const kind = question.kind(known.kind);
  const live = seen.live.find((one) => one.kind === known.kind && one.identity === known.identity);
  const secrets = [...kind.secret, ...(desired?.secrets ?? []), ...(entry?.secrets ?? [])];
  const path = key === undefined ? '' : partPath(kind.parts?.field ?? '', key);
  const hide = (spec: JsonObject | undefined): JsonObject | undefined =>
    spec === undefined ? undefined : hideAt(spec, pointersWithin(secrets, path));
  const desiredPart = desired?.parts.find((one) => one.key === key);
  const entryPart =
    key !== undefined && entry !== undefined && Object.hasOwn(entry.parts, key)
      ? entry.parts[key]
      : undefined;
  if (key !== undefined && desiredPart === undefined && entryPart === undefined) return undefined;
  const livePart = live?.parts.find(({ id }) => id === entryPart?.id);
  const shown = key === undefined ? live : livePart;
  return {
    address,
    ...(key === undefined ? {} : { part: key }),
    ...optional('desired', hide(key === undefined ? desired?.spec : desiredPart?.spec)),
    ...optional('live', hide(shown?.spec)),
    ...optional('lastApplied', hide(key === undefined ? entry?.spec : entryPart?.spec)),
    ...optional('facts', shown?.facts),
    parts: key === undefined ? partKeys(desired, entry) : [],
    differs: fieldsWithin(seen, address, path),
    unreadable: kind.unreadable.map((pointer) => pointer.slice(1)),
    next: nextRuns(question, kind, live, livePart),
    ...optional('ids', idsOf(known.kind, live, key, livePart)),
  };
}

/** The fields right below `path` that the plan changes. */
function fieldsWithin({ document }: SeenTarget, address: string, path: string): string[] {
  const change = document.changes.find((one) => one.address === address);
  const depth = parsePointer(path).length;
  const below = (change?.patch ?? []).flatMap((step) =>
    isAtOrBelow(step.path, path) ? (parsePointer(step.path)[depth] ?? []) : [],
  );
  return [...new Set(below)];
}

function nextRuns(
  { part, now, runs, horizon }: ScheduleQuestion,
  kind: Kind,
  live: LiveResource | undefined,
  livePart: LivePart | undefined,
): string[] {
  const shown = part === undefined ? live : livePart;
  if (kind.runs === undefined || live === undefined || shown === undefined) return [];
  if (part === undefined && kind.parts !== undefined) return [];
  const instants = kind.runs({
    resource: live.spec,
    ...(part === undefined ? {} : { part: shown.spec }),
    facts: shown.facts,
    from: now,
    until: now + horizon,
    limit: runs,
  });
  return instants.map((instant) => new Date(instant).toISOString());
}

function idsOf(
  kind: string,
  live: LiveResource | undefined,
  key: string | undefined,
  livePart: LivePart | undefined,
): ScheduleView['ids'] {
  if (live === undefined || (key !== undefined && livePart === undefined)) return undefined;
  return { kind, id: live.id, ...optional('partId', livePart?.id) };
}
