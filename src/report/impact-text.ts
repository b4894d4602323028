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
  return [...runLines(impact, action, indent, options), ...alarmLines(impact, indent, options)];
}

function runLines(
  { before, after }: Impact,
  action: Action,
  indent: string,
  { palette, width }: RenderOptions,
): string[] {
  const same = before.length === after.length && before.every((instant, index) => instant === after[index]);
  const line = (label: string, instants: readonly string[]): string[] =>
    fill(`${indent}${palette.faint(label)}  `, showInstants(instants), width, ',');
  if (action === 'delete' && after.length === 0)
    return before.length === 0 ? [] : line('would have run', before);
  if (same) return before.length === 0 ? [] : [...line('next runs', after)];
  return [
    ...(before.length > 0 ? line('runs before', before) : []),
    ...(after.length > 0
      ? line(before.length > 0 ? 'runs after ' : 'next runs', after)
      : [
          `${indent}${palette.faint(before.length > 0 ? 'runs after ' : 'next runs')}  ${palette.warn('none')}`,
        ]),
  ];
}

function alarmLines(impact: Impact, indent: string, { palette, width }: RenderOptions): string[] {
  const alarm = (text: string): string[] =>
    sentence(`${indent}${palette.alarm('!')} `, text, width, palette.alarm);
  const list = (instants: readonly string[]): string => showInstants(instants).join(', ');
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
  if (impact.missed.length > 0) {
    lines.push(
      ...alarm(
        `MISSES ${counted(impact.missed.length, 'run')} that would have been due: ${list(impact.missed)}`,
      ),
    );
  }
  if (impact.extra.length > 0) {
    lines.push(
      ...alarm(`ADDS ${counted(impact.extra.length, 'run')} that nobody planned: ${list(impact.extra)}`),
    );
  }
  if (impact.runLogsLost === true) lines.push(...alarm('Its run logs are lost.'));
  if (typeof impact.runLogsLost === 'number' && impact.runLogsLost > 0) {
    lines.push(...alarm(`${counted(impact.runLogsLost, 'run log')} will be lost.`));
  }
  return lines;
}
