import { isObject, type Json, type JsonObject } from './json.ts';

/** JSON pointers (RFC 6901). */
export type Pointer = string;

export function parsePointer(pointer: Pointer): string[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export function formatPointer(tokens: readonly (string | number)[]): Pointer {
  return tokens.map((token) => `/${String(token).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The value at `pointer`, or undefined when there is none. Never follows the prototype. */
export function getAt(root: Json | undefined, pointer: Pointer): Json | undefined {
  let value: Json | undefined = root;
  for (const token of parsePointer(pointer)) {
    if (Array.isArray(value)) value = /^\d+$/.test(token) ? value[Number(token)] : undefined;
    else if (isObject(value)) value = Object.hasOwn(value, token) ? value[token] : undefined;
    else return undefined;
  }
  return value;
}

/** A copy of `root` with `value` at `pointer` (`undefined` removes it). Missing objects on the way are made. */
export function setAt(root: JsonObject, pointer: Pointer, value: Json | undefined): JsonObject {
  return setTokens(root, parsePointer(pointer), value) as JsonObject;
}

function setTokens(
  node: Json | undefined,
  tokens: readonly string[],
  value: Json | undefined,
): Json | undefined {
  const [head, ...rest] = tokens;
  if (head === undefined) return value;
  if (Array.isArray(node) && /^\d+$/.test(head)) {
    const copy = [...node];
    const index = Number(head);
    const next = setTokens(copy[index], rest, value);
    if (next === undefined) copy.splice(index, 1);
    else copy[index] = next;
    return copy;
  }
  const source = isObject(node) ? node : {};
  if (value === undefined && !Object.hasOwn(source, head)) return node;
  const copy: JsonObject = { ...source };
  const next = setTokens(Object.hasOwn(source, head) ? source[head] : undefined, rest, value);
  if (next === undefined) delete copy[head];
  else
    Object.defineProperty(copy, head, { value: next, enumerable: true, configurable: true, writable: true });
  return copy;
}

/** True when `pointer` is `ancestor` or lies below it. */
export function isAtOrBelow(pointer: Pointer, ancestor: Pointer): boolean {
  return pointer === ancestor || pointer.startsWith(`${ancestor}/`);
}
