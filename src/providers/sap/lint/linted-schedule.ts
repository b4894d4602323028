import type { JsonObject } from '../../../core/json.ts';
import type { LintInput, Settled } from '../../../core/provider.ts';
import type { Timing } from '../../../time/index.ts';
import type { Mode } from '../modes.ts';
import { modeOf } from '../modes.ts';
import { normalizeJob } from '../normalize.ts';
import { timingOf } from '../schedule-timing.ts';
import { settledSchedule } from '../settled.ts';
import { schedulePointer } from '../validate-values.ts';

/** A schedule that can be read, with all that the rules look at. */
export interface LintedSchedule {
  key: string;
  /** With defaults, and a crontab translated. */
  spec: JsonObject;
  job: JsonObject;
  timing: Timing;
  mode: Mode;
  /** Where the mode is written: a crontab keeps its own place. */
  pointer: string;
  isCrontab: boolean;
  /** Neither it nor its job is switched off. */
  active: boolean;
  settled: Settled | undefined;
  /** Tells this schedule from all others: what its own minute is chosen by. */
  seed: string;
  now: number;
}

/** The schedules of a job or task as written; those that cannot be read are left to `validate`. */
export function lintedSchedules({ name, spec, now }: LintInput): LintedSchedule[] {
  const { schedules, ...job } = spec;
  const written = (schedules ?? {}) as Record<string, JsonObject>;
  return normalizeJob(name, spec).parts.flatMap(({ key, spec: own }) => {
    const timing = timingOf(own);
    const mode = modeOf(own);
    if (timing === undefined || mode === undefined) return [];
    const isCrontab = written[key]?.['crontab'] !== undefined && written[key]?.['cron'] === undefined;
    return [
      {
        key,
        spec: own,
        job,
        timing,
        mode,
        pointer: schedulePointer(key, isCrontab ? 'crontab' : mode),
        isCrontab,
        active: own['active'] !== false && job['active'] !== false,
        settled: settledSchedule(own, job, now),
        seed: `${name}/${key}`,
        now,
      },
    ];
  });
}
