import type { DriftDocument, DriftedResource, DriftTarget } from './drift.ts';
import { code, table } from './markdown.ts';
import { diagnosticsText } from './plan-markdown.ts';
import { counted } from './text.ts';
import { showValue } from './value.ts';

/** What others changed, for an issue or a comment. */
export function renderDriftMarkdown(document: DriftDocument): string {
  return `${document.targets.map(targetText).join('\n\n')}\n`;
}

function targetText(target: DriftTarget): string {
  const title = `### Drift of target ${code(target.name)}`;
  const head =
    target.drifted.length === 0
      ? '**No drift.**'
      : `**${counted(target.drifted.length, 'resource')}** changed by others since the last apply.`;
  const rows = target.drifted.flatMap(resourceRows);
  return [
    title,
    head,
    ...(rows.length === 0 ? [] : [table(['resource', 'field', 'applied', 'now', 'next apply'], rows)]),
    ...diagnosticsText(target.diagnostics),
  ].join('\n\n');
}

function resourceRows(resource: DriftedResource): string[][] {
  if (resource.what === 'missing')
    return [[code(resource.address), '', '', '**deleted**', 'creates it again']];
  return [
    ...resource.parts
      .filter(({ what }) => what === 'missing')
      .map(({ path }) => [code(resource.address), code(path), '', '**deleted**', 'creates it again']),
    ...resource.fields.map((field) => [
      code(resource.address),
      code(field.path),
      code(showValue(field.applied)),
      code(showValue(field.live)),
      field.healed ? `sets ${code(showValue(field.desired))}` : 'leaves it',
    ]),
  ];
}
