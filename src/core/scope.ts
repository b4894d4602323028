import type { JsonObject } from './json.ts';
import { formatPointer, getAt, isAtOrBelow, type Pointer, parsePointer, setAt } from './pointer.ts';
import { isSealed, type Normalized } from './resource.ts';

/**
 * Pointers of the whole spec as seen from one object in it. `path` is `''` for the resource itself, `/schedules/daily` for a part.
 * A pointer above the part covers all of it and becomes `''`.
 */
export function pointersWithin(pointers: readonly Pointer[], path: Pointer): Pointer[] {
  if (path === '') return [...pointers];
  const within: Pointer[] = [];
  for (const pointer of pointers) {
    if (isAtOrBelow(pointer, path)) within.push(pointer.slice(path.length));
    else if (isAtOrBelow(path, pointer)) within.push('');
  }
  return within;
}

/** Widens pointers at one of several alternative fields (the modes of a schedule) to all of them: they stand and fall together. */
export function withAlternatives(
  pointers: readonly Pointer[],
  alternatives: readonly Pointer[] = [],
): Pointer[] {
  if (!pointers.some((pointer) => alternatives.includes(pointer))) return [...pointers];
  return [...new Set([...pointers, ...alternatives])];
}

/** `wanted` with the live value at every pointer that is left to others (SEMANTICS 1: ignore). */
export function fillFromLive(wanted: Normalized, live: Normalized, ignore: readonly Pointer[]): Normalized {
  if (ignore.length === 0) return wanted;
  if (ignore.includes('')) return { spec: live.spec, canonical: live.canonical };
  return {
    spec: fill(wanted.spec, live.spec, ignore),
    canonical: fill(wanted.canonical, live.canonical, ignore),
  };
}

function fill(wanted: JsonObject, live: JsonObject, ignore: readonly Pointer[]): JsonObject {
  return ignore
    .filter((pointer) => !isWithinSeal(wanted, pointer))
    .reduce((spec, pointer) => setAt(spec, pointer, getAt(live, pointer)), wanted);
}

/** Nothing can be put into a value that is only known by its seal. */
function isWithinSeal(spec: JsonObject, pointer: Pointer): boolean {
  const tokens = parsePointer(pointer);
  return tokens.slice(1).some((_, index) => isSealed(getAt(spec, formatPointer(tokens.slice(0, index + 1)))));
}
