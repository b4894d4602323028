import type { InventoryEntry } from '../../src/core/inventory.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { planChanges } from '../../src/core/plan.ts';
import type { PlanContext } from '../../src/core/plan-context.ts';
import { defaultPolicy, type Policy } from '../../src/core/policy.ts';
import { recordApplied } from '../../src/core/record.ts';
import {
  defaultLifecycle,
  formatAddress,
  type Lifecycle,
  type LiveResource,
  type Resource,
} from '../../src/core/resource.ts';
import { createSealer } from '../../src/core/seal.ts';
import { memoryKind, preExistingKind } from './memory-kind.ts';

export const NOW = Date.parse('2026-03-01T12:00:00Z');

export function contextWith(policy: Partial<Policy> = {}, stateKey?: string): PlanContext {
  const kinds = [memoryKind, preExistingKind];
  return {
    policy: { ...defaultPolicy, ...policy },
    now: NOW,
    sealer: createSealer(stateKey),
    kind: (name) => kinds.find((kind) => kind.kind === name) ?? memoryKind,
  };
}

interface JobOptions {
  kind?: string;
  lifecycle?: Partial<Lifecycle>;
  movedFrom?: string;
  secrets?: string[];
}

/** A resource as the loader would make it. */
export function job(name: string, spec: JsonObject = {}, options: JobOptions = {}): Resource {
  const kind = options.kind ?? 'MemoryJob';
  return {
    kind,
    name,
    address: formatAddress(kind, name),
    identity: name,
    labels: {},
    lifecycle: { ...defaultLifecycle, ...options.lifecycle },
    ...(options.movedFrom === undefined ? {} : { movedFrom: options.movedFrom }),
    ...memoryKind.normalize(name, spec),
    secrets: [...(options.secrets ?? []), ...(options.lifecycle?.sensitive ?? [])],
    place: { file: 'jobs.yaml', line: 1, col: 1 },
  };
}

/** The entry that an apply of this resource would have left. `ids`: key → id of its parts. */
export function entryOf(
  resource: Resource,
  ids: Record<string, string> = {},
  stateKey?: string,
): InventoryEntry {
  return recordApplied({
    desired: resource,
    kind: memoryKind,
    id: `id-${resource.identity}`,
    partIds: new Map(Object.entries(ids)),
    effective: {},
    written: 'all',
    source: {},
    before: undefined,
    sealer: createSealer(stateKey),
    now: '2026-01-01T00:00:00Z',
  });
}

export interface WorldInput {
  desired?: Resource[];
  live?: LiveResource[];
  base?: InventoryEntry[];
  policy?: Partial<Policy>;
  stateKey?: string;
}

export function planWorld({ desired = [], live = [], base = [], policy = {}, stateKey }: WorldInput) {
  const inventory = Object.fromEntries(base.map((entry) => [formatAddress(entry.kind, entry.name), entry]));
  return planChanges({ desired, live, inventory }, contextWith(policy, stateKey));
}
