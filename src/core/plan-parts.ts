import { type Base, withoutEffective } from './base.ts';
import type { Block, FieldDiff, Impact, PartChange } from './change.ts';
import { applyDiffs, diffFields } from './diff.ts';
import type { Diagnostic } from './errors.ts';
import type { InventoryEntry, InventoryPart } from './inventory.ts';
import { equalJson, type JsonObject } from './json.ts';
import { healRule, type PlanContext } from './plan-context.ts';
import { planPartRemoval } from './plan-removal.ts';
import type { Kind, Settled } from './provider.ts';
import {
  type LivePart,
  type LiveResource,
  type Normalized,
  type Part,
  partPath,
  type Resource,
} from './resource.ts';
import { fillFromLive, pointersWithin, withAlternatives } from './scope.ts';

export interface PartsInput {
  context: PlanContext;
  kind: Kind;
  resource: Resource;
  /** The resource as it will be after the write, without parts. */
  resourceTarget: JsonObject;
  live: LiveResource | undefined;
  entry: InventoryEntry | undefined;
  base: Base | undefined;
  /** True when the resource around the parts changes, which may move their runs. */
  resourceChanges: boolean;
  /** True when the live resource is not ours (yet): its parts are adopted with it, or not at all. */
  adopting: boolean;
}

export interface PartsPlan {
  changes: PartChange[];
  diagnostics: Diagnostic[];
  /** Live parts that nobody owns and no manifest names. */
  unowned: LivePart[];
  /** key → id of the live part that it is. */
  matched: ReadonlyMap<string, string>;
}

/** Plans the parts of one wanted resource: every row of the table in SEMANTICS 1, held against its schedules. */
export function planParts(input: PartsInput): PartsPlan {
  const { context, kind, resource, live, entry } = input;
  const field = kind.parts?.field;
  if (field === undefined) return { changes: [], diagnostics: [], unowned: [], matched: new Map() };
  const known = renameKnownParts(input);
  const wanted = new Set(resource.parts.map((part) => part.key));
  const orphans = [...known.keys()].filter((key) => !wanted.has(key));
  const correlation = kind.correlate({
    live: live?.parts ?? [],
    remembered: Object.fromEntries([...known].map(([key, part]) => [key, part.entry.id])),
    desired: resource.parts,
    base: Object.fromEntries(orphans.map((key) => [key, known.get(key)?.base?.canonical ?? {}])),
  });
  const liveById = new Map((live?.parts ?? []).map((part) => [part.id, part]));
  const changes: PartChange[] = [];
  const diagnostics: Diagnostic[] = [];
  const taken = new Set<string>();
  for (const part of resource.parts) {
    const id = correlation.matched.get(part.key);
    const ambiguous = correlation.ambiguous.find((item) => item.key === part.key);
    const renamedFrom = id === undefined ? undefined : orphans.find((key) => known.get(key)?.entry.id === id);
    const before = known.get(part.key) ?? (renamedFrom === undefined ? undefined : known.get(renamedFrom));
    if (renamedFrom !== undefined && !known.has(part.key)) known.delete(renamedFrom);
    if (id !== undefined) taken.add(id);
    const planned = planPart({
      ...input,
      part,
      path: partPath(field, part.key),
      livePart: id === undefined ? undefined : liveById.get(id),
      before,
      ambiguous: ambiguous?.ids,
    });
    if (planned.change !== undefined) changes.push(planned.change);
    diagnostics.push(...planned.diagnostics);
  }
  for (const [key, part] of known) {
    if (wanted.has(key) || part.entry.released !== undefined) continue;
    taken.add(part.entry.id);
    const livePart = liveById.get(part.entry.id);
    if (livePart !== undefined && entry?.released?.how === 'keep') {
      changes.push(letGoBefore(key, partPath(field, key), livePart));
      continue;
    }
    const removal = planPartRemoval({
      context,
      kind,
      address: resource.address,
      lifecycle: resource.lifecycle,
      key,
      path: partPath(field, key),
      livePart,
      resourceSpec: live?.spec ?? resource.spec,
    });
    if (removal.change !== undefined) changes.push(removal.change);
    diagnostics.push(...removal.diagnostics);
  }
  const halfDone = planSuperseded(input, field, liveById);
  changes.push(...halfDone);
  for (const change of halfDone) if (change.live !== undefined) taken.add(change.live.id);
  const ours = new Set(Object.values(entry?.parts ?? {}).map((part) => part.id));
  const possible = new Set(correlation.ambiguous.flatMap((item) => item.ids));
  const unowned = (live?.parts ?? []).filter(
    (part) => !taken.has(part.id) && !ours.has(part.id) && !possible.has(part.id),
  );
  return { changes, diagnostics, unowned, matched: correlation.matched };
}

