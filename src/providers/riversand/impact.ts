import type { Change, Impact } from '../../core/change.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Outlook } from '../../core/provider.ts';
import { formatInstant } from '../../time/index.ts';
import { healedFields, isRenamed } from './operations.ts';
import { firstRun, marginOf, type Rhythm, rhythmOf, runsFrom } from './phase.ts';
import { batchTarget } from './target.ts';

/** How many coming runs are shown. */
const RUNS = 5;

type Planned = Omit<Change, 'operations'>;

/** What a change of a batch schedule does to its runs, and what to know before. */
export function batchOutlook(change: Planned, now: number): Outlook {
  const writes =
    change.action !== 'forget' && (change.action !== 'adopt' || healedFields(change.fields).length > 0);
  if (!writes) return { warnings: change.action === 'adopt' ? [unseen] : [] };
  return { impact: batchImpact(change, now), warnings: batchWarnings(change) };
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

function batchImpact(change: Planned, now: number): Impact {
  const before = runsBefore(change, now);
  const after = runsAfter(change, now);
  const isNew = change.live === undefined || before.length === 0;
  const reach = Math.min(
    Number.POSITIVE_INFINITY,
    ...[before, after].filter((runs) => runs.length === RUNS).map((runs) => runs.at(-1) ?? 0),
  );
  return {
    before: before.map(formatInstant),
    after: after.map(formatInstant),
    missed: before.filter((at) => at <= reach && !after.includes(at)).map(formatInstant),
    extra: isNew
      ? []
      : after.filter((at) => at <= reach && !before.includes(at)).map((at) => formatInstant(at)),
    immediate: false,
    runLogsLost: false,
  };
}

/** Known only for the schedule that we wrote: its phase is what was sent then. */
function runsBefore({ live, base }: Planned, now: number): number[] {
  if (live === undefined || base === undefined || base.id !== live.id) return [];
  if (base.spec['enabled'] === false) return [];
  return coming(rhythmOf({ ...base.spec, ...interval(live.spec) }, base.effective), now);
}

function runsAfter(change: Planned, now: number): number[] {
  const { desired, base, action } = change;
  if (desired === undefined || action === 'deactivate' || desired.spec['enabled'] === false) return [];
  const target = batchTarget(change);
  const rhythm = rhythmOf(target, isRenamed(change) ? undefined : base?.effective);
  if (rhythm === undefined) return [];
  if (action === 'update') return coming(rhythm, now);
  const first = firstRun(rhythm, now, marginOf(target['startMargin']));
  return runsFrom(first, rhythm.interval, first, RUNS);
}

function interval(spec: JsonObject): JsonObject {
  const { recurrenceInterval } = spec;
  return recurrenceInterval === undefined ? {} : { recurrenceInterval };
}

function coming(rhythm: Rhythm | undefined, now: number): number[] {
  const anchor = rhythm?.last ?? rhythm?.startAt;
  if (rhythm === undefined || anchor === undefined) return [];
  return runsFrom(anchor, rhythm.interval, now, RUNS);
}

/** Schedule objects: the last run, where the object is about to go. */
export function objectOutlook(change: Planned): Outlook {
  if (change.action !== 'delete') return { warnings: [] };
  const last = change.live?.facts['lastInvocation'];
  return { warnings: [typeof last === 'string' ? `its last run was at ${last}` : 'no run of it is known'] };
}
