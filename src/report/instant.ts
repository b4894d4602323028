const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** `Mon 2026-11-23 06:12:17`, always UTC. A text that is no instant stays as it is (`{startTime}` of a late-bound value). */
export function showInstant(iso: string): string {
  const date = dateOf(iso);
  return date === undefined ? iso : `${showDay(date)} ${showClock(date)}`;
}

/** A list of instants in UTC; a day is named once: `Mon 2026-11-23 06:00`, `07:00`, `Tue 2026-11-24 06:00`. */
export function showInstants(isos: readonly string[]): string[] {
  let day = '';
  return isos.map((iso) => {
    const date = dateOf(iso);
    if (date === undefined) return iso;
    const sameDay = showDay(date) === day;
    day = showDay(date);
    return sameDay ? showClock(date) : `${day} ${showClock(date)}`;
  });
}

function dateOf(iso: string): Date | undefined {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function showDay(date: Date): string {
  return `${weekdays[date.getUTCDay()]} ${date.toISOString().slice(0, 10)}`;
}

/** Seconds only where there are some; nothing here is finer. */
function showClock(date: Date): string {
  const clock = date.toISOString().slice(11, 19);
  return clock.endsWith(':00') ? clock.slice(0, 5) : clock;
}

/** `Sun 2026-11-22 10:00 UTC, 2 h ago`; `now`: epoch ms. */
export function showAge(iso: string, now: number): string {
  const date = dateOf(iso);
  if (date === undefined) return iso;
  const minutes = Math.floor((now - date.getTime()) / 60_000);
  return `${showInstant(iso)} UTC, ${ago(minutes)}`;
}

function ago(minutes: number): string {
  if (minutes < 0) return 'by a clock that is ahead of this one';
  if (minutes < 1) return 'just now';
  if (minutes < 120) return `${minutes} min ago`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h ago` : `${Math.floor(minutes / 1440)} days ago`;
}
