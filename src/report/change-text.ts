import type { Block } from '../core/change.ts';
import { isObject, type JsonObject } from '../core/json.ts';
import type { PlanChange, PlanFieldNote, PlanOperation, PlanPart } from '../core/plan-document.ts';
import { getAt, isAtOrBelow, parsePointer } from '../core/pointer.ts';
import { fieldLines } from './field-text.ts';
import { impactLines } from './impact-text.ts';
import type { RenderOptions } from './palette.ts';
import { fill, oneLine, padEnd, sentence } from './text.ts';
import { hasContent, showValue } from './value.ts';
import { actionOrder, painterOf, reasonText, symbolOf } from './words.ts';

/** One change, with its fields, parts, runs and warnings. */
export function changeLines(change: PlanChange, options: RenderOptions): string[] {
  const { palette, width } = options;
  const paint = painterOf(change.action, palette);
  const moved = change.movedFrom === undefined ? '' : palette.faint(` (was ${oneLine(change.movedFrom)})`);
  const own = change.fields.filter(
    (field) => !change.parts.some((part) => isAtOrBelow(field.path, part.path)),
  );
  const isNew = change.action === 'create';
  return [
    `  ${paint(symbolOf(change.action))} ${palette.strong(oneLine(change.address))}${moved}${reasonNote(change, own, options)}`,
    ...(isNew
      ? valueLines(withoutDefaults(ownValues(change), '', options), '      ', options)
      : fieldLines(own, '', change.reason, '    ', options)),
    ...(change.impact === undefined ? [] : impactLines(change.impact, change.action, '      ', options)),
    ...sortedParts(change.parts).flatMap((part) => partLines(part, change, options)),
    ...blockLines(change.blocked, '      ', options),
    ...change.warnings.flatMap((text) => sentence(`      ${palette.warn('!')} `, text, width, palette.warn)),
    ...(options.verbose ? operationLines(change.operations, options) : []),
  ];
}

function reasonNote(change: PlanChange, own: readonly PlanFieldNote[], { palette }: RenderOptions): string {
  if (change.reason === 'new' || change.reason === 'edited') return '';
  // What somebody did to a schedule is said at the schedule.
  const byOthers = change.reason === 'drift' || change.reason === 'conflict';
  if (byOthers && own.length === 0 && change.parts.length > 0) return '';
  const paint = change.reason === 'removed' ? palette.faint : palette.warn;
  return `  ${paint(reasonText(change.reason))}`;
}

/** The desired values without those that belong to a part. */
function ownValues(change: PlanChange): JsonObject {
  const partFields = new Set(change.parts.map((part) => parsePointer(part.path)[0]));
  return Object.fromEntries(Object.entries(change.desired ?? {}).filter(([name]) => !partFields.has(name)));
}

function valueLines(values: JsonObject, indent: string, { palette, width }: RenderOptions): string[] {
  const shown = Object.entries(values).filter(([, value]) => hasContent(value));
  const longest = Math.min(18, Math.max(0, ...shown.map(([name]) => name.length)));
  return shown.flatMap(([name, value]) =>
    fill(`${indent}${palette.faint(padEnd(oneLine(name), longest))}  `, showValue(value).split(' '), width),
  );
}

function sortedParts(parts: readonly PlanPart[]): PlanPart[] {
  return [...parts].sort((a, b) => actionOrder.indexOf(a.action) - actionOrder.indexOf(b.action));
}

function partLines(part: PlanPart, change: PlanChange, options: RenderOptions): string[] {
  const { palette, width } = options;
  const paint = painterOf(part.action, palette);
  const [field = '', ...key] = parsePointer(part.path);
  const noun = field.replace(/s$/, '');
  const title = part.action === 'delete' ? palette.alarm(`DELETE ${noun}`) : palette.faint(noun);
  // The whole resource is new again or on its way out: its own line has said why.
  const saidAbove = part.reason === change.reason && change.action !== 'update';
  const reason =
    part.reason === 'new' || part.reason === 'edited' || saidAbove
      ? ''
      : `  ${palette.warn(reasonText(part.reason))}`;
  const fields = change.fields.filter((note) => isAtOrBelow(note.path, part.path));
  const desired = getAt(change.desired, part.path);
  const label = key.join('/');
  return [
    `      ${paint(symbolOf(part.action))} ${title} ${palette.strong(oneLine(label))}${reason}`,
    ...(part.action === 'replace' ? stepLines(part, change, options) : []),
    ...(part.action === 'create' && isObject(desired)
      ? valueLines(withoutDefaults(desired, label, options), '          ', options)
      : fieldLines(fields, part.path, part.reason, '        ', options)),
    ...(part.impact === undefined ? [] : impactLines(part.impact, part.action, '          ', options)),
    ...blockLines(part.blocked, '          ', options),
    ...(part.warnings ?? []).flatMap((text) =>
      sentence(`          ${palette.warn('!')} `, text, width, palette.warn),
    ),
  ];
}

/** The steps of a replace, in their order: their order is what makes it safe. */
function stepLines(part: PlanPart, change: PlanChange, { palette, width }: RenderOptions): string[] {
  const steps = change.operations
    .filter(({ id }) => id.includes(`#${part.path}:`))
    .map(({ summary }) => summary);
  return steps.length === 0
    ? []
    : sentence('          in steps: ', steps.join(', then '), width, palette.warn);
}

/** What goes without saying: switched on, and a description that only repeats the key. */
function withoutDefaults(values: JsonObject, key: string, { verbose }: RenderOptions): JsonObject {
  if (verbose) return values;
  return Object.fromEntries(
    Object.entries(values).filter(
      ([name, value]) =>
        !((name === 'active' || name === 'enabled') && value === true) &&
        !(name === 'description' && value === key),
    ),
  );
}

/** A refusal, with what would allow it. */
function blockLines(block: Block | undefined, indent: string, options: RenderOptions): string[] {
  if (block === undefined) return [];
  const { palette, width } = options;
  return [
    ...sentence(`${indent}${palette.alarm(`BLOCKED ${block.code}`)} `, block.message, width),
    ...sentence(`${indent}  to allow it: `, block.override, width, palette.accent),
  ];
}

function operationLines(operations: readonly PlanOperation[], { palette, width }: RenderOptions): string[] {
  return operations.flatMap((operation, index) => {
    const after = operation.after.map((id) => operations.findIndex((other) => other.id === id) + 1);
    const notes = [
      ...(after.length > 0 ? [`after ${after.join(', ')}`] : []),
      ...(operation.lateBound ?? []).map((name) => `${name} is computed just before`),
    ];
    const text = `${operation.method} ${operation.path}  ${operation.summary}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`;
    return sentence(`      ${palette.faint(`${index + 1}.`)} `, text, width, palette.faint);
  });
}
