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
