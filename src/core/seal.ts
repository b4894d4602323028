import { createHmac } from 'node:crypto';
import { canonicalText, equalJson, isObject, type Json, type JsonObject } from './json.ts';
import { getAt, isAtOrBelow, type Pointer, setAt } from './pointer.ts';
import { isSealed, SENSITIVE, type Sealed } from './resource.ts';

/** Turns secrets into HMACs under the state key; without a key, into a mark that says "cannot be verified". */
export interface Sealer {
  /** Short id of the key, so that another key is noticed; undefined without a key. */
  readonly keyId: string | undefined;
  seal(value: Json): Sealed;
}

const UNVERIFIABLE = 'unverifiable';

export function createSealer(key: string | undefined): Sealer {
  if (key === undefined || key === '') return { keyId: undefined, seal: () => ({ $sealed: UNVERIFIABLE }) };
  const keyId = hmac(key, 'reconcile state key').slice(0, 8);
  return { keyId, seal: (value) => ({ $sealed: `${keyId}:${hmac(key, canonicalText(value))}` }) };
}

function hmac(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

/** Can this sealed value be compared under the sealer's key? */
export function canVerify(sealed: Sealed, sealer: Sealer): boolean {
  return sealer.keyId !== undefined && sealed.$sealed.startsWith(`${sealer.keyId}:`);
}

/**
 * Does `value` equal `base`, parts of which may be sealed? What cannot be verified counts as equal:
 * without the key nothing is ever taken for changed (SEMANTICS 11).
 */
export function equalsBase(value: Json | undefined, base: Json | undefined, sealer: Sealer): boolean {
  if (isSealed(base)) {
    if (isSealed(value)) return value.$sealed === base.$sealed;
    if (!canVerify(base, sealer)) return true;
    return value !== undefined && value !== null && sealer.seal(value).$sealed === base.$sealed;
  }
  if (Array.isArray(base)) {
    return (
      Array.isArray(value) &&
      value.length === base.length &&
      base.every((item, index) => equalsBase(value[index], item, sealer))
    );
  }
  if (isObject(base)) {
    if (!isObject(value)) return false;
    const keys = Object.keys(base);
    return (
      keys.length === Object.keys(value).length &&
      keys.every((key) => Object.hasOwn(value, key) && equalsBase(value[key], base[key], sealer))
    );
  }
  return equalJson(value, base);
}

/** Replaces the values at `pointers` by what `replace` makes of them. `''` means every field. */
function replaceAt(
  spec: JsonObject,
  pointers: readonly Pointer[],
  replace: (value: Json) => Json,
): JsonObject {
  let result = spec;
  for (const pointer of pointers) {
    if (pointer === '') {
      result = Object.fromEntries(
        Object.entries(result).map(([key, value]) => [key, value === null ? null : replace(value)]),
      );
      continue;
    }
    const value = getAt(result, pointer);
    if (value !== undefined && value !== null && !isSealed(value))
      result = setAt(result, pointer, replace(value));
  }
  return result;
}

export function sealAt(spec: JsonObject, pointers: readonly Pointer[], sealer: Sealer): JsonObject {
  return replaceAt(spec, pointers, (value) => sealer.seal(value));
}

/**
 * Like sealAt, for the record of what was applied. Without the state key the seals of an earlier apply are kept:
 * they say more than "cannot be verified" would.
 */
export function sealForRecord(
  spec: JsonObject,
  pointers: readonly Pointer[],
  sealer: Sealer,
  before: JsonObject | undefined,
): JsonObject {
  const sealed = sealAt(spec, pointers, sealer);
  if (sealer.keyId !== undefined || before === undefined) return sealed;
  return pointers.reduce((kept, pointer) => {
    const old = getAt(before, pointer);
    return isSealed(old) && isSealed(getAt(kept, pointer)) ? setAt(kept, pointer, old) : kept;
  }, sealed);
}

/** For people: secrets and sealed values become `(sensitive)`. */
export function hideAt(spec: JsonObject, pointers: readonly Pointer[]): JsonObject {
  return hideSealed(replaceAt(spec, pointers, () => SENSITIVE)) as JsonObject;
}

/** The value of one field with its secrets hidden. `pointers` are relative to the object that `field` belongs to. */
export function hideValue(
  value: Json | undefined,
  field: Pointer,
  pointers: readonly Pointer[],
): Json | undefined {
  if (value === undefined || value === null) return value;
  if (pointers.some((pointer) => isAtOrBelow(field, pointer))) return SENSITIVE;
  const below = pointers
    .filter((pointer) => isAtOrBelow(pointer, field))
    .map((pointer) => pointer.slice(field.length));
  return isObject(value) ? hideAt(value, below) : hideSealed(value);
}

function hideSealed(value: Json): Json {
  if (isSealed(value)) return SENSITIVE;
  if (Array.isArray(value)) return value.map(hideSealed);
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hideSealed(item)]));
  return value;
}
