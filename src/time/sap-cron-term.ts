import { MONTH_NAMES, WEEKDAY_NAMES } from './calendar.ts';
import {
  describeRange,
  type FieldName,
  type SAP_FIELDS,
  type TermFault,
  type TermRange,
} from './sap-cron-field.ts';
import { dayRangeMasks } from './sap-cron-model.ts';

type Field = (typeof SAP_FIELDS)[number];

export type TermResult = { ok: true; range: TermRange; nth?: number } | { ok: false; fault: TermFault };

/** Reads one term of a list: `*`, a step, a number or name, a range, a stepped range, or an n-th weekday. */
export function readTerm(term: string, field: Field): TermResult {
  if (term === '')
    return fault({
      code: 'TIME_CRON_TERM',
      message: `The ${field.name} field has an empty place in its list.`,
    });
  const steps = /^\*(?:\/(.*))?$/.exec(term);
  if (steps !== null) return readEvery(steps[1], field);
  if (field.name === 'dayOfWeek') return readWeekdayTerm(term, field);
  const range = /^(-?\d+)(?::(-?\d+)(?:\/(.*))?)?$/.exec(term);
  if (range === null) return fault(explain(term, field));
  const from = Number(range[1]);
  const to = range[2] === undefined ? from : Number(range[2]);
  for (const [number, digits] of [
    [from, range[1]],
    [to, range[2] ?? range[1]],
  ] as const) {
    if (!inField(number, field)) return fault(outOfRange(digits ?? '', field, term));
  }
  const step = readStep(range[3], field);
  if (typeof step !== 'number') return fault(step);
  const reversed = field.name === 'day' ? dayRangeMasks(from, to).every((mask) => mask === 0) : from > to;
  if (reversed) return fault(reversedRange(term, from, to, range[3], field));
  return { ok: true, range: { from, to, step, everyStep: false } };
}

function readEvery(stepText: string | undefined, field: Field): TermResult {
  if (stepText === undefined)
    return { ok: true, range: { from: field.min, to: field.max, step: 1, everyStep: true } };
  const step = readStep(stepText, field);
  if (typeof step !== 'number') return fault(step);
  // Counted from zero: the first match is the first multiple of the step in the field's range.
  const first = Math.ceil(field.min / step) * step;
  if (first > field.max)
    return fault({
      code: 'TIME_CRON_NEVER',
      message: `\`*/${step}\` in the ${field.name} field matches nothing: steps count from zero, and ${step} is beyond ${field.max}.`,
      expected: `a step from 1 to ${field.max}`,
      replacement: '*',
    });
  return { ok: true, range: { from: first, to: field.max, step, everyStep: true } };
}

function readStep(text: string | undefined, field: Field): number | TermFault {
  if (text === undefined) return 1;
  if (/^0*[1-9]\d{0,5}$/.test(text)) return Number(text);
  return {
    code: 'TIME_CRON_STEP',
    message: `\`${text}\` is not a step for the ${field.name} field.`,
    expected: 'a whole number from 1 after the slash',
  };
}

function inField(number: number, field: Field): boolean {
  if (field.name === 'day') return Math.abs(number) >= 1 && Math.abs(number) <= 31;
  return number >= field.min && number <= field.max;
}

function readWeekdayTerm(term: string, field: Field): TermResult {
  const parts = /^(?:(-?\d+)\.)?([a-z]{3})(?::([a-z]{3})(?:\/(.*))?)?$/i.exec(term);
  if (parts === null) return fault(explain(term, field));
  const from = weekdayNumber(parts[2]);
  const to = parts[3] === undefined ? from : weekdayNumber(parts[3]);
  if (from < 0 || to < 0) return fault(explain(term, field));
  if (parts[1] !== undefined) return readNth(Number(parts[1]), from, parts[3]);
  const step = readStep(parts[4], field);
  if (typeof step !== 'number') return fault(step);
  return { ok: true, range: { from, to: to < from ? to + 7 : to, step, everyStep: false } };
}

function readNth(nth: number, weekday: number, rangeEnd: string | undefined): TermResult {
  if (rangeEnd !== undefined)
    return fault({
      code: 'TIME_CRON_TERM',
      message: 'An n-th weekday cannot be the start of a range.',
      expected: 'a list such as 1.mon,1.tue',
    });
  if (nth === 0 || Math.abs(nth) > 5)
    return fault({
      code: 'TIME_CRON_OUT_OF_RANGE',
      message: `There is no ${nth}. ${WEEKDAY_NAMES[weekday]} in a month.`,
      expected: 'an n-th weekday from -5 to 5 without 0, such as 1.mon or -1.sun',
    });
  return { ok: true, range: { from: weekday, to: weekday, step: 1, everyStep: false }, nth };
}

function weekdayNumber(name: string | undefined): number {
  return WEEKDAY_NAMES.findIndex((known) => known === name?.toLowerCase());
}

function outOfRange(digits: string, field: Field, term: string): TermFault {
  const found = {
    code: 'TIME_CRON_OUT_OF_RANGE',
    message: `${digits} is out of range for the ${field.name} field.`,
  };
  const expected = describeRange(field);
  const number = Number(digits);
  if (field.name === 'hour' && number === 24 && term === digits)
    return { ...found, expected, replacement: '0' };
  if (number === 60 && term === digits && (field.name === 'minute' || field.name === 'second'))
    return { ...found, expected, replacement: '0' };
  return { ...found, expected };
}

