import { type Job, listed, nameOf, oneKind, scheduleNames } from './jobs.ts';
import { coordinate, escapeText, shortened } from './markup.ts';
import { type NamedPeak, whoText } from './named-peaks.ts';
import { countColumns, levelOf, type Scale, ticksOf, timeScale, weekendsOf } from './scale.ts';
import { busiestText, type Summary, stretchText, totalText, unsureTexts } from './summary.ts';
import { loadChart } from './svg-load.ts';
import { marks } from './svg-marks.ts';
import { clockText, countText, dayText, minutesText, numberText, spanText } from './when.ts';

const WIDTH = 1280;
const MARGIN = 32;
const LEFT = 288;
const PLOT = 900;
const RIGHT = LEFT + PLOT;
const LOAD_HEIGHT = 150;
const PEAK_PITCH = 42;
/** Dates, and the hours below them. */
const AXIS = 40;
const LANE = 14;
const PITCH = 21;
const BAND = 22;
const LABEL_COLUMNS = 36;
const DAY = 86_400_000;
/** More numbers in the picture would hide it; a page lists the others in its table. */
export const MARKED_PEAKS = 5;

export interface PictureOptions {
  /** How many jobs have a lane of their own. */
  jobs: number;
  /** With title and peaks; a page says these itself. */
  headed: boolean;
  /** A style element, when the picture stands alone. */
  style?: string;
}

