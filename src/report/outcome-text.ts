import type {
  ChangeOutcome,
  OutcomeDocument,
  OutcomeError,
  OutcomeStatus,
  TargetOutcome,
} from '../core/outcome.ts';
import { exchangeLines } from './error-text.ts';
import type { RenderOptions } from './palette.ts';
import { oneLine, sentence } from './text.ts';
import { symbolOf } from './words.ts';

const marks: Record<OutcomeStatus, string> = {
  succeeded: '✓',
  noop: '=',
  failed: '✗',
  blocked: '■',
  notAttempted: '·',
};

const statusWords: Record<OutcomeStatus, string> = {
  succeeded: 'done',
  noop: 'nothing left to do',
  failed: 'failed',
  blocked: 'blocked',
  notAttempted: 'not attempted',
};

/** What an apply did, for people: what failed comes last, with the service's own words. */
export function renderOutcomeText(document: OutcomeDocument, options: RenderOptions): string {
  return `${document.targets.map((target) => targetLines(target, options).join('\n')).join('\n\n')}\n`;
}

function targetLines(target: TargetOutcome, options: RenderOptions): string[] {
  const { palette } = options;
  const good = target.outcomes.filter(({ status }) => status === 'succeeded' || status === 'noop');
  const bad = target.outcomes.filter((outcome) => !good.includes(outcome));
  return [
    palette.strong(`Target ${target.name}`),
    ...good.map((outcome) => outcomeLine(outcome, options)),
    ...bad.flatMap((outcome) => [outcomeLine(outcome, options), ...failureLines(outcome, options)]),
    ...(target.error === undefined ? [] : ['', ...outcomeErrorLines(target.error, '  ', options)]),
    '',
    summaryLine(target, options),
  ];
}

function paintOf(status: OutcomeStatus, { palette }: RenderOptions): (text: string) => string {
  if (status === 'succeeded') return palette.good;
  if (status === 'failed') return palette.alarm;
  return status === 'noop' ? palette.faint : palette.warn;
}

function outcomeLine(outcome: ChangeOutcome, options: RenderOptions): string {
  const paint = paintOf(outcome.status, options);
  const note = outcome.status === 'succeeded' ? '' : `  ${paint(statusWords[outcome.status])}`;
  return `  ${paint(marks[outcome.status])} ${symbolOf(outcome.action)} ${oneLine(outcome.address)}${note}`;
}

function failureLines(outcome: ChangeOutcome, options: RenderOptions): string[] {
  const failed = outcome.operations.find(({ status }) => status === 'failed');
  const done = outcome.operations.filter(({ status }) => status === 'succeeded');
  const error = outcome.error ?? failed?.error;
  return [
    ...(failed === undefined ? [] : sentence('      at: ', failed.summary, options.width)),
    ...(error === undefined ? [] : outcomeErrorLines(error, '      ', options)),
    ...done.flatMap(({ summary }) =>
      sentence('      already done: ', summary, options.width, options.palette.faint),
    ),
  ];
}

function outcomeErrorLines(error: OutcomeError, indent: string, options: RenderOptions): string[] {
  const { palette, width } = options;
  return [
    ...sentence(`${indent}${palette.alarm(error.code)} `, error.message, width),
    ...(error.exchange === undefined ? [] : exchangeLines(error.exchange, `${indent}  `, options)),
    ...(error.remedy === undefined ? [] : sentence(`${indent}→ `, error.remedy, width, palette.accent)),
  ];
}

function summaryLine(target: TargetOutcome, options: RenderOptions): string {
  const { palette } = options;
  const order: OutcomeStatus[] = ['succeeded', 'noop', 'failed', 'blocked', 'notAttempted'];
  const parts = order
    .map((status) => ({
      status,
      count: target.outcomes.filter((outcome) => outcome.status === status).length,
    }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => paintOf(status, options)(`${count} ${statusWords[status]}`));
  const asides = palette.faint(`(${target.writes} of ${target.requests} requests were writes)`);
  if (parts.length === 0 && target.error === undefined) return `${palette.good('Nothing to do.')} ${asides}`;
  if (parts.length === 0) return `${palette.alarm('Nothing was applied.')} ${asides}`;
  return `${palette.strong('Applied:')} ${parts.join(', ')}. ${asides}`;
}
