/**
 * An evaluator of SAP cron that shares nothing with the implementation: it keeps the text, asks for one moment at a
 * time whether every field agrees, and finds fires by walking.
 */
export function oracleMatches(text: string, at: number): boolean {
  return oracleDay(text, at) && oracleTime(text, at);
}

export function oracleDay(text: string, at: number): boolean {
  const [year = '', month = '', day = '', weekday = ''] = text.split(' ');
  const date = new Date(at);
  const length = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return (
    agrees(year, date.getUTCFullYear()) &&
    agrees(month, date.getUTCMonth() + 1) &&
    dayAgrees(day, date.getUTCDate(), length) &&
    weekdayAgrees(weekday, date.getUTCDay(), date.getUTCDate(), length)
  );
}

function oracleTime(text: string, at: number): boolean {
  const [hour = '', minute = '', second = ''] = text.split(' ').slice(4);
  const date = new Date(at);
  return (
    agrees(hour, date.getUTCHours()) &&
    agrees(minute, date.getUTCMinutes()) &&
    agrees(second, date.getUTCSeconds())
  );
}

/** Seconds of the day on which the time fields agree. */
export function oracleSecondsOfDay(text: string): number[] {
  const [hour = '', minute = '', second = ''] = text.split(' ').slice(4);
  const found: number[] = [];
  for (let h = 0; h < 24; h++) {
    if (!agrees(hour, h)) continue;
    for (let m = 0; m < 60; m++) {
      if (!agrees(minute, m)) continue;
      for (let s = 0; s < 60; s++) if (agrees(second, s)) found.push(h * 3600 + m * 60 + s);
    }
  }
  return found;
}

/** The first fire after `after`, walking day by day for at most `days` days; undefined when none was met. */
export function oracleNext(text: string, after: number, days: number): number | undefined {
  const seconds = oracleSecondsOfDay(text);
  const midnight = Math.floor(after / 86_400_000) * 86_400_000;
  for (let day = 0; day <= days; day++) {
    const start = midnight + day * 86_400_000;
    if (!oracleDay(text, start)) continue;
    const second = seconds.find((s) => start + s * 1000 > after);
    if (second !== undefined) return start + second * 1000;
  }
  return undefined;
}

function agrees(field: string, value: number): boolean {
  return field.split(',').some((term) => {
    const [range = '', step = '1'] = term.split('/');
    if (range === '*') return value % Number(step) === 0;
    const [from, to = from] = range.split(':').map(Number);
    return (
      from !== undefined &&
      to !== undefined &&
      value >= from &&
      value <= to &&
      (value - from) % Number(step) === 0
    );
  });
}

function dayAgrees(field: string, day: number, length: number): boolean {
  return field.split(',').some((term) => {
    const [range = '', step = '1'] = term.split('/');
    if (range === '*') return day % Number(step) === 0;
    const [from, to = from] = range
      .split(':')
      .map((end) => (end.startsWith('-') ? length + 1 + Number(end) : Number(end)));
    return (
      from !== undefined && to !== undefined && day >= from && day <= to && (day - from) % Number(step) === 0
    );
  });
}

const WEEK = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

function weekdayAgrees(field: string, weekday: number, day: number, length: number): boolean {
  return field
    .toLowerCase()
    .split(',')
    .some((term) => {
      if (term.includes('.')) {
        const [nth = '', name = ''] = term.split('.');
        const fromEnd = nth.startsWith('-');
        const place = Math.ceil((fromEnd ? length + 1 - day : day) / 7);
        return name === WEEK[weekday] && place === Math.abs(Number(nth));
      }
      const [range = '', step = '1'] = term.split('/');
      if (range === '*') return weekday % Number(step) === 0;
      const [from = '', to = from] = range.split(':');
      // Walk from the first day of the range to its last, round the week's end if need be.
      for (let at = WEEK.indexOf(from), walked = 0; ; at = (at + 1) % 7, walked++) {
        if (at === weekday && walked % Number(step) === 0) return true;
        if (WEEK[at] === to) return false;
      }
    });
}
