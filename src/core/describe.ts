import { isCarriedAlong } from './carried-along.ts';
import type { Change, FieldDiff, Impact, PartChange } from './change.ts';
import type { Diagnostic } from './errors.ts';
import { fingerprint } from './fingerprint.ts';
import type { Json, JsonObject } from './json.ts';
import type { PlannedChanges } from './plan.ts';
import type {
  PatchOperation,
  PlanChange,
  PlanFieldNote,
  PlanPart,
  PlanSummary,
  PlanTarget,
} from './plan-document.ts';
import { isRefused } from './plan-resource.ts';
import type { Kind } from './provider.ts';
import { partPath } from './resource.ts';
import { pointersWithin } from './scope.ts';
import { hideValue, type Sealer, sealAt } from './seal.ts';

export interface DescribeInput {
  name: string;
  provider: string;
  url: string;
  lineage: string | undefined;
  /** Identity of the service instance. */
  instance: string;
  requests: number;
  planned: PlannedChanges;
  /** Resources with drift, healed or not. */
  drifted: number;
  diagnostics: readonly Diagnostic[];
  sealer: Sealer;
  kind(name: string): Kind;
}

/** A plan as a plain, redacted, deterministic document. */
export function describeTarget(input: DescribeInput): PlanTarget {
  const { planned } = input;
  const changes = planned.changes.map((change) => describeChange(change, input));
  const diagnostics = [...planned.refusals, ...input.diagnostics, ...planned.diagnostics];
  return {
    name: input.name,
    provider: input.provider,
    url: input.url,
    ...(input.lineage === undefined ? {} : { lineage: input.lineage }),
    // As a fingerprint: it may name a user.
    instance: fingerprint(input.instance),
    requests: input.requests,
    summary: summarize(input),
    changes,
    diagnostics,
    digest: digestOf(input, changes),
  };
}

function summarize({ planned, drifted }: DescribeInput): PlanSummary {
  const count = (action: Change['action']): number =>
    planned.changes.filter((change) => change.action === action).length;
  return {
    create: count('create'),
    update: count('update'),
    replace: count('replace'),
    delete: count('delete'),
    deactivate: count('deactivate'),
    adopt: count('adopt'),
    forget: count('forget'),
    noop: planned.noop,
    drifted,
    conflicts: planned.changes.filter(hasConflict).length,
    unmanaged: planned.unmanaged.length,
    blocked: planned.changes.filter(isRefused).length,
  };
}

function hasConflict(change: Change): boolean {
  return [...change.fields, ...change.parts.flatMap((part) => part.fields)].some(
    (field) => field.reason === 'conflict',
  );
}

function describeChange(change: Change, input: DescribeInput): PlanChange {
  const kind = input.kind(change.kind);
  const secrets = secretsOf(change);
  const field = kind.parts?.field;
  const desired = change.desired === undefined ? undefined : wholeDesired(change, kind, input.sealer);
  return {
    address: change.address,
    action: change.action,
    reason: change.reason,
    patch: patchOf(change, secrets, field),
    fields: [
      ...notes(change.fields, '', secrets),
      ...change.parts.flatMap((part) => notes(part.fields, part.path, secrets)),
    ],
    ...(desired === undefined ? {} : { desired }),
    ...(change.base === undefined ? {} : { base: wholeBase(change, field) }),
    ...(change.movedFrom === undefined ? {} : { movedFrom: change.movedFrom }),
    ...(change.impact === undefined ? {} : { impact: copyImpact(change.impact) }),
    parts: change.parts.map(describePart),
    operations: change.operations.map(({ id, summary, method, path, after, destructive, lateBound }) => ({
      id,
      summary,
      method,
      path,
      after: [...after],
      destructive,
      ...(lateBound === undefined || lateBound.length === 0 ? {} : { lateBound: [...lateBound] }),
    })),
    ...(change.blocked === undefined ? {} : { blocked: change.blocked }),
    warnings: [...change.warnings],
    ...(change.liveFingerprint === undefined ? {} : { liveFingerprint: change.liveFingerprint }),
  };
}

function describePart(part: PartChange): PlanPart {
  return {
    path: part.path,
    action: part.action,
    reason: part.reason,
    ...(part.impact === undefined ? {} : { impact: copyImpact(part.impact) }),
    ...(part.blocked === undefined ? {} : { blocked: part.blocked }),
    ...(part.warnings.length === 0 ? {} : { warnings: [...part.warnings] }),
  };
}

function copyImpact(impact: Impact): Impact {
  return {
    ...impact,
    before: [...impact.before],
    after: [...impact.after],
    missed: [...impact.missed],
    extra: [...impact.extra],
    ...(impact.perDay === undefined ? {} : { perDay: { ...impact.perDay } }),
    ...(impact.noRuns === undefined ? {} : { noRuns: { ...impact.noRuns } }),
  };
}

function secretsOf(change: Change): string[] {
  return [...new Set([...(change.desired?.secrets ?? []), ...(change.base?.secrets ?? [])])];
}

