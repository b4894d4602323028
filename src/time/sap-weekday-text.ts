import { WEEKDAY_NAMES } from './calendar.ts';
import { numberListText } from './number-list.ts';
import {
  EVERY_OCCURRENCE,
  isEveryOccurrence,
  NO_OCCURRENCE,
  nthOccurrence,
  unionRules,
  type WeekdayRule,
} from './sap-cron-model.ts';

/** The canonical text of a weekday field. In months of 28 days only, no weekday falls five times. */
export function weekdayText(weekdays: readonly WeekdayRule[], lengths: readonly number[]): string {
  const rules = weekdays.map((rule) => (lengths.some((length) => length > 28) ? rule : inFourWeeks(rule)));
  if (rules.every(isEveryOccurrence)) return '*';
  if (rules.every((rule) => rule.four === 0 && rule.five === 0)) return '5.sun';
  const plain = rules.flatMap((rule, day) => (isEveryOccurrence(rule) ? [day] : []));
  const terms = plain.length === 0 ? [] : [plainText(plain)];
  for (const [day, rule] of rules.entries()) {
    if (isEveryOccurrence(rule)) continue;
    for (const nth of occurrencesOf(rule)) terms.push(`${nth}.${WEEKDAY_NAMES[day]}`);
  }
  return terms.join(',');
}

function inFourWeeks(rule: WeekdayRule): WeekdayRule {
  if (rule.four === EVERY_OCCURRENCE.four) return EVERY_OCCURRENCE;
  return { four: rule.four, five: rule.four };
}

/** Monday first; ranges never touch Sunday, so that the text means the same wherever the week starts. */
function plainText(days: number[]): string {
  const monToSat = days.filter((day) => day !== 0);
  const text = monToSat.length === 0 ? '' : weekNames(numberListText(monToSat));
  if (!days.includes(0)) return text;
  return text === '' ? 'sun' : `${text},sun`;
}

function weekNames(text: string): string {
  return text.replace(/\d/g, (digit) => WEEKDAY_NAMES[Number(digit)] ?? digit);
}

const occurrenceLists = new Map<string, readonly number[]>();

/** The shortest list of n-th occurrences with this meaning, positive ones preferred. */
function occurrencesOf(rule: WeekdayRule): readonly number[] {
  if (occurrenceLists.size === 0) fillOccurrenceLists();
  return occurrenceLists.get(`${rule.four},${rule.five}`) ?? [];
}

function fillOccurrenceLists(): void {
  const all = [1, 2, 3, 4, 5, -1, -2, -3, -4, -5];
  for (let choice = 0; choice < 1 << all.length; choice++) {
    const list = all.filter((_, i) => (choice >> i) & 1);
    const rule = list.map(nthOccurrence).reduce(unionRules, NO_OCCURRENCE);
    const key = `${rule.four},${rule.five}`;
    const known = occurrenceLists.get(key);
    // Choices count up from positive ones, so the first of a length is the one with most positive numbers.
    if (known === undefined || list.length < known.length) occurrenceLists.set(key, list);
  }
}
