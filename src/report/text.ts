/**
 * Makes control characters visible, so that a text from a manifest or from the service cannot move the cursor,
 * change colours or turn the reading direction. Line feeds and tabs stay.
 */
export function printable(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** The same on one line: line feeds and tabs become visible too. */
export function oneLine(text: string): string {
  return printable(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}

const colourCode = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

/** Columns that a text takes on a terminal; colour codes take none. */
export function columns(text: string): number {
  return [...text.replace(colourCode, '')].length;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)));
}

/**
 * Fills lines up to `width` with `pieces`. The first line begins with `first`, the others hang below it.
 * A piece is never cut.
 */
export function fill(first: string, pieces: readonly string[], width: number, separator = ' '): string[] {
  const indent = hangingIndent(first, width);
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const [index, piece] of pieces.entries()) {
    const withEnd = index < pieces.length - 1 ? piece + separator.trimEnd() : piece;
    const candidate = empty ? line + withEnd : `${line} ${withEnd}`;
    if (!empty && columns(candidate) > width) {
      lines.push(line);
      line = indent + withEnd;
    } else {
      line = candidate;
    }
    empty = false;
  }
  lines.push(line);
  return lines;
}

/** Below the text after a short beginning; below a long one (an error code) only a little further in. */
function hangingIndent(first: string, width: number): string {
  const own = columns(first);
  if (own <= width / 3) return ' '.repeat(own);
  return ' '.repeat(first.length - first.trimStart().length + 2);
}

/** Wraps a sentence at blanks, with a hanging indent below `first`. `paint` colours each piece. */
export function sentence(
  first: string,
  text: string,
  width: number,
  paint: (text: string) => string = (same) => same,
): string[] {
  return printable(text)
    .split('\n')
    .flatMap((paragraph, index) => {
      const start = index === 0 ? first : hangingIndent(first, width);
      return fill(start, paragraph.split(/ +/), width);
    })
    .map((line) => {
      const head = line.startsWith(first) ? first : line.slice(0, line.length - line.trimStart().length);
      return head + paint(line.slice(head.length));
    });
}

export { counted } from '../core/counted.ts';
