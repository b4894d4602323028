import type { Diagnostic } from '../core/errors.ts';
import type { PlanChange, PlanDocument, PlanTarget } from '../core/plan-document.ts';
import { isRefusedTarget } from '../core/refused-target.ts';
import { losesRunLogs, refusalsOf } from './alarms.ts';
import { escapeText } from './calendar/markup.ts';
import { showInstant } from './instant.ts';
import { changeHtml } from './plan-html-change.ts';
import { planPageStyle } from './plan-html-style.ts';
import { counted } from './text.ts';
import { actionOrder, changeGroups, infinitiveOf } from './words.ts';

/** Nothing is loaded and nothing runs: the page is a document. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** With more changes than this in a target only the loud ones are unfolded. */
const UNFOLDED = 30;

/**
 * A plan as one self-contained page for those who approve it: per target the refusals first, then the changes with their
 * runs, deletes last. No script, nothing is loaded; light or dark as the reader prefers; made for phones and for paper.
 */
export function renderPlanHtml(document: PlanDocument): string {
  const { targets, source, tool } = document;
  const title = `Plan for ${targets.map(({ name }) => name).join(', ')}`;
  const from =
    source.commit === undefined
      ? ''
      : ` · manifests of commit <span class="mono">${escapeText(source.commit.slice(0, 12))}</span>${source.dirty === true ? ' <span class="warn">with changes that are not committed</span>' : ''}`;
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    `<title>${escapeText(title)}</title><style>${planPageStyle}</style></head><body><main>`,
    `<header><h1>${escapeText(title)}</h1>`,
    `<p class="soft">${escapeText(`Made ${showInstant(document.createdAt)} UTC`)}${from}</p></header>`,
    targets.length > 1 ? contents(targets) : '',
    ...targets.map(targetHtml),
    `<footer><p>${escapeText(`${tool.name} ${tool.version}`)}. Times are UTC. A plan writes nothing.</p></footer>`,
    '</main></body></html>\n',
  ].join('');
}

function contents(targets: readonly PlanTarget[]): string {
  const items = targets.map((target) => {
    const { name } = target;
    return `<li><a href="#${anchorOf(name)}">${escapeText(name)}</a> <span class="soft">${escapeText(verdictOf(target))}</span></li>`;
  });
  return `<nav><ul>${items.join('')}</ul></nav>`;
}

function anchorOf(name: string): string {
  return `target-${name.replace(/[^\w-]/g, '_')}`;
}

function verdictOf(target: PlanTarget): string {
  const { changes, summary } = target;
  if (isRefusedTarget(target)) return 'refused, nothing would be written';
  if (changes.length === 0)
    return summary.drifted === 0 ? 'no changes' : 'no changes, what others changed stays';
  return counted(changes.length, 'change');
}

function targetHtml(target: PlanTarget): string {
  const { name, provider, url, digest } = target;
  return [
    `<section id="${anchorOf(name)}"><h2>Target ${escapeText(name)}</h2>`,
    `<p class="soft">${escapeText(provider)}, <span class="mono">${escapeText(url)}</span></p>`,
    verdictHtml(target),
    countsHtml(target),
    refusedHtml(target),
    remarksHtml(target.diagnostics),
    ...groupsHtml(target.changes),
    `<p class="soft">Digest <span class="mono">${escapeText(digest)}</span></p></section>`,
  ].join('');
}

function verdictHtml(target: PlanTarget): string {
  if (isRefusedTarget(target)) return '';
  const { changes, summary } = target;
  if (changes.length > 0) return '';
  const rest =
    summary.drifted === 0 ? 'The service matches the manifests.' : 'What others changed is left as it is.';
  return `<p><b class="fine">No changes.</b> ${rest}</p>`;
}

function countsHtml({ summary }: PlanTarget): string {
  const counts = actionOrder
    .filter((action) => summary[action] > 0)
    .map((action) => {
      const gone = action === 'delete' ? ' class="gone"' : '';
      return `<li${gone}>${summary[action]} ${infinitiveOf(action)}</li>`;
    });
  const asides = [
    `${summary.noop} unchanged`,
    ...(summary.drifted > 0 ? [`${summary.drifted} changed by others`] : []),
    ...(summary.conflicts > 0 ? [counted(summary.conflicts, 'conflict')] : []),
    ...(summary.unmanaged > 0 ? [`${summary.unmanaged} not managed here`] : []),
  ].map((text) => `<li class="soft">${escapeText(text)}</li>`);
  return `<ul class="counts">${[...counts, ...asides].join('')}</ul>`;
}

/** All refusals at the top: whoever approves need not look for them. */
function refusedHtml(target: PlanTarget): string {
  if (!isRefusedTarget(target)) return '';
  const items = refusalsOf(target.changes).map(
    ({ where, code, message, override }) =>
      `<li><code>${escapeText(where)}</code> <b>${escapeText(code)}</b> ${escapeText(message)}<br/>To allow it <code>${escapeText(override)}</code></li>`,
  );
  const errors = target.diagnostics.filter(({ severity }) => severity === 'error').map(remarkHtml);
  return `<div class="box refused"><p>Refused. Nothing would be written to this target.</p><ul>${[...items, ...errors].join('')}</ul></div>`;
}

function remarksHtml(diagnostics: readonly Diagnostic[]): string {
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning').map(remarkHtml);
  const notes = diagnostics.filter(({ severity }) => severity === 'info').map(remarkHtml);
  return [
    warnings.length === 0 ? '' : `<div class="box warning"><p>Mind</p><ul>${warnings.join('')}</ul></div>`,
    notes.length === 0
      ? ''
      : `<details class="requests"><summary>${counted(notes.length, 'note')}</summary><ul>${notes.join('')}</ul></details>`,
  ].join('');
}

function remarkHtml({ code, message, address, path, remedy }: Diagnostic): string {
  const where = `${address ?? ''}${path ?? ''}`;
  return `<li>${where === '' ? '' : `<code>${escapeText(where)}</code> `}<b>${escapeText(code)}</b> ${escapeText(message)}${remedy === undefined ? '' : `<br/>${escapeText(remedy)}`}</li>`;
}

function groupsHtml(changes: readonly PlanChange[]): string[] {
  const few = changes.length <= UNFOLDED;
  return changeGroups.flatMap((group) => {
    const members = changes.filter(group.includes);
    if (members.length === 0) return [];
    const gone = group.action === 'delete';
    const title = `${group.title} (${members.length})`;
    const logs = members.some(losesRunLogs) ? 'run logs go with them and ' : '';
    const heading = gone
      ? `<h3 class="loud">${escapeText(title)}, ${logs}this cannot be undone</h3>`
      : `<h3>${escapeText(title)}</h3>`;
    return [
      heading,
      ...members.map((change) => changeHtml(change, few || gone || change.blocked !== undefined)),
    ];
  });
}
