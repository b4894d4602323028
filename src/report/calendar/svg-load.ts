import type { Load } from './load.ts';
import { coordinate } from './markup.ts';
import type { NamedPeak } from './named-peaks.ts';
import { roundUp, type Scale } from './scale.ts';
import { numberText } from './when.ts';

const MINUTE = 60_000;
/** Markers nearer than this would cover each other. */
const APART = 18;
/** Room above the axis for the markers. */
const HEAD = 26;
/** A peak that comes more often is marked once: rows of dots would hide the load. */
const MOST_DOTS = 24;

export interface LoadChart {
  load: Load;
  peaks: readonly NamedPeak[];
  scale: Scale;
  /** Top left corner and height of the plot. */
  left: number;
  top: number;
  height: number;
}

/** The load per minute: each column shows its busiest minute. Peaks stand out and carry their numbers. */
export function loadChart({ load, peaks, scale, left, top, height }: LoadChart): string {
  const highest = roundUp(load.most);
  const y = (count: number): number => height - (count / highest) * (height - HEAD);
  const columns = busiestPerColumn(load, scale);
  const hot = hotColumns(peaks, scale, columns);
  const ticks = highest === 1 ? [0, 1] : [0, highest / 2, highest];
  const axis = ticks
    .filter(Number.isInteger)
    .map(
      (count) =>
        `<path class="rc-line" d="M0 ${coordinate(y(count))}h${scale.width}"/><text class="rc-small rc-end" x="-8" y="${coordinate(y(count) + 4)}">${numberText(count)}</text>`,
    )
    .join('');
  return [
    `<g transform="translate(${left} ${top})">`,
    axis,
    `<path class="rc-area" d="${bars(columns, (column) => !hot.has(column), scale, y)}"/>`,
    `<path class="rc-hot" d="${bars(columns, (column) => hot.has(column), scale, y)}"/>`,
    markers(peaks, scale, y),
    '</g>',
  ].join('');
}

function busiestPerColumn({ start, counts }: Load, scale: Scale): Uint32Array {
  const columns = new Uint32Array(scale.columns);
  for (const [index, count] of counts.entries()) {
    const column = scale.column(start + index * MINUTE);
    if (count > (columns[column] ?? 0)) columns[column] = count;
  }
  return columns;
}

/** Columns whose height is that of a named peak. */
function hotColumns(peaks: readonly NamedPeak[], scale: Scale, columns: Uint32Array): Set<number> {
  const hot = new Set<number>();
  for (const { minutes, count } of peaks) {
    for (const at of minutes) {
      const column = scale.column(at);
      if (columns[column] === count) hot.add(column);
    }
  }
  return hot;
}

function bars(
  columns: Uint32Array,
  takes: (column: number) => boolean,
  scale: Scale,
  y: (count: number) => number,
): string {
  const pixels = scale.width / scale.columns;
  let path = '';
  for (let column = 0; column < columns.length; ) {
    const count = columns[column] ?? 0;
    let end = column + 1;
    while (end < columns.length && columns[end] === count && takes(end) === takes(column)) end += 1;
    if (count > 0 && takes(column)) {
      const x = coordinate(column * pixels);
      const width = coordinate(Math.max(1.5, (end - column) * pixels));
      path += `M${x} ${coordinate(y(0))}V${coordinate(y(count))}h${width}V${coordinate(y(0))}z`;
    }
    column = end;
  }
  return path;
}

/**
 * Numbered dots above the peaks. Each peak has one, lifted until it covers no other; more of the same only where there is
 * room.
 */
function markers(peaks: readonly NamedPeak[], scale: Scale, y: (count: number) => number): string {
  const placed: Dot[] = [];
  const pixels = scale.width / scale.columns;
  const middle = (at: number): number => (scale.column(at) + 0.5) * pixels;
  for (const [index, { minutes, count }] of peaks.entries()) {
    const dot = { number: index + 1, x: middle(minutes[0] ?? scale.from), y: y(count) - 12, foot: y(count) };
    while (covers(placed, dot)) dot.y -= 2;
    placed.push(dot);
  }
  for (const [index, { minutes, count }] of peaks.entries()) {
    for (const at of minutes.length > MOST_DOTS ? [] : minutes.slice(1)) {
      const dot = { number: index + 1, x: middle(at), y: y(count) - 12, foot: y(count) };
      if (!covers(placed, dot)) placed.push(dot);
    }
  }
  return placed.map(drawDot).join('');
}

interface Dot {
  number: number;
  x: number;
  y: number;
  /** Where its column ends. */
  foot: number;
}

function covers(placed: readonly Dot[], dot: Dot): boolean {
  return placed.some((other) => Math.hypot(other.x - dot.x, other.y - dot.y) < APART);
}

function drawDot({ number, x, y, foot }: Dot): string {
  const [cx, cy] = [coordinate(x), coordinate(y)];
  const line = foot - y > 13 ? `<path class="rc-lead-line" d="M${cx} ${coordinate(foot)}V${cy}"/>` : '';
  return `${line}<circle class="rc-dot" cx="${cx}" cy="${cy}" r="8"/><text class="rc-no" x="${cx}" y="${coordinate(y + 3.5)}">${number}</text>`;
}
