import type { Impact } from '../../core/change.ts';
import { formatInstant } from '../../time/index.ts';

/** How many coming runs are shown. */
export const RUNS = 5;

/** Two lists of coming runs (epoch ms), compared as far as both reach. What is new adds no run that nobody expects. */
export function compareRuns(before: readonly number[], after: readonly number[], isNew: boolean): Impact {
  const reach = Math.min(
    Number.POSITIVE_INFINITY,
    ...[before, after].filter((runs) => runs.length === RUNS).map((runs) => runs.at(-1) ?? 0),
  );
  const only = (runs: readonly number[], others: readonly number[]): string[] =>
    runs.filter((at) => at <= reach && !others.includes(at)).map(formatInstant);
  return {
    before: before.map(formatInstant),
    after: after.map(formatInstant),
    missed: only(before, after),
    extra: isNew ? [] : only(after, before),
    immediate: false,
    runLogsLost: false,
  };
}
