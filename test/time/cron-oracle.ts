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

/** The first fire after `after`, walking day by day for at most `days` days; undefined when none was met. */
export function oracleNext(text: string, after: number, days: number): number | undefined {
  const [hour = '', minute = '', second = ''] = text.split(' ').slice(4);
  const upTo = (count: number, field: string) =>
    [...Array(count).keys()].filter((value) => agrees(field, value));
  const [hours, minutes, seconds] = [upTo(24, hour), upTo(60, minute), upTo(60, second)];
  const midnight = Math.floor(after / 86_400_000) * 86_400_000;
  for (let day = 0; day <= days; day++) {
    const start = midnight + day * 86_400_000;
    if (!oracleDay(text, start)) continue;
    for (const h of hours) {
      for (const m of minutes) {
        for (const s of seconds) {
          const at = start + ((h * 60 + m) * 60 + s) * 1000;
          if (at > after) return at;
        }
      }
    }
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
