import type { Finding } from '../../../core/errors.ts';
import { isObject, type JsonObject } from '../../../core/json.ts';
import type { LintInput } from '../../../core/provider.ts';
import { formatRepeatInterval, words } from '../../../time/index.ts';
import { schedulePointer } from '../validate-values.ts';
import { advice } from './advice.ts';
import { type Claim, readClaims } from './claims.ts';
import { awayFromPeaks, type Clock } from './clock.ts';
import { fits, frequencyOf } from './frequency.ts';
import type { LintedSchedule } from './linted-schedule.ts';

/** Words about how often that the schedule does not keep: `daily` for what runs every hour. */
export function descriptionFindings(
  { spec, now }: LintInput,
  schedules: readonly LintedSchedule[],
): Finding[] {
  const written = isObject(spec['schedules']) ? spec['schedules'] : {};
  return schedules.flatMap((schedule) => {
    const own = written[schedule.key];
    const sources = [
      isObject(own) && typeof own['description'] === 'string'
        ? {
            pointer: schedulePointer(schedule.key, 'description'),
            what: 'description',
            text: own['description'],
          }
        : undefined,
      { pointer: schedule.pointer, what: 'key', text: schedule.key },
      // With several schedules it is about the job as a whole.
      schedules.length === 1 && typeof spec['description'] === 'string'
        ? { pointer: '/spec/description', what: 'description of the job', text: spec['description'] }
        : undefined,
    ].filter((source) => source !== undefined);
    for (const { pointer, what, text } of sources) {
      const claims = readClaims(text);
      const [claim] = claims;
      if (claim === undefined) continue;
      const frequency = frequencyOf(schedule.timing, now);
      if (claims.some((one) => fits(one, frequency))) return [];
      return [contradiction(schedule, pointer, what, claim)];
    }
    return [];
  });
}

function contradiction(schedule: LintedSchedule, pointer: string, what: string, claim: Claim): Finding {
  const better = asClaimed(schedule, claim);
  const truth = words(schedule.timing);
  return advice(
    'LINT_DESCRIPTION',
    'warning',
    pointer,
    `The ${what} says "${claim.text}", but schedule ${schedule.key} runs ${truth}.`,
    {
      why:
        better === undefined
          ? 'One of the two is wrong.'
          : `If "${claim.text}" is right, change the schedule; else the words (${truth}).`,
      ...(better !== undefined && { better }),
    },
  );
}

/** The schedule that the words describe, at a time of its own. */
function asClaimed({ timing, seed }: LintedSchedule, claim: Claim): string | undefined {
  if ('gap' in claim) return `repeatInterval: "${formatRepeatInterval(claim.gap)}"`;
  const present: Clock =
    timing.mode === 'cron' && timing.cron.minutes.length === 1 && timing.cron.seconds.length === 1
      ? timing.cron
      : { hours: [], minutes: [0], seconds: [0] };
  const { minutes, seconds } = awayFromPeaks(present, seed);
  const hour = present.hours.length < 24 ? (present.hours[0] ?? 2) : 2;
  const time = `${minutes[0]} ${seconds[0]}`;
  switch (claim.every) {
    case 'hour':
      return `cron: "* * * * * ${time}"`;
    case 'day':
      return `cron: "* * * * ${hour} ${time}"`;
    case 'week':
      return `cron: "* * * sun ${hour} ${time}"`;
    case 'month':
      return `cron: "* * 1 * ${hour} ${time}"`;
    case 'quarter':
      return `cron: "* 1,4,7,10 1 * ${hour} ${time}"`;
    case 'year':
      return `cron: "* 1 1 * ${hour} ${time}"`;
    case 'minute':
      return 'repeatInterval: "1 minute"';
    case 'second':
      return undefined;
  }
}

/** Schedules have no names in the service: the description is what tells them apart there. */
export function sharedDescriptionFindings({ spec }: LintInput): Finding[] {
  const schedules = isObject(spec['schedules']) ? spec['schedules'] : {};
  const first = new Map<string, string>();
  return Object.entries(schedules).flatMap(([key, schedule]) => {
    const description = descriptionOf(key, schedule as JsonObject);
    const other = first.get(description);
    first.set(description, other ?? key);
    if (other === undefined) return [];
    return [
      advice(
        'LINT_SHARED_DESCRIPTION',
        'info',
        schedulePointer(key, 'description'),
        `Schedules ${other} and ${key} have the same description.`,
        {
          why: 'In the service nothing else tells them apart; without the state they may be taken for each other.',
          better: `description: ${JSON.stringify(key)}`,
        },
      ),
    ];
  });
}

function descriptionOf(key: string, schedule: JsonObject): string {
  const { description } = schedule;
  return typeof description === 'string' ? description.trim() : key;
}
