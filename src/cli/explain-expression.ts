import {
  crontabToSapCron,
  englishKind,
  fireTimes,
  formatInstant,
  formatIsoDuration,
  formatRepeatInterval,
  type Parsed,
  parseCrontab,
  parseIsoDuration,
  parseRepeatAt,
  parseRepeatInterval,
  parseSapCron,
  parseSapDate,
  readEnglishTime,
  type SapCron,
  sapCronToCrontab,
  type TimeIssue,
  type Timing,
  words,
} from '../time/index.ts';
import { nearestForm } from './nearest-form.ts';
import type { Notation } from './notations.ts';

/** `explain -o json`. */
export interface Explanation {
  expression: string;
  as: Notation;
  words: string;
  /** ISO instants in UTC. */
  next: string[];
  equivalent: { cron?: string; crontab?: string; repeatInterval?: string };
}

export type Explained =
  | { ok: true; explanation: Explanation; warnings: TimeIssue[]; notes: string[] }
  | { ok: false; as: Notation; issue: TimeIssue };

interface Reading {
  timing: Timing;
  equivalent: Explanation['equivalent'];
  warnings: TimeIssue[];
  notes: string[];
}

const FAR = Date.UTC(2100, 0, 1);

/** Explains a time expression. `from` is epoch milliseconds: the next runs, and relative texts, count from there. */
export function explainExpression(
  expression: string,
  options: { as?: Notation; from: number; count: number },
): Explained {
  const as = options.as ?? guessNotation(expression, options.from);
  const reading = readAs(as, expression, options.from);
  if (!reading.ok) return { ok: false, as, issue: withNearest(reading.issue, expression, as, options.from) };
  const { timing, equivalent, warnings, notes } = reading.value;
  const next = fireTimes(timing, { from: options.from, until: FAR, limit: options.count });
  return {
    ok: true,
    explanation: { expression, as, words: words(timing), next: next.map(formatInstant), equivalent },
    warnings: [...reading.warnings, ...warnings],
    notes,
  };
}

/** What is empty, two things at once, or a placeholder has no nearest form: any would be made up. */
const unclear = ['TIME_EMPTY', 'TIME_CRONTAB_BOTH_DAYS', 'TIME_CRON_PLACEHOLDER', 'TIME_DATE_AMBIGUOUS'];

function withNearest(issue: TimeIssue, text: string, as: Notation, from: number): TimeIssue {
  if (issue.suggestion !== undefined || unclear.includes(issue.code)) return issue;
  const reads = (other: string): boolean => readAs(as, other, from).ok;
  const suggestion = nearestForm(text.trim(), {
    as,
    offset: Math.max(0, issue.offset - (text.length - text.trimStart().length)),
    reads,
  });
  return suggestion === undefined ? issue : { ...issue, suggestion };
}

/** The notation in which the text can be read; failing that, the one it looks most like. */
function guessNotation(expression: string, from: number): Notation {
  const order: Notation[] = ['duration', 'cron', 'crontab', 'repeatInterval', 'repeatAt', 'time'];
  const readable = order.find((notation) => readAs(notation, expression, from).ok);
  if (readable !== undefined) return readable;
  const text = expression.trim();
  const fields = text.split(/\s+/);
  if (/^[+-]?P[\dT]/i.test(text)) return 'duration';
  if (text.startsWith('@')) return 'crontab';
  if (/^\d{1,2}[./-]\d{1,2}[./-]\d/.test(text)) return 'time';
  if (fields.length >= 4 && fields.filter((field) => /[*\d]/.test(field)).length >= fields.length - 1)
    return 'cron';
  if (/^(\d+|an?|one|two|three|five|ten|twelve|fifteen|twenty|thirty)\s+[a-z]+$/i.test(text))
    return 'repeatInterval';
  if (/^\d{1,2}[.:]/.test(text) || /^\d{1,2}\s*[ap]\.?m/i.test(text)) return 'repeatAt';
  return 'time';
}

