import type { OutcomeStatus, TargetOutcome } from '../core/outcome.ts';

const words: Record<OutcomeStatus, string> = {
  succeeded: 'applied',
  noop: 'in step by then',
  failed: 'failed',
  blocked: 'blocked',
  notAttempted: 'not attempted',
};

export function countByStatus({ outcomes }: TargetOutcome): Partial<Record<OutcomeStatus, number>> {
  const counts: Partial<Record<OutcomeStatus, number>> = {};
  for (const { status } of outcomes) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** `3 changes applied, 1 failed`: one line about an apply. */
export function summaryOf(outcome: TargetOutcome): string {
  const counts = Object.entries(countByStatus(outcome)) as [OutcomeStatus, number][];
  if (counts.length === 0) return outcome.error?.message ?? 'nothing was to be done';
  return counts.map(([status, count]) => `${count} ${words[status]}`).join(', ');
}
