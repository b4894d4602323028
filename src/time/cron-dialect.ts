import { MONTH_NAMES, WEEKDAY_NAMES } from './calendar.ts';
import { splitTokens, type Token } from './sap-cron-field.ts';
import { numberRange } from './sap-cron-model.ts';

/** The fields of dash-range crons (Unix, Spring, Quartz). Their steps count from the field's smallest number. */
export type DashField = {
  name: string;
  min: number;
  max: number;
  names?: readonly string[];
  firstName?: number;
};

export const SECONDS_FIELD: DashField = { name: 'second', min: 0, max: 59 };
export const MINUTES_FIELD: DashField = { name: 'minute', min: 0, max: 59 };
export const HOURS_FIELD: DashField = { name: 'hour', min: 0, max: 23 };
export const DAYS_FIELD: DashField = { name: 'day of month', min: 1, max: 31 };
export const MONTHS_FIELD: DashField = { name: 'month', min: 1, max: 12, names: MONTH_NAMES, firstName: 1 };
/** 7 is Sunday too. */
export const WEEKDAYS_FIELD: DashField = {
  name: 'day of week',
  min: 0,
  max: 7,
  names: WEEKDAY_NAMES,
  firstName: 0,
};
/** Quartz counts weekdays from Sunday = 1. */
export const QUARTZ_WEEKDAYS_FIELD: DashField = { ...WEEKDAYS_FIELD, min: 1, firstName: 1 };
export const YEARS_FIELD: DashField = { name: 'year', min: 1970, max: 2099 };

export type DashFault = {
  message: string;
  expected: string;
  replacement?: string;
  offset: number;
  length: number;
};
export type DashResult = { ok: true; numbers: number[] } | { ok: false; fault: DashFault };

/** Reads one field: `*`, numbers, names, `a-b`, `a-b/n`, `*` with a step, lists; with `startSteps` also `a/n` as Quartz has it. */
export function readDashField(token: Token, field: DashField, startSteps = false): DashResult {
  const found = new Set<number>();
  for (const term of splitTokens(token.text, ',')) {
    const numbers = readDashTerm(term.text, field, startSteps);
    if (!Array.isArray(numbers))
      return {
        ok: false,
        fault: { ...numbers, offset: token.offset + term.offset, length: term.text.length },
      };
    for (const n of numbers) found.add(n);
  }
  return { ok: true, numbers: [...found].sort((a, b) => a - b) };
}

type TermFault = Omit<DashFault, 'offset' | 'length'>;

function readDashTerm(term: string, field: DashField, startSteps: boolean): number[] | TermFault {
  const expected = `${field.min} to ${field.max}${field.names === undefined ? '' : ' or a three-letter name'}, *, */n, a-b, a-b/n, or a list`;
  const parts = /^(?:(\*)|([a-z]{3}|\d+)(?:-([a-z]{3}|\d+))?)(?:\/(\d+))?$/i.exec(term);
  if (parts === null) return { message: `\`${term}\` is not a value for the ${field.name} field.`, expected };
  const [, star, first, second, stepText] = parts;
  const step = stepText === undefined ? 1 : Number(stepText);
  if (step === 0) return { message: `\`${term}\`: a step of zero.`, expected };
  const max = field.names === WEEKDAY_NAMES && star !== undefined ? field.min + 6 : field.max;
  if (star !== undefined) return numberRange(field.min, max, step);
  const from = numberOf(first, field);
  let to = second === undefined ? from : numberOf(second, field);
  if (from === null || to === null)
    return { message: `\`${term}\` is out of range for the ${field.name} field.`, expected };
  if (stepText !== undefined && second === undefined) {
    if (!startSteps)
      return {
        message: `\`${term}\`: a step needs * or a range before it.`,
        expected,
        replacement: `${first}-${field.names === WEEKDAY_NAMES ? 6 : field.max}/${step}`,
      };
    to = field.names === WEEKDAY_NAMES ? field.min + 6 : field.max;
  }
  if (from > to)
    return { message: `\`${term}\` runs backwards.`, expected, ...unwrapped(from, to, field, stepText) };
  return numberRange(from, to, step);
}

function unwrapped(
  from: number,
  to: number,
  field: DashField,
  step: string | undefined,
): { replacement?: string } {
  if (step !== undefined) return {};
  const max = field.names === WEEKDAY_NAMES ? field.min + 6 : field.max;
  const part = (a: number, b: number) => (a === b ? `${a}` : `${a}-${b}`);
  return { replacement: `${part(from, max)},${part(field.min, to)}` };
}

function numberOf(text: string | undefined, field: DashField): number | null {
  if (text === undefined) return null;
  if (/^\d+$/.test(text)) {
    const number = Number(text);
    return number >= field.min && number <= field.max ? number : null;
  }
  const index = field.names?.indexOf(text.toLowerCase()) ?? -1;
  return index < 0 ? null : index + (field.firstName ?? 0);
}
