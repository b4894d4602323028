import { WEEKDAY_NAMES, WEEKDAY_WORDS } from './calendar.ts';
import { joinWords } from './words-list.ts';

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
const ORDINALS = ['', 'first', 'second', 'third', 'fourth', 'fifth'];

type DateFields = { years: string; months: string; days: string; weekdays: string };

/** `condition` is the weekday that must fall on the day as well. */
type DateWords = { text: string; condition: string | null };

/** The date fields of a canonical SAP cron in words; null when every day matches. */
export function dateWords({ years, months, days, weekdays }: DateFields): DateWords | null {
  const year = years === '*' ? '' : ` in ${listWords(years, 'year', (n) => n)}`;
  const monthList = months === '*' ? null : listWords(months, 'month', (n) => MONTHS[Number(n) - 1] ?? n);
  const ofMonth = monthList === null ? ' of each month' : ` of ${monthList}`;
  const inMonth = monthList === null ? '' : ` in ${monthList}`;
  const plain = (text: string): DateWords => ({ text, condition: null });
  if (days === '*' && weekdays === '*') {
    return year === '' && inMonth === '' ? null : plain(`daily${inMonth}${year}`);
  }
  if (days === '*') {
    return plain(
      weekdays.includes('.')
        ? `${nthWords(weekdays)}${ofMonth}${year}`
        : `every ${joinWords(weekdays.split(',').map(weekdayTerm))}${inMonth}${year}`,
    );
  }
  const text = `on ${dayWords(days)}${ofMonth}${year}`;
  return weekdays === '*' ? plain(text) : { text, condition: `if it is ${conditionWords(weekdays)}` };
}

function listWords(field: string, unit: string, name: (text: string) => string): string {
  return joinWords(
    field.split(',').map((term) => {
      const [range = '', step] = term.split('/');
      const [from = '', to] = range.split(':');
      const text = to === undefined ? name(from) : `${name(from)} to ${name(to)}`;
      return step === undefined ? text : `every ${ordinal(Number(step))} ${unit} from ${text}`;
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

function weekdayTerm(term: string): string {
  const [from = '', to] = term.split(':');
  return to === undefined ? weekdayName(from) : `${weekdayName(from)} to ${weekdayName(to)}`;
}

function nthTerm(term: string): string {
  const [nth = '', name = ''] = term.split('.');
  const number = Number(nth);
  const place = number > 0 ? ORDINALS[number] : number === -1 ? 'last' : `${ORDINALS[-number]}-to-last`;
  return `the ${place} ${weekdayName(name)}`;
}

function nthWords(field: string): string {
  return joinWords(
    field.split(',').map((term) => (term.includes('.') ? nthTerm(term) : `every ${weekdayTerm(term)}`)),
  );
}

function conditionWords(field: string): string {
  const terms = field.split(',');
  const plain = terms.filter((term) => !term.includes('.')).map(weekdayTerm);
  const nth = terms.filter((term) => term.includes('.')).map(nthTerm);
  const [first, ...rest] = plain;
  return joinWords([...(first === undefined ? [] : [`a ${first}`, ...rest]), ...nth], 'or');
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
