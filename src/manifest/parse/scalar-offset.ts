import type { Scalar as ScalarNode } from 'yaml';
import { loadYaml } from '../lazy.ts';

/**
 * Where character `offset` of a scalar's value stands in the text: an offset into `text`.
 * Folded line breaks are taken as one stretch of white space.
 */
export function scalarOffset(text: string, node: ScalarNode, offset: number): number {
  const { Scalar } = loadYaml();
  const [start, end] = node.range ?? [0, 0];
  const value = String(node.value);
  if (node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED) {
    return inBlock(text, start, end, value, offset, node.type === Scalar.BLOCK_FOLDED);
  }
  const quote = node.type === Scalar.QUOTE_DOUBLE || node.type === Scalar.QUOTE_SINGLE ? 1 : 0;
  return align(text, start + quote, end - quote, value, offset, unitReader(node.type));
}

type UnitReader = (text: string, at: number) => { length: number; yields: number };

/** How many characters of the text stand for how many of the value. */
function unitReader(type: ScalarNode['type']): UnitReader {
  const { Scalar } = loadYaml();
  if (type === Scalar.QUOTE_SINGLE)
    return (text, at) => ({ length: text.startsWith("''", at) ? 2 : 1, yields: 1 });
  if (type !== Scalar.QUOTE_DOUBLE) return () => ({ length: 1, yields: 1 });
  return (text, at) => {
    if (text[at] !== '\\') return { length: 1, yields: 1 };
    const letter = text[at + 1] ?? '';
    if (letter === 'x') return { length: 4, yields: 1 };
    if (letter === 'u') return { length: 6, yields: 1 };
    if (letter === 'U') {
      const point = Number.parseInt(text.slice(at + 2, at + 10), 16);
      return { length: 10, yields: point > 0xffff ? 2 : 1 };
    }
    if (letter === '\n' || letter === '\r') {
      const indent = /^\\\r?\n[ \t]*/.exec(text.slice(at))?.[0].length ?? 2;
      return { length: indent, yields: 0 };
    }
    return { length: 2, yields: 1 };
  };
}

function align(
  text: string,
  start: number,
  end: number,
  value: string,
  offset: number,
  read: UnitReader,
): number {
  let at = start;
  let position = 0;
  while (at < end && position < offset) {
    const fold = /^[ \t]*\r?\n\s*/.exec(text.slice(at, end))?.[0];
    if (fold !== undefined) {
      const white = /^[ \n]+/.exec(value.slice(position))?.[0].length ?? 0;
      if (position + white > offset) return at;
      at += fold.length;
      position += white;
      continue;
    }
    const { length, yields } = read(text, at);
    if (position + yields > offset) return at;
    at += length;
    position += yields;
  }
  return Math.min(at, Math.max(start, end));
}

function inBlock(
  text: string,
  start: number,
  end: number,
  value: string,
  offset: number,
  folded: boolean,
): number {
  const headerEnd = text.indexOf('\n', start) + 1;
  if (headerEnd === 0) return start;
  const body = text.slice(headerEnd, end);
  const indent = blockIndent(text.slice(start, headerEnd), body, text.slice(lineStart(text, start), start));
  if (folded) return inFolded(text, headerEnd, end, indent, value, offset);
  const before = value.slice(0, offset).split('\n');
  let line = headerEnd;
  for (let index = 1; index < before.length; index += 1) line = text.indexOf('\n', line) + 1;
  return line + indent + (before.at(-1)?.length ?? 0);
}

function inFolded(
  text: string,
  start: number,
  end: number,
  indent: number,
  value: string,
  offset: number,
): number {
  const first = start + (/^(?:[ \t]*\r?\n)*/.exec(text.slice(start, end))?.[0].length ?? 0) + indent;
  const leading = /^\n*/.exec(value)?.[0].length ?? 0;
  if (offset <= leading) return first;
  return align(text, first, end, value.slice(leading), offset - leading, () => ({ length: 1, yields: 1 }));
}

/** Spaces that every line of the block loses: those of its first line with text, or as the header says. */
function blockIndent(header: string, body: string, beforeHeader: string): number {
  const first = body.split('\n').find((line) => line.trim() !== '') ?? '';
  const found = first.length - first.trimStart().length;
  const explicit = /[1-9]/.exec(header)?.[0];
  if (explicit === undefined) return found;
  const parent = beforeHeader.length - beforeHeader.trimStart().length;
  return Math.min(found, parent + Number(explicit));
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}
