import { isAtOrBelow, parsePointer } from '../core/pointer.ts';
import type { DriftDocument, DriftedField, DriftedPart, DriftedResource, DriftTarget } from './drift.ts';
import { diffLines, fieldName } from './field-text.ts';
import { impactLines } from './impact-text.ts';
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
  const asides = [
    ...(target.unmanaged > 0 ? [`${target.unmanaged} not managed here`] : []),
    counted(target.requests, 'request'),
  ].join(', ');
  const head =
    target.drifted.length === 0
      ? `${palette.good('No drift.')} Nobody else changed what is managed here.`
      : `${palette.alarm('Drift:')} ${counted(target.drifted.length, 'resource')} changed by others since the last apply.`;
  return [
    titleLine(target, options),
    ...target.drifted.flatMap((resource) => ['', ...resourceLines(resource, options)]),
    ...diagnosticLines(target.diagnostics, options),
    '',
    `${head} ${palette.faint(`(${asides})`)}`,
  ];
}

function resourceLines(resource: DriftedResource, options: RenderOptions): string[] {
  const { palette } = options;
  const own = resource.fields.filter(
    ({ path }) => !resource.parts.some((part) => isAtOrBelow(path, part.path)),
  );
  return [
    `  ${palette.warn('!')} ${palette.strong(oneLine(resource.address))}${gone(resource, options)}`,
    ...own.flatMap((field) => fieldLines(field, '', '      ', own, options)),
    ...resource.parts.flatMap((part) => partLines(part, resource, options)),
  ];
}

function gone({ what }: { what: 'changed' | 'missing' }, { palette }: RenderOptions): string {
  return what === 'missing' ? `  ${palette.alarm('deleted by somebody else')}` : '';
}

function partLines(part: DriftedPart, resource: DriftedResource, options: RenderOptions): string[] {
  const { palette } = options;
  const [field = '', ...key] = parsePointer(part.path);
  const fields = resource.fields.filter(({ path }) => isAtOrBelow(path, part.path));
  return [
    `      ${palette.faint(field.replace(/s$/, ''))} ${palette.strong(oneLine(key.join('/')))}${gone(part, options)}`,
    ...fields.flatMap((note) => fieldLines(note, part.path, '        ', fields, options)),
    ...(part.impact === undefined ? [] : nowRuns(part, options)),
  ];
}

/** Only what is: the runs as they stand, without those that an apply would bring. */
function nowRuns({ impact }: DriftedPart, options: RenderOptions): string[] {
  if (impact === undefined || impact.before.length === 0) return [];
  return impactLines(
    {
      before: impact.before,
      after: impact.before,
      missed: [],
      extra: [],
      immediate: false,
      runLogsLost: false,
    },
    '        ',
    options,
  );
}

function fieldLines(
  field: DriftedField,
  below: string,
  indent: string,
  siblings: readonly DriftedField[],
  options: RenderOptions,
): string[] {
  const { palette, width } = options;
  const longest = Math.min(18, Math.max(...siblings.map(({ path }) => fieldName(path, below).length)));
  const name = padEnd(fieldName(field.path, below), longest);
  const line = `${indent}${name}  ${showValue(field.applied)} ${palette.faint('→')} ${palette.warn(showValue(field.live))}`;
  const next = field.conflict
    ? `the manifest moved too: the next apply sets ${showValue(field.desired)}`
    : field.healed
      ? 'the next apply puts it back'
      : 'left as it is (policy.heal does not cover it)';
  const note = `${indent}${' '.repeat(longest)}  ${palette.faint(next)}`;
  if (columns(line) <= width) return [line, note];
  return [
    `${indent}${name.trimEnd()}`,
    ...diffLines(field.applied, field.live, `${indent}  `, options),
    note,
  ];
}
