import type { Action, Impact } from '../core/change.ts';
import { showInstants } from './instant.ts';
import type { RenderOptions } from './palette.ts';
import { counted, fill, sentence } from './text.ts';

/** What a change does to the runs of one part. All times are UTC. */
export function impactLines(
  impact: Impact,
  action: Action,
  indent: string,
  options: RenderOptions,
): string[] {
  return [
    ...lastRunLines(impact, indent, options),
    ...runLines(impact, action, indent, options),
    ...figureLines(impact, indent, options),
    ...alarmLines(impact, indent, options),
  ];
}

function lastRunLines({ lastRun }: Impact, indent: string, { palette }: RenderOptions): string[] {
  if (lastRun === undefined) return [];
  const text = lastRun === null ? 'none is known' : showInstants([lastRun]).join('');
  return [`${indent}${palette.faint('last run')}  ${text}`];
}

/** How often it runs, where that changes, and the first run that differs, where the lists above do not show it. */
function figureLines(impact: Impact, indent: string, { palette, verbose }: RenderOptions): string[] {
  const { before, after, perDay, firstDifference } = impact;
  const line = (label: string, text: string): string => `${indent}${palette.faint(label)}  ${text}`;
  const often =
    perDay !== undefined &&
    (verbose || (perDay.before !== perDay.after && before.length > 0 && after.length > 0));
  const hidden = before.length > 0 && before.join() === after.join();
  const differs = typeof firstDifference === 'string' && (verbose || hidden);
  return [
    ...(often ? [line('runs per day', perDayText(perDay))] : []),
    ...(differs ? [line('first run that differs', showInstants([firstDifference]).join())] : []),
  ];
}

/** `24 → 1 (mean of the next 7 days)` */
export function perDayText({ before, after, days }: NonNullable<Impact['perDay']>): string {
  const numbers = before === after ? `${after}` : `${before} → ${after}`;
  return `${numbers} (mean of the next ${days} days)`;
}

function runLines(
  impact: Impact,
  action: Action,
  indent: string,
  { palette, width, verbose }: RenderOptions,
): string[] {
  const { before, after } = impact;
  const same = before.length === after.length && before.every((instant, index) => instant === after[index]);
  const line = (label: string, instants: readonly string[]): string[] =>
    fill(`${indent}${palette.faint(label)}  `, shownRuns(instants, verbose), width, ',');
  if (action === 'delete' && after.length === 0)
    return before.length === 0 ? [] : line('would have run', before);
  if (same && before.length > 0) return line('next runs', after);
  if (same && action !== 'create' && impact.noRuns === undefined) return [];
  return [
    ...(before.length > 0 ? line('runs before', before) : []),
    ...(after.length > 0
      ? line(before.length > 0 ? 'runs after ' : 'next runs', after)
      : sentence(
          `${indent}${palette.faint(before.length > 0 ? 'runs after ' : 'next runs')}  `,
          noRunsText(impact),
          width,
          palette.warn,
        )),
  ];
}

/** `none: the job is inactive`; without a reason the next run is only later than was looked. */
export function noRunsText({ noRuns, until }: Impact): string {
  if (noRuns === undefined)
    return until === undefined ? 'none within a year' : `none before ${until.slice(0, 10)}`;
  return noRuns.why === 'unknown' ? `not known: ${noRuns.text}` : `none: ${noRuns.text}`;
}

/** Three are enough to see the rhythm. */
function shownRuns(instants: readonly string[], verbose: boolean): string[] {
  return showInstants(verbose ? instants : instants.slice(0, 3));
}

function alarmLines(impact: Impact, indent: string, options: RenderOptions): string[] {
  const { palette, width } = options;
  const alarm = (text: string): string[] =>
    sentence(`${indent}${palette.alarm('!')} `, text, width, palette.alarm);
  const lines: string[] = [];
  if (impact.announced === true) {
    lines.push(
      ...sentence(
        `${indent}${palette.warn('!')} `,
        'The service starts its first run at once.',
        width,
        palette.warn,
      ),
    );
  } else if (impact.immediate) {
    lines.push(...alarm('RUNS IMMEDIATELY: this write starts a run.'));
  }
  if (impact.disturbs === true) {
    lines.push(
      ...alarm('RUNS TOO OFTEN for a quiet moment: the run next to the write may be stopped, or come early.'),
    );
  }
  lines.push(...movedLines(impact, indent, options));
  if (impact.runLogsLost === true) lines.push(...alarm('Its run logs are lost.'));
  if (typeof impact.runLogsLost === 'number' && impact.runLogsLost > 0) {
    lines.push(...alarm(`${counted(impact.runLogsLost, 'run log')} will be lost.`));
  }
  return lines;
}

/** Runs that fall away and runs that are new. When all of them move, the lists before and after say it already. */
function movedLines(
  { before, after, missed, extra }: Impact,
  indent: string,
  options: RenderOptions,
): string[] {
  const { palette, verbose } = options;
  if (after.length === 0) return [];
  if (!verbose && missed.length > 0 && missed.length === before.length && extra.length > 0) {
    return [
      `${indent}${palette.alarm('!')} ${palette.alarm('EVERY RUN MOVES: none of the coming runs stays where it was.')}`,
    ];
  }
  return [
    ...listed(missed, (count) => `MISSES ${count} that would have been due:`, indent, options),
    ...listed(extra, (count) => `ADDS ${count} that nobody expects:`, indent, options),
  ];
}

function listed(
  instants: readonly string[],
  label: (count: string) => string,
  indent: string,
  { palette, width, verbose }: RenderOptions,
): string[] {
  if (instants.length === 0) return [];
  const shown = shownRuns(instants, verbose);
  const more = instants.length - shown.length;
  const pieces = [...shown, ...(more > 0 ? [`and ${more} more`] : [])];
  const head = `${indent}${palette.alarm('!')} ${palette.alarm(label(counted(instants.length, 'run')))} `;
  return fill(head, pieces, width, ',');
}
