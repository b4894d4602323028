import type { Finding, Severity } from '../../core/errors.ts';
import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import { formatPointer } from '../../core/pointer.ts';
import { isSealed } from '../../core/resource.ts';
import {
  crontabToSapCron,
  type Parsed,
  parseRepeatAt,
  parseRepeatInterval,
  parseSapCron,
  parseSapDate,
  type TimeIssue,
} from '../../time/index.ts';

/** What the service takes in one request, in bytes. */
export const LARGEST_BODY = 100 * 1024;

/** Where a schedule stands in the document. */
export function schedulePointer(key: string, ...fields: string[]): string {
  return formatPointer(['spec', 'schedules', key, ...fields]);
}

type More = { expected?: string; remedy?: string };

export function error(code: string, pointer: string, message: string, more: More = {}): Finding {
  return { code, severity: 'error', message, pointer, ...more };
}

export function warning(code: string, pointer: string, message: string, more: More = {}): Finding {
  return { code, severity: 'warning', message, pointer, ...more };
}

/** `active: "true"` is often written, and some clients send it so; it is not a boolean. */
export function switchFindings(value: Json | undefined, pointer: string): Finding[] {
  if (typeof value !== 'string') return [];
  const isSwitch = value === 'true' || value === 'false';
  return [
    error('SAP_ACTIVE_NOT_BOOLEAN', pointer, `active is the text ${JSON.stringify(value)}.`, {
      expected: 'true or false',
      remedy: isSwitch ? `Write ${value} without quotes.` : 'Write true or false without quotes.',
    }),
  ];
}

/** An instant: ISO 8601, RFC 2822 or {date, format}. For a relative text the instant it means at `now` is offered. */
export function dateFindings(value: Json | undefined, pointer: string, now: number): Finding[] {
  if (isNothing(value)) return [];
  return timeFindings(
    parseSapDate(value, { relativeTo: now }),
    isObject(value) ? `${pointer}/date` : pointer,
  );
}

const READERS: Readonly<Record<string, (text: string) => Parsed<unknown>>> = {
  cron: parseSapCron,
  crontab: crontabToSapCron,
  repeatInterval: parseRepeatInterval,
  repeatAt: parseRepeatAt,
};

/** A mode that is a text. YAML makes numbers of some texts (`18.40`); their hint comes with the issue. */
export function expressionFindings(mode: string, value: Json | undefined, pointer: string): Finding[] {
  const read = Object.hasOwn(READERS, mode) ? READERS[mode] : undefined;
  if (read === undefined || (typeof value !== 'string' && typeof value !== 'number')) return [];
  const findings = timeFindings(read(String(value)), pointer);
  if (typeof value === 'string' || findings.length > 0) return findings;
  return [
    error('SAP_EXPRESSION_NOT_TEXT', pointer, `${mode} is the number ${value}, not a text.`, {
      remedy: 'Put it in quotes.',
    }),
  ];
}

function timeFindings(parsed: Parsed<unknown>, pointer: string): Finding[] {
  if (!parsed.ok) return [toFinding(parsed.issue, pointer, 'error')];
  return parsed.warnings.map((issue) => toFinding(issue, pointer, 'warning'));
}

function toFinding(issue: TimeIssue, pointer: string, severity: Severity): Finding {
  const { code, message, offset, expected } = issue;
  const finding: Finding = { code, severity, message, pointer, offset };
  if (expected !== undefined) finding.expected = expected;
  const remedy = [issue.hint, issue.suggestion === undefined ? undefined : `Write: ${issue.suggestion}`]
    .filter((text) => text !== undefined)
    .join(' ');
  if (remedy !== '') finding.remedy = remedy;
  return finding;
}

function isNothing(value: Json | undefined): boolean {
  return value === undefined || value === null || value === '' || isSealed(value);
}

/** `what` names the object for people: `Schedule daily`. */
export function sizeFindings(value: JsonObject, what: string, pointer: string): Finding[] {
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes <= LARGEST_BODY) return [];
  return [
    error(
      'SAP_BODY_TOO_LARGE',
      pointer,
      `${what} needs ${bytes} bytes; the service takes at most ${LARGEST_BODY} in a request.`,
      { remedy: 'Let the application fetch the data itself, and send a reference to it.' },
    ),
  ];
}
