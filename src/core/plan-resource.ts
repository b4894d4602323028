import { refuseAsFound } from './as-found.ts';
import { type Base, baseOf, withoutEffective } from './base.ts';
import { isCarriedAlong } from './carried-along.ts';
import type { Action, Block, Change, FieldDiff, PartChange, Reason } from './change.ts';
import { counted } from './counted.ts';
import { applyDiffs, diffFields } from './diff.ts';
import type { Diagnostic } from './errors.ts';
import { fingerprint } from './fingerprint.ts';
import type { InventoryEntry } from './inventory.ts';
import type { JsonObject } from './json.ts';
import type { PlanContext } from './plan-context.ts';
import { healRule } from './plan-context.ts';
import { planMovedParts } from './plan-moved-parts.ts';
import {
  adoptionBlock,
  changeReason,
  immediateBlock,
  leftAlone,
  type PartsPlan,
  planParts,
} from './plan-parts.ts';
import { planRemoval } from './plan-removal.ts';
import type { Kind } from './provider.ts';
import type { LivePart, LiveResource, Resource } from './resource.ts';
import { fillFromLive, pointersWithin } from './scope.ts';
import { sealAt } from './seal.ts';
import { unmade } from './unmade.ts';

/** Desired, live and base of one address; at least one is there. */
export interface ResourceInput {
  address: string;
  desired?: Resource;
  live?: LiveResource;
  entry?: InventoryEntry;
  /** The address the entry had before `moved`. */
  movedFrom?: string;
  /** The new identity belongs to another live object already. */
  taken?: boolean;
}

export interface ResourcePlan {
  /** Absent when there is nothing to do. */
  change?: Change;
  diagnostics: Diagnostic[];
  /** Live parts on it that are nobody's. */
  unownedParts: number;
}

/** Plans one resource (SEMANTICS 1). Pure: called once for the plan and again, with a fresh live object, just before its first write. */
export function planResource(input: ResourceInput, context: PlanContext): ResourcePlan {
  const name = input.desired?.kind ?? input.entry?.kind ?? input.live?.kind ?? '';
  const kind = context.kind(name);
  const plan =
    input.desired === undefined
      ? withoutManifest(input, kind, context)
      : wanted(input, input.desired, kind, context);
  if (plan.change === undefined) return { ...plan, change: undefined } as ResourcePlan;
  const draft = refuseAsFound(plan.change, kind);
  const bare: Change = { ...withOutlook(draft, kind, context), operations: [] };
  const change: Change = isRefused(bare) ? bare : { ...bare, operations: kind.operations(bare, context.now) };
  const print = liveFingerprint(input, change, kind, context);
  return { ...plan, change: print === undefined ? change : { ...change, liveFingerprint: print } };
}

/** Adds what the change does to the resource's own runs, and refuses a run that nobody announced (SEMANTICS 5). */
function withOutlook(change: Draft, kind: Kind, { now, look }: PlanContext): Draft {
  const outlook = kind.outlook?.(change, now, look);
  if (outlook === undefined) return change;
  const { impact } = outlook;
  const told: Draft = { ...change, warnings: [...change.warnings, ...outlook.warnings] };
  if (impact === undefined) return told;
  const lifecycle = change.desired?.lifecycle ?? change.base?.lifecycle;
  const allowed = !impact.immediate || impact.announced === true || lifecycle?.allowImmediate === true;
  const blocked = told.blocked ?? (allowed ? undefined : immediateBlock);
  return { ...told, impact, ...(blocked === undefined ? {} : { blocked }) };
}

type Draft = Omit<Change, 'operations'>;
interface DraftPlan {
  change?: Draft;
  diagnostics: Diagnostic[];
  unownedParts: number;
}

export function isRefused(change: Pick<Change, 'blocked' | 'parts'>): boolean {
  return change.blocked !== undefined || change.parts.some((part) => part.blocked !== undefined);
}

