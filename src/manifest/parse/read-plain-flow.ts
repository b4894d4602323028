import type { Json, JsonObject } from '../../core/json.ts';
import { isPlainStart, NotPlain, resolvePlain, skipSpaces, takeKey } from './read-plain-scalar.ts';

/** `end`: the column behind it. */
export interface Read<T> {
  value: T;
  end: number;
}

const simpleQuoted = /"([^"\\]*)"|'([^']*)'(?!')/y;
const escapedQuoted = /"(?:[^"\\]|\\["\\/bfnrt])*"|'(?:[^']|'')*'/y;
const plainKey = /([A-Za-z_][A-Za-z0-9_./$-]*)(?=: )/y;
const plainText =
  /(?:[^\s,[\]{}:#"'&*!|>%@`\\]|:(?=[^\s,[\]{}:#"'&*!|>%@`\\])| +(?=[^\s,[\]{}:#"'&*!|>%@`\\]))+/y;

/** A text in quotes that begins and ends in this line; undefined when it does not end, or has other escapes. */
export function readQuoted(line: string, at: number): Read<string> | undefined {
  simpleQuoted.lastIndex = at;
  const simple = simpleQuoted.exec(line);
  if (simple !== null) return { value: simple[1] ?? simple[2] ?? '', end: simpleQuoted.lastIndex };
  escapedQuoted.lastIndex = at;
  const escaped = escapedQuoted.exec(line)?.[0];
  if (escaped === undefined) return undefined;
  // In double quotes these are the escapes that JSON and YAML share.
  const value = escaped.startsWith('"') ? JSON.parse(escaped) : escaped.slice(1, -1).replaceAll("''", "'");
  return { value, end: escapedQuoted.lastIndex };
}

/** A map or list in braces or brackets that begins and ends in this line, `depth` levels deep at most. */
export function readFlow(line: string, at: number, depth: number): Read<Json> {
  if (depth <= 0) throw new NotPlain();
  return line[at] === '{' ? readMap(line, at, depth) : readList(line, at, depth);
}

function readMap(line: string, start: number, depth: number): Read<JsonObject> {
  const map: JsonObject = {};
  let at = skipSpaces(line, start + 1);
  if (line[at] === '}') return { value: map, end: at + 1 };
  while (true) {
    const key = readKey(line, at);
    takeKey(map, key.value);
    const { value, end } = readItem(line, skipSpaces(line, key.end), depth);
    map[key.value] = value;
    at = skipSpaces(line, end);
    if (line[at] === '}') return { value: map, end: at + 1 };
    if (line[at] !== ',') throw new NotPlain();
    at = skipSpaces(line, at + 1);
  }
}

/** The key and its colon. */
function readKey(line: string, at: number): Read<string> {
  if (line[at] === '"' || line[at] === "'") {
    const quoted = readQuoted(line, at);
    if (quoted === undefined || line[quoted.end] !== ':') throw new NotPlain();
    return { value: quoted.value, end: quoted.end + 1 };
  }
  plainKey.lastIndex = at;
  const value = plainKey.exec(line)?.[1];
  if (value === undefined) throw new NotPlain();
  return { value, end: plainKey.lastIndex + 1 };
}

function readList(line: string, start: number, depth: number): Read<Json[]> {
  const list: Json[] = [];
  let at = skipSpaces(line, start + 1);
  if (line[at] === ']') return { value: list, end: at + 1 };
  while (true) {
    const { value, end } = readItem(line, at, depth);
    list.push(value);
    at = skipSpaces(line, end);
    if (line[at] === ']') return { value: list, end: at + 1 };
    if (line[at] !== ',') throw new NotPlain();
    at = skipSpaces(line, at + 1);
  }
}

function readItem(line: string, at: number, depth: number): Read<Json> {
  const first = line[at];
  if (first === '"' || first === "'") {
    const quoted = readQuoted(line, at);
    if (quoted === undefined) throw new NotPlain();
    return quoted;
  }
  if (first === '{' || first === '[') return readFlow(line, at, depth - 1);
  plainText.lastIndex = at;
  const text = isPlainStart(line, at) ? plainText.exec(line)?.[0] : undefined;
  if (text === undefined) throw new NotPlain();
  return { value: resolvePlain(text), end: plainText.lastIndex };
}
