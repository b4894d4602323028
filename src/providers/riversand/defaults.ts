import type { Json } from '../../core/json.ts';
import type { Pointer } from '../../core/pointer.ts';

/** What a field of a schedule object goes back to when it leaves its manifest. A name that is null becomes the id when written. */
const OBJECT_DEFAULTS: Readonly<Record<Pointer, Json>> = {
  '/enabled': true,
  '/taskPayload': {},
  '/authContext': {},
};

export function objectDefault(pointer: Pointer): Json {
  return Object.hasOwn(OBJECT_DEFAULTS, pointer) ? (OBJECT_DEFAULTS[pointer] ?? null) : null;
}
