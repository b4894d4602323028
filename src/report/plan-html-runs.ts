import type { Impact } from '../core/change.ts';
import { escapeText } from './calendar/markup.ts';
import { noRunsText, perDayText } from './impact-text.ts';
import { showInstant } from './instant.ts';
import { counted } from './text.ts';

/** So many runs of each list are named. */
const SHOWN = 8;

/** What a change does to the runs of one part: before and after, missed and extra ones marked. All times are UTC. */
export function runsHtml(impact: Impact, gone: boolean): string {
  const { before, after, missed, extra, lastRun, perDay, firstDifference } = impact;
  const same = before.join() === after.join();
  const rows = same
    ? [row('next runs (UTC)', chips(after, new Set(), 'extra'))]
    : [
        row(gone ? 'would have run (UTC)' : 'runs before (UTC)', chips(before, new Set(missed), 'missed')),
        row(
          before.length === 0 ? 'next runs (UTC)' : 'runs after (UTC)',
          chips(after, new Set(extra), 'extra'),
        ),
      ];
  // Runs that neither list shows: a missed one may lie before the first shown, an extra one, too.
  const others = [
    row(
      'missed',
      chips(
        missed.filter((run) => !before.includes(run)),
        new Set(missed),
        'missed',
      ),
    ),
    row(
      'extra',
      chips(
        extra.filter((run) => !after.includes(run)),
        new Set(extra),
        'extra',
      ),
    ),
  ];
  const isEmpty = after.length === 0 && !gone && (before.length > 0 || impact.noRuns !== undefined);
  const none = isEmpty ? `<p class="warn">Next runs: ${escapeText(noRunsText(impact))}.</p>` : '';
  const moves = before.length > 0 && after.length > 0;
  const figures = [
    perDay !== undefined && moves ? row('runs per day', escapeText(perDayText(perDay))) : '',
    typeof firstDifference === 'string' && moves
      ? row('first run that differs (UTC)', chips([firstDifference], new Set(), 'extra'))
      : '',
  ];
  const table = [row('last run (UTC)', lastCall(lastRun)), ...rows, ...others, ...figures].join('');
  return `${table === '' ? '' : `<table>${table}</table>`}${none}${alarms(impact)}`;
}

function lastCall(lastRun: string | null | undefined): string {
  if (lastRun === undefined) return '';
  return lastRun === null ? 'none is known' : chips([lastRun], new Set(), 'extra');
}

function row(label: string, cells: string): string {
  return cells === '' ? '' : `<tr><th scope="row">${escapeText(label)}</th><td>${cells}</td></tr>`;
}

function chips(runs: readonly string[], marked: ReadonlySet<string>, mark: 'missed' | 'extra'): string {
  if (runs.length === 0) return '';
  const shown = runs.slice(0, SHOWN).map((run) => {
    const text = escapeText(showInstant(run));
    return marked.has(run) ? `<span class="${mark}" title="${mark}">${text}</span>` : `<span>${text}</span>`;
  });
  const more = runs.length - shown.length;
  return `<div class="runs">${shown.join('')}${more > 0 ? `<span>and ${more} more</span>` : ''}</div>`;
}

function alarms({ immediate, announced, missed, extra, before, after, runLogsLost }: Impact): string {
  const loss = (text: string): string => `<p class="loss">${escapeText(text)}</p>`;
  const lines: string[] = [];
  if (announced === true) lines.push('<p class="warn">The service starts its first run at once.</p>');
  else if (immediate) lines.push(loss('RUNS IMMEDIATELY. This write starts a run.'));
  const all = after.length > 0 && missed.length > 0 && missed.length === before.length && extra.length > 0;
  if (all) lines.push(loss('Every run moves. None of the coming runs stays where it was.'));
  else {
    if (missed.length > 0 && after.length > 0)
      lines.push(loss(`Misses ${counted(missed.length, 'run')} that would have been due.`));
    if (extra.length > 0) lines.push(loss(`Adds ${counted(extra.length, 'run')} that nobody expects.`));
  }
  if (runLogsLost === true) lines.push(loss('Its run logs are lost.'));
  else if (typeof runLogsLost === 'number' && runLogsLost > 0)
    lines.push(loss(`${counted(runLogsLost, 'run log')} will be lost.`));
  return lines.join('');
}