function reversedRange(
  term: string,
  from: number,
  to: number,
  step: string | undefined,
  field: Field,
): TermFault {
  const wraps = step === undefined && field.name !== 'year' && from >= field.min && to >= field.min;
  return {
    code: 'TIME_CRON_RANGE_REVERSED',
    message: `The range ${term} in the ${field.name} field runs backwards; only weekday ranges may go past their end.`,
    expected: 'the smaller number first',
    ...(wraps
      ? {
          hint: 'Write two ranges to go past the end.',
          replacement: `${part(from, field.max)},${part(field.min, to)}`,
        }
      : {}),
  };
}

function part(from: number, to: number): string {
  return from === to ? `${from}` : `${from}:${to}`;
}

/** Why a term is not SAP cron, with what its writer probably meant. */
function explain(term: string, field: Field): TermFault {
  const place = `the ${field.name} field`;
  const expected = `${describeRange(field)}, *, */n, a range a:b, a:b/n, or a list`;
  const dash = /^([\da-z]+)-([\da-z]+)(\/\d+)?$/i.exec(term);
  if (dash !== null && (/\d/.test(term) || field.name === 'dayOfWeek' || field.name === 'month'))
    return {
      code: 'TIME_CRON_DASH_RANGE',
      message: `\`${term}\` in ${place} uses a dash for a range.`,
      expected: 'ranges with a colon, such as 1:3',
      hint: 'A dash only marks negative days and n-th weekdays here.',
      replacement: `${dash[1]}:${dash[2]}${dash[3] ?? ''}`,
    };
  if (term === '?')
    return {
      code: 'TIME_CRON_QUARTZ',
      message: `\`?\` in ${place} is Quartz cron.`,
      expected,
      replacement: '*',
    };
  const named = namedReplacement(term, field.name);
  if (named !== null) return { ...named, expected: describeRange(field) };
  const stepped = /^(\d+)\/(\d+)$/.exec(term);
  if (stepped !== null && field.name !== 'day' && field.name !== 'dayOfWeek')
    return {
      code: 'TIME_CRON_STEP',
      message: `\`${term}\` in ${place}: a step needs * or a range before it.`,
      expected: '*/n or a:b/n',
      replacement: `${stepped[1]}:${field.max}/${stepped[2]}`,
    };
  const last = lastReplacement(term, field.name);
  if (last !== null)
    return {
      code: 'TIME_CRON_QUARTZ',
      message: `\`${term}\` in ${place} is Quartz cron.`,
      expected,
      replacement: last,
    };
  if (/[[\]{}<>$%]/.test(term) || /^[A-Z_]{4,}$/.test(term))
    return {
      code: 'TIME_CRON_PLACEHOLDER',
      message: `\`${term}\` in ${place} looks like a placeholder that was left in.`,
      expected,
      hint: 'Put the real value in its place.',
    };
  return { code: 'TIME_CRON_TERM', message: `\`${term}\` is not a value for ${place}.`, expected };
}

function lastReplacement(term: string, field: FieldName): string | null {
  if (field === 'day' && /^l$/i.test(term)) return '-1';
  if (field !== 'dayOfWeek') return null;
  const nth = /^([a-z]{3})#([1-5])$/i.exec(term);
  if (nth !== null && weekdayNumber(nth[1]) >= 0) return `${nth[2]}.${nth[1]?.toLowerCase()}`;
  const last = /^([a-z]{3})l$/i.exec(term);
  return last !== null && weekdayNumber(last[1]) >= 0 ? `-1.${last[1]?.toLowerCase()}` : null;
}

/** Month names, full weekday names and weekday numbers, range ends included. */
function namedReplacement(term: string, field: FieldName): TermFault | null {
  if (field === 'month') {
    const replacement = term.replace(/[a-z]+/gi, (word) => monthDigits(word) ?? word);
    if (replacement === term || /[a-z]/i.test(replacement)) return null;
    return { code: 'TIME_CRON_MONTH_NAME', message: `\`${term}\`: months are numbers here.`, replacement };
  }
  if (field !== 'dayOfWeek') return null;
  if (/^[0-7](:[0-7])?(\/\d+)?$/.test(term)) {
    const [days = '', step] = term.split('/');
    const names = days.replace(/\d/g, (digit) => WEEKDAY_NAMES[Number(digit) % 7] ?? digit);
    return {
      code: 'TIME_CRON_WEEKDAY',
      message: `\`${term}\`: weekdays are names here, not numbers.`,
      hint: 'The suggestion reads 0 and 7 as Sunday, as Unix cron does.',
      replacement: step === undefined ? names : `${names}/${step}`,
    };
  }
  const short = term.replace(/[a-z]{4,}/gi, (word) => weekdayShort(word) ?? word);
  if (short === term) return null;
  return {
    code: 'TIME_CRON_WEEKDAY',
    message: `\`${term}\`: weekdays have three letters here.`,
    replacement: short,
  };
}

const FULL_WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

function weekdayShort(word: string): string | null {
  const lower = word.toLowerCase();
  return FULL_WEEKDAYS.some((name) => name.startsWith(lower) || `${name}s` === lower)
    ? lower.slice(0, 3)
    : null;
}

function monthDigits(word: string): string | null {
  const index = MONTH_NAMES.findIndex((name) => word.toLowerCase().startsWith(name));
  return index < 0 ? null : String(index + 1);
}

function fault(found: TermFault): { ok: false; fault: TermFault } {
  return { ok: false, fault: found };
}