function withoutManifest(input: ResourceInput, kind: Kind, context: PlanContext): DraftPlan {
  const { address, entry, live } = input;
  if (entry === undefined) return { diagnostics: [], unownedParts: 0 };
  return { ...planRemoval({ context, kind, address, entry, live }), unownedParts: 0 };
}

function wanted(input: ResourceInput, desired: Resource, kind: Kind, context: PlanContext): DraftPlan {
  const { live } = input;
  if (live === undefined) return planAbsent(input, desired, kind, context);
  if (live.identity !== desired.identity) return planRenamed(input, desired, live, kind, context);
  const entry = input.entry;
  const owned = entry !== undefined && entry.released === undefined;
  const base = entry === undefined ? undefined : baseOf(entry, kind);
  const fields = resourceFields(input, desired, live, base, kind, context);
  const target = applyDiffs(live.spec, fields);
  // What exists by itself is never adopted: its parts and fields are owned one by one (SEMANTICS 2).
  const adopting = entry === undefined && !kind.preExisting;
  const parts = planParts({
    context,
    kind,
    resource: desired,
    resourceTarget: target,
    live,
    entry,
    base,
    resourceChanges: fields.some((field) => field.healed),
    adopting,
  });
  const diagnostics = [
    ...leftAlone(desired.address, '', fields),
    ...parts.diagnostics,
    ...unownedNote(desired, kind, parts),
  ];
  const result = { diagnostics, unownedParts: parts.unowned.length };
  const healed = fields.filter((field) => field.healed);
  const work = healed.length > 0 || parts.changes.length > 0;
  if (adopting)
    return { ...result, change: adoptResource(input, desired, live, context, fields, parts, target) };
  if (!work && owned && input.movedFrom === undefined) return result;
  const action = resourceAction(work, owned, healed, parts.changes, kind, live, target);
  const change: Draft = {
    ...draft(input, desired),
    action: action.action,
    reason: action.reason,
    fields,
    parts: parts.changes,
    live,
    target,
  };
  if (action.impossible !== undefined) {
    return {
      ...result,
      change: {
        ...change,
        blocked: { code: 'IMPOSSIBLE', message: action.impossible, override: 'none: change the manifest' },
      },
    };
  }
  if (change.action === 'replace') return { ...result, change: guardReplace(change, desired, kind) };
  const woken =
    healed.length > 0 && !desired.lifecycle.allowImmediate
      ? wokenStranger(parts.unowned, live, target, kind, context)
      : undefined;
  return {
    ...result,
    change: woken === undefined ? change : { ...change, blocked: runsStranger(woken, kind) },
  };
}

function resourceAction(
  work: boolean,
  owned: boolean,
  healed: readonly FieldDiff[],
  parts: readonly PartChange[],
  kind: Kind,
  live: LiveResource,
  target: Resource['spec'],
): { action: Action; reason: Reason; impossible?: string } {
  if (!work) return { action: 'adopt', reason: owned ? 'edited' : 'unowned' };
  if (healed.length === 0) {
    const onlyBooks = parts.every((part) => part.action === 'adopt');
    return { action: onlyBooks ? 'adopt' : 'update', reason: partsReason(parts) };
  }
  const how = kind.classify({
    pointers: healed.map((field) => field.pointer),
    part: false,
    from: live.spec,
    to: target,
  });
  const reason = changeReason(healed);
  if (how.how === 'impossible') return { action: 'update', reason, impossible: how.why };
  return { action: how.how === 'replace' ? 'replace' : 'update', reason };
}

const reasonRank: readonly Reason[] = ['conflict', 'edited', 'new', 'removed', 'unowned', 'missing', 'drift'];

function partsReason(parts: readonly PartChange[]): Reason {
  const reasons = new Set(parts.map((part) => part.reason));
  const first = reasonRank.find((reason) => reasons.has(reason)) ?? 'edited';
  // A part that is gone is a change of the resource around it.
  if (first === 'missing') return 'drift';
  return first === 'new' || first === 'removed' ? 'edited' : first;
}