/** It was let go with its resource: that this is taken back does not make ours what the manifest does not name (SEMANTICS 1, 2). */
function letGoBefore(key: string, path: string, live: LivePart): PartChange {
  const warnings = ['let go before, and left in the service'];
  return { key, path, action: 'forget', reason: 'removed', fields: [], live, warnings };
}

interface KnownPart {
  entry: InventoryPart;
  base: Normalized | undefined;
}

/** The parts we own, by the key they have in the manifest now (`movedFrom` followed). */
function renameKnownParts({ resource, entry, base }: PartsInput): Map<string, KnownPart> {
  const known = new Map<string, KnownPart>();
  for (const [key, part] of Object.entries(entry?.parts ?? {}))
    known.set(key, { entry: part, base: base?.parts.get(key) });
  for (const part of resource.parts) {
    if (part.movedFrom === undefined || known.has(part.key)) continue;
    const moved = known.get(part.movedFrom);
    if (moved === undefined || resource.parts.some((other) => other.key === part.movedFrom)) continue;
    known.set(part.key, moved);
    known.delete(part.movedFrom);
  }
  return known;
}

/** Old incarnations of parts whose replacement was interrupted: already replaced, so no pruning rule holds them. */
function planSuperseded(
  { entry }: PartsInput,
  field: string,
  liveById: ReadonlyMap<string, LivePart>,
): PartChange[] {
  const changes: PartChange[] = [];
  for (const [key, { superseded = [] }] of Object.entries(entry?.parts ?? {})) {
    for (const id of superseded) {
      const live = liveById.get(id);
      if (live === undefined) continue;
      const path = partPath(field, key);
      const warnings = ['left over from an unfinished replace'];
      changes.push({
        key: `${key} (replaced)`,
        path,
        action: 'delete',
        reason: 'removed',
        fields: [],
        live,
        warnings,
      });
    }
  }
  return changes;
}

interface PartInput extends PartsInput {
  part: Part;
  path: string;
  livePart: LivePart | undefined;
  before: KnownPart | undefined;
  ambiguous: readonly string[] | undefined;
}

interface PlannedPart {
  change?: PartChange;
  diagnostics: Diagnostic[];
}

function planPart(input: PartInput): PlannedPart {
  const { part, path, kind, livePart, before, resource, context } = input;
  const noun = kind.parts?.noun ?? 'part';
  if (input.ambiguous !== undefined) {
    const change: PartChange = {
      key: part.key,
      path,
      action: 'adopt',
      reason: 'unowned',
      fields: [],
      desired: part,
      warnings: [],
    };
    return {
      change: { ...change, blocked: ambiguousBlock(noun, part.key, input.ambiguous) },
      diagnostics: [],
    };
  }
  if (livePart === undefined)
    return planAbsentPart(input, kind.settled(part.spec, resource.spec, context.now));
  // A live part with another id than the one we remember is somebody else's, however alike it looks.
  if (before !== undefined && before.entry.id !== livePart.id)
    return planPart({ ...input, before: undefined });
  const owned = before !== undefined && before.entry.released === undefined;
  // What the engine once sent of its own accord is no value of the schedule: a new mode must not inherit it.
  const seen = withoutEffective(livePart, before?.entry, before?.base);
  const fields = partFields(input, livePart, seen);
  const healed = fields.filter((field) => field.healed);
  const diagnostics = leftAlone(resource.address, path, fields);
  const target = applyDiffs(seen.spec, fields);
  if (before === undefined && !input.adopting)
    return { change: adoptPart(input, livePart, fields, target), diagnostics };
  const renamed = owned && input.entry?.parts[part.key]?.id !== livePart.id;
  if (healed.length === 0 && (owned || input.adopting)) {
    if (input.adopting) return { diagnostics };
    if (!renamed) return { ...carriedAlong(input, livePart), diagnostics };
    const change: PartChange = {
      key: part.key,
      path,
      action: 'adopt',
      reason: 'edited',
      fields,
      desired: part,
      live: livePart,
      target,
      warnings: ['kept under its new key'],
    };
    return { change, diagnostics };
  }
  return { change: updatePart(input, livePart, fields, target), diagnostics };
}

