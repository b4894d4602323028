import { MONTH_NAMES } from './calendar.ts';

/** A date in numbers that means one day with the day first and another with the month first. */
export interface AmbiguousDate {
  offset: number;
  length: number;
  /** Day first, then month first: `1 mar 2027` and `3 jan 2027`; without the year when the text has none. */
  readings: readonly [string, string];
}

// 01.03.2027, 1/3/27, 1-3-2027; without a year only with a slash, because 1.03 is a time of day.
const NUMBERS = /(?<![\d:./-])(\d{1,2})(?:([./-])(\d{1,2})\2(\d{4}|\d{2})|\/(\d{1,2}))(?![\d/-]|[.:]\d)/;

/** The first such date in a text, or null. A number above 12 can only be the day: `13.03.2027` is clear. */
export function findAmbiguousDate(text: string): AmbiguousDate | null {
  const match = NUMBERS.exec(text);
  if (match === null) return null;
  const [date, first, , second, year, secondAlone] = match;
  const one = Number(first);
  const two = Number(second ?? secondAlone);
  if (one === two || !isMonth(one) || !isMonth(two)) return null;
  const ending = year === undefined ? '' : ` ${year.length === 2 ? `20${year}` : year}`;
  return {
    offset: match.index,
    length: date.length,
    readings: [`${one} ${MONTH_NAMES[two - 1]}${ending}`, `${two} ${MONTH_NAMES[one - 1]}${ending}`],
  };
}

function isMonth(number: number): boolean {
  return number >= 1 && number <= 12;
}
