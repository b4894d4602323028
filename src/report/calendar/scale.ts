const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Monday the first week of 1970 began with; weeks are counted from here. */
const FIRST_MONDAY = 4 * DAY;

/** Time on a horizontal axis, cut into columns of at least a pixel and at least a minute. */
export interface Scale {
  from: number;
  until: number;
  width: number;
  columns: number;
  /** How long a column is, ms. */
  bucket: number;
  /** Pixels from the left edge. */
  x(at: number): number;
  /** The column that an instant falls into. */
  column(at: number): number;
}

export function timeScale(from: number, until: number, width: number): Scale {
  const span = Math.max(1, until - from);
  const columns = Math.max(1, Math.min(width, Math.ceil(span / MINUTE)));
  return {
    from,
    until,
    width,
    columns,
    bucket: span / columns,
    x: (at) => ((at - from) / span) * width,
    column: (at) => Math.min(columns - 1, Math.max(0, Math.floor(((at - from) / span) * columns))),
  };
}

/** How many runs fall into each column. */
export function countColumns(scale: Scale, lanes: Iterable<readonly number[]>): Uint32Array {
  const counts = new Uint32Array(scale.columns);
  for (const runs of lanes) {
    for (const at of runs) {
      const column = scale.column(at);
      counts[column] = (counts[column] ?? 0) + 1;
    }
  }
  return counts;
}

const steps = [5, 10, 15, 30, 60, 120, 180, 360, 720].map((minutes) => minutes * MINUTE);
const longSteps = [1, 2, 7, 14, 28, 56].map((days) => days * DAY);
/** A clock time needs so much room, a date a little more. */
const CLOCK_WIDTH = 58;
const DATE_WIDTH = 80;

/** Where labels stand: round times in UTC, as many as there is room for. */
export function ticksOf({ from, until, width }: Scale): { step: number; at: number[] } {
  const perMs = width / Math.max(1, until - from);
  const step =
    steps.find((candidate) => candidate * perMs >= CLOCK_WIDTH) ??
    longSteps.find((candidate) => candidate * perMs >= DATE_WIDTH) ??
    56 * DAY;
  const origin = step >= 7 * DAY ? FIRST_MONDAY : 0;
  const at: number[] = [];
  for (let tick = origin + Math.ceil((from - origin) / step) * step; tick < until; tick += step)
    at.push(tick);
  return { step, at };
}

/** Saturdays and Sundays within the stretch, as far as one can see them. */
export function weekendsOf({ from, until, width }: Scale): [number, number][] {
  if ((until - from) / DAY > width / 6) return [];
  const weekends: [number, number][] = [];
  const saturday = FIRST_MONDAY + 5 * DAY;
  const week = 7 * DAY;
  for (let at = saturday + Math.floor((from - saturday) / week) * week; at < until; at += week) {
    const begin = Math.max(from, at);
    const end = Math.min(until, at + 2 * DAY);
    if (begin < end) weekends.push([begin, end]);
  }
  return weekends;
}

/** The next round number that is not below: the top of an axis. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return [1, 2, 3, 4, 5, 6, 8, 10].map((factor) => factor * power).find((nice) => nice >= value) ?? value;
}

/** 1 to 4: how dark a column is. Few runs are told apart one by one, many by magnitude. */
export function levelOf(count: number, most: number): number {
  if (count < 1) return 0;
  if (most <= 4) return count;
  return Math.min(4, 1 + Math.floor((4 * Math.log(count)) / Math.log(most + 1)));
}
