import { coordinate } from './markup.ts';
import type { Scale } from './scale.ts';

/** A run that is alone must still be seen. */
const LEAST = 2;

/**
 * Columns as strokes of four shades, neighbours of one shade in one stroke. `height` is the stroke's; the group that
 * holds the paths puts their middle line at y = 0.
 */
export function marks(
  counts: Uint32Array,
  scale: Scale,
  height: number,
  levelOf: (count: number) => number,
): string {
  const strokes = ['', '', '', '', ''];
  const pixels = scale.width / scale.columns;
  // Where a column is wide, a gap keeps neighbours apart.
  const gap = pixels >= 4 ? 1 : 0;
  for (let column = 0; column < counts.length; ) {
    const level = levelOf(counts[column] ?? 0);
    let end = column + 1;
    while (gap === 0 && end < counts.length && levelOf(counts[end] ?? 0) === level) end += 1;
    if (level > 0) {
      const x = coordinate(column * pixels);
      const width = coordinate(Math.max(LEAST, (end - column) * pixels - gap));
      strokes[level] += `M${x} 0h${width}`;
    }
    column = end;
  }
  return strokes
    .map((path, level) =>
      path === '' ? '' : `<path class="rc-mark rc-l${level}" stroke-width="${height}" d="${path}"/>`,
    )
    .join('');
}