function notes(fields: readonly FieldDiff[], path: string, secrets: readonly string[]): PlanFieldNote[] {
  const within = pointersWithin(secrets, path);
  return fields.map((field) => {
    const shown = (value: Json | undefined): Json | undefined => hideValue(value, field.pointer, within);
    const live = shown(field.live);
    const desired = shown(field.desired);
    const base = shown(field.base);
    return {
      path: `${path}${field.pointer}`,
      reason: field.reason,
      healed: field.healed,
      ...(live === undefined ? {} : { live }),
      ...(desired === undefined ? {} : { desired }),
      ...(base === undefined ? {} : { base }),
    };
  });
}

/** Live to desired as RFC 6902, secrets hidden. */
function patchOf(change: Change, secrets: readonly string[], field: string | undefined): PatchOperation[] {
  if (change.action === 'delete') return [{ op: 'remove', path: '' }];
  if (change.action === 'create') {
    const spec = withoutNulls(hidden(change.target ?? {}, '', secrets));
    const parts = change.parts.map(
      (part) => [part.key, withoutNulls(hidden(part.target ?? {}, part.path, secrets))] as const,
    );
    return [
      {
        op: 'add',
        path: '',
        value: field === undefined ? spec : { ...spec, [field]: Object.fromEntries(parts) },
      },
    ];
  }
  if (change.action === 'forget') return [];
  const patch = change.fields.filter((diff) => diff.healed).map((diff) => fieldPatch(diff, '', secrets));
  for (const part of change.parts) {
    if (part.action === 'delete') patch.push({ op: 'remove', path: part.path });
    else if (part.action === 'create')
      patch.push({
        op: 'add',
        path: part.path,
        value: withoutNulls(hidden(part.target ?? {}, part.path, secrets)),
      });
    else
      patch.push(
        ...part.fields.filter((diff) => diff.healed).map((diff) => fieldPatch(diff, part.path, secrets)),
      );
  }
  return patch;
}

function hidden(spec: JsonObject, path: string, secrets: readonly string[]): JsonObject {
  const within = pointersWithin(secrets, path);
  return Object.fromEntries(
    Object.entries(spec).map(([key, value]) => [key, hideValue(value, `/${key}`, within) ?? null]),
  );
}

function withoutNulls(spec: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== null));
}

function fieldPatch(diff: FieldDiff, path: string, secrets: readonly string[]): PatchOperation {
  const value = hideValue(diff.desired, diff.pointer, pointersWithin(secrets, path));
  const there = diff.live !== undefined && diff.live !== null;
  if (value === undefined || value === null) return { op: 'remove', path: `${path}${diff.pointer}` };
  return { op: there ? 'replace' : 'add', path: `${path}${diff.pointer}`, value };
}

/** Desired as it would be sent, secrets as seals: a saved plan stands alone without holding a secret. */
function wholeDesired(change: Change, kind: Kind, sealer: Sealer): JsonObject {
  const desired = change.desired;
  if (desired === undefined) return {};
  const field = kind.parts?.field;
  const spec = sealAt(desired.spec, pointersWithin(desired.secrets, ''), sealer);
  if (field === undefined) return spec;
  const parts = desired.parts.map(
    (part) =>
      [
        part.key,
        sealAt(part.spec, pointersWithin(desired.secrets, partPath(field, part.key)), sealer),
      ] as const,
  );
  return { ...spec, [field]: Object.fromEntries(parts) };
}

function wholeBase(change: Change, field: string | undefined): JsonObject {
  const { base } = change;
  if (base === undefined) return {};
  if (field === undefined) return { ...base.spec };
  return {
    ...base.spec,
    [field]: Object.fromEntries(Object.entries(base.parts).map(([key, part]) => [key, part.spec])),
  };
}

/** Without those whose runs only move with the resource: which these are depends on the time of the plan. */
function writtenParts({ parts }: PlanChange, change: Change | undefined): PlanPart[] {
  const carried = (change?.parts ?? []).flatMap((part) =>
    isCarriedAlong(part, change?.operations ?? []) ? part.path : [],
  );
  return parts.filter(({ path }) => !carried.includes(path));
}

/**
 * sha256 over what would be done and the HMACs of secrets; not over times, requests, impact or late-bound instants.
 * Two plans with one digest do the same.
 */
function digestOf(input: DescribeInput, changes: readonly PlanChange[]): string {
  const done = changes.map((change, index) => ({
    address: change.address,
    action: change.action,
    patch: change.patch,
    desired: change.desired ?? null,
    base: change.base ?? null,
    movedFrom: change.movedFrom ?? null,
    parts: writtenParts(change, input.planned.changes[index]).map(({ path, action, blocked }) => ({
      path,
      action,
      blocked: blocked?.code ?? null,
    })),
    operations: change.operations.map(({ id, summary, method, path, after, destructive }) => ({
      id,
      summary,
      method,
      path,
      after,
      destructive,
    })),
    blocked: change.blocked?.code ?? null,
    liveFingerprint: change.liveFingerprint ?? null,
  }));
  const refusals = input.planned.refusals.map((refusal) => refusal.code);
  return fingerprint({
    name: input.name,
    provider: input.provider,
    url: input.url,
    lineage: input.lineage ?? null,
    instance: fingerprint(input.instance),
    changes: done,
    refusals,
  } as unknown as Json);
}
