import type { RenderOptions } from '../palette.ts';
import { fill, oneLine, padEnd, sentence } from '../text.ts';
import type { Calendar, Top } from './calendar.ts';
import { gridLines } from './grid-text.ts';
import { hourLines } from './hours-text.ts';
import { scheduleNames } from './jobs.ts';
import { whoText } from './named-peaks.ts';
import { type Summary, stretchText, summarize, totalText, unsureTexts } from './summary.ts';
import { countText, minutesText, numberText } from './when.ts';

const DAY = 86_400_000;
/** Up to here every hour has a line with names; beyond, a grid of days and hours. */
const LISTED = 2 * DAY;

/** A calendar for people: the load by day and hour, the peaks with names, the busiest jobs. All times are UTC. */
export function renderCalendarText(calendar: Calendar, top: Top, options: RenderOptions): string {
  const summary = summarize(calendar, top.peaks);
  const { palette, width } = options;
  const lines = [
    palette.strong(`Runs of ${oneLine(calendar.title)}`),
    ...fill('', `${stretchText(calendar)}: ${totalText(summary)}`.split(' '), width),
    ...unsureTexts(calendar).flatMap((text) => sentence('', oneLine(text), width, palette.warn)),
  ];
  if (summary.load.total > 0) {
    const byTime = calendar.until - calendar.from <= LISTED ? hourLines : gridLines;
    lines.push('', ...byTime(calendar, options));
    lines.push('', ...peakLines(summary, options));
    lines.push('', ...jobLines(summary, top.jobs, options));
  }
  return `${lines.join('\n')}\n`;
}

function peakLines({ peaks }: Summary, { palette, width }: RenderOptions): string[] {
  if (peaks.length === 0) return [palette.good('No two runs begin in the same minute.')];
  const digits = Math.max(...peaks.map(({ count }) => numberText(count).length));
  return [
    `${palette.strong('Peaks')} ${palette.faint('(runs within one minute)')}`,
    ...peaks.flatMap((peak) => {
      const { minutes, count } = peak;
      const names = whoText(peak, { most: 3, plain: false, longest: 120 });
      return [
        ...fill(
          `  ${palette.warn(numberText(count).padStart(digits))}  `,
          minutesText(minutes).split(' '),
          width,
        ),
        ...sentence(' '.repeat(digits + 4), names, width, palette.faint),
      ];
    }),
  ];
}

function jobLines({ jobs }: Summary, most: number, options: RenderOptions): string[] {
  const { palette, width } = options;
  const shown = jobs.slice(0, most);
  const digits = Math.max(...shown.map(({ count }) => numberText(count).length));
  const longest = Math.min(Math.floor(width / 2), Math.max(...shown.map(({ address }) => address.length)));
  const hidden = jobs.length - shown.length;
  const rest = jobs.slice(most).reduce((sum, { count }) => sum + count, 0);
  return [
    `${palette.strong('Busiest jobs')} ${palette.faint('(runs)')}`,
    ...shown.flatMap((job) =>
      fill(
        `  ${palette.accent(numberText(job.count).padStart(digits))}  ${padEnd(oneLine(job.address), longest)}  `,
        [palette.faint(oneLine(scheduleNames(job)))],
        width,
      ),
    ),
    ...(hidden > 0
      ? [
          palette.faint(
            `  … and ${countText(rest, 'run')} of ${countText(hidden, 'more job')}; --top shows more`,
          ),
        ]
      : []),
  ];
}
