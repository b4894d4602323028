import type { Drift } from '../core/drift.ts';
import type { Diagnostic } from '../core/errors.ts';
import type { Inventory } from '../core/inventory.ts';
import type { Json } from '../core/json.ts';
import type { PlanTarget } from '../core/plan-document.ts';
import { pointersWithin } from '../core/scope.ts';
import { hideValue } from '../core/seal.ts';

/** What others changed since the last apply (`drift -o json`): live held against what was last applied. */
export interface DriftDocument {
  formatVersion: '1';
  tool: { name: string; version: string };
  createdAt: string;
  targets: DriftTarget[];
}

export interface DriftTarget {
  name: string;
  provider: string;
  url: string;
  requests: number;
  drifted: DriftedObject[];
  /** Live objects that are neither in a manifest nor ours. */
  unmanaged: number;
  diagnostics: Diagnostic[];
}

/** A resource, or one of its parts. */
export interface DriftedObject {
  address: string;
  /** `` for the resource itself, `/schedules/daily` for a part. */
  path: string;
  what: 'changed' | 'missing';
  fields: DriftedField[];
  /** What the next apply does about a missing object. */
  next: 'create' | 'forget' | 'nothing' | 'field by field';
}

export interface DriftedField {
  /** Pointer into the spec, parts included. */
  path: string;
  /** As last applied; absent when it was not there. */
  applied?: Json;
  live?: Json;
  /** What the next apply does: put the old value back, overwrite it with the manifest's, or leave it. */
  next: 'restore' | 'overwrite' | 'leave';
}

export function hasDrift(document: DriftDocument): boolean {
  return document.targets.some((target) => target.drifted.length > 0);
}

/** The drift of one target as a plain, redacted document. */
export function driftOf(plan: PlanTarget, drift: readonly Drift[], inventory: Inventory): DriftTarget {
  return {
    name: plan.name,
    provider: plan.provider,
    url: plan.url,
    requests: plan.requests,
    drifted: drift.map((item) => describe(item, plan, inventory)),
    unmanaged: plan.summary.unmanaged,
    diagnostics: plan.diagnostics,
  };
}

function describe(item: Drift, plan: PlanTarget, inventory: Inventory): DriftedObject {
  const secrets = pointersWithin(inventory[item.address]?.secrets ?? [], item.path);
  const change = plan.changes.find(
    ({ address, movedFrom }) => address === item.address || movedFrom === item.address,
  );
  return {
    address: item.address,
    path: item.path,
    what: item.what,
    fields: item.fields.map((field) => {
      const path = `${item.path}${field.pointer}`;
      const applied = hideValue(field.base, field.pointer, secrets);
      const live = hideValue(field.live, field.pointer, secrets);
      const planned = change?.fields.find((note) => note.path === path);
      const next =
        planned === undefined || !planned.healed
          ? 'leave'
          : planned.reason === 'drift'
            ? 'restore'
            : 'overwrite';
      return {
        path,
        ...(applied === undefined ? {} : { applied }),
        ...(live === undefined ? {} : { live }),
        next,
      };
    }),
    next: item.what === 'missing' ? nextOf(item.path, change) : 'field by field',
  };
}

function nextOf(path: string, change: PlanTarget['changes'][number] | undefined): DriftedObject['next'] {
  const action =
    path === ''
      ? change?.action
      : (change?.parts.find((part) => part.path === path)?.action ?? change?.action);
  if (action === 'forget') return 'forget';
  return action === 'create' || action === 'update' ? 'create' : 'nothing';
}
