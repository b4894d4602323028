import { FIRST_YEAR, LAST_YEAR } from './sap-cron-model.ts';

export type FieldName = 'year' | 'month' | 'day' | 'dayOfWeek' | 'hour' | 'minute' | 'second';

/** The seven fields in their order, with the numbers they take. Weekdays count from Sunday. */
export const SAP_FIELDS: readonly { name: FieldName; min: number; max: number }[] = [
  { name: 'year', min: FIRST_YEAR, max: LAST_YEAR },
  { name: 'month', min: 1, max: 12 },
  { name: 'day', min: 1, max: 31 },
  { name: 'dayOfWeek', min: 0, max: 6 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'minute', min: 0, max: 59 },
  { name: 'second', min: 0, max: 59 },
];

/** One field or term with its place in the whole expression. */
export type Token = { text: string; offset: number };

/** What is wrong with a term; `replacement` is a text that could stand in its place. */
export type TermFault = {
  code: string;
  message: string;
  expected?: string;
  hint?: string;
  replacement?: string;
};

export type TermRange = { from: number; to: number; step: number; everyStep: boolean };

/** Splits at white space, or at every comma (an empty place stays an empty token). */
export function splitTokens(text: string, separator: ' ' | ','): Token[] {
  const tokens: Token[] = [];
  if (separator === ' ') {
    for (const match of text.matchAll(/\S+/g)) tokens.push({ text: match[0], offset: match.index });
    return tokens;
  }
  let offset = 0;
  for (const part of text.split(',')) {
    tokens.push({ text: part, offset });
    offset += part.length + 1;
  }
  return tokens;
}

export function describeRange(field: { name: FieldName; min: number; max: number }): string {
  if (field.name === 'dayOfWeek') return 'mon, tue, wed, thu, fri, sat or sun';
  if (field.name === 'day') return 'a day from 1 to 31, or -31 to -1 counted from the end of the month';
  return `a number from ${field.min} to ${field.max}`;
}
