import { isObject, type Json, type JsonObject } from '../core/json.ts';

/** RFC 7396: maps are merged, null removes, everything else replaces. Neither argument is changed. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else {
      const before = Object.hasOwn(merged, key) ? merged[key] : undefined;
      define(merged, key, mergePatch(before, value));
    }
  }
  return merged;
}

/** Assigning to `__proto__` would change the prototype instead of the value. */
function define(object: JsonObject, key: string, value: Json): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}
