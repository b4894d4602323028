import type { Calendar, Top } from './calendar.ts';
import { drawPicture } from './picture.ts';
import { summarize } from './summary.ts';
import { pictureStyle } from './svg-style.ts';

/**
 * One self-contained picture: the load per minute with its peaks named, and a lane for each of the busiest jobs; all
 * other jobs are one band. Light or dark as the reader prefers. Under 2 MB for any number of jobs and runs.
 */
export function renderCalendarSvg(calendar: Calendar, top: Top): string {
  const summary = summarize(calendar, top.peaks);
  const style = `<style>${pictureStyle}</style>`;
  return `${drawPicture(summary, { jobs: top.jobs, headed: true, style })}\n`;
}
