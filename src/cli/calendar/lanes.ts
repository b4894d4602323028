import { ReconcileError } from '../../core/errors.ts';
import type { Redactor } from '../../core/redactor.ts';
import type { Lane } from '../../report/calendar/index.ts';
import type { Scheduled } from './scheduled.ts';

/**
 * The runs of all schedules in [from, until). Names are redacted here, before anything is rendered. More than `most`
 * runs in all are a usage error: they would fill the memory, and nobody reads them.
 */
export function lanesOf(
  scheduled: readonly Scheduled[],
  { from, until, most, redactor }: { from: number; until: number; most: number; redactor: Redactor },
): Lane[] {
  let left = most;
  return scheduled.map(({ address, schedule, kind, resource, part, facts, due }) => {
    const asked = {
      resource,
      ...(part === undefined ? {} : { part }),
      ...(facts === undefined ? {} : { facts }),
      ...(due === undefined ? {} : { due }),
      from,
    };
    const runs = kind.runs?.({ ...asked, until, limit: left + 1 }) ?? [];
    const phase = kind.unsurePhase?.(asked);
    left -= runs.length;
    if (left < 0) throw tooMany(most);
    return {
      address: redactor.text(address),
      schedule: redactor.text(schedule),
      runs,
      ...(phase === undefined ? {} : { phase }),
    };
  });
}

function tooMany(most: number): ReconcileError {
  return new ReconcileError(`There are more than ${most} runs in this time.`, {
    code: 'USAGE_TOO_MANY_RUNS',
    category: 'invalid',
    remedy: 'Ask for fewer days (--days 1), or for some of the jobs (--only "SapJob/report*").',
  });
}
