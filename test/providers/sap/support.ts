import type { Change, PartChange } from '../../../src/core/change.ts';
import type { Inventory, InventoryEntry } from '../../../src/core/inventory.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { planChanges } from '../../../src/core/plan.ts';
import type { PlanContext } from '../../../src/core/plan-context.ts';
import { defaultPolicy, type Policy } from '../../../src/core/policy.ts';
import type { OperationResult, Session, Surroundings } from '../../../src/core/provider.ts';
import {
  defaultLifecycle,
  formatAddress,
  type Lifecycle,
  type LivePart,
  type LiveResource,
  type Part,
  type Resource,
} from '../../../src/core/resource.ts';
import { createSealer } from '../../../src/core/seal.ts';
import { findKind } from '../../../src/providers/registry.ts';
import { canonicalSchedule } from '../../../src/providers/sap/normalize.ts';

export const NOW = Date.parse('2026-11-22T12:00:00Z');
export const HOUR = 3_600_000;

export function instant(text: string): number {
  return Date.parse(text);
}

export function quietSurroundings(now: () => number = () => NOW): Surroundings {
  return {
    now,
    sleep: async () => {},
    random: () => 0.5,
    log: () => {},
    redact: () => {},
    env: {},
    concurrency: 16,
  };
}

export function kindOf(name: string) {
  const found = findKind(name);
  if (found === undefined) throw new Error(`no kind ${name}`);
  return found.kind;
}

/** A manifest as the loader gives it. */
export function resource(
  kind: string,
  name: string,
  spec: JsonObject,
  lifecycle: Partial<Lifecycle> = {},
): Resource {
  const normalized = kindOf(kind).normalize(name, spec);
  return {
    kind,
    name,
    address: formatAddress(kind, name),
    identity: kindOf(kind).identity(name, spec),
    labels: {},
    lifecycle: { ...defaultLifecycle, ...lifecycle },
    secrets: [],
    place: { file: 'test.yaml', line: 1, col: 1 },
    ...normalized,
  };
}

export function job(name: string, spec: JsonObject, lifecycle: Partial<Lifecycle> = {}): Resource {
  return resource('SapJob', name, { action: 'https://app.example.com/run', ...spec }, lifecycle);
}

/** A schedule of a manifest. */
export function part(key: string, schedule: JsonObject): Part {
  const [found] = kindOf('SapJob').normalize('any', { schedules: { [key]: schedule } }).parts;
  if (found === undefined) throw new Error(`no schedule ${key}`);
  return found;
}

/** A schedule as the service has it, already in the words of manifests. */
export function livePart(id: string, schedule: JsonObject, facts: JsonObject = {}): LivePart {
  const spec = { description: '', active: true, data: null, startTime: null, endTime: null, ...schedule };
  return { id, spec, canonical: canonicalSchedule(spec), facts };
}

export function liveJob(name: string, spec: JsonObject, parts: LivePart[]): LiveResource {
  const { spec: own, canonical } = kindOf('SapJob').normalize(name, {
    description: '',
    action: 'https://app.example.com/run',
    startTime: null,
    endTime: null,
    ansConfig: { onSuccess: false, onError: false, onDelay: false },
    calmConfig: { enabled: false },
    ...spec,
  });
  return { kind: 'SapJob', identity: name, id: '42', spec: own, canonical, parts, facts: {} };
}

export function planContext(policy: Partial<Policy> = {}, now = NOW): PlanContext {
  return {
    policy: { ...defaultPolicy, prune: true, allowDeleteAll: true, allowEmpty: true, ...policy },
    now,
    sealer: createSealer(undefined),
    kind: kindOf,
  };
}

/** The inventory after these manifests were applied to these live objects. */
export function entryOf(desired: Resource, live: LiveResource, ids: Record<string, string>): InventoryEntry {
  return {
    kind: desired.kind,
    name: desired.name,
    identity: desired.identity,
    id: live.id,
    ownedSince: '2026-01-01T00:00:00Z',
    spec: desired.spec,
    parts: Object.fromEntries(
      desired.parts
        .filter(({ key }) => ids[key] !== undefined)
        .map(({ key, spec }) => [key, { id: ids[key] ?? '', ownedSince: '2026-01-01T00:00:00Z', spec }]),
    ),
    lifecycle: desired.lifecycle,
    secrets: [],
  };
}

export function plan(
  desired: Resource[],
  live: LiveResource[],
  inventory: Inventory,
  policy: Partial<Policy> = {},
  now = NOW,
): Change[] {
  return planChanges({ desired, live, inventory }, planContext(policy, now)).changes;
}

export function partChange(change: Partial<PartChange> & Pick<PartChange, 'key' | 'action'>): PartChange {
  return { path: `/schedules/${change.key}`, reason: 'edited', fields: [], warnings: [], ...change };
}

/** Carries a change out as the engine does: the object is read first, then one operation after the other. */
export async function carryOut(
  change: Change,
  session: Session,
  now: () => number,
): Promise<Map<string, OperationResult>> {
  const identity = change.live?.identity ?? change.desired?.identity ?? '';
  const id = change.live?.id;
  const live = (await session.read({ kind: change.kind, identity, ...(id ? { id } : {}) })) ?? undefined;
  const results = new Map<string, OperationResult>();
  for (const operation of change.operations) {
    if (session.execute === undefined) throw new Error('a session for reading only');
    results.set(
      operation.id,
      await session.execute(operation, { change, live, results, now, reader: session.reader }),
    );
  }
  return results;
}

/** A part of a job that is deleted and made again, as the planner describes it. */
export function asReplaced(part: Part): PartChange {
  return {
    key: part.key,
    path: `/schedules/${part.key}`,
    action: 'replace',
    reason: 'edited',
    fields: [],
    desired: part,
    target: part.spec,
    warnings: [],
  };
}
