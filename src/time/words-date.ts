import { WEEKDAY_NAMES, WEEKDAY_WORDS } from './calendar.ts';
import { joinWords } from './words-list.ts';

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
const ORDINALS = ['', 'first', 'second', 'third', 'fourth', 'fifth'];

type DateFields = { years: string; months: string; days: string; weekdays: string };

/** The date fields of a canonical SAP cron in words; null when every day matches. */
export function dateWords({ years, months, days, weekdays }: DateFields): string | null {
  const year = years === '*' ? '' : ` in ${listWords(years, (n) => n)}`;
  const monthList = months === '*' ? null : listWords(months, (n) => MONTHS[Number(n) - 1] ?? n);
  const ofMonth = monthList === null ? ' of each month' : ` of ${monthList}`;
  const inMonth = monthList === null ? '' : ` in ${monthList}`;
  const nth = weekdays.includes('.');
  if (days === '*' && weekdays === '*') {
    return year === '' && inMonth === '' ? null : `daily${inMonth}${year}`;
  }
  if (weekdays === '*') return `on ${dayWords(days)}${ofMonth}${year}`;
  if (days === '*')
    return nth
      ? `${nthWords(weekdays)}${ofMonth}${year}`
      : `every ${weekdayWords(weekdays)}${inMonth}${year}`;
  const condition = nth ? `it is ${nthWords(weekdays)}` : `it is a ${weekdayWords(weekdays, 'or')}`;
  return `on ${dayWords(days)}${ofMonth}${year}, if ${condition}`;
}

function listWords(field: string, name: (text: string) => string): string {
  return joinWords(
    field.split(',').map((term) => {
      const [range = '', step] = term.split('/');
      const [from = '', to] = range.split(':');
      const text = to === undefined ? name(from) : `${name(from)} to ${name(to)}`;
      return step === undefined ? text : `every ${ordinal(Number(step))} from ${text}`;
    }),
  );
}

function dayWords(field: string): string {
  const terms = field.split(',').map((term) => {
    const [range = '', step] = term.split('/');
    const [from = '', to] = range.split(':');
    if (to === undefined) return dayName(from);
    const text = `${dayName(from)} to ${dayName(to)}`;
    return step === undefined ? text : `every ${ordinal(Number(step))} day from ${text}`;
  });
  return joinWords(terms);
}

function dayName(text: string): string {
  const day = Number(text);
  if (day > 0) return `day ${day}`;
  if (day === -1) return 'the last day';
  return `the ${ordinal(-day)}-to-last day`;
}

function weekdayWords(field: string, conjunction: 'and' | 'or' = 'and'): string {
  const terms = field.split(',').map((term) => {
    const [from = '', to] = term.split(':');
    return to === undefined ? weekdayName(from) : `${weekdayName(from)} to ${weekdayName(to)}`;
  });
  return conjunction === 'or' ? joinWords(terms).replace(/ and (?=[^ ]*$)/, ' or ') : joinWords(terms);
}

function nthWords(field: string): string {
  return joinWords(
    field.split(',').map((term) => {
      const [nth, name = ''] = term.includes('.') ? term.split('.') : [undefined, term];
      if (nth === undefined) {
        const [from = '', to] = name.split(':');
        return to === undefined
          ? `every ${weekdayName(from)}`
          : `every ${weekdayName(from)} to ${weekdayName(to)}`;
      }
      const number = Number(nth);
      const place = number > 0 ? ORDINALS[number] : number === -1 ? 'last' : `${ORDINALS[-number]}-to-last`;
      return `the ${place} ${weekdayName(name)}`;
    }),
  );
}

function weekdayName(short: string): string {
  return WEEKDAY_WORDS[WEEKDAY_NAMES.findIndex((name) => name === short)] ?? short;
}

function ordinal(number: number): string {
  if (number < ORDINALS.length) return ORDINALS[number] ?? '';
  const tens = number % 100;
  const suffix = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th');
  return `${number}${suffix}`;
}
