import type { Change } from '../../core/change.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Outlook } from '../../core/provider.ts';
import { compareRuns, RUNS } from './compare-runs.ts';
import { healedFields } from './operations.ts';
import { objectRuns } from './runs.ts';

/**
 * What a change of a schedule object does to its calls, as far as a start tells when they are, and when it was called last.
 * Without a start on either side nobody can say when the calls come: then only the last one is shown.
 */
export function objectOutlook(change: Omit<Change, 'operations'>, now: number): Outlook {
  const { action, live, target, fields } = change;
  const writes = action !== 'forget' && (action !== 'adopt' || healedFields(fields).length > 0);
  if (!writes) return { warnings: [] };
  const isNew = live === undefined || live.identity !== change.desired?.identity;
  const stays = action !== 'delete' && action !== 'deactivate';
  const before = live === undefined ? [] : comingCalls(live.spec, now);
  const after = stays ? comingCalls(target ?? {}, now) : [];
  const last = live?.facts['lastInvocation'];
  const lastRun = typeof last === 'string' || last === null ? { lastRun: last } : {};
  if (before === undefined || after === undefined) {
    const unknown = compareRuns([], [], true);
    return live === undefined ? { warnings: [] } : { impact: { ...unknown, ...lastRun }, warnings: [] };
  }
  return { impact: { ...compareRuns(before, after, isNew), ...lastRun }, warnings: [] };
}

/** Undefined: nothing tells when they are. */
function comingCalls(spec: JsonObject, now: number): number[] | undefined {
  if (spec['enabled'] === false) return [];
  if (typeof spec['startTime'] !== 'string') return undefined;
  return objectRuns({ resource: spec, facts: {}, from: now, until: now + HORIZON, limit: RUNS });
}

const HORIZON = 366 * 24 * 60 * 60 * 1000;
