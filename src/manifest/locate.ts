import type { Document, Node } from 'yaml';
import { type Pointer, parsePointer } from '../core/pointer.ts';
import type { Place } from '../core/resource.ts';
import { composeTrees, type Trees } from './compose-trees.ts';
import { scalarOffset } from './parse/scalar-offset.ts';
import { isAlias, isMap, isScalar, isSeq } from './parse/yaml-nodes.ts';

export interface LocateOptions {
  /** `key`: the key itself rather than its value. */
  at?: 'key' | 'value';
  /** Characters into the string value. */
  offset?: number;
}

/** Finds the place of a JSON pointer in one document of a file. What is not there has the place of what holds it. */
export type Locate = (documentIndex: number, pointer: Pointer, options?: LocateOptions) => Place;

/**
 * Positions are seldom needed: the text is parsed again at the first question, and remembered until the memory is needed for
 * something else. Manifests may be kept for days, and a tree is many times as large as its text.
 */
export function createLocator(file: string, text: string): Locate {
  let remembered: WeakRef<Trees> | undefined;
  return (documentIndex, pointer, options = {}) => {
    const parsed = remembered?.deref() ?? composeTrees(text);
    if (remembered?.deref() !== parsed) remembered = new WeakRef(parsed);
    const tree = parsed.trees[documentIndex];
    const offset = tree === undefined ? 0 : offsetInTree(tree, text, pointer, options);
    const { line, col } = parsed.lines.linePos(offset);
    return { file, line: Math.max(line, 1), col: Math.max(col, 1) };
  };
}

function offsetInTree(tree: Document.Parsed, text: string, pointer: Pointer, options: LocateOptions): number {
  let node: Node | null = tree.contents;
  let key: Node | undefined;
  let whole = true;
  for (const token of parsePointer(pointer)) {
    const child = findChild(resolveAlias(node, tree), token);
    if (child === undefined) {
      whole = false;
      break;
    }
    key = child.key ?? undefined;
    node = child.value;
  }
  if (key !== undefined && (options.at === 'key' || !whole || isBlank(node))) return startOf(key);
  const target = resolveAlias(node, tree);
  if (whole && options.offset !== undefined && isScalar(target) && typeof target.value === 'string') {
    return scalarOffset(text, target, options.offset);
  }
  return startOf(node) || startOf(key);
}

function findChild(node: Node | null, token: string): { key: Node | null; value: Node | null } | undefined {
  if (isMap(node)) {
    for (const { key, value } of node.items) {
      if (isScalar(key) && String(key.value) === token) return { key, value: asNode(value) };
    }
    return undefined;
  }
  if (!isSeq(node) || !/^\d+$/.test(token)) return undefined;
  const item = node.items[Number(token)];
  return item === undefined ? undefined : { key: null, value: asNode(item) };
}

function asNode(value: unknown): Node | null {
  return value as Node | null;
}

function resolveAlias(node: Node | null, tree: Document.Parsed): Node | null {
  return isAlias(node) ? (node.resolve(tree) ?? null) : node;
}

function isBlank(node: Node | null): boolean {
  const range = node?.range;
  return range === undefined || range === null || range[0] === range[1];
}

function startOf(node: Node | null | undefined): number {
  return node?.range?.[0] ?? 0;
}
