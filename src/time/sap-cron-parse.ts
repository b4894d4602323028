import { foreignCronIssue } from './foreign-cron.ts';
import { type Parsed, read, refuse, refuseLong, type TimeIssue, toIssue } from './issue.ts';
import { remembering } from './remember.ts';
import { SAP_FIELDS, splitTokens, type Token } from './sap-cron-field.ts';
import { nextSapCron } from './sap-cron-fires.ts';
import {
  ALL_DAYS,
  ALL_HOURS,
  ALL_MONTHS,
  ALL_SIXTY,
  ALL_WEEKDAYS,
  ALL_YEARS,
  type DayMasks,
  dayRangeMasks,
  EVERY_OCCURRENCE,
  isEveryOccurrence,
  NO_OCCURRENCE,
  nthOccurrence,
  numberRange,
  positiveDays,
  type SapCron,
  unionDays,
  unionRules,
  type WeekdayRule,
} from './sap-cron-model.ts';
import { readTerm } from './sap-cron-term.ts';

type Term = { range: { from: number; to: number; step: number; everyStep: boolean }; nth?: number };

/**
 * Reads SAP's cron: year month day dayOfWeek hour minute second, UTC. Both day and dayOfWeek must match.
 * A step after `*` counts from zero in every field: months with step 3 are 3, 6, 9 and 12, days with step 10 are
 * 10, 20 and 30, even years have step 2, weekdays count from Sunday. Unix and Quartz crons are refused with their
 * SAP form as the suggestion. Grammar: the service's documentation of schedule formats.
 */
export function parseSapCron(text: string): Parsed<SapCron> {
  return remembered(text);
}

const remembered = remembering(readSapCron);

function readSapCron(text: string): Parsed<SapCron> {
  const long = refuseLong(text, 2000);
  if (long !== null) return long;
  const tokens = splitTokens(text, ' ');
  if (tokens.length === 0)
    return refuse({
      code: 'TIME_EMPTY',
      message: 'The cron expression is empty.',
      expected: 'seven fields: year month day dayOfWeek hour minute second',
      offset: 0,
      suggestion: '* * * * 4 17 42',
    });
  const placeholder = placeholderIssue(tokens);
  if (placeholder !== null) return { ok: false, issue: placeholder };
  if (tokens.length !== SAP_FIELDS.length) return { ok: false, issue: wrongCountIssue(text, tokens) };
  const warnings: TimeIssue[] = [];
  const fields: Term[][] = [];
  for (const [index, token] of tokens.entries()) {
    const terms = readField(text, token, index, warnings);
    if (!Array.isArray(terms)) return { ok: false, issue: quartzOr(terms, text, tokens) };
    fields.push(terms);
  }
  const cron = buildCron(fields);
  if (nextSapCron(cron, -1) === null) warnings.push(neverIssue(text));
  return read(cron, warnings);
}

function readField(text: string, token: Token, index: number, warnings: TimeIssue[]): Term[] | TimeIssue {
  const field = SAP_FIELDS[index];
  if (field === undefined) return [];
  const terms: Term[] = [];
  for (const term of splitTokens(token.text, ',')) {
    const offset = token.offset + term.offset;
    const result = readTerm(term.text, field);
    if (!result.ok) {
      const { replacement, ...fault } = result.fault;
      const suggestion =
        replacement === undefined ? undefined : mended(text, offset, term.text.length, replacement);
      return toIssue({ ...fault, offset, length: term.text.length, suggestion });
    }
    terms.push(result);
    const { from, to, step, everyStep } = result.range;
    // From zero for every-steps: months with step 12 are December only, as written.
    const span = everyStep ? field.max + (field.min === 0 ? 1 : 0) : to - from + 1;
    const long = field.name === 'day' && from > 0 !== to > 0 ? step >= 31 : step > 1 && step >= span;
    if (long && term.text.includes('/'))
      warnings.push(longStepIssue(term.text, offset, field, from, everyStep, span));
  }
  return terms;
}

/** The whole text with one term replaced, if that (or what it leads to in turn) is valid. */
function mended(text: string, offset: number, length: number, replacement: string): string | undefined {
  const candidate = text.slice(0, offset) + replacement + text.slice(offset + length);
  if (candidate === text) return undefined;
  const parsed = parseSapCron(candidate);
  return parsed.ok ? candidate : parsed.issue.suggestion;
}

function longStepIssue(
  term: string,
  offset: number,
  field: (typeof SAP_FIELDS)[number],
  first: number,
  everyStep: boolean,
  span: number,
): TimeIssue {
  const repeats: Record<string, string> = { hour: 'daily', minute: 'hourly', second: 'every minute' };
  const often = repeats[field.name];
  const when = field.name === 'dayOfWeek' ? 'the first day of the range' : `${field.name} ${first}`;
  return toIssue({
    code: 'TIME_CRON_STEP_TOO_LARGE',
    message: `\`${term}\`: the step is as large as the range, so it only means ${when}${everyStep && often ? `: ${often} at ${first}, nothing rarer` : ''}.`,
    expected: `a step below ${span}`,
    hint:
      field.name === 'minute' && everyStep
        ? 'For once a day, write the hour and the minute: * * * * 0 0 0.'
        : `Write ${first} if that is meant.`,
    offset,
    length: term.length,
  });
}

