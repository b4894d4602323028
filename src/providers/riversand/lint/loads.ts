import { choose } from '../../../core/choose.ts';
import { canonicalText } from '../../../core/json.ts';
import type { LintInput, Load } from '../../../core/provider.ts';
import { formatInstant, formatRiversandTime, parseRiversandTime } from '../../../time/index.ts';
import { canonicalMap, canonicalNumber } from '../meaning.ts';
import { pairOf } from '../pairs.ts';
import { rhythmOf } from '../phase.ts';
import { batchRuns, objectRuns } from '../runs.ts';

const MINUTE = 60_000;
/** How far a start is moved at most, minutes: later, never before what the run needs. */
const FARTHEST = 29;

/** The runs of a batch schedule whose phase the manifest names. */
export function batchLoads({ name, spec }: LintInput): Load[] {
  const pair = pairOf(spec);
  const rhythm = rhythmOf(spec, undefined);
  if (pair === undefined || rhythm?.startAt === undefined || spec['enabled'] === false) return [];
  const { interval, startAt } = rhythm;
  const moved = laterStart(startAt, interval, name);
  return [
    {
      pointer: '/spec/startAt',
      label: 'schedule',
      endpoint: `batch job ${canonicalText([pair.appId, pair.jobDefId])}`,
      payload: canonicalText(canonicalMap(spec['jobInputPayload'] ?? null)),
      rhythm: canonicalText([interval, startAt]),
      perMinute: 1,
      minutes: (from, until) => minutesOf(batchRuns, spec, from, until),
      ...(moved === undefined ? {} : { better: `startAt: ${formatInstant(moved)}` }),
    },
  ];
}

/** The calls of a schedule object that has a start. */
export function objectLoads({ name, spec, now }: LintInput): Load[] {
  const { taskUrl, startTime, stopTime } = spec;
  const minutes = canonicalNumber(spec['intervalInMins'] ?? null);
  const isRead = typeof taskUrl === 'string' && typeof startTime === 'string' && typeof minutes === 'number';
  if (!isRead || minutes < 1 || spec['enabled'] === false) return [];
  const parsed = parseRiversandTime(startTime);
  if (!parsed.ok) return [];
  const { at } = parsed.value;
  // Without a date the time of day is that of the day on which the object is written.
  const moved = at === null ? undefined : laterStart(at, minutes * MINUTE, name);
  return [
    {
      pointer: '/spec/startTime',
      label: 'schedule object',
      endpoint: `POST ${taskUrl}`,
      payload: canonicalText(canonicalMap(spec['taskPayload'] ?? null)),
      rhythm: canonicalText([minutes, startTime, stopTime ?? null, at === null ? now : 0]),
      perMinute: 1,
      minutes: (from, until) => minutesOf(objectRuns, spec, from, until),
      ...(moved === undefined ? {} : { better: `startTime: ${formatRiversandTime(moved)}` }),
    },
  ];
}

function minutesOf(
  runs: typeof batchRuns,
  resource: LintInput['spec'],
  from: number,
  until: number,
): number[] {
  const limit = Math.ceil((until - from) / MINUTE);
  return runs({ resource, facts: {}, from, until, limit }).map((at) => Math.floor(at / MINUTE) * MINUTE);
}

/** The same rhythm, begun some minutes later; undefined where the interval has no other minute. */
function laterStart(start: number, interval: number, name: string): number | undefined {
  const most = Math.min(FARTHEST, Math.floor(interval / MINUTE) - 1);
  const shifts = Array.from({ length: Math.max(0, most) }, (_, index) => index + 1);
  const shift = choose(shifts, name);
  return shift === undefined ? undefined : start + shift * MINUTE;
}
