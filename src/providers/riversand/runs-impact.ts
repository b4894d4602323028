import type { Impact } from '../../core/change.ts';
import { defaultLook, type Look } from '../../core/look.ts';
import { compareRuns, type RunList } from '../../time/index.ts';

export const noRuns: RunList = () => [];

/**
 * What a change does to the runs of a schedule. A list is undefined where nobody can tell when its runs are; then nothing is
 * said about how often it ran, nor about what differs. What is new, or was not known, adds no run that nobody expects.
 */
export function runsImpact(
  [before, after]: readonly [RunList | undefined, RunList | undefined],
  { now, look = defaultLook, isNew }: { now: number; look: Look | undefined; isNew: boolean },
): Impact {
  const known = before !== undefined && after !== undefined;
  const { perDay, firstDifference, ...lists } = compareRuns([before ?? noRuns, after ?? noRuns], {
    now,
    look,
    isNew: isNew || before === undefined,
  });
  const figures = known ? { perDay, firstDifference } : {};
  return { ...lists, ...figures, immediate: false, runLogsLost: false };
}
