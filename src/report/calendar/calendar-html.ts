import type { Calendar, Top } from './calendar.ts';
import { type Job, scheduleNames } from './jobs.ts';
import { escapeText, shortened } from './markup.ts';
import { type NamedPeak, whoText } from './named-peaks.ts';
import { drawPicture, MARKED_PEAKS } from './picture.ts';
import { busiestText, type Summary, stretchText, summarize, totalText, unsureTexts } from './summary.ts';
import { fontStack, pageStyle, pictureStyle } from './svg-style.ts';
import { countText, minutesText, momentText, numberText } from './when.ts';

/** Nothing is loaded and nothing runs: the page is a document. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

const style = [
  pictureStyle,
  `body{margin:0;font:15px/1.5 ${fontStack}}`,
  'main{max-width:1280px;margin:0 auto;padding:36px 0 56px}',
  'header,section{padding:0 32px}',
  'h1{font-size:26px;line-height:1.2;margin:0 0 6px;overflow-wrap:anywhere}h2{font-size:17px;margin:40px 0 10px}',
  'p{margin:0}',
  'figure{margin:16px 0 0;overflow-x:auto}figure svg{display:block;width:100%;min-width:980px;height:auto}',
  'table{border-collapse:collapse;width:100%}',
  'th,td{text-align:left;vertical-align:top;padding:7px 16px 7px 0;border-bottom:1px solid;overflow-wrap:anywhere}',
  'th{font-weight:600}thead th{font-size:13px;white-space:nowrap}tbody th{font-weight:500}',
  '.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}td.num+td,th.num+th{padding-left:16px}',
  '.no{display:inline-block;min-width:20px;height:20px;line-height:20px;border-radius:10px;font-size:11px;font-weight:700;text-align:center}',
  '.wide{overflow-x:auto}',
  pageStyle,
].join('');

/**
 * One self-contained page: the picture, and in words and tables what it shows. Nothing is loaded, nothing runs. Light or
 * dark as the reader prefers. Under 2 MB for any number of jobs and runs.
 */
export function renderCalendarHtml(calendar: Calendar, top: Top): string {
  const summary = summarize(calendar, top.peaks);
  const title = escapeText(`Runs of ${calendar.title}`);
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    `<title>${title}</title><style>${style}</style></head><body><main>`,
    `<header><h1>${title}</h1><p>${escapeText(stretchText(calendar))}</p>`,
    `<p><b>${escapeText(totalText(summary))}</b>; ${escapeText(busiestText(summary))}.</p>${unsureTexts(
      calendar,
    )
      .map((text) => `<p>${escapeText(text)}</p>`)
      .join('')}</header>`,
    `<figure>${drawPicture(summary, { jobs: top.jobs, headed: false })}</figure>`,
    peakTable(summary),
    jobTable(summary, top.jobs),
    '</main></body></html>\n',
  ].join('');
}

function peakTable({ peaks, load }: Summary): string {
  if (load.total === 0) return '';
  if (peaks.length === 0)
    return '<section><h2>Peaks</h2><p>No two runs begin in the same minute.</p></section>';
  const rows = peaks.map(peakRow).join('');
  return `<section><h2>Peaks: runs that begin in the same minute</h2><div class="wide"><table><thead><tr><th scope="col">No.</th><th scope="col" class="num">Runs</th><th scope="col">When (UTC)</th><th scope="col">Who</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

function peakRow(peak: NamedPeak, index: number): string {
  const { minutes, count } = peak;
  const number = index < MARKED_PEAKS ? `<span class="no">${index + 1}</span>` : ` ${index + 1}`;
  const names = whoText(peak, { most: 8, plain: false, longest: 120 });
  return `<tr><td>${number}</td><td class="num">${numberText(count)}</td><td>${escapeText(minutesText(minutes))}</td><td class="soft">${escapeText(names)}</td></tr>`;
}

function jobTable({ jobs, idle }: Summary, most: number): string {
  if (jobs.length === 0) return '';
  const rows = jobs.slice(0, most).map(jobRow).join('');
  const hidden = jobs.length - most;
  const notes = [
    ...(hidden > 0 ? [`${countText(hidden, 'more job')} with fewer runs`] : []),
    ...(idle > 0 ? [`${countText(idle, 'job')} without a run in this time`] : []),
  ];
  const note = notes.length === 0 ? '' : `<p>And ${notes.join(', and ')}.</p>`;
  return `<section><h2>Jobs, the busiest first</h2><div class="wide"><table><thead><tr><th scope="col">Job</th><th scope="col">Schedules</th><th scope="col" class="num">Runs</th><th scope="col">First (UTC)</th></tr></thead><tbody>${rows}</tbody></table></div>${note}</section>`;
}

function jobRow(job: Job): string {
  const first = job.schedules.reduce(
    (all, { runs }) => Math.min(all, runs[0] ?? all),
    Number.POSITIVE_INFINITY,
  );
  const schedules = shortened(scheduleNames(job, 6), 300);
  return `<tr><th scope="row">${escapeText(shortened(job.address, 200))}</th><td class="soft">${escapeText(schedules)}</td><td class="num">${numberText(job.count)}</td><td>${escapeText(momentText(first))}</td></tr>`;
}
