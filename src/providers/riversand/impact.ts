import type { Change, Impact } from '../../core/change.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Look } from '../../core/look.ts';
import type { Outlook } from '../../core/provider.ts';
import { formatInstant, type RunList } from '../../time/index.ts';
import { healedFields, isRenamed } from './operations.ts';
import { firstRun, marginOf, type Rhythm, rhythmOf, runsFrom } from './phase.ts';
import { within } from './runs.ts';
import { noRuns, runsImpact } from './runs-impact.ts';
import { batchTarget } from './target.ts';

type Planned = Omit<Change, 'operations'>;

/** What a change of a batch schedule does to its runs, and what to know before. */
export function batchOutlook(change: Planned, now: number, look?: Look): Outlook {
  const writes =
    change.action !== 'forget' && (change.action !== 'adopt' || healedFields(change.fields).length > 0);
  if (!writes) return { warnings: change.action === 'adopt' ? [unseen] : [] };
  return { impact: batchImpact(change, now, look), warnings: batchWarnings(change) };
}

const unseen =
  'enabled, startAt, jobInputPayload and recreateOn cannot be read back: whether they are as in the manifest stays unknown until the next change';
const inferred =
  'the service does not document this call: its name is inferred (schedule-batch-enable, schedule-batch-disable)';

function batchWarnings(change: Planned): string[] {
  const off = change.desired?.spec['enabled'] === false;
  switch (change.action) {
    case 'deactivate':
      return [
        'the service knows no delete: the schedule is disabled, stays in the service, and is no longer ours after that',
        inferred,
      ];
    case 'update':
      return [inferred];
    case 'create':
      return off ? [inferred] : [];
    default:
      if (isRenamed(change))
        return ['the old schedule is disabled and stays in the service: it knows no delete', inferred];
      return [
        'the service knows no update: it deletes all earlier schedules of the pair and creates a new one, with a new id and the latest deployed version of the app; the phase is kept by doNotRunUntil',
        ...ignoredUnread(change),
        ...(off ? [inferred] : []),
      ];
  }
}

/** Left to others, but written all the same: nobody can tell what others set. */
function ignoredUnread({ desired }: Planned): string[] {
  const ignored = ['enabled', 'jobInputPayload'].filter((field) =>
    desired?.lifecycle.ignore.some((pointer) => pointer === `/${field}` || pointer.startsWith(`/${field}/`)),
  );
  if (ignored.length === 0) return [];
  return [`${ignored.join(' and ')} cannot be read: what others set there is lost, the manifest's is sent`];
}

function batchImpact(change: Planned, now: number, look: Look | undefined): Impact {
  const before = runsBefore(change, now);
  const first = firstAfter(change, now);
  const after = first === undefined ? noRuns : from(first.at, first.interval, now);
  // What was off, or over, expected no run: all that come are wanted.
  const isNew = change.live === undefined || before?.(Number.POSITIVE_INFINITY, 1).length === 0;
  const impact = runsImpact([before, after], { now, look, isNew });
  const missed = [...new Set([...impact.missed, ...skippedRuns(change, now)])].sort();
  return { ...impact, missed, ...(first === undefined ? { noRuns: whyNoRuns(change) } : {}) };
}

function whyNoRuns({ action, desired }: Planned): NonNullable<Impact['noRuns']> {
  if (action === 'deactivate') return { why: 'inactive', text: 'it is switched off' };
  if (desired?.spec['enabled'] === false) return { why: 'inactive', text: 'the schedule is disabled' };
  return { why: 'unknown', text: 'nothing tells the phase of its interval' };
}

/** Known only for the schedule that we wrote: its phase is what was sent then. Undefined: nobody can tell. */
function runsBefore({ live, base }: Planned, now: number): RunList | undefined {
  if (live === undefined) return noRuns;
  if (base === undefined || base.id !== live.id) return undefined;
  if (base.spec['enabled'] === false) return noRuns;
  const rhythm = rhythmOf({ ...base.spec, ...interval(live.spec) }, base.effective);
  const anchor = rhythm?.last ?? rhythm?.startAt;
  return rhythm === undefined || anchor === undefined ? undefined : from(anchor, rhythm.interval, now);
}

interface First {
  /** Epoch ms; the phase of all that follow. */
  at: number;
  /** ms */
  interval: number;
}

/** The phase after the change; undefined where nothing runs any more, or nobody can tell when. */
function firstAfter(change: Planned, now: number): First | undefined {
  const { desired, action } = change;
  if (desired === undefined || action === 'deactivate' || desired.spec['enabled'] === false) return undefined;
  const rhythm = writtenRhythm(change);
  if (rhythm === undefined) return undefined;
  const margin = marginOf(batchTarget(change)['startMargin']);
  const at = action === 'update' ? (rhythm.last ?? rhythm.startAt) : firstRun(rhythm, now, margin);
  return at === undefined ? undefined : { at, interval: rhythm.interval };
}

function from(anchor: number, interval: number, now: number): RunList {
  return (until, limit) => within(anchor, interval, now, until, limit);
}

/** So many are named at most; a margin of a thousand intervals is a mistake that `validate` has named. */
const MOST_SKIPPED = 1000;

/** Due by the new rhythm between now and the first run that the new schedule gets: nothing runs them. */
function skippedRuns(change: Planned, now: number): string[] {
  if (change.action === 'update') return [];
  const first = firstAfter(change, now)?.at;
  const rhythm = writtenRhythm(change);
  const anchor = rhythm?.startAt ?? rhythm?.last;
  if (rhythm === undefined || anchor === undefined || first === undefined) return [];
  const count = Math.min(MOST_SKIPPED, Math.ceil((first - Math.max(now, anchor)) / rhythm.interval));
  if (count <= 0) return [];
  return runsFrom(anchor, rhythm.interval, now + 1, count)
    .filter((at) => at < first)
    .map(formatInstant);
}

function writtenRhythm(change: Planned): Rhythm | undefined {
  return rhythmOf(batchTarget(change), isRenamed(change) ? undefined : change.base?.effective);
}

function interval(spec: JsonObject): JsonObject {
  const { recurrenceInterval } = spec;
  return recurrenceInterval === undefined ? {} : { recurrenceInterval };
}
