import { html } from './htm.js';
import { runsText, valueText } from './words.js';

const signs = {
  create: '+',
  update: '~',
  replace: '±',
  delete: '−',
  deactivate: '○',
  adopt: '=',
  forget: '·',
};

export function Plan({ plan, name, stale }) {
  if (plan === undefined) return html`<p class="quiet">There is no plan yet.</p>`;
  const errors = plan.diagnostics.filter(({ severity }) => severity === 'error');
  return html`${errors.map(({ code, message, remedy }) => html`<div class="card notice bad"><strong>${code}</strong> ${message} <span class="quiet">${remedy ?? ''}</span></div>`)}
    ${plan.changes.length === 0 ? html`<p>Nothing to do: what is live is what the ${stale ? 'last good manifests' : 'manifests'} want.</p>` : ''}
    ${plan.changes.slice(0, 200).map((change) => html`<${Change} key=${change.address} change=${change} name=${name} />`)}
    ${plan.changes.length > 200 ? html`<p class="quiet">… and ${plan.changes.length - 200} more. The whole plan: <code>reconcile plan -t ${name}</code>.</p>` : ''}
    <p class="small quiet">Digest <code>${plan.digest}</code></p>`;
}

function Change({ change, name }) {
  const rows = rowsOf(change);
  const tone = change.action === 'delete' || change.action === 'replace' ? 'bad' : '';
  return html`<section class="card">
    <h3><span class=${`mono ${tone}`} aria-hidden="true">${signs[change.action] ?? ' '} </span><span class=${tone}>${change.action}</span>${' '}
      <a href=${`#/${encodeURIComponent(name)}/object/${encodeURIComponent(change.address)}`}>${change.address}</a>
      <span class="quiet small"> (${change.reason})</span></h3>
    <${Blocked} blocked=${change.blocked} />
    ${change.warnings.map((text) => html`<p class="warn small">${text}</p>`)}
    ${
      rows.length === 0
        ? ''
        : html`<div class="scroll"><table class="stack"><caption>Fields</caption><thead><tr><th>field</th><th>now</th><th>wanted</th></tr></thead><tbody>
      ${rows.map((row) => html`<${Field} key=${row.path} row=${row} />`)}
    </tbody></table></div>`
    }
    <${Impact} impact=${change.impact} label="Runs" />
    ${change.parts.map(
      (
        part,
      ) => html`<div><p><span class="mono">${part.path}</span> <strong class=${part.action === 'delete' ? 'bad' : ''}>${part.action}</strong> <span class="quiet small">(${part.reason})</span></p>
      <${Blocked} blocked=${part.blocked} />
      ${(part.warnings ?? []).map((text) => html`<p class="warn small">${text}</p>`)}
      <${Impact} impact=${part.impact} label="Runs" /></div>`,
    )}
  </section>`;
}

function Blocked({ blocked }) {
  if (blocked === undefined) return '';
  return html`<p class="bad"><strong>${blocked.code}</strong> ${blocked.message} <span class="quiet">To allow it: <code>${blocked.override}</code></span></p>`;
}

/** A whole object that comes or goes is shown field by field; what only names a part stands with the parts below. */
function rowsOf(change) {
  return stepsOf(change).filter(({ before, after }) => before !== undefined || after !== undefined);
}

function stepsOf(change) {
  return change.patch.flatMap((step) => {
    const note = change.fields.find(({ path }) => path === step.path);
    const before = note?.live;
    const after = step.op === 'remove' ? undefined : (step.value ?? note?.desired);
    if (step.path !== '') return [{ path: step.path, before, after, reason: note?.reason }];
    const whole = after ?? before ?? {};
    return Object.keys(whole)
      .filter((key) => change.parts.length === 0 || key !== 'schedules')
      .map((key) => ({ path: `/${key}`, before: before?.[key], after: after?.[key] }));
  });
}

function Field({ row }) {
  return html`<tr><td class="mono field" data-label="field">${row.path}${row.reason === 'drift' ? html` <span class="warn small">drift</span>` : ''}</td>
    <td data-label="now" class=${`mono ${row.before == null ? '' : 'removed'}`}>${valueText(row.before)}</td><td data-label="wanted" class=${`mono ${row.after == null ? '' : 'added'}`}>${valueText(row.after)}</td></tr>`;
}

function Impact({ impact, label }) {
  if (impact === undefined) return '';
  return html`<dl class="small">
    <dt>${label} before, UTC</dt><dd>${runsText(impact.before)}</dd>
    <dt>${label} after, UTC</dt><dd>${impact.noRuns === undefined ? runsText(impact.after, impact.until) : `none: ${impact.noRuns.text}`}</dd>
    ${impact.missed.length > 0 ? html`<dt class="bad">missed</dt><dd class="bad">${runsText(impact.missed)}</dd>` : ''}
    ${impact.extra.length > 0 ? html`<dt class="warn">extra</dt><dd class="warn">${runsText(impact.extra)}</dd>` : ''}
    ${impact.immediate ? html`<dt class="warn">at once</dt><dd class="warn">the write starts a run</dd>` : ''}
    ${impact.runLogsLost ? html`<dt class="warn">run logs</dt><dd class="warn">${impact.runLogsLost === true ? 'lost, if there are any' : `${impact.runLogsLost} lost`}</dd>` : ''}
  </dl>`;
}
