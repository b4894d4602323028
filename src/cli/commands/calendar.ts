import { extname } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { ReconcileError } from '../../core/errors.ts';
import { writeResult } from '../../project/write-file.ts';
import {
  type Calendar,
  calendarDocument,
  renderCalendarHtml,
  renderCalendarSvg,
  renderCalendarText,
  type Top,
} from '../../report/calendar/index.ts';
import { renderJson } from '../../report/json.ts';
import { plainPalette, type RenderOptions } from '../../report/palette.ts';
import { parseSapDate } from '../../time/index.ts';
import { desiredSource } from '../calendar/desired.ts';
import { lanesOf } from '../calendar/lanes.ts';
import { liveSource } from '../calendar/live.ts';
import { savedPlanSource } from '../calendar/saved-plan.ts';
import type { Source } from '../calendar/source.ts';
import type { Configure } from '../configure.ts';
import { type Context, openContext } from '../context.ts';
import { collect, wholeNumber } from '../options.ts';
import { openOutFile } from '../out-file.ts';

const formats = ['text', 'json', 'svg', 'html'] as const;
type Format = (typeof formats)[number];

interface Options {
  target?: string;
  only: string[];
  concurrency: number;
  from?: number;
  days?: number;
  until?: number;
  live?: true;
  plan?: string;
  output?: Format;
  out?: string;
  top?: number;
}

const DAY = 86_400_000;
const DEFAULT_DAYS = 7;
const MOST_DAYS = 366;
/** Runs that a calendar takes in all; a list of them, which JSON is, takes more room than the counts of a picture. */
const MOST_RUNS = 20_000_000;
const MOST_LISTED = 1_000_000;
/** A file has no colours, and no terminal's width. */
const inFile: RenderOptions = { palette: plainPalette, width: 100, verbose: false };
const defaultTop: Record<Format, Top> = {
  text: { jobs: 10, peaks: 5 },
  json: { jobs: 0, peaks: 10 },
  svg: { jobs: 40, peaks: 5 },
  html: { jobs: 40, peaks: 10 },
};

/** `reconcile calendar`. */
export const configureCalendar: Configure = (command, invocation) => {
  command
    .option('-t, --target <name>', 'the target (default: the only one)')
    .option('--only <glob>', 'only these addresses, such as "SapJob/report*"; repeatable', collect, [])
    .option('--from <instant>', 'from here on, ISO 8601 (default: now)', readInstant)
    .addOption(
      new Option('--days <n>', `so many days, 1 to ${MOST_DAYS} (default: ${DEFAULT_DAYS})`)
        .argParser(wholeNumber(1, MOST_DAYS))
        .conflicts('until'),
    )
    .option('--until <instant>', `up to here, at most ${MOST_DAYS} days on`, readInstant)
    .addOption(new Option('--live', 'the schedules that the service has now').conflicts('plan'))
    .option('--plan <file>', 'the schedules that a saved plan changes, as they will be')
    .option('--concurrency <n>', 'with --live: most requests in flight, 1 to 16', wholeNumber(1, 16), 8)
    .option('--top <n>', 'how many of the busiest jobs and minutes to name, 1 to 100', wholeNumber(1, 100))
    .addOption(
      new Option('-o, --output <format>', 'the form (default: what --out ends in, else text)').choices(
        formats,
      ),
    )
    .option('--out <file>', 'write to this file instead')
    .addHelpText(
      'after',
      `
Shows what the manifests say, offline and without credentials, unless --live or --plan is given. All times are UTC.

Examples:
  $ reconcile calendar                                    the next seven days as a table
  $ reconcile calendar --days 1 --only "SapJob/report*"   hour by hour, with names
  $ reconcile calendar -t prod --live --out week.html     a page to look at
  $ reconcile calendar --plan plan.json -o svg > after.svg
  $ reconcile calendar --from 2027-01-01T00:00:00Z --until 2027-01-02T00:00:00Z -o json`,
    )
    .action(async (options: Options) => {
      const context = openContext(command, invocation);
      const output = options.output ?? formatOf(options.out);
      const file = await openOutFile(context, options.out);
      // Before anything is read; and again below, because the service's clock may differ.
      stretchOf(options, context.io.now());
      const source = await readSource(context, options);
      const { from, until } = stretchOf(options, source.now);
      const { redactor } = invocation;
      const most = output === 'json' ? MOST_LISTED : MOST_RUNS;
      const lanes = lanesOf(source.scheduled, { from, until, most, redactor });
      const text = render(
        { title: redactor.text(source.title), from, until, lanes },
        output,
        options,
        context,
      );
      for (const note of source.notes) context.note(note);
      if (file === undefined) {
        context.io.out(text);
        return;
      }
      await writeResult(file, text);
      context.note(`Saved to ${file.name}.`);
    });
};

function readSource(context: Context, options: Options): Promise<Source> {
  const { only, concurrency } = options;
  const source = { target: options.target === undefined ? [] : [options.target], only, concurrency };
  if (options.plan !== undefined) return savedPlanSource(context, options.plan, source);
  return options.live === true ? liveSource(context, source) : desiredSource(context, source);
}

function render(calendar: Calendar, output: Format, options: Options, context: Context): string {
  const { top } = options;
  const named = top === undefined ? defaultTop[output] : { jobs: top, peaks: top };
  switch (output) {
    case 'json':
      return renderJson(calendarDocument(calendar, named.peaks));
    case 'svg':
      return renderCalendarSvg(calendar, named);
    case 'html':
      return renderCalendarHtml(calendar, named);
    default:
      return renderCalendarText(calendar, named, options.out === undefined ? context.render : inFile);
  }
}

function formatOf(out: string | undefined): Format {
  const ending = extname(out ?? '')
    .slice(1)
    .toLowerCase();
  return formats.find((format) => format === ending) ?? 'text';
}

/** [from, until) in whole seconds: nothing here is finer. Refuses what makes no stretch. */
function stretchOf(options: Options, now: number): { from: number; until: number } {
  const { days = DEFAULT_DAYS } = options;
  const from = options.from ?? Math.ceil(now / 1000) * 1000;
  const until = options.until ?? from + days * DAY;
  const beginning = options.from === undefined ? 'now' : '--from';
  if (until <= from) throw badStretch(`--until is not after ${beginning}.`);
  if (until - from > MOST_DAYS * DAY)
    throw badStretch(`--until is more than ${MOST_DAYS} days after ${beginning}.`);
  return { from, until };
}

function badStretch(message: string): ReconcileError {
  return new ReconcileError(message, {
    code: 'USAGE_STRETCH',
    category: 'invalid',
    remedy: `Give --days, or an --until that comes at most ${MOST_DAYS} days after the beginning.`,
  });
}

function readInstant(text: string): number {
  const parsed = parseSapDate(text);
  if (!parsed.ok) throw new InvalidArgumentError('Expected an instant such as 2027-01-01T00:00:00Z.');
  const year = new Date(parsed.value.at).getUTCFullYear();
  if (year < 1970 || year > 2099) throw new InvalidArgumentError('Expected an instant within 1970 to 2099.');
  return parsed.value.at;
}
