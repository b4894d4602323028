import type { Change, PartChange } from '../core/change.ts';
import { ReconcileError } from '../core/errors.ts';
import type { Kind } from '../core/provider.ts';
import { formatInstant } from '../time/index.ts';

export interface AvoidRuns {
  /** No write this close to a run, before or after it, ms. */
  within: number;
  /** Give up after waiting so long, ms. */
  timeout: number;
}

/** Runs looked at in one stretch; a schedule that is due more often leaves no gap anyway. */
const LIMIT = 10_000;

/**
 * The first instant from `now` on that is at least `within` away from every run of what the change touches, before and
 * after the write; undefined when there is none before `until`. Epoch ms.
 */
export function nextGap(
  change: Change,
  kind: Kind,
  { within, now, until }: { within: number; now: number; until: number },
): number | undefined {
  const runs = touchedRuns(change, kind, now - within, until + within);
  let gap = now;
  for (const run of runs) {
    if (run >= gap + within) break;
    gap = Math.max(gap, run + within);
  }
  return gap <= until ? gap : undefined;
}

/** Runs of all schedules that a write of this change replaces or reschedules, as they are live, in order. */
function touchedRuns(change: Change, kind: Kind, from: number, until: number): number[] {
  const runsOf = kind.runs;
  if (runsOf === undefined || change.live === undefined) return [];
  const { live } = change;
  const due = (part: { spec: typeof live.spec; facts: typeof live.facts } | undefined): number[] =>
    runsOf({
      resource: kind.parts === undefined && part !== undefined ? part.spec : live.spec,
      ...(part === undefined || kind.parts === undefined ? {} : { part: part.spec }),
      facts: (part ?? live).facts,
      from,
      until,
      limit: LIMIT,
    });
  // What cannot be read back is as it was last applied, the phase that was sent among it.
  if (kind.parts === undefined) {
    const { base } = change;
    return due({ spec: { ...base?.spec, ...live.spec }, facts: { ...base?.effective, ...live.facts } });
  }
  const touched = change.parts.filter(moves).flatMap((part) => part.live ?? []);
  const whole =
    change.fields.some((field) => field.healed) ||
    change.action === 'delete' ||
    change.action === 'deactivate';
  const parts = whole ? live.parts : touched;
  return [...new Set(parts.flatMap(due))].sort((a, b) => a - b);
}

function moves(part: PartChange): boolean {
  return (
    part.action === 'update' ||
    part.action === 'replace' ||
    part.action === 'delete' ||
    part.action === 'deactivate'
  );
}

export function noGap(change: Change, { within, timeout }: AvoidRuns): ReconcileError {
  return new ReconcileError(
    `${change.address}: no moment came that is ${within / 1000} s away from its runs within ${timeout / 1000} s`,
    {
      code: 'NO_GAP',
      category: 'refused',
      remedy:
        'Nothing was written to it. Use a shorter --avoid-runs, a longer --avoid-runs-timeout, or apply without.',
    },
  );
}

export function waitingFor(change: Change, until: number, what: string): string {
  return `${change.address}: waiting until ${formatInstant(until)} for ${what}`;
}
