import type { Finding } from '../core/errors.ts';
import type { OutcomeDocument, OutcomeError, TargetOutcome } from '../core/outcome.ts';
import { code, details, fence, prose, table } from './markdown.ts';
import { symbolOf } from './words.ts';

/** What an apply did, for a comment or a job summary. */
export function renderOutcomeMarkdown(document: OutcomeDocument): string {
  const { error, targets } = document;
  const whole = error === undefined ? [] : ['### Nothing was applied', errorText('apply', error)];
  return `${[...whole, ...targets.map(targetText)].join('\n\n')}\n`;
}

function targetText(target: TargetOutcome): string {
  const rows = target.outcomes.map((outcome) => [
    code(symbolOf(outcome.action)),
    code(outcome.address),
    outcome.action,
    outcome.status === 'succeeded' || outcome.status === 'noop' ? outcome.status : `**${outcome.status}**`,
  ]);
  const failures = target.outcomes.flatMap(({ address, error, operations }) => {
    const cause = error ?? operations.find(({ status }) => status === 'failed')?.error;
    return cause === undefined ? [] : [errorText(code(address), cause)];
  });
  return [
    `### Applied to target ${code(target.name)}`,
    ...(rows.length === 0
      ? [target.error === undefined ? '**Nothing to do.**' : '**Nothing was applied.**']
      : []),
    ...(rows.length === 0 ? [] : [table(['', 'resource', 'action', 'outcome'], rows)]),
    ...(target.error === undefined ? [] : [errorText(code(target.name), target.error)]),
    ...failures,
    `${target.requests} requests, ${target.writes} of them writes.`,
  ].join('\n\n');
}

function errorText(where: string, error: OutcomeError): string {
  const exchange = error.exchange;
  const lines =
    exchange === undefined
      ? []
      : [`${exchange.method} ${exchange.url} → ${exchange.status ?? 'no answer'}`, exchange.response ?? ''];
  return details(
    `❌ ${where}: ${code(error.code)}`,
    [
      prose(error.message),
      ...(lines.length === 0 ? [] : [fence('', lines.filter((line) => line !== '').join('\n'))]),
      ...(error.findings ?? []).map((finding) => findingText(finding)),
      ...(error.remedy === undefined ? [] : [`To mend it: ${prose(error.remedy)}`]),
    ].join('\n\n'),
  );
}

function findingText({ code: name, message, remedy, address, place }: Finding): string {
  const where = address ?? (place === undefined ? undefined : `${place.file}:${place.line}`);
  return [
    `- ${code(name)} ${where === undefined ? '' : `${code(where)}: `}${prose(message)}`,
    ...(remedy === undefined ? [] : [`  ${prose(remedy)}`]),
  ].join('\n');
}
