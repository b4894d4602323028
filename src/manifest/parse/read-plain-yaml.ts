import type { Json, JsonObject } from '../../core/json.ts';
import type { Limits } from '../limits.ts';
import type { ParsedDocument } from './parsed-document.ts';
import { readFlow, readQuoted } from './read-plain-flow.ts';
import { isPlainStart, NotPlain, resolvePlain, skipSpaces, takeKey } from './read-plain-scalar.ts';

/** What hides or turns text, and tabs: never plain. A line feed is, and so is a carriage return before one. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const unusualCharacter = /[\0-\t\v-\x1f\x7f-\x9f\u2028\u2029\ufeff]/;
const separator = '---';
/** Lines of one text in quotes or without; longer ones are left to the full parser. */
const mostFolds = 50;
const key = /(?:([A-Za-z_][A-Za-z0-9_./$-]*)|"([^"\\]+)"|'([^']+)'):(?= |$)/y;
const listItem = /^ *-(?: |$)/;

/**
 * The documents of a YAML text that uses only the plain part of the language, as almost all manifests do: maps, lists,
 * text, numbers, comments, `|` and `>`. Several times faster than the parser with positions. Undefined for all else,
 * also for all that is wrong in any way: then the full parser has the word. It must never give another value than that.
 */
export function readPlainYaml(text: string, limits: Limits): ParsedDocument[] | undefined {
  const unix = text.includes('\r') ? text.replaceAll('\r\n', '\n') : text;
  if (unusualCharacter.test(unix)) return undefined;
  try {
    return new PlainReader(unix, limits).documents();
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

/** Reads line by line. Between calls the current line is the next one with content, or a separator, or the end. */
class PlainReader {
  readonly #lines: string[];
  readonly #limits: Limits;
  #at = 0;
  /** Leading spaces of the current line; -1 at a separator and at the end. */
  #indent = -1;

  constructor(text: string, limits: Limits) {
    this.#lines = text.split('\n');
    this.#limits = limits;
  }

  documents(): ParsedDocument[] {
    const documents: ParsedDocument[] = [];
    this.#toContent();
    if (this.#line() === separator) this.#next();
    while (true) {
      // No content, or indented from the start.
      if (this.#indent !== 0) throw new NotPlain();
      const line = this.#at + 1;
      documents.push({ index: documents.length, value: this.#root(), line, col: 1 });
      if (this.#at >= this.#lines.length) return documents;
      if (this.#line() !== separator) throw new NotPlain();
      this.#next();
    }
  }

  #root(): Json {
    return this.#line().startsWith('{') ? this.#value(this.#line(), 0, 0, 0) : this.#map(0, 1);
  }

  #line(): string {
    return this.#lines[this.#at] ?? '';
  }

  #next(): void {
    this.#at += 1;
    this.#toContent();
  }

  /** Skips blank lines and comments. */
  #toContent(): void {
    for (; this.#at < this.#lines.length; this.#at += 1) {
      const line = this.#line();
      const indent = skipSpaces(line, 0);
      const first = line.charCodeAt(indent);
      if (Number.isNaN(first) || first === 0x23) continue;
      this.#indent = indent;
      if (indent > 0) return;
      if (line === separator) this.#indent = -1;
      // Directives, ends of documents, and separators with something behind them.
      else if (first === 0x25 || line.startsWith('...') || line.startsWith(separator)) throw new NotPlain();
      return;
    }
    this.#indent = -1;
  }

  #map(indent: number, depth: number): JsonObject {
    if (depth > this.#limits.depth) throw new NotPlain();
    const map: JsonObject = {};
    while (this.#indent === indent) {
      const line = this.#line();
      key.lastIndex = indent;
      const found = key.exec(line);
      const name = found?.[1] ?? found?.[2] ?? found?.[3];
      if (name === undefined) throw new NotPlain();
      takeKey(map, name);
      map[name] = this.#value(line, key.lastIndex, indent, depth);
    }
    if (this.#indent > indent) throw new NotPlain();
    return map;
  }

  #list(indent: number, depth: number): Json[] {
    if (depth > this.#limits.depth) throw new NotPlain();
    const list: Json[] = [];
    while (this.#indent === indent && listItem.test(this.#line())) {
      const line = this.#line();
      const start = skipSpaces(line, indent + 1);
      const first = line.charCodeAt(start);
      if (Number.isNaN(first) || first === 0x23) throw new NotPlain();
      key.lastIndex = start;
      if (key.test(line)) {
        // A map that begins beside the dash: the same as one that begins at this column.
        this.#lines[this.#at] = ' '.repeat(start) + line.slice(start);
        this.#indent = start;
        list.push(this.#map(start, depth + 1));
      } else list.push(this.#value(line, start, indent, depth));
    }
    if (this.#indent > indent) throw new NotPlain();
    return list;
  }

  /** The value that begins in `line` at `column` or below it; what follows belongs to it when indented deeper than `parent`. */
  #value(line: string, column: number, parent: number, depth: number): Json {
    const start = skipSpaces(line, column);
    const first = line[start];
    if (first === undefined || first === '#') {
      this.#next();
      return this.#below(parent, depth);
    }
    if (first === '|' || first === '>') return this.#block(line.slice(start), parent);
    let value: Json;
    if (first === '"' || first === "'") value = this.#quoted(line.slice(start), first, parent);
    else if (first === '{' || first === '[') {
      const flow = readFlow(line, start, this.#limits.depth - depth);
      value = flow.value;
      expectEnd(line, flow.end);
    } else value = this.#plain(line, start, parent);
    this.#next();
    return value;
  }

  /** In quotes, maybe over several lines: a line break becomes a space. */
  #quoted(line: string, quote: string, parent: number): string {
    let text = line;
    for (let lines = 0; lines < mostFolds; lines += 1) {
      const quoted = text.lastIndexOf(quote) > 0 ? readQuoted(text, 0) : undefined;
      if (quoted !== undefined) {
        expectEnd(text, quoted.end);
        return quoted.value;
      }
      const more = this.#continued(parent);
      if (more === undefined) throw new NotPlain();
      text = `${trimSpaces(text)} ${more}`;
    }
    throw new NotPlain();
  }

  /** Without quotes, maybe over several lines. */
  #plain(line: string, start: number, parent: number): Json {
    let text = readPlain(line, start);
    if (text.length < trimSpaces(line.slice(start)).length) return resolvePlain(text);
    for (let lines = 0; lines < mostFolds; lines += 1) {
      const more = this.#continued(parent);
      if (more === undefined) return resolvePlain(text);
      if (more.includes(' #')) throw new NotPlain();
      text += ` ${readPlain(more, 0)}`;
    }
    throw new NotPlain();
  }

  /** The next line when it belongs to the text that the current one began: it becomes the current one. */
  #continued(parent: number): string | undefined {
    const line = this.#lines[this.#at + 1] ?? '';
    const indent = skipSpaces(line, 0);
    if (indent <= parent || indent === line.length) return undefined;
    this.#at += 1;
    return line.slice(indent);
  }

  #below(parent: number, depth: number): Json {
    const indent = this.#indent;
    const isList = indent >= parent && listItem.test(this.#line());
    if (isList) return this.#list(indent, depth + 1);
    if (indent <= parent) return null;
    const line = this.#line();
    key.lastIndex = indent;
    return key.test(line) ? this.#map(indent, depth + 1) : this.#value(line, indent, parent, depth);
  }

  /** `|` and `>`, the latter only where each line break becomes a space. */
  #block(header: string, parent: number): string {
    if (!/^[|>]-?$/.test(header)) throw new NotPlain();
    this.#at += 1;
    const indent = skipSpaces(this.#line(), 0);
    if (indent <= parent || indent === this.#line().length) throw new NotPlain();
    const lines: string[] = [];
    for (; this.#at < this.#lines.length; this.#at += 1) {
      const line = this.#line();
      const own = skipSpaces(line, 0);
      if (own === line.length) {
        if (own > indent) throw new NotPlain();
        lines.push('');
      } else if (own >= indent) lines.push(line.slice(indent));
      else break;
    }
    // Without a line break at the end of the text, its last line would have none either.
    if (this.#at >= this.#lines.length && this.#lines.at(-1) !== '') throw new NotPlain();
    while (lines.at(-1) === '') lines.pop();
    if (header.startsWith('>') && lines.some((line) => line === '' || line.startsWith(' ')))
      throw new NotPlain();
    this.#toContent();
    return lines.join(header.startsWith('|') ? '\n' : ' ') + (header.endsWith('-') ? '' : '\n');
  }
}

/** Nothing but white space, or a comment after some. */
function expectEnd(line: string, at: number): void {
  const end = skipSpaces(line, at);
  if (end < line.length && (end === at || line[end] !== '#')) throw new NotPlain();
}

/** A text without quotes, as far as it goes in this line. */
function readPlain(line: string, start: number): string {
  if (!isPlainStart(line, start)) throw new NotPlain();
  const comment = line.indexOf(' #', start);
  const text = trimSpaces(line.slice(start, comment === -1 ? undefined : comment));
  if (text.includes(': ') || text.endsWith(':')) throw new NotPlain();
  return text;
}

/** Only spaces: a no-break space belongs to the text. */
function trimSpaces(text: string): string {
  let end = text.length;
  while (text.charCodeAt(end - 1) === 0x20) end -= 1;
  return text.slice(0, end);
}