/** The picture as an SVG element. */
export function drawPicture(summary: Summary, { jobs: most, headed, style = '' }: PictureOptions): string {
  const { calendar } = summary;
  const peaks = summary.peaks.slice(0, MARKED_PEAKS);
  const scale = timeScale(calendar.from, calendar.until, PLOT);
  const shown = summary.jobs.slice(0, most);
  const others = summary.jobs.slice(most);
  const loadTop = headed ? 164 : 56;
  const lanesTop = loadTop + LOAD_HEIGHT + 46;
  const bandTop = lanesTop + shown.length * PITCH + (others.length > 0 ? 8 : 0);
  const lanesEnd = others.length > 0 ? bandTop + BAND + 6 : bandTop;
  const legendTop = lanesEnd + 26;
  const peaksTop = legendTop + 36;
  const listsPeaks = headed && peaks.length > 0;
  const height = (listsPeaks ? peaksTop + peaks.length * PEAK_PITCH - 18 : legendTop + 6) + MARGIN - 12;
  const perJob = shown.map((job) => ({ job, counts: countColumns(scale, runsOf([job])) }));
  const mostPerColumn = perJob.reduce((all, { counts }) => Math.max(all, largest(counts)), 1);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="rc" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="rc-name rc-about">`,
    `<title id="rc-name">${escapeText(`Runs of ${calendar.title}`)}</title>`,
    `<desc id="rc-about">${escapeText(describe(summary))}</desc>`,
    style,
    headed ? `<rect class="rc-paper" width="${WIDTH}" height="${height}"/>${heading(summary)}` : '',
    grid(scale, loadTop, lanesEnd),
    `<text class="rc-head" x="${MARGIN}" y="${loadTop + 12}">Runs per minute</text>`,
    `<text class="rc-small" x="${MARGIN}" y="${loadTop + 29}">all ${countText(summary.jobs.length, 'job')} together;</text>`,
    `<text class="rc-small" x="${MARGIN}" y="${loadTop + 44}">each column: its busiest minute</text>`,
    loadChart({
      load: summary.load,
      peaks,
      scale,
      left: LEFT,
      top: loadTop,
      height: LOAD_HEIGHT,
    }),
    `<text class="rc-head" x="${MARGIN}" y="${lanesTop - 12}">${escapeText(laneTitle(shown.length, others.length))}</text>`,
    `<text class="rc-small" x="${WIDTH - MARGIN}" y="${lanesTop - 12}" text-anchor="end">runs</text>`,
    ...perJob.map(({ job, counts }, index) =>
      lane(
        job,
        marks(counts, scale, LANE, (count) => levelOf(count, mostPerColumn)),
        lanesTop + index * PITCH,
        oneKind(summary.jobs),
      ),
    ),
    others.length > 0 ? band(others, scale, bandTop) : '',
    legend(mostPerColumn, scale, legendTop, unsureTexts(calendar).length > 0),
    listsPeaks ? peakList(peaks, oneKind(summary.jobs), peaksTop) : '',
    '</svg>',
  ].join('');
}

function heading(summary: Summary): string {
  return [
    `<text class="rc-title" x="${MARGIN}" y="50">${escapeText(shortened(`Runs of ${summary.calendar.title}`, 90))}</text>`,
    `<text class="rc-lead" x="${MARGIN}" y="75">${escapeText(stretchText(summary.calendar))}</text>`,
    `<text class="rc-lead" x="${MARGIN}" y="95">${escapeText(`${totalText(summary)}; ${busiestText(summary)}`)}</text>`,
  ].join('');
}

function describe(summary: Summary): string {
  const busiest = summary.jobs.slice(0, 5).map(({ address, count }) => `${address} (${numberText(count)})`);
  const names = busiest.length === 0 ? '' : ` Busiest jobs: ${listed(busiest, 5)}.`;
  const unsure = unsureTexts(summary.calendar)
    .map((text) => ` ${text}`)
    .join('');
  return `${stretchText(summary.calendar)}: ${totalText(summary)}; ${busiestText(summary)}.${names}${unsure} Above, the load per minute; below, a lane for each job.`;
}

function laneTitle(shown: number, others: number): string {
  if (shown === 0) return 'No job runs in this time';
  if (others === 0) return shown === 1 ? 'The only job' : `${shown} jobs, the busiest first`;
  return `The ${shown} busiest of ${countText(shown + others, 'job')}`;
}

/** Weekends, lines at round times, and above them their labels: days in one row, hours below. */
function grid(scale: Scale, loadTop: number, bottom: number): string {
  const top = loadTop - AXIS;
  const weekends = weekendsOf(scale).map(([begin, end]) => {
    const x = scale.x(begin);
    return `<rect class="rc-weekend" x="${coordinate(LEFT + x)}" y="${top}" width="${coordinate(scale.x(end) - x)}" height="${bottom - top}"/>`;
  });
  const { at: ticks, step } = ticksOf(scale);
  const lines = ticks.map((at) => {
    const isDay = at % DAY === 0;
    return `M${coordinate(LEFT + scale.x(at))} ${isDay ? top : top + 18}V${bottom}`;
  });
  const labels = ticks.map((at) => {
    const isDay = at % DAY === 0;
    const x = coordinate(LEFT + scale.x(at) + 5);
    const room = scale.width - scale.x(at);
    const day = isDay && room > 24 ? dayLabel(at, x, top) : '';
    if (step >= DAY || room < 40) return day;
    return `${day}<text class="rc-small" x="${x}" y="${top + 29}">${clockText(at)}</text>`;
  });
  return `${weekends.join('')}<path class="rc-line" d="${lines.join('')}"/>${firstDay(scale, ticks, top)}${labels.join('')}`;
}

/** The day that the picture begins with, when the first midnight leaves room for it. */
function firstDay(scale: Scale, ticks: readonly number[], top: number): string {
  const midnight = ticks.find((at) => at % DAY === 0);
  if (midnight !== undefined && scale.x(midnight) < 78) return '';
  return dayLabel(scale.from, coordinate(LEFT + 5), top);
}

function dayLabel(at: number, x: string, top: number): string {
  return `<text class="rc-small rc-head rc-day" x="${x}" y="${top + 11}">${dayText(at)}</text>`;
}

function lane(job: Job, strokes: string, top: number, hidesKind: boolean): string {
  const unsure = job.schedules.filter(({ phase }) => phase === 'assumed').length;
  const name = `${unsure > 0 ? '~ ' : ''}${hidesKind ? nameOf(job.address) : job.address}`;
  // Paler where all of its times are estimated.
  const shade = unsure === job.schedules.length ? ' opacity="0.5"' : '';
  const schedules = shortened(scheduleNames(job, 6), 300);
  const about = `${shortened(job.address, 200)}: ${countText(job.count, 'run')}${schedules === '' ? '' : ` (${schedules})`}`;
  return [
    `<g transform="translate(0 ${top})"><title>${escapeText(about)}</title>`,
    `<text x="${MARGIN}" y="${LANE - 3}">${escapeText(shortened(name, LABEL_COLUMNS))}</text>`,
    `<rect class="rc-track" x="${LEFT}" width="${PLOT}" height="${LANE}"/>`,
    `<g transform="translate(${LEFT} ${LANE / 2})"${shade}>${strokes}</g>`,
    `<text class="rc-end rc-soft" x="${WIDTH - MARGIN}" y="${LANE - 3}">${numberText(job.count)}</text></g>`,
  ].join('');
}

/** All jobs without a lane as one, in shades of its own scale. */
function band(others: readonly Job[], scale: Scale, top: number): string {
  const counts = countColumns(scale, runsOf(others));
  const total = others.reduce((sum, { count }) => sum + count, 0);
  const most = Math.max(1, largest(counts));
  const about = `${countText(others.length, 'more job')} with ${countText(total, 'run')}; at most ${countText(most, 'run')} in ${spanText(scale.bucket)}`;
  return [
    `<g transform="translate(0 ${top})"><title>${escapeText(about)}</title>`,
    `<text class="rc-head" x="${MARGIN}" y="${BAND / 2 + 4}">${countText(others.length, 'more job')}</text>`,
    `<rect class="rc-track" x="${LEFT}" width="${PLOT}" height="${BAND}"/>`,
    `<g transform="translate(${LEFT} ${BAND / 2})">${marks(counts, scale, BAND, (count) => Math.ceil((4 * count) / most))}</g>`,
    `<text class="rc-end rc-soft" x="${WIDTH - MARGIN}" y="${BAND / 2 + 4}">${numberText(total)}</text></g>`,
  ].join('');
}

function legend(most: number, scale: Scale, top: number, unsure: boolean): string {
  const levels = Math.min(4, most);
  const begin = LEFT + (most === 1 ? 0 : 16);
  const boxes = Array.from(
    { length: levels },
    (_, index) =>
      `<path class="rc-mark rc-l${index + 1}" stroke-width="10" d="M${begin + index * 20} ${top - 4}h18"/>`,
  );
  const end = begin + levels * 20 + 6;
  const per = `${numberText(most)} ${most === 1 ? 'run' : 'runs'} in ${spanText(scale.bucket)}`;
  return `<text class="rc-small" x="${LEFT}" y="${top}">${most === 1 ? '' : '1'}</text>${boxes.join('')}<text class="rc-small" x="${end}" y="${top}">${per}</text><text class="rc-small" x="${RIGHT}" y="${top}" text-anchor="end">${unsure ? '~ estimated, phase not known; ' : ''}all times UTC</text>`;
}

function peakList(peaks: readonly NamedPeak[], plain: boolean, top: number): string {
  const rows = peaks.map((peak, index) => {
    const y = top + index * PEAK_PITCH;
    const when = `${countText(peak.count, 'run')}, ${minutesText(peak.minutes)}`;
    const who = shortened(whoText(peak, { most: 4, plain, longest: 48 }), 150);
    return [
      `<circle class="rc-dot" cx="${LEFT + 8}" cy="${y - 4}" r="8"/><text class="rc-no" x="${LEFT + 8}" y="${y - 0.5}">${index + 1}</text>`,
      `<text class="rc-head" x="${LEFT + 26}" y="${y}">${escapeText(when)}</text>`,
      `<text class="rc-soft" x="${LEFT + 26}" y="${y + 17}">${escapeText(who)}</text>`,
    ].join('');
  });
  return `<text class="rc-head" x="${MARGIN}" y="${top}">Peaks</text>${rows.join('')}`;
}

function* runsOf(jobs: Iterable<Job>): Generator<readonly number[]> {
  for (const job of jobs) for (const { runs } of job.schedules) yield runs;
}

function largest(counts: Uint32Array): number {
  return counts.reduce((a, b) => Math.max(a, b), 0);
}
