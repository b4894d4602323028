import pLimit from 'p-limit';
import type { Change, PartChange } from '../core/change.ts';
import type { Session } from '../core/provider.ts';

/** So many schedules are asked how many run logs they have; of the others it is only said that they are lost. */
const MOST_COUNTS = 50;
const AT_ONCE = 8;

/**
 * Puts numbers to the run logs that a plan would destroy: one request for each schedule that is to be deleted or replaced,
 * none when there is no such schedule, none at all when there are more than `MOST_COUNTS`. What cannot be told stays `true`.
 */
export async function withRunLogCounts(changes: readonly Change[], session: Session): Promise<Change[]> {
  const { countRunLogs } = session;
  const losing = changes.flatMap((change) =>
    change.parts.flatMap((part) => (losesLogs(part) && change.live !== undefined ? [{ change, part }] : [])),
  );
  if (countRunLogs === undefined || losing.length === 0 || losing.length > MOST_COUNTS) return [...changes];
  const limit = pLimit(AT_ONCE);
  const counts = new Map<PartChange, number>();
  await Promise.all(
    losing.map(({ change, part }) =>
      limit(async () => {
        const ref = { kind: change.kind, id: change.live?.id ?? '', partId: part.live?.id ?? '' };
        const count = await countRunLogs(ref).catch(() => undefined);
        if (count !== undefined) counts.set(part, count);
      }),
    ),
  );
  return changes.map((change) => ({ ...change, parts: change.parts.map((part) => counted(part, counts)) }));
}

function losesLogs({ impact, live, blocked }: PartChange): boolean {
  return impact?.runLogsLost === true && live !== undefined && blocked === undefined;
}

function counted(part: PartChange, counts: ReadonlyMap<PartChange, number>): PartChange {
  const count = counts.get(part);
  if (count === undefined || part.impact === undefined) return part;
  return { ...part, impact: { ...part.impact, runLogsLost: count } };
}