/** A resource that the service does not have: new, or ours and missing. */
function planAbsent(input: ResourceInput, desired: Resource, kind: Kind, context: PlanContext): DraftPlan {
  const { entry } = input;
  if (entry?.remake !== undefined) return planUnmade(input, desired, entry, kind, context);
  const base = entry === undefined ? undefined : baseOf(entry, kind);
  const parts = planParts({
    context,
    kind,
    resource: desired,
    resourceTarget: desired.spec,
    live: undefined,
    entry,
    base,
    resourceChanges: false,
    adopting: false,
  });
  const change: Draft = {
    ...draft(input, desired),
    action: 'create',
    reason: entry === undefined ? 'new' : 'missing',
    fields: [],
    parts: parts.changes.filter((part) => part.action === 'create'),
    target: desired.spec,
  };
  if (!kind.preExisting) return { change, diagnostics: parts.diagnostics, unownedParts: 0 };
  const blocked = {
    code: 'PARENT_MISSING',
    // Something else may have the name: all that is known is that none of this kind has.
    message: `there is no ${kind.kind} object called ${desired.identity} in the service, and ${kind.kind} cannot create one`,
    override: 'none: check name and kind, or create it in the service first, or take the manifest out',
  };
  return { change: { ...change, blocked }, diagnostics: parts.diagnostics, unownedParts: 0 };
}

/** A replace that died between its two halves: the new object comes as it was to come (SEMANTICS 5, 6, 9). */
function planUnmade(
  input: ResourceInput,
  desired: Resource,
  entry: InventoryEntry,
  kind: Kind,
  context: PlanContext,
): DraftPlan {
  const live = unmade(entry, desired, kind);
  const base = baseOf(entry, kind);
  const fields = resourceFields(input, desired, live, base, kind, context);
  const target = applyDiffs(live.spec, fields);
  const { parts, diagnostics } = planMovedParts({
    context,
    kind,
    resource: desired,
    resourceTarget: target,
    live,
    entry,
    base,
    resourceChanges: false,
    adopting: false,
  });
  const change: Draft = {
    ...draft(input, desired),
    action: 'create',
    reason: 'missing',
    fields: [],
    parts: parts.filter(({ desired }) => desired !== undefined).map(asCreated),
    target,
    warnings: ['the old object was deleted by an apply that was cut short'],
  };
  return {
    change,
    diagnostics: [...leftAlone(desired.address, '', fields), ...diagnostics],
    unownedParts: 0,
  };
}

/** Nothing of the old object is left: no run logs to lose, and nobody else's that it would be taken from. */
function asCreated({ live: _gone, blocked, impact, ...part }: PartChange): PartChange {
  const isHeld = blocked !== undefined && blocked.code !== 'UNOWNED';
  const lasting = { ...part, ...(isHeld ? { blocked } : {}) };
  if (part.action !== 'replace') return { ...lasting, ...(impact === undefined ? {} : { impact }) };
  const made = { ...lasting, action: 'create' as const, reason: 'missing' as const, fields: [] };
  return impact === undefined ? made : { ...made, impact: { ...impact, runLogsLost: false } };
}

function adoptResource(
  input: ResourceInput,
  desired: Resource,
  live: LiveResource,
  context: PlanContext,
  fields: readonly FieldDiff[],
  parts: PartsPlan,
  target: Resource['spec'],
): Draft {
  const differs = fields.some((field) => field.healed) || parts.changes.length > 0;
  const blocked = adoptionBlock(context, `${desired.identity} exists already (id ${live.id})`, differs);
  return {
    ...draft(input, desired),
    action: 'adopt',
    reason: 'unowned',
    fields,
    parts: parts.changes,
    live,
    target,
    ...(blocked === undefined ? {} : { blocked }),
  };
}

function draft(
  input: ResourceInput,
  desired: Resource,
): Pick<Draft, 'address' | 'kind' | 'desired' | 'base' | 'movedFrom' | 'warnings'> {
  return {
    address: desired.address,
    kind: desired.kind,
    desired,
    warnings: [],
    ...(input.entry === undefined ? {} : { base: input.entry }),
    ...(input.movedFrom === undefined ? {} : { movedFrom: input.movedFrom }),
  };
}