function neverIssue(text: string): TimeIssue {
  return toIssue({
    code: 'TIME_CRON_NEVER',
    message: 'No date fits this cron: it never fires.',
    hint: 'day and dayOfWeek must both match, in one of the months and years given.',
    offset: 0,
    length: text.length,
  });
}

function placeholderIssue(tokens: readonly Token[]): TimeIssue | null {
  const token = tokens.find(
    ({ text }) => /[[\]{}<>$%]|^[A-Za-z_]{4,}$/.test(text) && !isDayOrMonthName(text),
  );
  if (token === undefined) return null;
  return toIssue({
    code: 'TIME_CRON_PLACEHOLDER',
    message: `\`${token.text}\` looks like a placeholder or a word that was left in.`,
    expected: 'seven fields of numbers: year month day dayOfWeek hour minute second',
    hint: 'Put the real value in its place.',
    offset: token.offset,
    length: token.text.length,
  });
}

function isDayOrMonthName(text: string): boolean {
  return /^(?:sun|mon|tue|wed|thu|fri|sat|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*$/i.test(
    text,
  );
}

function wrongCountIssue(text: string, tokens: readonly Token[]): TimeIssue {
  const short = withoutSecondsIssue(text, tokens);
  if (short !== null) return short;
  const foreign = foreignCronIssue(text, tokens);
  if (foreign !== null) return foreign;
  const missing = SAP_FIELDS.length - tokens.length;
  const padded = missing > 0 && missing <= 3 ? `${'* '.repeat(missing)}${text.trim()}` : undefined;
  const extra = tokens[SAP_FIELDS.length];
  return toIssue({
    code: 'TIME_CRON_FIELD_COUNT',
    message: `The cron has ${tokens.length} ${tokens.length === 1 ? 'field' : 'fields'}, it needs seven.`,
    expected: 'year month day dayOfWeek hour minute second',
    offset: extra?.offset ?? text.trimEnd().length,
    suggestion: padded !== undefined && parseSapCron(padded).ok ? padded : undefined,
  });
}

/**
 * Six fields in the order of the service, the seconds left out: any day, then an hour and a minute. As a Spring cron it
 * would begin with every second of every minute, and read the hour as a month.
 */
function withoutSecondsIssue(text: string, tokens: readonly Token[]): TimeIssue | null {
  const [year = '', month, day, , , minute] = tokens.map((token) => token.text);
  if (tokens.length !== 6 || minute === '*' || tokens.some((token) => /[?#L]/.test(token.text))) return null;
  const anyDay = year === '*' && month === '*' && day === '*';
  if (!anyDay && !/^\d{4}/.test(year)) return null;
  const whole = `${text.trim()} 0`;
  const parsed = parseSapCron(whole);
  const suggestion = parsed.ok ? whole : parsed.issue.suggestion;
  if (suggestion === undefined) return null;
  return toIssue({
    code: 'TIME_CRON_FIELD_COUNT',
    message: 'The cron has 6 fields, it needs seven: the seconds are missing.',
    expected: 'year month day dayOfWeek hour minute second',
    offset: text.trimEnd().length,
    suggestion,
  });
}

/** Seven fields that fail as SAP's may be Quartz with a year: if they read well as that, say so instead. */
function quartzOr(issue: TimeIssue, text: string, tokens: readonly Token[]): TimeIssue {
  const quartz = foreignCronIssue(text, tokens);
  return quartz ?? issue;
}

function buildCron(fields: readonly Term[][]): SapCron {
  const [years = [], months = [], days = [], weekdays = [], hours = [], minutes = [], seconds = []] = fields;
  return {
    years: numbers(years, ALL_YEARS),
    months: numbers(months, ALL_MONTHS),
    days: dayMasks(days),
    weekdays: weekdayRules(weekdays),
    hours: numbers(hours, ALL_HOURS),
    minutes: numbers(minutes, ALL_SIXTY),
    seconds: numbers(seconds, ALL_SIXTY),
  };
}

function numbers(terms: readonly Term[], all: readonly number[]): readonly number[] {
  if (terms.some(isStar)) return all;
  const found = new Set(terms.flatMap(({ range }) => numberRange(range.from, range.to, range.step)));
  return found.size === all.length ? all : [...found].sort((a, b) => a - b);
}

function isStar({ range }: Term): boolean {
  return range.everyStep && range.step === 1;
}

function dayMasks(terms: readonly Term[]): DayMasks {
  if (terms.some(isStar)) return ALL_DAYS;
  const masks = terms
    .map(({ range }) =>
      range.everyStep
        ? positiveDays(numberRange(range.from, range.to, range.step))
        : dayRangeMasks(range.from, range.to, range.step),
    )
    .reduce(unionDays);
  return masks.every((mask, i) => mask === ALL_DAYS[i]) ? ALL_DAYS : masks;
}

function weekdayRules(terms: readonly Term[]): readonly WeekdayRule[] {
  if (terms.some(isStar)) return ALL_WEEKDAYS;
  const rules: WeekdayRule[] = Array.from({ length: 7 }, () => NO_OCCURRENCE);
  for (const { range, nth } of terms) {
    const rule = nth === undefined ? EVERY_OCCURRENCE : nthOccurrence(nth);
    for (const day of numberRange(range.from, range.to, range.step)) {
      rules[day % 7] = unionRules(rules[day % 7] ?? NO_OCCURRENCE, rule);
    }
  }
  return rules.every(isEveryOccurrence) ? ALL_WEEKDAYS : rules;
}
