import type { Finding } from '../../core/errors.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { isSealed } from '../../core/resource.ts';
import { formatInstant, parseIsoDuration, parseRiversandTime, parseSapDate } from '../../time/index.ts';
import { hasZone, readInstant, readSeconds } from './meaning.ts';
import { ALL } from './pairs.ts';
import { error, isNothing, timeFinding, warning } from './validate-values.ts';

/** The shortest interval of the batch service, in seconds. */
const SHORTEST = 60;
const LONGEST_NAME = 256;

/** Semantic rules for a batch schedule. */
export function validateBatch(_name: string, spec: JsonObject): Finding[] {
  return [
    ...idFindings(spec['appId'], '/spec/appId'),
    ...idFindings(spec['jobDefId'], '/spec/jobDefId'),
    ...intervalFindings(spec['recurrenceInterval']),
    ...startFindings(spec['startAt']),
    ...marginFindings(spec),
  ];
}

/** Ids go into the service's own ids, which join their parts with `_`; what else is in them has to survive lists and URLs. */
function idFindings(value: Json | undefined, pointer: string): Finding[] {
  if (typeof value !== 'string') return [];
  if (value === ALL) {
    return [
      error('RIVERSAND_ID_RESERVED', pointer, `${ALL} stands for all of them in the service's lists.`, {
        expected: 'the id of one app or job definition',
        remedy: 'Write one manifest for each.',
      }),
    ];
  }
  const offset = value.search(/[^A-Za-z0-9_.-]/);
  if (offset < 0) return [];
  const char = JSON.stringify(String.fromCodePoint(value.codePointAt(offset) ?? 0));
  return [
    error('RIVERSAND_ID_UNSAFE', pointer, `${JSON.stringify(value)} holds ${char}.`, {
      expected: 'letters, digits, _, - and .',
      remedy: 'Take the id as the service shows it; other characters do not come back safely in its ids.',
      offset,
    }),
  ];
}

function intervalFindings(value: Json | undefined): Finding[] {
  const pointer = '/spec/recurrenceInterval';
  if (typeof value !== 'string') return [];
  const parsed = parseIsoDuration(value);
  if (!parsed.ok) return [timeFinding(parsed.issue, pointer)];
  if (parsed.value.seconds >= SHORTEST) return [];
  return [
    error('RIVERSAND_INTERVAL_SHORT', pointer, `${value} is shorter than the service's shortest interval.`, {
      expected: 'at least PT1M, one minute',
      remedy: 'Write: PT1M',
    }),
  ];
}

function startFindings(value: Json | undefined): Finding[] {
  const pointer = '/spec/startAt';
  if (typeof value !== 'string') return [];
  const parsed = parseSapDate(value);
  if (!parsed.ok) return [timeFinding(parsed.issue, pointer)];
  const instant = formatInstant(parsed.value.at);
  if (!/^\d{4}/.test(value.trim())) {
    return [
      error('RIVERSAND_START_NOT_ISO', pointer, `${JSON.stringify(value)} is not an ISO 8601 instant.`, {
        expected: 'an instant with a zone, such as 2026-01-31T06:00:00Z',
        remedy: `Write: ${instant}`,
      }),
    ];
  }
  if (!hasZone(value)) {
    return [
      error('RIVERSAND_START_NO_ZONE', pointer, `${JSON.stringify(value)} has no time zone.`, {
        expected: 'an instant with a zone, such as 2026-01-31T06:00:00Z',
        remedy: `Write: ${instant} (if UTC is meant).`,
      }),
    ];
  }
  if (readInstant(value) !== undefined) return [];
  return [
    error('RIVERSAND_START_NOT_ISO', pointer, `${JSON.stringify(value)} is written in an unusual form.`, {
      expected: 'yyyy-MM-ddTHH:mm:ssZ',
      remedy: `Write: ${instant}`,
    }),
  ];
}

function marginFindings(spec: JsonObject): Finding[] {
  const pointer = '/spec/startMargin';
  const value = spec['startMargin'];
  if (typeof value !== 'string') return [];
  const parsed = parseIsoDuration(value);
  if (!parsed.ok) return [timeFinding(parsed.issue, pointer)];
  const interval = readSeconds(spec['recurrenceInterval']);
  if (interval === undefined || parsed.value.seconds < interval) return [];
  return [
    warning('RIVERSAND_MARGIN_LONG', pointer, `The margin ${value} is as long as the interval.`, {
      remedy: 'Every write then misses at least one run. Shorten it.',
    }),
  ];
}

/** Semantic rules for a schedule object. */
export function validateObject(name: string, spec: JsonObject): Finding[] {
  return [
    ...nameFindings(name, spec['displayName']),
    ...minutesFindings(spec['intervalInMins']),
    ...timeFindings(spec['startTime'], '/spec/startTime', false),
    ...timeFindings(spec['stopTime'], '/spec/stopTime', true),
    ...orderFindings(spec),
  ];
}

function nameFindings(name: string, displayName: Json | undefined): Finding[] {
  const findings: Finding[] = [];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (name.trim() === '' || name !== name.trim() || /[\u0000-\u001f\u007f]/.test(name)) {
    findings.push(
      error('RIVERSAND_ID_UNSAFE', '/metadata/name', `${JSON.stringify(name)} cannot be an id.`, {
        expected: 'a text without control characters or spaces at its ends',
        remedy: 'The name of the manifest is the id of the schedule object.',
      }),
    );
  }
  const shown = typeof displayName === 'string' ? displayName : name;
  if (shown.length <= LONGEST_NAME) return findings;
  const pointer = typeof displayName === 'string' ? '/spec/displayName' : '/metadata/name';
  findings.push(
    error('RIVERSAND_NAME_LONG', pointer, `The name has ${shown.length} characters.`, {
      expected: `at most ${LONGEST_NAME}`,
      remedy: 'Give it a shorter displayName.',
    }),
  );
  return findings;
}

function minutesFindings(value: Json | undefined): Finding[] {
  if (typeof value !== 'number' || (Number.isInteger(value) && value >= 1)) return [];
  return [
    error('RIVERSAND_INTERVAL_SHORT', '/spec/intervalInMins', `${value} is no interval of the service.`, {
      expected: 'a whole number of minutes, at least 1',
      remedy: 'Write: 1',
    }),
  ];
}

function timeFindings(value: Json | undefined, pointer: string, requireDate: boolean): Finding[] {
  if (typeof value !== 'string' || isNothing(value)) return [];
  const parsed = parseRiversandTime(value, { requireDate });
  return parsed.ok ? [] : [timeFinding(parsed.issue, pointer)];
}

function orderFindings({ startTime, stopTime }: JsonObject): Finding[] {
  const start = instantOf(startTime);
  const stop = instantOf(stopTime);
  if (start === null || stop === null || stop > start) return [];
  return [
    error('RIVERSAND_STOP_BEFORE_START', '/spec/stopTime', 'The stop is not after the start.', {
      expected: `later than ${formatInstant(start)}`,
      remedy: 'The task would never be called. Swap the two, or take one out.',
    }),
  ];
}

function instantOf(value: Json | undefined): number | null {
  if (typeof value !== 'string' || isSealed(value)) return null;
  const parsed = parseRiversandTime(value);
  return parsed.ok ? parsed.value.at : null;
}
