import type { Block, Reason } from '../core/change.ts';
import { isObject, type JsonObject } from '../core/json.ts';
import type { PlanChange, PlanFieldNote, PlanOperation, PlanPart } from '../core/plan-document.ts';
import { getAt, isAtOrBelow, parsePointer } from '../core/pointer.ts';
import { alarmsOf } from './alarms.ts';
import { escapeText } from './calendar/markup.ts';
import { fieldName } from './field-text.ts';
import { diffHunks, isLong } from './line-diff.ts';
import { runsHtml } from './plan-html-runs.ts';
import { hasContent, showBlock, showValue } from './value.ts';
import { actionOrder, actionText, reasonText, symbolOf } from './words.ts';

/** One change as a fold: the summary says what and how bad, the body everything else. */
export function changeHtml(change: PlanChange, open: boolean): string {
  const own = change.fields.filter(({ path }) => !change.parts.some((part) => isAtOrBelow(path, part.path)));
  const tags = alarmsOf(change).map(({ text, loud }) => tag(text, loud));
  const action = change.action === 'delete' ? 'DELETE' : actionText(change);
  const body = [
    change.movedFrom === undefined ? '' : `<p>Was <code>${escapeText(change.movedFrom)}</code>.</p>`,
    blockHtml(change.blocked),
    change.action === 'create' ? valuesHtml(ownValues(change)) : fieldsHtml(own, '', change.reason),
    change.impact === undefined ? '' : runsHtml(change.impact, change.action === 'delete'),
    ...sortedParts(change.parts).map((part) => partHtml(part, change)),
    ...change.warnings.map(warningHtml),
    requestsHtml(change.operations),
  ].join('');
  return [
    `<details class="change ${change.action}"${open ? ' open=""' : ''}><summary>`,
    `<span class="sign" aria-hidden="true">${symbolOf(change.action)}</span><b>${escapeText(change.address)}</b>`,
    `<span>${escapeText(action)}</span><span class="soft">${escapeText(reasonText(change.reason))}</span>`,
    `${tags.join('')}</summary><div class="body">${body}</div></details>`,
  ].join('');
}

function tag(text: string, loud: boolean): string {
  return `<span class="tag${loud ? ' loud' : ''}">${escapeText(text)}</span>`;
}

/** The desired values without those that belong to a part. */
function ownValues(change: PlanChange): JsonObject {
  const partFields = new Set(change.parts.map((part) => parsePointer(part.path)[0]));
  return Object.fromEntries(Object.entries(change.desired ?? {}).filter(([name]) => !partFields.has(name)));
}

function valuesHtml(values: JsonObject): string {
  const rows = Object.entries(values)
    .filter(([, value]) => hasContent(value))
    .map(([name, value]) => {
      const shown = isLong(value)
        ? `<pre>${escapeBlock(showBlock(value))}</pre>`
        : `<span class="mono">${escapeText(showValue(value))}</span>`;
      return `<tr><th scope="row">${escapeText(name)}</th><td>${shown}</td></tr>`;
    });
  return rows.length === 0 ? '' : `<table>${rows.join('')}</table>`;
}

function fieldsHtml(fields: readonly PlanFieldNote[], below: string, reason: Reason): string {
  const rows = fields.map((field) => {
    const remark = remarkOf(field, reason);
    const note = remark === undefined ? '' : `<p class="warn">${escapeText(remark)}</p>`;
    const name = escapeText(fieldName(field.path, below));
    return `<tr><th scope="row">${name}</th><td>${differenceHtml(field)}${note}</td></tr>`;
  });
  return rows.length === 0 ? '' : `<table>${rows.join('')}</table>`;
}

function differenceHtml({ healed, live, desired, base }: PlanFieldNote): string {
  const before = showValue(live);
  if (!healed) {
    const applied = showValue(base === undefined ? desired : base);
    return `<span class="mono">${escapeText(before)}</span> <span class="soft">(applied ${escapeText(applied)})</span>`;
  }
  const after = showValue(desired);
  if (before === after)
    return `<span class="mono">${escapeText(after)}</span> <span class="soft">(value changed)</span>`;
  if (!isLong(live) && !isLong(desired)) {
    return `<del class="mono">${escapeText(before)}</del> → <ins class="mono">${escapeText(after)}</ins>`;
  }
  const hunks = diffHunks(live, desired).map((lines) => lines.map(lineHtml).join(''));
  return `<pre>${hunks.join('<span class="soft">…\n</span>')}</pre>`;
}