function readAs(notation: Notation, text: string, from: number): Parsed<Reading> {
  switch (notation) {
    case 'cron':
      return map(parseSapCron(text), (cron) => {
        const unix = sapCronToCrontab(cron);
        return {
          timing: { mode: 'cron', cron, text },
          equivalent: unix.ok ? { crontab: unix.crontab } : {},
          notes: unix.ok ? [] : [`No Unix crontab says the same: ${unix.reason}`],
        };
      });
    case 'crontab':
      return readCrontab(text);
    case 'repeatInterval':
      return map(parseRepeatInterval(text), ({ seconds }) => ({
        timing: { mode: 'repeatInterval', seconds },
        equivalent: cronsOfInterval(seconds),
        notes: ['The first run shown is that of a schedule made now without a startTime: it runs at once.'],
      }));
    case 'duration':
      return map(parseIsoDuration(text), ({ seconds }) => ({
        timing: { mode: 'isoInterval', seconds },
        equivalent: { repeatInterval: formatRepeatInterval(seconds), ...cronsOfInterval(seconds) },
        notes: [`The shortest way to write it is ${formatIsoDuration(seconds)}.`].filter(
          (note) => !note.includes(`is ${text.trim().toUpperCase()}.`),
        ),
      }));
    case 'repeatAt':
      return map(parseRepeatAt(text), ({ secondOfDay }) => ({
        timing: { mode: 'repeatAt', secondOfDay },
        equivalent: cronsOfDay(secondOfDay),
        notes: [],
      }));
    case 'time':
      return readTime(text, from);
  }
}

function map<A>(parsed: Parsed<A>, read: (value: A) => Omit<Reading, 'warnings'>): Parsed<Reading> {
  if (!parsed.ok) return parsed;
  return { ok: true, value: { ...read(parsed.value), warnings: [] }, warnings: parsed.warnings };
}

function readCrontab(text: string): Parsed<Reading> {
  const parsed = parseCrontab(text);
  if (!parsed.ok) return parsed;
  const translated = crontabToSapCron(text);
  if (!translated.ok) return translated;
  return map(parseSapCron(translated.value.cron), (cron: SapCron) => ({
    timing: { mode: 'cron', cron, text: translated.value.cron },
    equivalent: { cron: translated.value.cron },
    notes: [],
  }));
}

function readTime(text: string, from: number): Parsed<Reading> {
  const date = parseSapDate(text);
  if (date.ok) {
    return map(date, ({ at }) => ({
      timing: { mode: 'time', at },
      equivalent: {},
      notes: [...dayNotes(text, at), ...pastNotes(at, from)],
    }));
  }
  const english = readEnglishTime(text, from);
  // For a text that is a date gone wrong, the stricter reader has the better explanation.
  if (!english.ok) return /^\s*\d{4}-/.test(text) || date.issue.suggestion !== undefined ? date : english;
  return map(english, ({ at }) => ({
    timing: { mode: 'time', at },
    equivalent: {},
    notes: [
      englishKind(text.trim()) === 'relative'
        ? 'Relative texts move with the clock: in a manifest, write the instant instead.'
        : 'It is not documented how the service reads such a text: in a manifest, write the instant instead.',
      ...dayNotes(text, at),
      ...pastNotes(at, from),
    ],
  }));
}

/** A day alone: what the service makes of it is not documented. */
function dayNotes(text: string, at: number): string[] {
  const named = /T\d{2}|\d[:.]\d{2}(?![.\d])|\d\s*[ap]\.?m|midnight|now|\bin\b|ago/i.test(text);
  if (named || at % 86_400_000 !== 0) return [];
  return [
    'No time of day is named: 00:00 UTC is taken here. What the service takes is not documented; write the time, too.',
  ];
}

function pastNotes(at: number, from: number): string[] {
  return at < from ? ['That is in the past: there is no run to come.'] : [];
}

function cronsOfDay(secondOfDay: number): Explanation['equivalent'] {
  const hour = Math.floor(secondOfDay / 3600);
  const minute = Math.floor(secondOfDay / 60) % 60;
  const second = secondOfDay % 60;
  return {
    cron: `* * * * ${hour} ${minute} ${second}`,
    ...(second === 0 ? { crontab: `${minute} ${hour} * * *` } : {}),
  };
}

/** Crons with the same rhythm, where the interval divides a minute, an hour or a day; their phase is the clock's. */
function cronsOfInterval(seconds: number): Explanation['equivalent'] {
  const step = (size: number): string => (size === 1 ? '*' : `*/${size}`);
  if (seconds < 60) return 60 % seconds === 0 ? { cron: `* * * * * * ${step(seconds)}` } : {};
  const minutes = seconds / 60;
  if (!Number.isInteger(minutes)) return {};
  if (minutes < 60) {
    return 60 % minutes === 0
      ? { cron: `* * * * * ${step(minutes)} 0`, crontab: `${step(minutes)} * * * *` }
      : {};
  }
  const hours = minutes / 60;
  if (!Number.isInteger(hours) || 24 % hours !== 0) return {};
  if (hours === 24) return { cron: '* * * * 0 0 0', crontab: '0 0 * * *' };
  return { cron: `* * * * ${step(hours)} 0 0`, crontab: `0 ${step(hours)} * * *` };
}
