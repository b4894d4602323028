import type { Impact } from '../core/change.ts';
import type { Diagnostic } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import type { PlanChange, PlanDocument, PlanFieldNote, PlanPart, PlanTarget } from '../core/plan-document.ts';

/** What others changed since the last apply (`drift -o json`): the drifted half of a plan. */
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
  drifted: DriftedResource[];
  /** Live objects that are neither in a manifest nor ours. */
  unmanaged: number;
  diagnostics: Diagnostic[];
}

export interface DriftedResource {
  address: string;
  /** `missing`: somebody deleted it. */
  what: 'changed' | 'missing';
  fields: DriftedField[];
  parts: DriftedPart[];
}

export interface DriftedField {
  path: string;
  /** As last applied; absent when it was not there. */
  applied?: Json;
  live?: Json;
  desired?: Json;
  /** The manifest moved too: the next apply overwrites what is live. */
  conflict: boolean;
  /** Whether the next apply puts it back. */
  healed: boolean;
}

export interface DriftedPart {
  path: string;
  what: 'changed' | 'missing';
  impact?: Impact;
}

/** Keeps of a plan what somebody else changed. */
export function driftOf(plan: PlanDocument): DriftDocument {
  return {
    formatVersion: '1',
    tool: plan.tool,
    createdAt: plan.createdAt,
    targets: plan.targets.map(driftOfTarget),
  };
}

export function hasDrift(document: DriftDocument): boolean {
  return document.targets.some((target) => target.drifted.length > 0);
}

function driftOfTarget(target: PlanTarget): DriftTarget {
  return {
    name: target.name,
    provider: target.provider,
    url: target.url,
    requests: target.requests,
    drifted: target.changes.flatMap((change) => driftOfChange(change) ?? []),
    unmanaged: target.summary.unmanaged,
    diagnostics: target.diagnostics,
  };
}

function driftOfChange(change: PlanChange): DriftedResource | undefined {
  const what = isGone(change) ? 'missing' : 'changed';
  const fields = change.fields
    .filter(({ reason }) => reason === 'drift' || reason === 'conflict')
    .map(toField);
  const parts = change.parts.filter(isDrifted).map(toPart);
  if (what === 'changed' && fields.length === 0 && parts.length === 0) return undefined;
  return { address: change.address, what, fields, parts };
}

/** Ours, in the manifests or not, and not there any more. */
function isGone(change: Pick<PlanChange, 'action' | 'reason'>): boolean {
  return change.reason === 'missing' || change.action === 'forget';
}

function isDrifted(part: PlanPart): boolean {
  return isGone(part) || part.reason === 'drift' || part.reason === 'conflict';
}

function toField(note: PlanFieldNote): DriftedField {
  return {
    path: note.path,
    ...(note.base === undefined ? {} : { applied: note.base }),
    ...(note.live === undefined ? {} : { live: note.live }),
    ...(note.desired === undefined ? {} : { desired: note.desired }),
    conflict: note.reason === 'conflict',
    healed: note.healed,
  };
}

function toPart(part: PlanPart): DriftedPart {
  return {
    path: part.path,
    what: isGone(part) ? 'missing' : 'changed',
    ...(part.impact === undefined ? {} : { impact: part.impact }),
  };
}
