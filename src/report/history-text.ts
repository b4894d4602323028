import { showVersion } from '../core/source-version.ts';
import { showAge } from './instant.ts';
import type { RenderOptions } from './palette.ts';
import type { StatusRecord } from './status.ts';
import { counted, oneLine, sentence } from './text.ts';

/** What was done to targets, newest first. */
export interface HistoryDocument {
  formatVersion: '1';
  tool: { name: string; version: string };
  createdAt: string;
  targets: HistoryTarget[];
}

export interface HistoryTarget {
  name: string;
  backend: string;
  /** Why this is a copy on this machine, which may be out of date. */
  offline?: string;
  records: StatusRecord[];
}

const shownChanges = 8;

/** The history for people: one paragraph for each command that wrote something. */
export function renderHistoryText(document: HistoryDocument, options: RenderOptions): string {
  const now = Date.parse(document.createdAt);
  return `${document.targets.map((target) => targetLines(target, now, options).join('\n')).join('\n\n')}\n`;
}

function targetLines(target: HistoryTarget, now: number, options: RenderOptions): string[] {
  const { palette, width } = options;
  const { name, backend, offline, records } = target;
  const warning = `The copy on this machine; it may be out of date: ${offline}`;
  return [
    `${palette.strong(`Target ${name}`)}  ${palette.faint(`(state in ${backend})`)}`,
    ...(offline === undefined ? [] : sentence('  ! ', warning, width, palette.warn)),
    ...(records.length === 0 ? ['  Nothing was applied yet.'] : []),
    ...records.flatMap((record) => ['', ...recordLines(record, now, options)]),
  ];
}

function recordLines(
  record: StatusRecord,
  now: number,
  { palette, width, verbose }: RenderOptions,
): string[] {
  const { serial, at, command, actor, summary, outcomes, changes } = record;
  const { failed = 0, blocked = 0, notAttempted = 0 } = outcomes;
  const paint = failed + blocked + notAttempted > 0 ? palette.warn : palette.good;
  const shown = verbose ? changes : changes.slice(0, shownChanges);
  const more = changes.length - shown.length;
  const version = showVersion(record);
  const from = version === undefined ? '' : `, commit ${version}`;
  return [
    ...sentence(`  ${palette.strong(`#${serial}`)}  `, summary, width, paint),
    ...sentence('      ', `${showAge(at, now)}, by ${actor}${from}: ${command}`, width, palette.faint),
    ...shown.map(({ action, address, status, code }) => {
      const done =
        status === 'succeeded'
          ? ''
          : `  ${palette.warn(code === undefined ? status : `${status} (${code})`)}`;
      return `      ${action} ${oneLine(address)}${done}`;
    }),
    ...(more > 0
      ? [palette.faint(`      … and ${counted(more, 'more change', 'more changes')} (--verbose)`)]
      : []),
  ];
}
