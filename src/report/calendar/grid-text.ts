import type { RenderOptions } from '../palette.ts';
import type { Calendar } from './calendar.ts';
import { dayText, numberText } from './when.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** More days than this are shown week by week. */
const MOST_ROWS = 62;
const LABEL = 11;

/** Runs by day and hour. Hours are taken together until the grid fits the width. */
export function gridLines(calendar: Calendar, options: RenderOptions): string[] {
  const { palette, width } = options;
  const first = Math.floor(calendar.from / DAY) * DAY;
  const days = Math.ceil((calendar.until - first) / DAY);
  const step = days > MOST_ROWS ? 7 : 1;
  const hourly = countCells(calendar, first, step, Math.ceil(days / step));
  const totals = hourly.map(sum);
  const totalWidth = Math.max(3, ...totals.map((total) => numberText(total).length)) + 2;
  const { hours, cell, rows } = fitting(hourly, width - LABEL - totalWidth);
  const most = Math.max(...rows.flat());
  const heads = (rows[0] ?? []).map((_, index) =>
    String(index * hours)
      .padStart(2, '0')
      .padStart(cell),
  );
  const per = hours === 1 ? 'hour' : `${hours} hours`;
  return [
    `${palette.strong(`Runs per ${per}`)} ${palette.faint(step === 1 ? '(UTC)' : '(UTC; each line a week)')}`,
    palette.faint(`${' '.repeat(LABEL)}${heads.join('')}${'all'.padStart(totalWidth)}`),
    ...rows.map((row, index) => {
      const label = dayText(first + index * step * DAY).padEnd(LABEL);
      const cells = row.map((count) => paint(count, most, cell, options)).join('');
      return `${label}${cells}${palette.strong(numberText(totals[index] ?? 0).padStart(totalWidth))}`;
    }),
  ];
}

function countCells({ lanes }: Calendar, first: number, step: number, rows: number): number[][] {
  const cells = Array.from({ length: rows }, () => new Array<number>(24).fill(0));
  for (const { runs } of lanes) {
    for (const at of runs) {
      const row = cells[Math.floor((at - first) / (step * DAY))];
      const hour = Math.floor((at % DAY) / HOUR);
      if (row !== undefined) row[hour] = (row[hour] ?? 0) + 1;
    }
  }
  return cells;
}

/** The finest grid that fits; the coarsest if none does. */
function fitting(hourly: number[][], width: number): { hours: number; cell: number; rows: number[][] } {
  for (const hours of [1, 2, 3, 4, 6, 12]) {
    const rows = hourly.map((row) => together(row, hours));
    const cell = Math.max(3, ...rows.flat().map((count) => numberText(count).length + 1));
    if (cell * (24 / hours) <= width) return { hours, cell, rows };
  }
  const rows = hourly.map((row) => together(row, 24));
  return { hours: 24, cell: Math.max(3, ...rows.flat().map((count) => numberText(count).length + 1)), rows };
}

function together(row: readonly number[], hours: number): number[] {
  return Array.from({ length: 24 / hours }, (_, index) => sum(row.slice(index * hours, (index + 1) * hours)));
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, count) => all + count, 0);
}

function paint(count: number, most: number, width: number, { palette }: RenderOptions): string {
  if (count === 0) return palette.faint('·'.padStart(width));
  const text = numberText(count).padStart(width);
  if (count * 4 >= most * 3) return palette.warn(text);
  return count * 4 >= most ? palette.accent(text) : text;
}
