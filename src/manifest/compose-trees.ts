import type { CST, Document, LineCounter, Schema } from 'yaml';
import { loadYaml } from './lazy.ts';
import { defaultLimits } from './limits.ts';

export interface Trees {
  trees: Document.Parsed[];
  lines: LineCounter;
  /** Where something lies deeper than allowed; it was cut off. At most one per document. */
  tooDeep: number[];
}

const options = {
  prettyErrors: false,
  // A comparison of each key with each other would take minutes for a hostile file; node-to-json has a Set.
  uniqueKeys: false,
  stringKeys: true,
  logLevel: 'silent',
} as const;

/** One for all documents: building it for each took a fifth of the time of small files. */
let schema: Schema | undefined;

/**
 * The documents of a YAML text as trees with positions. The parser works on a list, but composing is recursive, and
 * the engine may abort the whole process when the stack runs out: what is too deep is cut off in between.
 */
export function composeTrees(text: string, depth: number = defaultLimits.depth): Trees {
  const { Composer, LineCounter, Parser, Schema } = loadYaml();
  schema ??= new Schema({ schema: 'core', merge: false, resolveKnownTags: false });
  const lines = new LineCounter();
  const parser = new Parser(lines.addNewLine);
  const composer = new Composer<Document.Parsed['contents'] & object, true>({ ...options, schema });
  const trees: Document.Parsed[] = [];
  const tooDeep: number[] = [];
  for (const token of parser.parse(text)) {
    const offset = cutDeep(token, depth);
    if (offset !== undefined) tooDeep.push(offset);
    for (const tree of composer.next(token)) trees.push(tree as Document.Parsed);
  }
  for (const tree of composer.end()) trees.push(tree as Document.Parsed);
  return { trees, lines, tooDeep };
}

/** Removes what is nested deeper; the offset of the first such place. */
function cutDeep(token: CST.Token, depth: number): number | undefined {
  if (token.type !== 'document') return undefined;
  let first: number | undefined;
  let level: CST.Token[] = token.value === undefined ? [] : [token.value];
  for (let at = 1; level.length > 0; at += 1) {
    const next: CST.Token[] = [];
    for (const node of level) {
      if (!('items' in node)) continue;
      for (const item of node.items) {
        for (const field of ['key', 'value'] as const) {
          const child = item[field];
          if (child === undefined || child === null || !('items' in child)) continue;
          if (at < depth) next.push(child);
          else {
            first ??= child.offset;
            delete item[field];
          }
        }
      }
    }
    level = next;
  }
  return first;
}
