import { withoutEffective } from './base.ts';
import type { Block, PartChange } from './change.ts';
import { counted } from './counted.ts';
import type { Diagnostic } from './errors.ts';
import type { JsonObject } from './json.ts';
import { type PartsInput, type PartsPlan, planParts, withImpact } from './plan-parts.ts';
import { type LivePart, type LiveResource, type Part, partPath } from './resource.ts';

export interface MovedParts {
  parts: PartChange[];
  diagnostics: Diagnostic[];
  /** Set when parts would go with the old object that nobody wants gone (SEMANTICS 2). */
  blocked?: Block;
}

interface MovedPartsInput extends PartsInput {
  live: LiveResource;
}

/**
 * The parts of a resource that is deleted and made again under another identity. Each that is there already is replaced:
 * it takes along what somebody else did to it, what is ignored, and its phase (SEMANTICS 1, 5, 6).
 */
export function planMovedParts(input: MovedPartsInput): MovedParts {
  const plan = planParts(input);
  const liveById = new Map(input.live.parts.map((part) => [part.id, part]));
  const own = input.resource.parts.flatMap((part) => {
    const planned = plan.changes.find(({ key, desired }) => key === part.key && desired !== undefined);
    const old = liveById.get(plan.matched.get(part.key) ?? '');
    if (old === undefined || planned?.blocked?.code === 'AMBIGUOUS') return planned ?? [];
    return moved(input, part, old, planned) ?? [];
  });
  const removed = plan.changes.filter(({ desired }) => desired === undefined);
  const blocked = doomedBlock(input, plan, removed);
  return {
    parts: [...own, ...removed],
    diagnostics: plan.diagnostics,
    ...(blocked === undefined ? {} : { blocked }),
  };
}

/** Undefined for a part that is over: it is not sent again (SEMANTICS 4). */
function moved(
  input: MovedPartsInput,
  part: Part,
  old: LivePart,
  planned: PartChange | undefined,
): PartChange | undefined {
  const { kind, resource, context } = input;
  if (kind.settled(part.spec, resource.spec, context.now) !== undefined) return undefined;
  const path = partPath(kind.parts?.field ?? '', part.key);
  const change: PartChange = {
    key: part.key,
    path,
    action: 'replace',
    reason: planned?.reason ?? 'edited',
    fields: planned?.fields ?? [],
    desired: part,
    live: old,
    target: planned?.target ?? asSeen(input, part, old),
    warnings: [],
    ...(planned?.blocked?.code === 'UNOWNED' ? { blocked: planned.blocked } : {}),
  };
  return withImpact(change, input);
}

/** The live part without the start that the engine once gave it. */
function asSeen({ entry, base }: PartsInput, part: Part, old: LivePart): JsonObject {
  const [key, known] = Object.entries(entry?.parts ?? {}).find(([, { id }]) => id === old.id) ?? [part.key];
  return withoutEffective(old, known, base?.parts.get(key)).spec;
}

/** What goes with the old object although neither a manifest wants it so nor pruning takes it. */
function doomedBlock(
  { live, resource, kind }: MovedPartsInput,
  { matched }: PartsPlan,
  removed: readonly PartChange[],
): Block | undefined {
  if (resource.lifecycle.exclusive) return undefined;
  const kept = new Set(resource.parts.map(({ key }) => matched.get(key)));
  for (const { action, live: part } of removed)
    if (action === 'delete' && part !== undefined) kept.add(part.id);
  const doomed = live.parts.filter(({ id }) => !kept.has(id));
  if (doomed.length === 0) return undefined;
  const are = doomed.length === 1 ? 'is' : 'are';
  return {
    code: 'UNOWNED_PARTS',
    message: `the old object would be deleted with ${counted(doomed.length, kind.parts?.noun ?? 'part')} that ${are} not ours to delete (${doomed.map(({ id }) => id).join(', ')})`,
    override: 'lifecycle.exclusive: true',
  };
}
