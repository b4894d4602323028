import type { Change, Impact } from '../../core/change.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Look } from '../../core/look.ts';
import type { Outlook } from '../../core/provider.ts';
import type { RunList } from '../../time/index.ts';
import { healedFields } from './operations.ts';
import { objectRuns, stopOf } from './runs.ts';
import { noRuns, runsImpact } from './runs-impact.ts';

/**
 * What a change of a schedule object does to its calls, as far as a start tells when they are, and when it was called last.
 * Without a start on either side nobody can say when the calls come: then only the last one is shown.
 */
export function objectOutlook(change: Omit<Change, 'operations'>, now: number, look?: Look): Outlook {
  const { action, live, target, fields } = change;
  const writes = action !== 'forget' && (action !== 'adopt' || healedFields(fields).length > 0);
  if (!writes) return { warnings: [] };
  const isNew = live === undefined || live.identity !== change.desired?.identity;
  const stays = action !== 'delete' && action !== 'deactivate';
  const before = live === undefined ? noRuns : comingCalls(live.spec, now);
  const after = stays ? comingCalls(target ?? {}, now) : noRuns;
  const last = live?.facts['lastInvocation'];
  const lastRun = typeof last === 'string' || last === null ? { lastRun: last } : {};
  if (before === undefined || after === undefined) {
    if (live === undefined) return { warnings: [] };
    const unknown = runsImpact([undefined, undefined], { now, look, isNew });
    return { impact: { ...unknown, ...lastRun }, warnings: [] };
  }
  const impact = runsImpact([before, after], { now, look, isNew });
  const why = impact.after.length === 0 && action !== 'delete' ? whyNoCalls(change, now) : undefined;
  return { impact: { ...impact, ...(why === undefined ? {} : { noRuns: why }), ...lastRun }, warnings: [] };
}

/** Undefined: the next one is only later than was looked. */
function whyNoCalls({ action, target = {} }: Omit<Change, 'operations'>, now: number): Impact['noRuns'] {
  if (action === 'deactivate') return { why: 'inactive', text: 'it is switched off' };
  if (target['enabled'] === false) return { why: 'inactive', text: 'the schedule object is disabled' };
  const stop = stopOf(target, now);
  if (stop === undefined || stop > now) return undefined;
  return { why: 'ended', text: `its stopTime ${String(target['stopTime'])} is past` };
}

/** Undefined: nothing tells when they are. */
function comingCalls(spec: JsonObject, now: number): RunList | undefined {
  if (spec['enabled'] === false) return noRuns;
  if (typeof spec['startTime'] !== 'string') return undefined;
  return (until, limit) => objectRuns({ resource: spec, facts: {}, from: now, until, limit });
}
