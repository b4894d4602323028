import { canonicalText, isObject } from '../../../core/json.ts';
import type { LintInput, Load } from '../../../core/provider.ts';
import { fireTimes, sapCronFires } from '../../../time/index.ts';
import { readDate } from '../meaning.ts';
import { canonicalSchedule } from '../normalize.ts';
import { boundsWithin } from '../schedule-timing.ts';
import { type LintedSchedule, lintedSchedules } from './linted-schedule.ts';
import { elsewhere } from './peak-rule.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The schedules of a job or task whose runs can be foretold. */
export function sapLoads(input: LintInput): Load[] {
  const { name, spec } = input;
  const endpoint =
    typeof spec['action'] === 'string' ? `${spec['httpMethod'] ?? 'POST'} ${spec['action']}` : `task ${name}`;
  const seen = new Set<string>();
  return lintedSchedules(input).flatMap((schedule) => {
    const meaning = canonicalText(canonicalSchedule(schedule.spec));
    const isTwin = seen.has(meaning);
    seen.add(meaning);
    const load = isTwin ? undefined : toLoad(schedule, endpoint);
    return load === undefined ? [] : [load];
  });
}

function toLoad(schedule: LintedSchedule, endpoint: string): Load | undefined {
  const { spec, job, timing, key, pointer } = schedule;
  if (!schedule.active || schedule.settled !== undefined) return undefined;
  const start = readDate(spec['startTime']);
  const isFree = timing.mode === 'repeatInterval' && (start === undefined || start <= schedule.now);
  if (isFree) return undefined;
  const bounds = boundsWithin(spec, job);
  const data = isObject(spec['data']) ? spec['data'] : {};
  const better = elsewhere(schedule);
  return {
    pointer,
    label: `schedule ${key}`,
    endpoint,
    payload: canonicalText(data),
    rhythm: canonicalText([rhythmText(schedule), bounds.startTime ?? null, bounds.endTime ?? null]),
    perMinute: runsPerMinute(schedule),
    minutes: (from, until) => minutesOf(schedule, bounds, from, until),
    ...(better !== undefined && { better }),
  };
}

function rhythmText({ spec, mode }: LintedSchedule): string {
  return canonicalText(canonicalSchedule(spec)[mode]);
}

function runsPerMinute({ timing }: LintedSchedule): number {
  if (timing.mode === 'cron') return timing.cron.seconds.length;
  return timing.mode === 'repeatInterval' ? Math.max(1, Math.floor(60 / timing.seconds)) : 1;
}

function minutesOf(
  { timing }: LintedSchedule,
  bounds: { startTime?: number; endTime?: number },
  from: number,
  until: number,
): number[] {
  if (timing.mode === 'cron') {
    const { cron } = timing;
    const { startTime = from, endTime = until } = bounds;
    // By days, and by minutes within: a cron that runs every second would take a million steps otherwise.
    const daily = { ...cron, hours: [0], minutes: [0], seconds: [0] };
    const times = cron.hours.flatMap((hour) => cron.minutes.map((minute) => (hour * 60 + minute) * MINUTE));
    const isDue = (minute: number) =>
      minute >= from &&
      minute < until &&
      cron.seconds.some((second) => isWithin(minute + second * 1000, startTime, endTime));
    return [...sapCronFires(daily, from - (from % DAY), until)].flatMap((day) =>
      times.map((time) => day + time).filter(isDue),
    );
  }
  const step = timing.mode === 'repeatInterval' && timing.seconds < 60 ? { ...timing, seconds: 60 } : timing;
  return fireTimes(step, { ...bounds, from, until }).map(floorMinute);
}

function isWithin(at: number, startTime: number, endTime: number): boolean {
  return at >= startTime && at < endTime;
}

function floorMinute(at: number): number {
  return Math.floor(at / MINUTE) * MINUTE;
}
