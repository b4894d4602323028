import type { Finding } from '../../core/errors.ts';
import { isObject, type Json, type JsonObject, canonicalText as jsonText } from '../../core/json.ts';
import { isSealed } from '../../core/resource.ts';
import { parseJson, readDate } from './meaning.ts';
import { MODES } from './modes.ts';
import { normalizeJob } from './normalize.ts';
import { boundsWithin } from './schedule-timing.ts';
import {
  dateFindings,
  error,
  expressionFindings,
  schedulePointer,
  sizeFindings,
  switchFindings,
  warning,
} from './validate-values.ts';

/** The modes as manifests know them: `crontab` is a way to write `cron`. */
const WRITTEN_MODES = [...MODES, 'crontab'] as const;

export function validateSchedules(schedules: Json | undefined, job: JsonObject, now: number): Finding[] {
  if (!isObject(schedules) || isSealed(schedules)) return [];
  const entries = Object.entries(schedules).filter(
    (entry): entry is [string, JsonObject] => isObject(entry[1]) && !isSealed(entry[1]),
  );
  return [
    ...entries.flatMap(([key, schedule]) => scheduleFindings(key, schedule, job, now)),
    ...moveFindings(entries),
    ...twinFindings(schedules),
  ];
}

function scheduleFindings(key: string, schedule: JsonObject, job: JsonObject, now: number): Finding[] {
  const path = schedulePointer(key);
  const at = (field: string) => `${path}/${field}`;
  return [
    ...keyFindings(key),
    ...modeFindings(key, schedule),
    ...WRITTEN_MODES.flatMap((mode) => expressionFindings(mode, schedule[mode], at(mode))),
    ...timeFindings(schedule['time'], at('time'), now),
    ...switchFindings(schedule['active'], at('active')),
    ...dateFindings(schedule['startTime'], at('startTime'), now),
    ...dateFindings(schedule['endTime'], at('endTime'), now),
    ...boundFindings(key, schedule, job),
    ...dataFindings(schedule['data'], at('data')),
    ...sizeFindings(schedule, `Schedule ${key}`, schedulePointer(key)),
  ];
}

function keyFindings(key: string): Finding[] {
  if (key !== '') return [];
  return [error('SAP_SCHEDULE_KEY_EMPTY', schedulePointer(key), 'A schedule needs a key that is not empty.')];
}

function modeFindings(key: string, schedule: JsonObject): Finding[] {
  const modes = WRITTEN_MODES.filter((mode) => (schedule[mode] ?? null) !== null);
  if (modes.length === 1) return [];
  const expected = `exactly one of ${WRITTEN_MODES.join(', ')}`;
  if (modes.length === 0) {
    return [
      error('SAP_MODE_MISSING', schedulePointer(key), `Schedule ${key} does not say when it runs.`, {
        expected,
      }),
    ];
  }
  return [
    error(
      'SAP_MODE_SEVERAL',
      schedulePointer(key, modes[1] ?? ''),
      `Schedule ${key} says in ${modes.length} ways when it runs: ${modes.join(', ')}.`,
      { expected, remedy: 'Keep one, or make a schedule of each.' },
    ),
  ];
}

/** An empty one-time text is no time at all, unlike an empty start. */
function timeFindings(time: Json | undefined, pointer: string, now: number): Finding[] {
  if (time === '')
    return [error('TIME_EMPTY', pointer, 'The time is empty: the service would run it at once.')];
  return dateFindings(time, pointer, now);
}