/** A part of somebody else that this change of the resource around it would start at once; it is not ours to hold back. */
function wokenStranger(
  unowned: readonly LivePart[],
  live: LiveResource,
  target: JsonObject,
  kind: Kind,
  context: PlanContext,
): LivePart | undefined {
  return unowned.find((part) => {
    const impact = kind.impact({
      action: 'update',
      reason: 'unowned',
      before: part,
      after: part.spec,
      resourceBefore: live.spec,
      resourceAfter: target,
      fields: [],
      now: context.now,
    });
    return impact?.immediate === true;
  });
}

function runsStranger(part: LivePart, kind: Kind): Block {
  return {
    code: 'RUNS_IMMEDIATELY',
    message: `this would start a run at once of ${kind.parts?.noun ?? 'part'} ${part.id}, which is not ours`,
    override: 'lifecycle.allowImmediate: true',
  };
}

/** The same resource under another identity: the service cannot rename, so that the old object goes and a new one comes. */
function planRenamed(
  input: ResourceInput,
  desired: Resource,
  live: LiveResource,
  kind: Kind,
  context: PlanContext,
): DraftPlan {
  const { entry } = input;
  if (kind.preExisting) return { change: cannotMove(input, desired, live), diagnostics: [], unownedParts: 0 };
  const base = entry === undefined ? undefined : baseOf(entry, kind);
  // Where the service knows no update, every replace sends the manifest as it is.
  const whole = kind.replace === 'usual';
  const fields = whole ? [] : resourceFields(input, desired, live, base, kind, context);
  const target = whole
    ? desired.spec
    : applyDiffs(withoutEffective(live, entry, base?.resource).spec, fields);
  const parts = planMovedParts({
    context,
    kind,
    resource: desired,
    resourceTarget: target,
    live,
    entry,
    base,
    resourceChanges: false,
    adopting: false,
  });
  const change: Draft = {
    ...draft(input, desired),
    action: 'replace',
    reason: 'edited',
    fields,
    parts: parts.parts,
    live,
    target,
    warnings: [`${live.identity} becomes ${desired.identity}: the service cannot rename it`],
  };
  const blocked = {
    code: 'IDENTITY_TAKEN',
    message: `${desired.identity} exists already, and ${live.identity} is to become it`,
    override: 'none: decide which of the two stays',
  };
  const doomed = parts.blocked === undefined ? change : { ...change, blocked: parts.blocked };
  const guarded = input.taken === true ? { ...change, blocked } : guardReplace(doomed, desired, kind);
  const diagnostics = [...leftAlone(desired.address, '', fields), ...parts.diagnostics];
  return { change: guarded, diagnostics, unownedParts: 0 };
}

/** What exists by itself is neither made nor deleted, so that it cannot move from one object to another (SEMANTICS 2). */
function cannotMove(input: ResourceInput, desired: Resource, live: LiveResource): Draft {
  const blocked = {
    code: 'IMPOSSIBLE',
    message: `${live.identity} is still there: a ${desired.kind} is neither created nor deleted, and what is on it does not move to ${desired.identity}`,
    override: 'none: take `moved` out; what is on the old one is then let go',
  };
  const change = { ...draft(input, desired), fields: [], parts: [], live, target: desired.spec };
  return { ...change, action: 'update', reason: 'edited', blocked };
}

function guardReplace(change: Draft, desired: Resource, kind: Kind): Draft {
  if (desired.lifecycle.protect) {
    return {
      ...change,
      blocked: {
        code: 'PROTECTED',
        message: 'replacing it is refused: the resource is protected',
        override: 'lifecycle.protect: false',
      },
    };
  }
  const renamed = change.live?.identity !== desired.identity;
  if (desired.lifecycle.allowReplace || (kind.replace === 'usual' && !renamed)) return change;
  return {
    ...change,
    blocked: {
      code: 'REPLACE_WHOLE',
      message: `this change needs the whole object to be deleted and created again${kind.keepsRunLogs === true ? ', with all its parts and run logs' : ''}`,
      override: 'lifecycle.allowReplace: true',
    },
  };
}

