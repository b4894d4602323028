const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** `Mon 23 Nov`, UTC. */
export function dayText(at: number): string {
  const date = new Date(at);
  return `${WEEKDAYS[date.getUTCDay()]} ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
}

/** `Mon 23 Nov 2026 06:00`, with seconds only where there are some. */
export function momentText(at: number): string {
  return `${dayText(at)} ${new Date(at).getUTCFullYear()} ${clockText(at)}`;
}

/** `06:00`, `06:00:30`. */
export function clockText(at: number): string {
  const clock = new Date(at).toISOString().slice(11, 19);
  return clock.endsWith(':00') ? clock.slice(0, 5) : clock;
}

/** When a peak comes: `Mon 23 Nov 06:00`, `06:00 daily, Mon 23 Nov to Sun 29 Nov`, `168 times at minute :00, first …`. */
export function minutesText(minutes: readonly number[]): string {
  const [first = 0] = minutes;
  if (minutes.length === 1) return `${dayText(first)} ${clockText(first)}`;
  if (minutes.every((at) => at % DAY === first % DAY)) return sameTimeText(first, minutes);
  const once = `first ${dayText(first)} ${clockText(first)}`;
  const count = `${numberText(minutes.length)} times`;
  if (minutes.some((at) => at % HOUR !== first % HOUR)) return `${count}, ${once}`;
  const minute = clockText(first).slice(2, 5);
  const hourly = minutes.every((at, index) => index === 0 || at - (minutes[index - 1] ?? 0) === HOUR);
  return hourly ? `hourly at ${minute}, ${count}, ${once}` : `${count} at ${minute}, ${once}`;
}

function sameTimeText(first: number, minutes: readonly number[]): string {
  const daily = minutes.every((at, index) => index === 0 || at - (minutes[index - 1] ?? 0) === DAY);
  if (daily && minutes.length > 2)
    return `${clockText(first)} daily, ${dayText(first)} to ${dayText(minutes.at(-1) ?? first)}`;
  const hidden = minutes.length - 3;
  const days = minutes.slice(0, 3).map(dayText).join(', ');
  return `${clockText(first)} on ${days}${hidden > 0 ? ` and ${hidden} more ${hidden === 1 ? 'day' : 'days'}` : ''}`;
}

/** `1,234`; the same on every machine. */
export function numberText(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 run`, `1,234 runs`. */
export function countText(count: number, noun: string): string {
  return `${numberText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `7 days`, `1 day 6 h`, `90 min`. */
export function spanText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 180) return `${minutes} min`;
  const hours = Math.round(ms / 3_600_000);
  if (hours < 48 && hours % 24 !== 0) return `${hours} h`;
  const days = Math.floor(hours / 24);
  const rest = hours % 24;
  return `${days} ${days === 1 ? 'day' : 'days'}${rest === 0 ? '' : ` ${rest} h`}`;
}
