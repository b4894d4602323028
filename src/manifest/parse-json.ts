import { isObject, type Json } from '../core/json.ts';
import type { Limits } from './limits.ts';
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

/** Line and column (from 1) where JSON.parse stopped, as far as its message tells. */
export function jsonErrorOffset(text: string): { message: string; offset: number } | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const position = /position (\d+)/.exec(message)?.[1];
    return { message, offset: position === undefined ? text.length : Number(position) };
  }
}