/** A part that is not written itself, but whose runs move because the resource around it changes. */
function carriedAlong(input: PartInput, livePart: LivePart): Pick<PlannedPart, 'change'> {
  if (!input.resourceChanges) return {};
  const { part, path } = input;
  const change: PartChange = {
    key: part.key,
    path,
    action: 'update',
    reason: 'edited',
    fields: [],
    desired: part,
    live: livePart,
    target: livePart.spec,
    warnings: [],
  };
  const moved = withImpact(change, input);
  const { impact } = moved;
  const still = impact === undefined || (!movesRuns(impact) && !impact.immediate);
  return still ? {} : { change: moved };
}

function movesRuns({ before, after, firstDifference }: Impact): boolean {
  return firstDifference === undefined ? !equalJson(before, after) : firstDifference !== null;
}

/** A part that the service does not have: new, missing, or over for good (SEMANTICS 4). */
function planAbsentPart(input: PartInput, settled: Settled | undefined): PlannedPart {
  const { part, path, resource, before } = input;
  const wasOurs = before !== undefined;
  if (settled !== undefined && wasOurs) return { diagnostics: [] };
  if (settled?.why === 'past') {
    return {
      diagnostics: [
        {
          code: 'EXPIRED',
          severity: 'warning',
          message: `${settled.text}; it is not sent`,
          remedy: 'Give it a time in the future, or take it out of the manifest.',
          address: resource.address,
          path,
        },
      ],
    };
  }
  const change: PartChange = {
    key: part.key,
    path,
    action: 'create',
    reason: reasonOfAbsent(input),
    fields: [],
    desired: part,
    target: part.spec,
    warnings: settled === undefined ? [] : [`${settled.text}: it will not run`],
  };
  return { change: withImpact(change, input), diagnostics: [] };
}

/** What was over may have been cleared away by the service itself: it comes back only because the manifest was changed. */
function reasonOfAbsent({ before, base, kind, context }: PartInput): PartChange['reason'] {
  if (before === undefined) return 'new';
  const wasOver =
    before.base !== undefined &&
    kind.settled(before.base.spec, base?.resource.spec ?? {}, context.now) !== undefined;
  return wasOver ? 'edited' : 'missing';
}

function partFields(input: PartInput, livePart: LivePart, live: Normalized): FieldDiff[] {
  const { part, path, kind, context, before, resource } = input;
  const ignore = withAlternatives(pointersWithin(resource.lifecycle.ignore, path), kind.alternatives);
  const fields = diffFields({
    desired: fillFromLive(part, live, ignore),
    live,
    base: before?.base,
    atomic: kind.atomic,
    unreadable: kind.unreadable,
    ignore,
    resetValue: (pointer) => kind.resetValue(pointer, true, resource.identity),
    sealer: context.sealer,
    heals: healRule(context, kind),
  }).map((field) =>
    before?.entry.released === undefined ? field : { ...field, reason: 'edited' as const, healed: true },
  );
  // In step, as almost all are: nothing to hold back.
  if (fields.length === 0) return fields;
  const settled = kind.settled(part.spec, resource.spec, context.now);
  const over = settled ?? kind.settled(livePart.spec, resource.spec, context.now);
  // The service switches off what is over; putting it back on would run it again (SEMANTICS 4).
  const stillOver =
    settled !== undefined || (over !== undefined && fields.every((field) => !isTiming(field, kind)));
  const active = `/${kind.activeField}`;
  if (stillOver) return fields.filter((field) => field.pointer !== active);
  if (settled !== undefined || !wasOver(input, livePart)) return fields;
  return fields.map((field) =>
    field.pointer === active ? { ...field, reason: 'edited' as const, healed: true } : field,
  );
}

/** The manifest gives a time again to what was over: that it is off is the service's doing, no stop by hand (SEMANTICS 4, 5). */
function wasOver({ before, base, kind, live, context }: PartInput, livePart: LivePart): boolean {
  const applied = before?.base?.spec;
  if (applied === undefined || base === undefined || live === undefined) return false;
  const isOver = (part: JsonObject, around: JsonObject): boolean =>
    kind.settled(part, around, context.now) !== undefined;
  return isOver(applied, base.resource.spec) && isOver(livePart.spec, live.spec);
}

function isTiming(field: FieldDiff, kind: Kind): boolean {
  return (kind.alternatives ?? []).includes(field.pointer) || field.pointer === '/endTime';
}

function adoptPart(
  input: PartInput,
  livePart: LivePart,
  fields: FieldDiff[],
  target: JsonObject,
): PartChange {
  const { part, path, kind, context } = input;
  const noun = kind.parts?.noun ?? 'part';
  const differs = fields.some((field) => field.healed);
  const change: PartChange = {
    key: part.key,
    path,
    action: 'adopt',
    reason: 'unowned',
    fields,
    desired: part,
    live: livePart,
    target,
    warnings: [],
  };
  const blocked = adoptionBlock(
    context,
    `the ${noun} "${part.key}" exists already (id ${livePart.id})`,
    differs,
  );
  if (blocked !== undefined) return { ...change, blocked };
  return differs ? updatePart(input, livePart, fields, target) : change;
}

