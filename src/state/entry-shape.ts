import { isObject, type Json } from '../core/json.ts';

type Check = (value: Json) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText);
const optional =
  (check: Check) =>
  (value: Json | undefined): boolean =>
    value === undefined || check(value);

const isReleased: Check = (value) =>
  isObject(value) &&
  fits(value, { at: isText, how: (how) => ['deactivate', 'keep', 'disable'].includes(String(how)) });

const isLifecycle: Check = (value) =>
  isObject(value) &&
  optionally(value, {
    protect: isFlag,
    onRemove: (how) => ['delete', 'deactivate', 'keep'].includes(String(how)),
    ignore: isTexts,
    sensitive: isTexts,
    exclusive: isFlag,
    allowImmediate: isFlag,
    allowReplace: isFlag,
  });

const isPart: Check = (value) =>
  isObject(value) &&
  fits(value, { id: isText, ownedSince: isText, spec: isObject }) &&
  optionally(value, { effective: isObject, released: isReleased, superseded: isTexts });

/** What an apply that was cut short was to make in place of an object that it deleted. */
export const isRemake: Check = (value) =>
  isObject(value) &&
  fits(value, {
    spec: isObject,
    parts: (parts) =>
      isObject(parts) &&
      Object.values(parts).every(
        (part) => isObject(part) && fits(part, { id: isText, spec: isObject, facts: isObject }),
      ),
  });

/**
 * Is this an entry of the inventory, whole and of the right types? What a damaged file holds instead must not be taken for
 * what we own. Unknown keys are allowed.
 */
export function isInventoryEntry(value: Json | undefined): boolean {
  return (
    isObject(value) &&
    fits(value, {
      kind: isText,
      name: isText,
      identity: isText,
      id: isText,
      ownedSince: isText,
      spec: isObject,
      parts: (parts) => isObject(parts) && Object.values(parts).every(isPart),
    }) &&
    optionally(value, {
      effective: isObject,
      lifecycle: isLifecycle,
      secrets: isTexts,
      released: isReleased,
      commit: isText,
      dirty: isFlag,
      unverified: isTexts,
      uncertain: isTexts,
      remake: isRemake,
    })
  );
}

function fits(value: { [key: string]: Json }, checks: Readonly<Record<string, Check>>): boolean {
  return Object.entries(checks).every(([key, check]) => {
    const item = Object.hasOwn(value, key) ? value[key] : undefined;
    return item !== undefined && check(item);
  });
}

function optionally(value: { [key: string]: Json }, checks: Readonly<Record<string, Check>>): boolean {
  return Object.entries(checks).every(([key, check]) =>
    optional(check)(Object.hasOwn(value, key) ? value[key] : undefined),
  );
}
