import { isObject, type Json } from '../../core/json.ts';
import type { Limits } from '../limits.ts';
import { forbiddenKeys } from './node-to-json.ts';

/**
 * The value of a JSON text when nothing about it needs a closer look; else undefined, and the slower parser with
 * positions has the word. JSON.parse takes the last of duplicate keys without a sound, hence the counting.
 */
export function parseCleanJson(text: string, limits: Limits): Json | undefined {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const keys = countCleanKeys(value, limits.depth);
  return keys === countColons(text) ? value : undefined;
}

/** Keys of all objects below, or -1 when something is not clean. */
function countCleanKeys(value: Json, depth: number): number {
  if (typeof value === 'number') {
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? -1 : 0;
  }
  if (typeof value !== 'object' || value === null) return 0;
  if (depth === 0) return -1;
  let count = 0;
  if (isObject(value)) {
    for (const key of Object.keys(value)) {
      if (forbiddenKeys.has(key) || key === '<<') return -1;
      const below = countCleanKeys(value[key] ?? null, depth - 1);
      if (below === -1) return -1;
      count += below + 1;
    }
    return count;
  }
  for (const item of value) {
    const below = countCleanKeys(item, depth - 1);
    if (below === -1) return -1;
    count += below;
  }
  return count;
}

/** Colons outside of strings: as many as there are keys. */
function countColons(text: string): number {
  let count = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (quoted) {
      if (code === 0x5c) index += 1;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x3a) count += 1;
  }
  return count;
}

const token =
  /[ \t\n\r]*(?:([{}[\],:])|("[^"\\\p{Cc}]*(?:\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})[^"\\\p{Cc}]*)*")|(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.]))/uy;

type Expect = 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'commaOrEnd' | 'nothing';

/** Offset of the first character that does not fit into a JSON text; undefined when it is one. */
export function findJsonError(text: string): number | undefined {
  const open: ('{' | '[')[] = [];
  let expect: Expect = 'value';
  token.lastIndex = 0;
  while (true) {
    const start = token.lastIndex;
    const found = token.exec(text);
    const blank = /[ \t\n\r]*/y;
    blank.lastIndex = start;
    const at = start + (blank.exec(text)?.[0].length ?? 0);
    if (at === text.length) return expect === 'nothing' ? undefined : at;
    if (found === null) return at;
    const next = advance(expect, found[1] ?? (found[2] === undefined ? 'literal' : 'string'), open);
    if (next === undefined) return at;
    expect = next;
  }
}

/** What may come next; undefined when the token does not fit. `open` is kept up to date. */
function advance(expect: Expect, kind: string, open: ('{' | '[')[]): Expect | undefined {
  const closes = kind === '}' ? '{' : kind === ']' ? '[' : undefined;
  if (closes !== undefined) {
    const mayEnd = expect === 'commaOrEnd' || expect === (closes === '{' ? 'keyOrEnd' : 'valueOrEnd');
    return mayEnd && open.pop() === closes ? afterValue(open) : undefined;
  }
  if (expect === 'key' || expect === 'keyOrEnd') return kind === 'string' ? 'colon' : undefined;
  if (expect === 'colon') return kind === ':' ? 'value' : undefined;
  if (expect === 'commaOrEnd') {
    if (kind !== ',') return undefined;
    return open.at(-1) === '{' ? 'key' : 'value';
  }
  if (expect === 'nothing' || kind === ',' || kind === ':') return undefined;
  if (kind !== '{' && kind !== '[') return afterValue(open);
  open.push(kind);
  return kind === '{' ? 'keyOrEnd' : 'valueOrEnd';
}

function afterValue(open: readonly string[]): Expect {
  return open.length === 0 ? 'nothing' : 'commaOrEnd';
}
