import type { DriftDocument, DriftedField, DriftedObject, DriftTarget } from './drift.ts';
import { code, table } from './markdown.ts';
import { diagnosticsText } from './plan-markdown.ts';
import { counted } from './text.ts';
import { showValue } from './value.ts';

/** What others changed, for an issue or a comment. */
export function renderDriftMarkdown(document: DriftDocument): string {
  return `${document.targets.map(targetText).join('\n\n')}\n`;
}

function targetText(target: DriftTarget): string {
  const addresses = new Set(target.drifted.map(({ address }) => address)).size;
  const rows = target.drifted.flatMap(rowsOf);
  return [
    `### Drift of target ${code(target.name)}`,
    addresses === 0
      ? '**No drift.**'
      : `**${counted(addresses, 'resource')}** changed by others since the last apply.`,
    ...(rows.length === 0 ? [] : [table(['resource', 'what', 'applied', 'now', 'next apply'], rows)]),
    ...diagnosticsText(target.diagnostics),
  ].join('\n\n');
}

const nextOfField: Record<DriftedField['next'], string> = {
  restore: 'puts it back',
  overwrite: 'sets the value of the manifest',
  leave: 'leaves it',
};

const nextOfMissing: Record<DriftedObject['next'], string> = {
  create: 'creates it again',
  forget: 'forgets it',
  nothing: 'nothing',
  'field by field': '',
};

function rowsOf(object: DriftedObject): string[][] {
  const address = code(object.address);
  if (object.what === 'missing') {
    return [
      [address, object.path === '' ? '' : code(object.path), '', '**deleted**', nextOfMissing[object.next]],
    ];
  }
  return object.fields.map((field) => [
    address,
    code(field.path),
    code(showValue(field.applied)),
    code(showValue(field.live)),
    nextOfField[field.next],
  ]);
}