function resourceFields(
  input: ResourceInput,
  desired: Resource,
  live: LiveResource,
  base: Base | undefined,
  kind: Kind,
  context: PlanContext,
): FieldDiff[] {
  const field = kind.parts?.field;
  const ignore = pointersWithin(desired.lifecycle.ignore, '').filter(
    (pointer) => field === undefined || !pointer.startsWith(`/${field}`),
  );
  const released = input.entry?.released !== undefined;
  const seen = withoutEffective(live, input.entry, base?.resource);
  const fields = diffFields({
    desired: fillFromLive(desired, seen, ignore),
    live: seen,
    base: base?.resource,
    atomic: kind.atomic,
    unreadable: kind.unreadable,
    ignore,
    resetValue: (pointer) => kind.resetValue(pointer, false, desired.identity),
    sealer: context.sealer,
    heals: healRule(context, kind),
    recreated: input.entry !== undefined && input.entry.id !== live.id,
    ...(input.entry?.uncertain === undefined ? {} : { uncertain: input.entry.uncertain }),
  });
  if (released) return fields.map((diff) => ({ ...diff, reason: 'edited', healed: true }));
  if (!kind.preExisting) return fields;
  return fields.map((diff) => (diff.reason === 'unowned' ? { ...diff, reason: 'edited' } : diff));
}

function unownedNote(desired: Resource, kind: Kind, parts: PartsPlan): Diagnostic[] {
  if (parts.unowned.length === 0) return [];
  const noun = kind.parts?.noun ?? 'part';
  return [
    {
      code: 'UNOWNED_PARTS',
      severity: 'info',
      message: `${counted(parts.unowned.length, noun)} on it ${parts.unowned.length === 1 ? 'is not ours and stays' : 'are not ours and stay'} untouched: ${parts.unowned.map((part) => part.id).join(', ')}`,
      address: desired.address,
    },
  ];
}

/**
 * Over the values a write could touch; not over done flags, counters and times that the service moves by itself. So a
 * one-time part that the change leaves alone does not count: it may be done, and gone, by the time of the apply.
 */
function liveFingerprint(
  { desired, live, entry }: ResourceInput,
  change: Change,
  kind: Kind,
  context: PlanContext,
): string | undefined {
  if (live === undefined) return undefined;
  const secrets = [...(desired?.secrets ?? []), ...(entry?.secrets ?? [])];
  const field = kind.parts?.field ?? 'parts';
  const isWhole = change.action === 'delete' || change.action === 'deactivate' || change.action === 'replace';
  const touched = new Set(
    change.parts.flatMap((part) => (isCarriedAlong(part, change.operations) ? [] : (part.live?.id ?? []))),
  );
  const parts = live.parts.flatMap((part) => {
    const over = kind.settled(part.spec, live.spec, context.now) !== undefined;
    const { [kind.activeField]: active, ...rest } = part.canonical;
    if (isWhole || touched.has(part.id))
      return [{ id: part.id, ...rest, ...(over ? {} : { active: active ?? null }) }];
    if (kind.runsOnce?.(part.spec) === true) return [];
    // Switched off by the service because its end has passed: as it was before.
    const before = entry?.parts[keyOf(part.id, entry)]?.spec[kind.activeField] ?? true;
    return [{ id: part.id, ...rest, active: (over ? before : active) ?? null }];
  });
  const keyed = Object.fromEntries(parts.map((part) => [keyOf(part.id, entry), part]));
  return fingerprint(sealAt({ id: live.id, ...live.canonical, [field]: keyed }, secrets, context.sealer));
}

/** Secrets point at parts by key, so the fingerprint names them by key where we know it. */
function keyOf(id: string, entry: InventoryEntry | undefined): string {
  const found = Object.entries(entry?.parts ?? {}).find(([, part]) => part.id === id);
  return found?.[0] ?? id;
}
