import type { ChangeOutcome, OutcomeStatus } from '../core/outcome.ts';
import type { HistoryRecord, LockInfo } from '../state/store.ts';

const pastTense: Readonly<Record<string, string>> = {
  create: 'created',
  update: 'updated',
  replace: 'replaced',
  delete: 'deleted',
  deactivate: 'deactivated',
  adopt: 'adopted',
  forget: 'forgotten',
};

const others: Readonly<Partial<Record<OutcomeStatus, string>>> = {
  noop: 'needed nothing any more',
  failed: 'failed',
  blocked: 'blocked',
  notAttempted: 'not attempted',
};

export function actorOf({ owner, host }: Pick<LockInfo, 'owner' | 'host'>): string {
  return `${owner}@${host}`;
}

interface Applied
  extends Pick<
    HistoryRecord,
    'id' | 'target' | 'lineage' | 'serial' | 'at' | 'command' | 'actor' | 'commit' | 'dirty'
  > {
  outcomes: readonly ChangeOutcome[];
  /** How many changes of an interrupted apply were found done; undefined when none was interrupted. */
  recovered: number | undefined;
}

/** One line of the history for one apply. Holds names and codes alone: nothing of what was applied. */
export function historyRecord({ outcomes, recovered, ...rest }: Applied): HistoryRecord {
  const byStatus: Record<string, number> = {};
  for (const { status } of outcomes) byStatus[status] = (byStatus[status] ?? 0) + 1;
  return {
    ...rest,
    summary: summaryOf(outcomes, recovered),
    outcomes: byStatus,
    changes: outcomes.map(({ address, action, status, error }) => ({
      address,
      action,
      status,
      ...(error === undefined ? {} : { code: error.code }),
    })),
  };
}

function summaryOf(outcomes: readonly ChangeOutcome[], recovered: number | undefined): string {
  const counts = new Map<string, number>();
  const order = [...Object.values(pastTense), ...Object.values(others)];
  for (const { action, status } of outcomes) {
    const word = status === 'succeeded' ? (pastTense[action] ?? action) : (others[status] ?? status);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  const parts = [
    ...sorted.map(([word, count]) => `${count} ${word}`),
    ...(recovered === undefined ? [] : [`${recovered} of an interrupted apply found done`]),
  ];
  return parts.length === 0 ? 'books brought up to date' : parts.join(', ');
}