function boundFindings(key: string, schedule: JsonObject, job: JsonObject): Finding[] {
  const start = readDate(schedule['startTime']);
  const end = readDate(schedule['endTime']);
  if (start !== undefined && end !== undefined && end <= start) {
    return [
      error(
        'SAP_END_BEFORE_START',
        schedulePointer(key, 'endTime'),
        `The end of schedule ${key} is not after its start.`,
        {
          remedy: 'It would never run. Swap the two, or take one out.',
        },
      ),
    ];
  }
  const bounds = boundsWithin(schedule, job);
  const findings: Finding[] = [];
  if (bounds.startTime !== undefined && bounds.endTime !== undefined && bounds.endTime <= bounds.startTime) {
    findings.push(
      warning(
        'SAP_OUTSIDE_JOB',
        schedulePointer(key),
        `Schedule ${key} and its job share no time: it never runs.`,
        {
          remedy: "Look at startTime and endTime of both; the job's bound all its schedules.",
        },
      ),
    );
  }
  const time = readDate(schedule['time']);
  if (time !== undefined && bounds.endTime !== undefined && time >= bounds.endTime) {
    findings.push(
      warning(
        'SAP_TIME_AFTER_END',
        schedulePointer(key, 'time'),
        `The time of schedule ${key} is not before its end: it never runs.`,
      ),
    );
  }
  return findings;
}

function dataFindings(data: Json | undefined, pointer: string): Finding[] {
  if (data === undefined || data === null || isObject(data)) return [];
  if (data === '') {
    return [
      warning('SAP_DATA_EMPTY_TEXT', pointer, 'data is an empty text: taken for no data.', {
        expected: 'an object',
        remedy: 'Write {} or take the line out.',
      }),
    ];
  }
  const parsed = typeof data === 'string' ? parseJson(data) : undefined;
  const kind = Array.isArray(data) ? 'a list' : typeof data === 'string' ? 'a text' : `a ${typeof data}`;
  return [
    error('SAP_DATA_NOT_OBJECT', pointer, `data is ${kind}.`, {
      expected: 'an object: the service sends it as the body or the query',
      remedy: isObject(parsed)
        ? 'The text holds an object: write it without the quotes.'
        : 'Put the value under a name of its own.',
    }),
  ];
}

function moveFindings(entries: readonly [string, JsonObject][]): Finding[] {
  const keys = new Set(entries.map(([key]) => key));
  const takers = new Map<string, string>();
  return entries.flatMap(([key, { movedFrom }]) => {
    if (typeof movedFrom !== 'string') return [];
    const pointer = schedulePointer(key, 'movedFrom');
    const taker = takers.get(movedFrom);
    takers.set(movedFrom, taker ?? key);
    if (keys.has(movedFrom)) {
      const message =
        movedFrom === key
          ? `Schedule ${key} cannot be moved from itself.`
          : `Schedule ${movedFrom} is still in the manifest, so ${key} cannot be what it was moved to.`;
      return [error('SAP_MOVED_FROM_EXISTS', pointer, message, { remedy: 'Take one of the two out.' })];
    }
    if (taker === undefined) return [];
    return [
      error(
        'SAP_MOVED_FROM_TWICE',
        pointer,
        `Schedules ${taker} and ${key} both say they were ${movedFrom}.`,
        {
          remedy: 'Only one of them can keep the schedule.',
        },
      ),
    ];
  });
}

/** Twins run everything twice and cannot be told apart without the state. */
function twinFindings(schedules: JsonObject): Finding[] {
  if (!haveSameDescription(schedules)) return [];
  const seen = new Map<string, string>();
  return normalizeJob('', { schedules }).parts.flatMap(({ key, canonical }) => {
    const text = jsonText(canonical);
    const twin = seen.get(text);
    seen.set(text, twin ?? key);
    if (twin === undefined) return [];
    return [
      warning(
        'SAP_SCHEDULE_TWINS',
        schedulePointer(key),
        `Schedules ${twin} and ${key} are the same in every respect.`,
        {
          remedy: 'Take one out, or give them different descriptions.',
        },
      ),
    ];
  });
}

/** Without a description of its own a schedule has its key, and keys differ: so most jobs can have no twins. */
function haveSameDescription(schedules: JsonObject): boolean {
  const entries = Object.entries(schedules);
  const texts = entries.map(([key, schedule]) =>
    isObject(schedule) ? (schedule['description'] ?? key) : key,
  );
  return new Set(texts).size < texts.length;
}
