import { Document, isMap, isScalar, type Pair, visit } from 'yaml';
import type { JsonObject } from '../../core/json.ts';
import { equalJson, type Json } from '../../core/json.ts';
import { type Pointer, parsePointer } from '../../core/pointer.ts';
import { parseDocuments } from '../parse/parse-documents.ts';

/** Lines of comment above a key, by the pointer of the value; `''` is the head of the document. */
export type Comments = ReadonlyMap<Pointer, readonly string[]>;

/** What shows as itself in an editor; everything else is escaped. */
const PLAIN = /^[\n\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\uffef]*$/;

/** `10:30`, `2026-01-31T06:00:00Z`: texts here, but numbers and dates to older readers of YAML. */
const LIKE_TIME = /^\d[\d:.T+-]*[:T][\d:.T+Z-]*$/;

/**
 * A manifest as YAML: keys in the order given, comments above them, every text so that it reads back as it is.
 * Undefined for values that YAML manifests cannot hold (`__proto__` as a key, numbers that are not exact).
 */
export function writeManifest(document: JsonObject, comments: Comments = new Map()): string | undefined {
  const tree = new Document(document, { aliasDuplicateObjects: false });
  visit(tree, {
    Scalar: (_key, node) => {
      const { value } = node;
      if (typeof value === 'string' && (!PLAIN.test(value) || LIKE_TIME.test(value)))
        node.type = 'QUOTE_DOUBLE';
    },
  });
  for (const [pointer, lines] of comments) addComment(tree, pointer, lines);
  const text = tree.toString({ lineWidth: 0, doubleQuotedAsJSON: true });
  if (readsBack(text, document)) return text;
  const json = `${JSON.stringify(document, null, 2)}\n`;
  return readsBack(json, document) ? json : undefined;
}

/** Can this value stand in a manifest? */
export function isWritable(value: Json): boolean {
  const text = JSON.stringify({ value });
  return readsBack(text, { value });
}

function readsBack(text: string, document: JsonObject): boolean {
  const { documents, findings } = parseDocuments('import.yaml', text);
  const [read] = documents;
  return findings.length === 0 && documents.length === 1 && equalJson(read?.value, document);
}

function addComment(tree: Document, pointer: Pointer, lines: readonly string[]): void {
  const text = lines.map((line) => ` ${plainLine(line)}`).join('\n');
  if (text === '') return;
  if (pointer === '') {
    tree.commentBefore = text;
    return;
  }
  const pair = findPair(tree, parsePointer(pointer));
  if (pair !== undefined && isScalar(pair.key)) pair.key.commentBefore = text;
}

function findPair(tree: Document, tokens: readonly string[]): Pair | undefined {
  let node: unknown = tree.contents;
  let found: Pair | undefined;
  for (const token of tokens) {
    if (!isMap(node)) return undefined;
    found = node.items.find(({ key }) => isScalar(key) && key.value === token);
    node = found?.value;
  }
  return found;
}

/** A comment ends with its line, whatever the service put into a name. */
function plainLine(text: string): string {
  return text.replaceAll(/[^\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\uffef]+/g, ' ').trimEnd();
}