function lineHtml(line: string): string {
  const text = escapeText(`${line.slice(0, 1)} ${line.slice(1)}`);
  if (line.startsWith('+')) return `<ins>${text}</ins>`;
  return line.startsWith('-') ? `<del>${text}</del>` : `<span class="soft">${text}\n</span>`;
}

function remarkOf(field: PlanFieldNote, reason: Reason): string | undefined {
  if (!field.healed) return 'Changed by somebody else, and left as it is. policy.heal does not cover it.';
  if (field.reason === 'drift' && reason !== 'drift')
    return 'Changed by somebody else since the last apply, and put back.';
  if (field.reason === 'conflict')
    return `Changed here and by somebody else (applied ${showValue(field.base)}). The manifest wins.`;
  return undefined;
}

function sortedParts(parts: readonly PlanPart[]): PlanPart[] {
  return [...parts].sort((a, b) => actionOrder.indexOf(a.action) - actionOrder.indexOf(b.action));
}

function partHtml(part: PlanPart, change: PlanChange): string {
  const [field = '', ...key] = parsePointer(part.path);
  const noun = field.replace(/s$/, '');
  const gone = part.action === 'delete';
  const says = part.reason === change.reason && change.action !== 'update' ? '' : reasonText(part.reason);
  const desired = getAt(change.desired, part.path);
  const fields = change.fields.filter(({ path }) => isAtOrBelow(path, part.path));
  const title = `${symbolOf(part.action)} ${gone ? `DELETE ${noun}` : `${part.action} ${noun}`} “${key.join('/')}”`;
  return [
    `<div class="part"><p${gone ? ' class="loss"' : ''}>${escapeText(title)} <span class="soft">${escapeText(says)}</span></p>`,
    blockHtml(part.blocked),
    part.action === 'replace' ? stepsHtml(part, change) : '',
    part.action === 'create' && isObject(desired)
      ? valuesHtml(desired)
      : fieldsHtml(fields, part.path, part.reason),
    part.impact === undefined ? '' : runsHtml(part.impact, gone),
    ...(part.warnings ?? []).map(warningHtml),
    '</div>',
  ].join('');
}

/** The steps of a replace, in their order: their order is what makes it safe. */
function stepsHtml(part: PlanPart, change: PlanChange): string {
  const steps = change.operations.filter(({ id }) => id.includes(`#${part.path}:`));
  if (steps.length === 0) return '';
  return `<p class="warn">In steps, ${escapeText(steps.map(({ summary }) => summary).join(', then '))}.</p>`;
}

function blockHtml(block: Block | undefined): string {
  if (block === undefined) return '';
  const { code, message, override } = block;
  return `<div class="box refused"><p>Blocked, ${escapeText(code)}</p><p>${escapeText(message)}</p><p>To allow it <code>${escapeText(override)}</code></p></div>`;
}

function warningHtml(text: string): string {
  return `<p class="warn">! ${escapeText(text)}</p>`;
}

function requestsHtml(operations: readonly PlanOperation[]): string {
  if (operations.length === 0) return '';
  const items = operations.map(({ method, path, summary, after, lateBound }) => {
    const places = after.map((id) => operations.findIndex((other) => other.id === id) + 1);
    const notes = [
      ...(places.length > 0 ? [`after ${places.join(', ')}`] : []),
      ...(lateBound ?? []).map((name) => `${name} is computed just before`),
    ];
    const note = notes.length === 0 ? '' : ` (${notes.join('; ')})`;
    return `<li><code>${escapeText(`${method} ${path}`)}</code> ${escapeText(summary + note)}</li>`;
  });
  return `<details class="requests"><summary>Requests (${items.length})</summary><ol>${items.join('')}</ol></details>`;
}

function escapeBlock(text: string): string {
  return text.split('\n').map(escapeText).join('\n');
}
