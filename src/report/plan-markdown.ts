import type { Impact } from '../core/change.ts';
import type { Diagnostic } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import type { PlanChange, PlanDocument, PlanFieldNote, PlanPart, PlanTarget } from '../core/plan-document.ts';
import { isRefusedTarget } from '../core/refused-target.ts';
import { alarmsOf, refusalsOf } from './alarms.ts';
import { noRunsText, perDayText } from './impact-text.ts';
import { showInstants } from './instant.ts';
import { code, details, fence, prose, table } from './markdown.ts';
import { counted } from './text.ts';
import { showBlock, showValue } from './value.ts';
import { actionOrder, actionText, infinitiveOf, reasonText, symbolOf } from './words.ts';

/**
 * A plan for a pull-request comment. No text from manifests or from the service can break out of its place.
 * With `maxLength` (characters) the details of later changes are left out, and the text says so.
 */
export function renderPlanMarkdown(
  document: PlanDocument,
  { maxLength }: { maxLength?: number } = {},
): string {
  const full = document.targets.map((target) => targetText(target, target.changes.length)).join('\n\n');
  if (maxLength === undefined || full.length < maxLength) return `${full}\n`;
  // Halving finds the largest number of details that fits, without rendering every number of them.
  let low = 0;
  let high = Math.max(0, ...document.targets.map((target) => target.changes.length));
  const cut = (count: number): string =>
    document.targets.map((target) => targetText(target, count)).join('\n\n');
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (cut(middle).length < maxLength) low = middle;
    else high = middle - 1;
  }
  const shortened = cut(low);
  return shortened.length < maxLength ? `${shortened}\n` : `${document.targets.map(headText).join('\n\n')}\n`;
}

function targetText(target: PlanTarget, most: number): string {
  const changes = sorted(target.changes);
  const shown = changes.slice(0, most);
  const hidden = changes.length - shown.length;
  return [
    headText(target),
    ...blockedText(changes),
    ...shown.map(changeText),
    ...(hidden > 0 ? [`_${counted(hidden, 'more change')}: too long to show here._`] : []),
    ...diagnosticsText(target.diagnostics),
  ].join('\n\n');
}

function headText(target: PlanTarget): string {
  const { summary } = target;
  const counts = actionOrder.filter((action) => summary[action] > 0);
  const title = `### Target ${code(target.name)}`;
  const asides = [
    `${summary.noop} unchanged`,
    ...(summary.drifted > 0 ? [`${summary.drifted} changed by others`] : []),
    ...(summary.conflicts > 0 ? [counted(summary.conflicts, 'conflict')] : []),
    ...(summary.unmanaged > 0 ? [`${summary.unmanaged} not managed here`] : []),
  ].join(', ');
  if (counts.length === 0) {
    const head = target.changes.length === 0 ? '**No changes.**' : '**Nothing to do.**';
    if (isRefusedTarget(target)) return `${title}\n\n⛔ **Refused: apply would write nothing.** ${asides}.`;
    return `${title}\n\n${head} ${asides}.`;
  }
  const head = counts.map((action) => {
    const text = `${summary[action]} ${infinitiveOf(action)}`;
    return action === 'delete' ? `**${text}** ⚠️` : text;
  });
  return `${title}\n\n**Plan:** ${head.join(', ')} (${asides}).\n\n${changeTable(target)}`;
}

function changeTable(target: PlanTarget): string {
  const rows = sorted(target.changes)
    .slice(0, 100)
    .map((change) => [
      code(symbolOf(change.action)),
      code(change.address),
      change.action === 'delete' ? '**delete**' : actionText(change),
      reasonText(change.reason),
      alarmsOf(change)
        .map(({ text, loud }) => (loud ? `**${text}**` : text))
        .join(', '),
    ]);
  const text = table(['', 'resource', 'action', 'why', 'mind'], rows);
  const hidden = target.changes.length - rows.length;
  return hidden > 0 ? `${text}\n\n_and ${hidden} more_` : text;
}

function blockedText(changes: readonly PlanChange[]): string[] {
  const blocks = refusalsOf(changes);
  if (blocks.length === 0) return [];
  const items = blocks.map(
    (block) =>
      `> - ${code(block.where)}: ${code(block.code)} ${prose(block.message)} To allow it: ${code(block.override)}`,
  );
  return [`> [!CAUTION]\n> **Refused: nothing is written for this target.**\n>\n${items.join('\n')}`];
}

