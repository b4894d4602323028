import type { Calendar, Top } from './calendar.ts';
import { drawPicture } from './picture.ts';
import { summarize } from './summary.ts';
import { pictureStyle, themeStyle } from './svg-style.ts';

/** A picture lists so many peaks below itself; more do not help. */
const MOST_PEAKS = 10;

/**
 * One self-contained picture: the load per minute with its peaks named, and a lane for each of the busiest jobs; all
 * other jobs are one band. Light or dark as the reader prefers. Under 2 MB for any number of jobs and runs.
 */
export function renderCalendarSvg(calendar: Calendar, top: Top): string {
  const summary = summarize(calendar, Math.min(top.peaks, MOST_PEAKS));
  const style = `<style>${themeStyle('.rc')}${pictureStyle}</style>`;
  return `${drawPicture(summary, { jobs: top.jobs, headed: true, style })}\n`;
}
