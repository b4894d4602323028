import { Lexer } from 'yaml';
import type { Place } from '../core/resource.ts';

/** Codes that a comment switches off. */
export interface Disable {
  code: string;
  /** Of the code in the comment. */
  place: Place;
  /** The line that it is about. */
  line: number;
}

const MARK = /(?:^#|\s)\s*lint-disable\b/;
/** What the lexer puts before a scalar's text, so that it is not taken for syntax. */
const SCALAR = '\u001f';
/** All signs of the lexer's own; only the last one is of the text. */
const SIGNS: readonly string[] = ['\u0002', '\u0018', SCALAR, '\ufeff'];

/**
 * All `# lint-disable CODE` comments of a YAML text: at the end of a line for that line, on a line of their own for the
 * next line that is no comment. Several codes are separated by commas or spaces; what follows `--` is a reason.
 */
export function readDisables(file: string, text: string): Disable[] {
  if (!text.includes('lint-disable')) return [];
  const lines = text.split('\n');
  return commentsOf(text).flatMap(({ offset, comment }) => {
    const mark = MARK.exec(comment);
    if (mark === null) return [];
    const before = text.slice(0, offset).split('\n');
    const line = before.length;
    const start = mark.index + mark[0].length;
    const codes = comment.slice(start).split(/\s--(?:\s|$)/)[0] ?? '';
    const col = (before.at(-1)?.length ?? 0) + 1;
    const ownLine = before.at(-1)?.trim() === '';
    const about = ownLine ? nextLine(lines, line) : line;
    return [...codes.matchAll(/[^\s,]+/g)].map(({ 0: code, index }) => ({
      code,
      place: { file, line, col: col + start + index },
      line: about,
    }));
  });
}

/** Number of the first line after line `line` that is neither empty nor a comment. */
function nextLine(lines: readonly string[], line: number): number {
  const index = lines.findIndex((text, at) => at >= line && !/^\s*(?:#|$)/.test(text));
  return index === -1 ? line : index + 1;
}

/** By the lexer: a `#` within a text is no comment. */
function commentsOf(text: string): { offset: number; comment: string }[] {
  const comments: { offset: number; comment: string }[] = [];
  let offset = 0;
  let previous = '';
  for (const token of new Lexer().lex(text)) {
    if (token.startsWith('#') && previous !== SCALAR) comments.push({ offset, comment: token });
    if (!SIGNS.includes(token) || token === '\ufeff') offset += token.length;
    previous = token;
  }
  return comments;
}
