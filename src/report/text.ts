/**
 * Makes control characters visible, so that a text from a manifest or from the service cannot move the cursor,
 * change colours or turn the reading direction. Line feeds and tabs stay.
 */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => {
      return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    },
  );
}

/** The same on one line: line feeds and tabs become visible too. */
export function oneLine(text: string): string {
  return printable(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}

/** Columns that a text takes on a terminal; colour codes take none. */
export function columns(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with one
  return [...text.replace(/\u001b\[[0-9;]*m/g, '')].length;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)));
}

/**
 * Fills lines up to `width` with `pieces`. The first line begins with `first`, all others with as many spaces.
 * A piece is never cut.
 */
export function fill(first: string, pieces: readonly string[], width: number, separator = ' '): string[] {
  const indent = ' '.repeat(columns(first));
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
      const start = index === 0 ? first : ' '.repeat(columns(first));
      return fill(start, paragraph.split(/ +/), width);
    })
    .map((line) => {
      const head = line.startsWith(first) ? first : line.slice(0, line.length - line.trimStart().length);
      return head + paint(line.slice(head.length));
    });
}

/** `1 schedule`, `3 schedules`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
