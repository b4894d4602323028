import type { Diagnostic } from '../core/errors.ts';
import type { PlanChange, PlanDocument, PlanTarget } from '../core/plan-document.ts';
import { isRefusedTarget } from '../core/refused-target.ts';
import { losesRunLogs } from './alarms.ts';
import { changeLines } from './change-text.ts';
import type { RenderOptions } from './palette.ts';
import { counted, fill, oneLine, sentence } from './text.ts';
import { actionOrder, type ChangeGroup, changeGroups, infinitiveOf, painterOf } from './words.ts';

/** A plan for people: per target, grouped by action, what is taken away last. */
export function renderPlanText(document: PlanDocument, options: RenderOptions): string {
  const targets = document.targets.map((target) => targetLines(target, options));
  return `${targets.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function targetLines(target: PlanTarget, options: RenderOptions): string[] {
  return [
    titleLine(target, options),
    ...(target.changes.length > 0 ? ['', ...groupLines(target, options)] : []),
    ...diagnosticLines(target.diagnostics, options),
    '',
    ...summaryLines(target, options),
  ];
}

/** `Target dev (sap, https://…)` */
export function titleLine(
  target: { name: string; provider: string; url: string },
  { palette }: RenderOptions,
): string {
  return `${palette.strong(`Target ${target.name}`)} ${palette.faint(`(${target.provider}, ${oneLine(target.url)})`)}`;
}

function groupLines(target: PlanTarget, options: RenderOptions): string[] {
  const groups = changeGroups
    .map((group) => ({ group, changes: target.changes.filter(group.includes) }))
    .filter(({ changes }) => changes.length > 0);
  return groups.flatMap(({ group, changes }, index) => [
    ...(index > 0 ? [''] : []),
    groupTitle(group, changes, options),
    ...changes.flatMap((change, place) => [...(place > 0 ? [''] : []), ...changeLines(change, options)]),
  ]);
}

function groupTitle(group: ChangeGroup, changes: readonly PlanChange[], { palette }: RenderOptions): string {
  const title = `${group.title} (${changes.length})`;
  if (group.action !== 'delete') return painterOf(group.action, palette)(title);
  const logs = changes.some(losesRunLogs) ? 'run logs go with them, ' : '';
  return palette.alarm(`${title}: ${logs}this cannot be undone`);
}

/** Remarks about a target, errors first. */
export function diagnosticLines(diagnostics: readonly Diagnostic[], options: RenderOptions): string[] {
  const { palette, width, verbose } = options;
  const order = ['error', 'warning', 'info'];
  const shown = [...diagnostics]
    .filter(({ severity }) => verbose || severity !== 'info' || diagnostics.length <= 10)
    .sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  const lines = shown.flatMap((diagnostic) => {
    const paint = { error: palette.alarm, warning: palette.warn, info: palette.faint }[diagnostic.severity];
    const where = [diagnostic.address ?? '', diagnostic.path ?? ''].join('');
    return [
      ...sentence(
        `${paint(diagnostic.severity)} `,
        `${diagnostic.code}${where === '' ? '' : ` ${where}`}: ${diagnostic.message}`,
        width,
      ),
      ...(diagnostic.remedy === undefined ? [] : sentence('  → ', diagnostic.remedy, width, palette.accent)),
    ];
  });
  const hidden = diagnostics.length - shown.length;
  if (hidden > 0) lines.push(palette.faint(`… and ${counted(hidden, 'note')}; show them with --verbose`));
  return lines.length === 0 ? [] : ['', ...lines];
}

function summaryLines(target: PlanTarget, options: RenderOptions): string[] {
  const { palette, width } = options;
  const { summary } = target;
  const parts = actionOrder
    .filter((action) => summary[action] > 0)
    .map((action) => painterOf(action, palette)(`${summary[action]} ${infinitiveOf(action)}`));
  const asides = [
    `${summary.noop} unchanged`,
    ...(summary.drifted > 0 ? [`${summary.drifted} changed by others`] : []),
    ...(summary.conflicts > 0 ? [counted(summary.conflicts, 'conflict')] : []),
    ...(summary.unmanaged > 0 ? [`${summary.unmanaged} not managed here and left alone`] : []),
  ];
  const head =
    parts.length === 0 ? nothingToDo(target, options) : `${palette.strong('Plan:')} ${parts.join(', ')}.`;
  const hint = isRefusedTarget(target) ? refusedLines(target, options) : [];
  const aside = palette.faint(`(${asides.join(', ')}; ${counted(target.requests, 'request')})`);
  return [...fill('', `${head} ${aside}`.split(' '), width), ...hint];
}

function nothingToDo(target: PlanTarget, { palette }: RenderOptions): string {
  const { changes, summary } = target;
  // Nothing was compared with an empty set of manifests, say: this must not read as a match.
  if (isRefusedTarget(target) && changes.length === 0) return palette.warn('Nothing planned.');
  if (changes.length > 0) return palette.warn('Nothing to do.');
  const said = palette.good('No changes.');
  if (summary.drifted === 0) return `${said} The service matches the manifests.`;
  return `${said} What others changed is left as it is.`;
}

function refusedLines(target: PlanTarget, { palette, width }: RenderOptions): string[] {
  const { blocked } = target.summary;
  if (blocked === 0) {
    const text = `apply would write nothing at all to ${target.name}. The error above says why.`;
    return sentence(palette.alarm('Refused: '), text, width);
  }
  return sentence(
    palette.alarm('Refused: '),
    `${blocked} of these ${blocked === 1 ? 'is' : 'are'} blocked, so apply would write nothing at all to ${target.name}. Each says above what allows it.`,
    width,
  );
}
