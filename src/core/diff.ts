import type { FieldDiff } from './change.ts';
import { equalJson, isObject, type Json, type JsonObject } from './json.ts';
import { formatPointer, getAt, isAtOrBelow, type Pointer, setAt } from './pointer.ts';
import { isSealed, type Normalized } from './resource.ts';
import { fillFromLive } from './scope.ts';
import { equalsBase, type Sealer } from './seal.ts';

export interface DiffInput {
  desired: Normalized;
  live: Normalized;
  /** Last applied, with sealed secrets; undefined when we never applied it. */
  base: Normalized | undefined;
  /** Fields compared as one value. */
  atomic: readonly Pointer[];
  /** Fields the service does not give back: desired against base only. */
  unreadable: readonly Pointer[];
  /** Fields left to others. */
  ignore: readonly Pointer[];
  resetValue(pointer: Pointer): Json;
  sealer: Sealer;
  /** Is drift in this field put back? */
  heals(pointer: Pointer, desired: Json | undefined, live: Json | undefined): boolean;
  /** The live object is not the one that was applied: somebody made it anew, and base says nothing about what cannot be read. */
  recreated?: boolean;
  /** Fields that cannot be read and of which nobody knows whether the last write took effect: they differ, whatever base says. */
  uncertain?: readonly Pointer[];
}

/**
 * The three-way comparison of one object, field by field (SEMANTICS 1). Compares the canonical forms; reports the written ones.
 * A field in neither desired nor base is left as it is.
 */
export function diffFields(given: DiffInput): FieldDiff[] {
  if (isInStep(given)) return [];
  const input = withoutIgnored(given);
  const pointers = leaves(input.desired.canonical, input.atomic);
  const covered = new Set(pointers);
  if (input.base !== undefined) {
    for (const pointer of leaves(input.base.canonical, input.atomic)) {
      const known = [...covered].some((other) => isAtOrBelow(other, pointer) || isAtOrBelow(pointer, other));
      if (!known) pointers.push(pointer);
    }
  }
  return pointers
    .filter((pointer) => !input.ignore.some((ignored) => isAtOrBelow(pointer, ignored)))
    .map((pointer) => diffField(pointer, input))
    .filter((diff) => diff !== undefined)
    .sort((a, b) => (a.pointer < b.pointer ? -1 : 1));
}

/** Inside an atomic field, what is left to others moves no side: base takes the live value, as desired has done already. */
function withoutIgnored(input: DiffInput): DiffInput {
  const { base, live, ignore } = input;
  return base === undefined || ignore.length === 0
    ? input
    : { ...input, base: fillFromLive(base, live, ignore) };
}

/** The common case, decided without making a single pointer: everything wanted is there, and base wanted nothing else. */
function isInStep({ desired, live, base, atomic, unreadable }: DiffInput): boolean {
  if (unreadable.length > 0) return false;
  const covers = (
    value: Json | undefined,
    is: Json | undefined,
    was: Json | undefined,
    path: Pointer,
  ): boolean => {
    if (!isObject(value) || isSealed(value) || atomic.includes(path)) return equalJson(value, is);
    if (Object.keys(value).length === 0 || !isObject(is)) return false;
    if (isObject(was) && Object.keys(was).some((key) => !Object.hasOwn(value, key))) return false;
    for (const key in value) {
      if (!covers(value[key], is[key], isObject(was) ? was[key] : undefined, `${path}/${key}`)) return false;
    }
    return true;
  };
  return covers(desired.canonical, live.canonical, base?.canonical, '');
}

function diffField(pointer: Pointer, input: DiffInput): FieldDiff | undefined {
  const { desired, live, base, sealer } = input;
  const wanted = getAt(desired.canonical, pointer);
  const was = base === undefined ? undefined : getAt(base.canonical, pointer);
  if (input.unreadable.some((unreadable) => isAtOrBelow(pointer, unreadable))) {
    if (base === undefined) return undefined;
    const isUncertain = input.uncertain?.some((unknown) => isAtOrBelow(pointer, unknown)) === true;
    if (isUncertain || !equalsBase(wanted, was, sealer))
      return unread(found(pointer, input, 'edited', wanted), input);
    return input.recreated === true ? unread(found(pointer, input, 'drift', wanted), input) : undefined;
  }
  const is = getAt(live.canonical, pointer);
  if (wanted === undefined && base !== undefined) {
    const reset = input.resetValue(pointer);
    if (equalJson(is, reset)) return undefined;
    return found(pointer, input, equalsBase(is, was, sealer) ? 'edited' : 'conflict', reset);
  }
  if (equalJson(is, wanted)) return undefined;
  return found(pointer, input, reasonOf(wanted, is, was, input), wanted);
}

/** What cannot be read stands as it was last applied, unless somebody made the object anew: then nothing is known. */
function unread(diff: FieldDiff, { recreated }: DiffInput): FieldDiff {
  return recreated === true ? diff : { ...diff, live: diff.base };
}

function reasonOf(
  wanted: Json | undefined,
  is: Json | undefined,
  was: Json | undefined,
  { base, sealer }: DiffInput,
): FieldDiff['reason'] {
  if (base === undefined) return 'unowned';
  if (was === undefined) return 'edited';
  if (equalsBase(wanted, was, sealer)) return equalsBase(is, was, sealer) ? 'edited' : 'drift';
  return equalsBase(is, was, sealer) ? 'edited' : 'conflict';
}

function found(
  pointer: Pointer,
  input: DiffInput,
  reason: FieldDiff['reason'],
  wanted: Json | undefined,
): FieldDiff {
  const desired = getAt(input.desired.spec, pointer) ?? wanted;
  const live = getAt(input.live.spec, pointer);
  return {
    pointer,
    desired,
    live,
    base: input.base === undefined ? undefined : getAt(input.base.spec, pointer),
    reason,
    healed: reason !== 'drift' || input.heals(pointer, wanted, getAt(input.live.canonical, pointer)),
  };
}

/** Pointers of all leaves of an object; atomic fields and sealed values are leaves, and so are arrays and empty objects. */
export function leaves(spec: JsonObject, atomic: readonly Pointer[]): Pointer[] {
  const found: Pointer[] = [];
  const walk = (value: Json, tokens: string[]): void => {
    const pointer = formatPointer(tokens);
    if (isObject(value) && !isSealed(value) && !atomic.includes(pointer) && Object.keys(value).length > 0) {
      for (const key of Object.keys(value)) walk(value[key] ?? null, [...tokens, key]);
      return;
    }
    if (pointer !== '') found.push(pointer);
  };
  walk(spec, []);
  return found;
}

/** The object after the write: live, with every difference that is put right. */
export function applyDiffs(live: JsonObject, fields: readonly FieldDiff[]): JsonObject {
  return fields
    .filter((field) => field.healed)
    .reduce((spec, field) => setAt(spec, field.pointer, field.desired ?? null), live);
}
