import type { Block, Change, FieldDiff, PartChange } from './change.ts';
import { isAtOrBelow, type Pointer } from './pointer.ts';
import type { Kind } from './provider.ts';
import type { AsFound } from './resource.ts';

type Draft = Omit<Change, 'operations'>;

/**
 * Refuses a write that would send a value that stands only because the service has it (`lifecycle.asFound`): in a create
 * or a replace, and in a change of that very field. Where live and manifest agree there is nothing to refuse.
 */
export function refuseAsFound(change: Draft, kind: Kind): Draft {
  const asFound = change.desired?.asFound ?? [];
  if (asFound.length === 0) return change;
  const parts = change.parts.map((part) => {
    const sent = asFound.find(({ pointer }) => sendsInPart(part, pointer));
    return sent === undefined ? part : { ...part, blocked: part.blocked ?? blockOf(sent) };
  });
  const sent = asFound.find(({ pointer }) => sendsItself(change, pointer, kind));
  return {
    ...change,
    parts,
    ...(sent === undefined ? {} : { blocked: change.blocked ?? blockOf(sent) }),
  };
}

function sendsInPart(part: PartChange, pointer: Pointer): boolean {
  if (!isAtOrBelow(pointer, part.path)) return false;
  if (part.action === 'create' || part.action === 'replace') return true;
  return touches(part.fields, pointer.slice(part.path.length));
}

/** Parts answer for themselves: one that is over is not sent even when its resource is created. */
function sendsItself(change: Draft, pointer: Pointer, kind: Kind): boolean {
  if (kind.parts !== undefined && pointer.startsWith(`/${kind.parts.field}/`)) return false;
  if (change.action === 'create' || change.action === 'replace') return true;
  return touches(change.fields, pointer);
}

function touches(fields: readonly FieldDiff[], pointer: Pointer): boolean {
  return fields.some(
    (field) => field.healed && (isAtOrBelow(field.pointer, pointer) || isAtOrBelow(pointer, field.pointer)),
  );
}

function blockOf({ pointer, why }: AsFound): Block {
  return {
    code: 'NOT_AS_FOUND',
    message: `the service does not have ${pointer} so (any more), and as it is written it is never sent: ${why.replace(/\.$/, '')}`,
    override: 'none: correct the value, or take over the one that the service has now',
  };
}
