import type { Json, JsonObject } from '../../core/json.ts';
import {
  type Bounds,
  intersectBounds,
  parseRepeatAt,
  parseRepeatInterval,
  parseSapCron,
  type Timing,
} from '../../time/index.ts';
import { readDate } from './meaning.ts';
import { type Mode, modeOf } from './modes.ts';

/** When a schedule (as written) runs; undefined when it cannot be read. */
export function timingOf(schedule: JsonObject): Timing | undefined {
  const mode = modeOf(schedule);
  return mode === undefined ? undefined : readTiming(mode, schedule[mode]);
}

function readTiming(mode: Mode, value: Json | undefined): Timing | undefined {
  if (mode === 'time') {
    const at = readDate(value);
    return at === undefined ? undefined : { mode, at };
  }
  if (typeof value !== 'string') return undefined;
  if (mode === 'cron') {
    const parsed = parseSapCron(value);
    return parsed.ok ? { mode, cron: parsed.value, text: value } : undefined;
  }
  if (mode === 'repeatInterval') {
    const parsed = parseRepeatInterval(value);
    return parsed.ok ? { mode, seconds: parsed.value.seconds } : undefined;
  }
  const parsed = parseRepeatAt(value);
  return parsed.ok ? { mode, secondOfDay: parsed.value.secondOfDay } : undefined;
}

/** Start and end of a schedule or a job, epoch ms. What cannot be read bounds nothing. */
export function boundsOf(spec: JsonObject): Bounds {
  const bounds: Bounds = {};
  const startTime = readDate(spec['startTime']);
  const endTime = readDate(spec['endTime']);
  if (startTime !== undefined) bounds.startTime = startTime;
  if (endTime !== undefined) bounds.endTime = endTime;
  return bounds;
}

/** The job's own bounds limit all its schedules. */
export function boundsWithin(schedule: JsonObject, job: JsonObject): Bounds {
  return intersectBounds(boundsOf(schedule), boundsOf(job));
}
