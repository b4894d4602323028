import type { Json } from '../../core/json.ts';
import type { Pointer } from '../../core/pointer.ts';

/** What a field of a schedule object goes back to when it leaves its manifest. */
const OBJECT_DEFAULTS: Readonly<Record<Pointer, Json>> = {
  '/enabled': true,
  '/taskPayload': {},
  '/authContext': {},
};

/** Names that nobody gives are the object's id. */
const NAMES: readonly Pointer[] = ['/displayName', '/taskName'];

export function objectDefault(pointer: Pointer, _part: boolean, identity: string): Json {
  if (NAMES.includes(pointer)) return identity;
  return Object.hasOwn(OBJECT_DEFAULTS, pointer) ? (OBJECT_DEFAULTS[pointer] ?? null) : null;
}