function changeText(change: PlanChange): string {
  const body = [
    change.movedFrom === undefined ? '' : `Was ${code(change.movedFrom)}.`,
    diffText(change),
    notesText(change.fields),
    change.impact === undefined ? '' : impactItems(change.impact).join('\n'),
    ...change.parts.map(partText),
    ...change.warnings.map((warning) => `⚠️ ${prose(warning)}`),
  ].filter((text) => text !== '');
  const title = `${code(symbolOf(change.action))} ${code(change.address)}: ${actionText(change)}`;
  return details(change.action === 'delete' ? `⚠️ ${title}` : title, body.join('\n\n'));
}

function diffText(change: PlanChange): string {
  if (change.action === 'create')
    return change.desired === undefined ? '' : fence('json', showBlock(change.desired));
  if (change.fields.length === 0) return '';
  const lines = change.fields.flatMap(({ path, live, desired, healed }) => {
    if (!healed) return [`! ${path}: ${showValue(live)} (left as it is)`];
    return [...prefixed('-', path, live), ...prefixed('+', path, desired)];
  });
  return fence('diff', lines.join('\n'));
}

function prefixed(sign: string, path: string, value: Json | undefined): string[] {
  if (value === undefined || value === null) return [];
  const block = typeof value === 'object' ? showBlock(value) : showValue(value);
  return block.split('\n').map((line, index) => `${sign} ${index === 0 ? `${path}: ` : '  '}${line}`);
}

function notesText(fields: readonly PlanFieldNote[]): string {
  return fields
    .filter(({ reason }) => reason === 'drift' || reason === 'conflict')
    .map(({ path, reason, healed }) => {
      const next = healed ? '' : '; left as it is (`policy.heal` does not cover it)';
      return `- ${code(path)}: ${reasonText(reason)}${next}`;
    })
    .join('\n');
}

function partText(part: PlanPart): string {
  const head = `${code(symbolOf(part.action))} ${code(part.path)}: ${part.action === 'delete' ? '**delete**' : part.action} (${reasonText(part.reason)})`;
  return [
    head,
    ...(part.impact === undefined ? [] : impactItems(part.impact)),
    ...(part.warnings ?? []).map((text) => `- ⚠️ ${prose(text)}`),
  ].join('\n');
}

function impactItems(impact: Impact): string[] {
  const list = (label: string, instants: readonly string[]): string[] =>
    instants.length === 0 ? [] : [`- ${label}: ${showInstants(instants).map(code).join(', ')} UTC`];
  const same = impact.before.join() === impact.after.join();
  const { lastRun } = impact;
  return [
    ...(lastRun === null ? ['- last run: none is known'] : []),
    ...list('last run', typeof lastRun === 'string' ? [lastRun] : []),
    ...(same ? [] : list('runs before', impact.before)),
    ...list(same || impact.before.length === 0 ? 'next runs' : 'runs after', impact.after),
    ...(impact.noRuns === undefined ? [] : [`- next runs: ${prose(noRunsText(impact))}`]),
    ...(impact.perDay === undefined ? [] : [`- runs per day: ${perDayText(impact.perDay)}`]),
    ...(typeof impact.firstDifference === 'string' && impact.before.length > 0 && impact.after.length > 0
      ? list('first run that differs', [impact.firstDifference])
      : []),
    ...(impact.disturbs === true
      ? ['- **runs too often for a quiet moment**: the run next to the write may be stopped, or come early']
      : []),
    ...(impact.announced === true ? ['- the service starts its first run at once'] : []),
    ...(impact.immediate && impact.announced !== true ? ['- **runs immediately**'] : []),
    ...list('**missed**', impact.missed),
    ...list('**extra**', impact.extra),
    ...(impact.runLogsLost === true || (typeof impact.runLogsLost === 'number' && impact.runLogsLost > 0)
      ? [`- run logs lost${typeof impact.runLogsLost === 'number' ? `: ${impact.runLogsLost}` : ''}`]
      : []),
  ];
}

/** Errors and warnings as a list. */
export function diagnosticsText(diagnostics: readonly Diagnostic[]): string[] {
  const shown = diagnostics.filter(({ severity }) => severity !== 'info');
  if (shown.length === 0) return [];
  return [
    shown
      .map(({ code: id, severity, message, address, path, remedy }) => {
        const where = [address ?? '', path ?? ''].join('');
        return `- ${severity === 'error' ? '❌' : '⚠️'} ${code(id)}${where === '' ? '' : ` ${code(where)}`}: ${prose(message)}${remedy === undefined ? '' : ` → ${prose(remedy)}`}`;
      })
      .join('\n'),
  ];
}

function sorted(changes: readonly PlanChange[]): PlanChange[] {
  return [...changes].sort((a, b) => actionOrder.indexOf(a.action) - actionOrder.indexOf(b.action));
}
