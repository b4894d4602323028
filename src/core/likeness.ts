import { leaves } from './diff.ts';
import { equalJson, type Json, type JsonObject } from './json.ts';
import { getAt, isAtOrBelow, type Pointer } from './pointer.ts';
import type { Kind } from './provider.ts';
import { equalsBase, type Sealer } from './seal.ts';

interface LikenessInput {
  /** Canonical, secrets sealed. */
  intended: JsonObject;
  /** Canonical. */
  live: JsonObject;
  kind: Kind;
  sealer: Sealer;
  /** Names of fields that do not count. */
  but: readonly string[];
  /** What was recorded before (canonical), and what a field goes back to that is intended no more. */
  before?: JsonObject | undefined;
  reset?(pointer: Pointer): Json;
}

/** Is every intended field there by meaning? Fields that nobody intended, and those that cannot be read, do not count. */
export function isAsIntended({
  intended,
  live,
  kind,
  sealer,
  but,
  before = {},
  reset,
}: LikenessInput): boolean {
  const skipped = [...kind.unreadable, ...but.map((name) => `/${name}`)];
  const counts = (pointer: Pointer): boolean => !skipped.some((field) => isAtOrBelow(pointer, field));
  const pointers = leaves(intended, kind.atomic);
  const isCovered = (pointer: Pointer): boolean =>
    pointers.some((other) => isAtOrBelow(other, pointer) || isAtOrBelow(pointer, other));
  const dropped = leaves(before, kind.atomic).filter((pointer) => !isCovered(pointer));
  return (
    pointers
      .filter(counts)
      .every((pointer) => equalsBase(getAt(live, pointer), getAt(intended, pointer), sealer)) &&
    dropped.filter(counts).every((pointer) => equalJson(getAt(live, pointer), reset?.(pointer) ?? null))
  );
}

/** Values of the engine's own that a write has put there: fields that may be computed and are not as the manifest says. */
export function computedIn(intended: JsonObject, live: JsonObject, kind: Kind): { effective?: JsonObject } {
  const found = Object.fromEntries(
    (kind.computed ?? [])
      .filter((field) => (live[field] ?? null) !== null && !equalJson(live[field], intended[field]))
      .map((field) => [field, live[field] ?? null]),
  );
  return Object.keys(found).length === 0 ? {} : { effective: found };
}

/**
 * Fields that may be computed and are not what they were: the write put its own value there. Where they still are as before,
 * they are no excuse.
 */
export function movedComputed(
  kind: Kind,
  live: JsonObject,
  before: JsonObject | undefined,
  effective: JsonObject | undefined,
): string[] {
  return (kind.computed ?? []).filter(
    (field) => !equalJson(live[field], effective?.[field] ?? before?.[field]),
  );
}