function updatePart(
  input: PartInput,
  livePart: LivePart,
  fields: FieldDiff[],
  target: JsonObject,
): PartChange {
  const { part, path, kind, resource } = input;
  const pointers = fields.filter((field) => field.healed).map((field) => field.pointer);
  const how = kind.classify({ pointers, part: true, from: livePart.spec, to: target });
  const change: PartChange = {
    key: part.key,
    path,
    action: how.how === 'replace' ? 'replace' : 'update',
    reason: changeReason(fields),
    fields,
    desired: part,
    live: livePart,
    target,
    warnings: [],
  };
  if (how.how === 'impossible') {
    return {
      ...change,
      blocked: { code: 'IMPOSSIBLE', message: how.why, override: 'none: change the manifest' },
    };
  }
  if (change.action === 'replace' && resource.lifecycle.protect)
    return { ...change, blocked: protectBlock(`replacing ${path}`) };
  return withImpact(change, input);
}

/** Adds what the change does to the runs, and refuses a run that nobody announced (SEMANTICS 5). */
export function withImpact(change: PartChange, input: PartsInput): PartChange {
  const { kind, context } = input;
  const impact = kind.impact({
    action: change.action,
    reason: change.reason,
    ...(change.live === undefined ? {} : { before: change.live }),
    ...(change.target === undefined ? {} : { after: change.target }),
    ...(input.live === undefined ? {} : { resourceBefore: input.live.spec }),
    resourceAfter: input.resourceTarget,
    fields: change.fields.filter((field) => field.healed).map((field) => field.pointer),
    now: context.now,
    ...(context.look === undefined ? {} : { look: context.look }),
  });
  if (impact === undefined) return change;
  const withIt = { ...change, impact };
  if (!impact.immediate || impact.announced === true || input.resource.lifecycle.allowImmediate)
    return withIt;
  return {
    ...withIt,
    blocked: immediateBlock,
  };
}

export const immediateBlock: Block = {
  code: 'RUNS_IMMEDIATELY',
  message: 'this write would start a run at once that nobody planned',
  override: 'lifecycle.allowImmediate: true',
};

export function changeReason(fields: readonly FieldDiff[]): PartChange['reason'] {
  const reasons = new Set(fields.filter((field) => field.healed).map((field) => field.reason));
  if (reasons.has('conflict')) return 'conflict';
  if (reasons.has('edited')) return 'edited';
  if (reasons.has('unowned')) return 'unowned';
  return reasons.has('drift') ? 'drift' : 'edited';
}

/** Refusal to take over what is not ours, or undefined when the policy allows it. */
export function adoptionBlock(context: PlanContext, what: string, differs: boolean): Block | undefined {
  const { adopt } = context.policy;
  if (adopt === 'always' || (adopt === 'equal' && !differs)) return undefined;
  return {
    code: 'UNOWNED',
    message: `${what} and is not ours${differs ? '; it differs from the manifest' : '; it matches the manifest'}`,
    override: differs
      ? 'policy.adopt: always, or make the manifest match and run reconcile import --adopt'
      : 'policy.adopt: equal, or run reconcile import --adopt',
  };
}

function protectBlock(what: string): Block {
  return {
    code: 'PROTECTED',
    message: `${what} is refused: the resource is protected`,
    override: 'lifecycle.protect: false',
  };
}

/** Drift that is seen and deliberately left as it is. */
export function leftAlone(address: string, path: string, fields: readonly FieldDiff[]): Diagnostic[] {
  return fields
    .filter((field) => !field.healed)
    .map((field) => ({
      code: 'DRIFT_LEFT',
      severity: 'warning' as const,
      message: `${path}${field.pointer} was changed by somebody else and is left as it is`,
      remedy:
        field.desired === true
          ? 'Add "active" to policy.heal to switch it back on.'
          : 'Add "fields" to policy.heal to put it back.',
      address,
      ...(path === '' ? {} : { path }),
    }));
}

function ambiguousBlock(noun: string, key: string, ids: readonly string[]): Block {
  return {
    code: 'AMBIGUOUS',
    message: `${noun} "${key}" could be any of ${ids.length} live ones (${ids.join(', ')}); which one is never guessed`,
    override: `give the ${noun} a description of its own in the service, or delete the superfluous ones there`,
  };
}
