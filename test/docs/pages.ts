import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** A page of documentation; `path` is relative to the project. */
export interface Page {
  path: string;
  text: string;
}

/** A fenced block; `info` is what stands behind the fence (`yaml invalid=CODE`), `line` counts from 1. */
export interface Block {
  page: string;
  line: number;
  info: string;
  text: string;
  /** Of a comment `<!-- output: … -->` in the line before: what the block shows. */
  output?: string;
}

const folders = ['docs', 'examples'];
const single = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'src/emulator/README.md'];

/** Every page that people read, generated ones included. */
export function readPages(): Page[] {
  const found = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/')),
  );
  return [...single, ...found].sort().map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** The page without its fenced blocks, lines kept. */
export function proseOf({ text }: Page): string {
  let fenced = false;
  return text
    .split('\n')
    .map((line) => {
      const fence = /^\s*```/.test(line);
      if (fence) fenced = !fenced;
      return fence || fenced ? '' : line;
    })
    .join('\n');
}

/** Fenced blocks in order, their indentation taken off. */
export function blocksOf({ path, text }: Page): Block[] {
  const blocks: Block[] = [];
  let open: { indent: number; block: Block } | undefined;
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    const fence = /^(\s*)```(.*)$/.exec(line);
    if (fence === null) {
      if (open !== undefined) open.block.text += `${line.slice(Math.min(open.indent, leading(line)))}\n`;
    } else if (open === undefined) {
      const output = /<!-- output: (.+) -->/.exec(lines[index - 1] ?? '')?.[1];
      const block: Block = { page: path, line: index + 1, info: (fence[2] ?? '').trim(), text: '' };
      if (output !== undefined) block.output = output;
      open = { indent: (fence[1] ?? '').length, block };
    } else {
      blocks.push(open.block);
      open = undefined;
    }
  }
  return blocks;
}

function leading(line: string): number {
  return line.length - line.trimStart().length;
}

/** Rows of the tables that follow a comment `<!-- name: argument -->`, cells without their backquotes. */
export function markedRows(page: Page, name: string): { argument: string; cells: string[] }[] {
  const rows: { argument: string; cells: string[] }[] = [];
  let argument: string | undefined;
  let seen = 0;
  for (const line of page.text.split('\n')) {
    const marker = /^<!-- ([a-z]+): (\S+) -->$/.exec(line);
    if (marker !== null) {
      argument = marker[1] === name ? marker[2] : undefined;
      seen = 0;
    } else if (argument !== undefined && line.startsWith('|')) {
      seen += 1;
      if (seen > 2) rows.push({ argument, cells: cellsOf(line) });
    } else if (seen > 0) argument = undefined;
  }
  return rows;
}

export function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim().replace(/^`(.*)`$/, '$1'));
}
