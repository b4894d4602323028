import type { RenderOptions } from '../palette.ts';
import { columns, oneLine } from '../text.ts';
import type { Calendar } from './calendar.ts';
import { markedName, nameOf, oneKind } from './jobs.ts';
import { clockText, dayText, numberText } from './when.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const BAR = 12;

interface HourOfRuns {
  count: number;
  /** `SapJob/report daily` → its first run in the hour, and how many. */
  who: Map<string, { first: number; count: number }>;
}

/** One line for each hour with runs: how many, and whose, as far as they fit. */
export function hourLines(calendar: Calendar, options: RenderOptions): string[] {
  const { palette } = options;
  const hours = byHour(calendar);
  const most = Math.max(...[...hours.values()].map(({ count }) => count));
  const digits = numberText(most).length;
  const lines = [`${palette.strong('Runs per hour')} ${palette.faint('(UTC)')}`];
  let day = Number.NaN;
  for (const [hour, found] of [...hours].sort(([a], [b]) => a - b)) {
    const midnight = Math.floor(hour / DAY) * DAY;
    if (midnight !== day) lines.push(dayText(midnight));
    day = midnight;
    const bar = '█'.repeat(Math.max(1, Math.round((found.count / most) * BAR))).padEnd(BAR);
    const paint = found.count * 4 >= most * 3 ? palette.warn : palette.accent;
    const count = numberText(found.count).padStart(digits);
    const head = `  ${clockText(hour)}  ${count}  ${bar}  `;
    const names = fitted(namesOf(found), options.width - columns(head));
    lines.push(`  ${clockText(hour)}  ${count}  ${paint(bar)}  ${palette.faint(names)}`.trimEnd());
  }
  return lines;
}

function byHour({ lanes }: Calendar): Map<number, HourOfRuns> {
  const hours = new Map<number, HourOfRuns>();
  const plain = oneKind(lanes);
  for (const lane of lanes) {
    const { address, runs } = lane;
    const schedule = markedName(lane);
    const job = plain ? nameOf(address) : address;
    const name = schedule === '' ? job : `${job} ${schedule}`;
    for (const at of runs) {
      const hour = Math.floor(at / HOUR) * HOUR;
      const found = hours.get(hour) ?? { count: 0, who: new Map() };
      const known = found.who.get(name);
      found.count += 1;
      if (known === undefined) found.who.set(name, { first: at, count: 1 });
      else known.count += 1;
      hours.set(hour, found);
    }
  }
  return hours;
}

function namesOf({ who }: HourOfRuns): string[] {
  return [...who]
    .sort(([, a], [, b]) => a.first - b.first)
    .map(([name, { first, count }]) => {
      const minute = clockText(first).slice(2);
      return `${minute} ${oneLine(name)}${count > 1 ? ` (${numberText(count)})` : ''}`;
    });
}

/** As many names as fit on one line, and how many more there are. */
function fitted(names: readonly string[], width: number): string {
  let text = '';
  for (const [index, name] of names.entries()) {
    const candidate = text === '' ? name : `${text}, ${name}`;
    const hidden = names.length - index - 1;
    const whole = hidden === 0 ? candidate : `${candidate} +${hidden}`;
    if (columns(whole) > width)
      return text === '' ? `${numberText(names.length)} schedules` : `${text} +${hidden + 1}`;
    text = candidate;
  }
  return text;
}
