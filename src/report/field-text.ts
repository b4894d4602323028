import type { Reason } from '../core/change.ts';
import type { Json } from '../core/json.ts';
import type { PlanFieldNote } from '../core/plan-document.ts';
import { parsePointer } from '../core/pointer.ts';
import { diffHunks, isLong } from './line-diff.ts';
import type { RenderOptions } from './palette.ts';
import { columns, oneLine, padEnd } from './text.ts';
import { showValue } from './value.ts';

/** `/data/limits/rows` below `/data` → `limits.rows`; the names as people say them. */
export function fieldName(pointer: string, below = ''): string {
  const tokens = parsePointer(pointer.startsWith(below) ? pointer.slice(below.length) : pointer);
  return tokens.length === 0 ? '(all)' : oneLine(tokens.join('.'));
}

/** The fields of one object, old → new, aligned; `below` is the pointer of the object they belong to, `reason` its reason. */
export function fieldLines(
  fields: readonly PlanFieldNote[],
  below: string,
  reason: Reason,
  indent: string,
  options: RenderOptions,
): string[] {
  const width = Math.min(18, Math.max(0, ...fields.map((field) => fieldName(field.path, below).length)));
  return fields.flatMap((field) => [
    ...changeLines(field, padEnd(fieldName(field.path, below), width), indent, options),
    ...remarkLines(field, reason, indent, options),
  ]);
}

function changeLines(field: PlanFieldNote, name: string, indent: string, options: RenderOptions): string[] {
  const { palette } = options;
  if (!field.healed) {
    const was = field.base === undefined ? field.desired : field.base;
    return [
      `${indent}${palette.warn('!')} ${name}  ${showValue(field.live)} ${palette.faint(`(applied: ${showValue(was)})`)}`,
    ];
  }
  const before = showValue(field.live);
  const after = showValue(field.desired);
  if (before === after) return [`${indent}  ${name}  ${after}${palette.faint(' (value changed)')}`];
  const line = `${indent}  ${name}  ${palette.remove(before)} ${palette.faint('→')} ${palette.create(after)}`;
  if (!isLong(field.live) && !isLong(field.desired) && columns(line) <= options.width) return [line];
  return [`${indent}  ${name.trimEnd()}`, ...diffLines(field.live, field.desired, `${indent}    `, options)];
}

/** A line-by-line difference of two long values, with two lines around each change. */
export function diffLines(
  before: Json | undefined,
  after: Json | undefined,
  indent: string,
  { palette }: RenderOptions,
): string[] {
  return diffHunks(before, after).flatMap((lines, index) => [
    ...(index > 0 ? [`${indent}${palette.faint('…')}`] : []),
    ...lines.map((line) => {
      const text = `${line.slice(0, 1)} ${line.slice(1)}`;
      if (line.startsWith('+')) return indent + palette.create(text);
      return indent + (line.startsWith('-') ? palette.remove(text) : palette.faint(text));
    }),
  ]);
}

/** Why one field differs, unless the line above says so for the whole object. */
function remarkLines(
  field: PlanFieldNote,
  reason: Reason,
  indent: string,
  { palette }: RenderOptions,
): string[] {
  if (!field.healed) {
    return [
      `${indent}    ${palette.warn('changed by somebody else; left as it is (policy.heal does not cover it)')}`,
    ];
  }
  if (field.reason === 'drift' && reason !== 'drift') {
    return [`${indent}    ${palette.warn('changed by somebody else since the last apply; put back')}`];
  }
  if (field.reason === 'conflict') {
    return [
      `${indent}    ${palette.warn(`changed here and by somebody else (applied: ${showValue(field.base)}); the manifest wins`)}`,
    ];
  }
  return [];
}
