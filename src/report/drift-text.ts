import { parsePointer } from '../core/pointer.ts';
import type { DriftDocument, DriftedField, DriftedObject, DriftTarget } from './drift.ts';
import { diffLines, fieldName } from './field-text.ts';
import type { RenderOptions } from './palette.ts';
import { diagnosticLines, titleLine } from './plan-text.ts';
import { columns, counted, oneLine, padEnd } from './text.ts';
import { showValue } from './value.ts';

/** What others changed since the last apply, for people: applied → live, and what the next apply does about it. */
export function renderDriftText(document: DriftDocument, options: RenderOptions): string {
  return `${document.targets.map((target) => targetLines(target, options).join('\n')).join('\n\n')}\n`;
}

function targetLines(target: DriftTarget, options: RenderOptions): string[] {
  const { palette } = options;
  const addresses = new Set(target.drifted.map(({ address }) => address));
  const asides = [
    ...(target.unmanaged > 0 ? [`${target.unmanaged} not managed here`] : []),
    counted(target.requests, 'request'),
  ].join(', ');
  const head =
    addresses.size === 0
      ? `${palette.good('No drift.')} Nobody else changed what is managed here.`
      : `${palette.alarm('Drift:')} ${counted(addresses.size, 'resource')} changed by others since the last apply.`;
  return [
    titleLine(target, options),
    ...[...addresses].flatMap((address) => ['', ...resourceLines(address, target, options)]),
    ...diagnosticLines(target.diagnostics, options),
    '',
    `${head} ${palette.faint(`(${asides})`)}`,
  ];
}

function resourceLines(address: string, target: DriftTarget, options: RenderOptions): string[] {
  const { palette } = options;
  const objects = target.drifted.filter((object) => object.address === address);
  const whole = objects.find(({ path }) => path === '');
  return [
    `  ${palette.warn('!')} ${palette.strong(oneLine(address))}${missingNote(whole, options)}`,
    ...objects.flatMap((object) => objectLines(object, options)),
  ];
}

function missingNote(object: DriftedObject | undefined, { palette }: RenderOptions): string {
  if (object?.what !== 'missing') return '';
  const next = {
    create: 'the next apply creates it again',
    forget: 'the next apply forgets it',
    nothing: 'it stays away',
    'field by field': '',
  };
  return `  ${palette.alarm('deleted by somebody else')}${palette.faint(`; ${next[object.next]}`)}`;
}

function objectLines(object: DriftedObject, options: RenderOptions): string[] {
  const { palette } = options;
  if (object.path === '') return fieldBlock(object, '      ', options);
  const [field = '', ...key] = parsePointer(object.path);
  return [
    `      ${palette.faint(field.replace(/s$/, ''))} ${palette.strong(oneLine(key.join('/')))}${missingNote(object, options)}`,
    ...fieldBlock(object, '          ', options),
  ];
}

const nextWords: Record<DriftedField['next'], string> = {
  restore: 'the next apply puts it back',
  overwrite: 'the manifest moved too: the next apply sets its value',
  leave: 'left as it is',
};

function fieldBlock(
  { fields, path }: DriftedObject,
  indent: string,
  { palette, ...rest }: RenderOptions,
): string[] {
  const longest = Math.min(18, Math.max(0, ...fields.map((field) => fieldName(field.path, path).length)));
  return fields.flatMap((field) => {
    const name = padEnd(fieldName(field.path, path), longest);
    const line = `${indent}${name}  ${showValue(field.applied)} ${palette.faint('→')} ${palette.warn(showValue(field.live))}`;
    const note = palette.faint(nextWords[field.next]);
    if (columns(line) > rest.width) {
      const diff = diffLines(field.applied, field.live, `${indent}  `, { palette, ...rest });
      return [`${indent}${name.trimEnd()}`, ...diff, `${indent}  ${note}`];
    }
    const together = `${line}  ${note}`;
    return columns(together) <= rest.width ? [together] : [line, `${indent}${' '.repeat(longest)}  ${note}`];
  });
}
