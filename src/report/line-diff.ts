import { createRequire } from 'node:module';
import type * as Diff from 'diff';
import type { Json } from '../core/json.ts';
import { showBlock } from './value.ts';

// Loaded when there is a difference to show: most plans have none.
const load = createRequire(import.meta.url);

/**
 * A line-by-line difference of two long values, two lines around each change; one list a hunk. Each line begins with
 * `+`, `-` or a blank.
 */
export function diffHunks(before: Json | undefined, after: Json | undefined): string[][] {
  const { structuredPatch } = load('diff') as typeof Diff;
  const patch = structuredPatch('', '', `${showBlock(before)}\n`, `${showBlock(after)}\n`, '', '', {
    context: 2,
  });
  return patch.hunks.map(({ lines }) => lines.filter((line) => !line.startsWith('\\') && line.trim() !== ''));
}

/** Whether a value is too long for a line with its counterpart. */
export function isLong(value: Json | undefined): boolean {
  if (typeof value === 'string') return value.includes('\n') || value.length > 60;
  return typeof value === 'object' && value !== null && JSON.stringify(value).length > 40;
}
