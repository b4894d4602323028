import type { Document, Node, Scalar } from 'yaml';
import type { Json, JsonObject } from '../../core/json.ts';
import type { Limits } from '../limits.ts';
import { isAlias, isMap, isScalar, isSeq } from './yaml-nodes.ts';

/** Trouble at a character of the text. */
export interface Trouble {
  code: string;
  message: string;
  expected?: string;
  remedy?: string;
  offset: number;
}

/** Keys that reach the prototype of plain objects. */
export const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

interface Anchor extends Converted {
  open: boolean;
}

interface Walk {
  limits: Limits;
  anchors: Map<string, Anchor>;
  troubles: Trouble[];
  /** Values that came from aliases so far. */
  aliased: number;
  stopped: boolean;
}

/** Plain JSON of a parsed document, with all that JSON cannot say or that is dangerous as troubles. */
export function documentToJson(
  document: Document.Parsed,
  limits: Limits,
): { value: Json; troubles: Trouble[] } {
  const walk: Walk = { limits, anchors: new Map(), troubles: [], aliased: 0, stopped: false };
  const { value } = convert(document.contents, 0, walk);
  return { value, troubles: walk.troubles };
}

interface Converted {
  value: Json;
  /** Values below and including this one, aliases expanded. */
  size: number;
  /** Levels of maps and lists, aliases expanded. */
  height: number;
}

const nothing: Converted = { value: null, size: 1, height: 0 };

export function nestedTooDeep(offset: number, limits: Limits): Trouble {
  return {
    code: 'TOO_DEEP',
    message: `Maps and lists are nested deeper than ${limits.depth} levels.`,
    remedy: 'Flatten the document.',
    offset,
  };
}

function convert(node: Node | null | undefined, depth: number, walk: Walk): Converted {
  if (node === null || node === undefined || walk.stopped) return nothing;
  if (isAlias(node)) return convertAlias(node.source, offsetOf(node), depth, walk);
  if (isScalar(node))
    return remember(node.anchor, { value: scalarValue(node, walk), size: 1, height: 0 }, walk);
  const anchor = node.anchor;
  if (anchor !== undefined) walk.anchors.set(anchor, { ...nothing, open: true });
  const converted = isMap(node)
    ? convertMap(node, depth, walk)
    : isSeq(node)
      ? convertList(node, depth, walk)
      : nothing;
  return remember(anchor, converted, walk);
}

function remember(anchor: string | undefined, converted: Converted, walk: Walk): Converted {
  if (anchor !== undefined) walk.anchors.set(anchor, { ...converted, open: false });
  return converted;
}

function convertAlias(name: string, offset: number, depth: number, walk: Walk): Converted {
  const anchor = walk.anchors.get(name);
  if (anchor === undefined) {
    walk.troubles.push({
      code: 'UNKNOWN_ANCHOR',
      message: `There is no anchor &${name} before this alias.`,
      remedy: 'Define the anchor earlier in the same document.',
      offset,
    });
    return nothing;
  }
  if (anchor.open) {
    walk.troubles.push({
      code: 'ALIAS_CYCLE',
      message: `The alias *${name} lies within its own anchor: the value would have no end.`,
      remedy: 'Write the value out.',
      offset,
    });
    return nothing;
  }
  walk.aliased += anchor.size;
  if (walk.aliased > walk.limits.aliasedValues) {
    walk.stopped = true;
    walk.troubles.push({
      code: 'ALIAS_BOMB',
      message: `The aliases of this document stand for more than ${walk.limits.aliasedValues} values.`,
      remedy: 'Use fewer aliases.',
      offset,
    });
    return nothing;
  }
  if (depth + anchor.height > walk.limits.depth) {
    walk.troubles.push(nestedTooDeep(offset, walk.limits));
    return nothing;
  }
  return anchor;
}

function convertMap(node: { items: unknown[] }, depth: number, walk: Walk): Converted {
  const value: JsonObject = {};
  const seen = new Set<string>();
  let size = 1;
  let height = 0;
  for (const item of node.items) {
    const { key: keyNode, value: valueNode } = item as { key: Node; value: Node | null };
    const key = keyText(keyNode, walk);
    if (key === undefined) continue;
    if (seen.has(key)) {
      report(walk, keyNode, {
        code: 'DUPLICATE_KEY',
        message: `The key "${shorten(key)}" occurs twice in this map.`,
        expected: 'each key once',
        remedy: 'Remove or rename one of them.',
      });
    }
    seen.add(key);
    const converted = convert(valueNode, depth + 1, walk);
    size += converted.size;
    height = Math.max(height, converted.height);
    if (!checkKey(key, keyNode, walk)) continue;
    value[key] = converted.value;
  }
  return { value, size, height: height + 1 };
}

function keyText(node: Node | null, walk: Walk): string | undefined {
  if (isScalar(node)) {
    if (node.anchor !== undefined)
      walk.anchors.set(node.anchor, { value: String(node.value), size: 1, height: 0, open: false });
    return node.value === null ? (node.source ?? '') : String(node.value);
  }
  report(walk, node, {
    code: 'BAD_KEY',
    message: 'A key must be plain text, not a map, a list or an alias.',
    remedy: 'Write the key as text.',
  });
  return undefined;
}

function checkKey(key: string, node: Node, walk: Walk): boolean {
  if (forbiddenKeys.has(key)) {
    report(walk, node, {
      code: 'FORBIDDEN_KEY',
      message: `The key "${key}" is not allowed anywhere.`,
      remedy: 'Use another key.',
    });
    return false;
  }
  if (key === '<<') {
    report(walk, node, {
      code: 'MERGE_KEY',
      message: 'Merge keys (`<<`) are not part of YAML 1.2 and are not supported.',
      remedy: 'Write the values out, use an alias for a whole value, or patch them per target.',
    });
    return false;
  }
  return true;
}

function convertList(node: { items: unknown[] }, depth: number, walk: Walk): Converted {
  const value: Json[] = [];
  let size = 1;
  let height = 0;
  for (const item of node.items) {
    const converted = convert(item as Node | null, depth + 1, walk);
    size += converted.size;
    height = Math.max(height, converted.height);
    value.push(converted.value);
  }
  return { value, size, height: height + 1 };
}

function scalarValue(node: Scalar, walk: Walk): Json {
  const { value } = node;
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value !== 'number') {
    report(walk, node, {
      code: 'UNKNOWN_TAG',
      message: 'This value is of a type that JSON does not have.',
      remedy: 'Write it as text, in quotes.',
    });
    return null;
  }
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
    report(walk, node, {
      code: 'BAD_NUMBER',
      message: `The number ${shorten(node.source ?? String(value))} cannot be kept exactly.`,
      expected: 'a finite number; whole numbers up to 9007199254740991',
      remedy: 'Write it as text, in quotes.',
    });
    return null;
  }
  return Object.is(value, -0) ? 0 : value;
}

function report(walk: Walk, node: Node | null, trouble: Omit<Trouble, 'offset'>): void {
  walk.troubles.push({ ...trouble, offset: offsetOf(node) });
}

function offsetOf(node: Node | null): number {
  return node?.range?.[0] ?? 0;
}

export function shorten(text: string, length = 60): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}
