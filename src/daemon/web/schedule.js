import { get } from './api.js';
import { html, useEffect, useState } from './htm.js';
import { link } from './inventory.js';
import { Problem, Trail } from './parts.js';
import { instant, valueText } from './words.js';

/** A schedule, or a whole object, from three sides: wanted, live, last applied. */
export function Schedule({ name, address, part, version }) {
  const [view, setView] = useState();
  const [error, setError] = useState();
  useEffect(() => {
    const abort = new AbortController();
    const query = new URLSearchParams({ address, ...(part === undefined ? {} : { part, logs: '20' }) });
    get(`/targets/${encodeURIComponent(name)}/schedule?${query}`, abort.signal).then(
      (found) => {
        setView(found);
        setError(undefined);
      },
      (problem) => abort.signal.aborted || setError(problem),
    );
    return () => abort.abort();
  }, [name, address, part, version]);
  const above = [
    [name, `#/${encodeURIComponent(name)}`],
    ...(part === undefined ? [] : [[address, link(name, address)]]),
  ];
  const title = html`<${Trail} steps=${above} /><h1>${part ?? address}</h1>`;
  if (error) return html`${title}<${Problem} error=${error} />`;
  if (view === undefined) return html`${title}<p class="quiet">Loading …</p>`;
  // What no side says anything about is only noise.
  const said = [view.desired, view.live, view.lastApplied].flatMap((side) =>
    Object.entries(side ?? {}).flatMap(([field, value]) => (value === null ? [] : [field])),
  );
  const fields = [...new Set(said)].sort();
  return html`${title}
    <div class="card scroll"><table class="stack"><caption>Secrets are hidden.</caption><thead><tr><th>field</th><th>wanted</th><th>live</th><th>last applied</th></tr></thead><tbody>
      ${fields.map((field) => html`<${Row} field=${field} view=${view} />`)}
    </tbody></table></div>
    ${view.parts.length > 0 ? html`<h2>Schedules</h2><ul>${view.parts.map((key) => html`<li key=${key}><a href=${link(name, address, key)}>${key}</a></li>`)}</ul>` : ''}
    ${view.facts && Object.keys(view.facts).length > 0 ? html`<h2>From the service</h2><dl class="card">${Object.entries(view.facts).map(([key, value]) => html`<dt>${key}</dt><dd class="mono">${valueText(value)}</dd>`)}</dl>` : ''}
    ${view.next.length > 0 ? html`<h2>Next runs</h2><ol>${view.next.map((run) => html`<li class="mono">${instant(run)}</li>`)}</ol>` : ''}
    ${view.logs === undefined ? '' : html`<h2>Last runs</h2><${Logs} logs=${view.logs} />`}`;
}

function Row({ field, view }) {
  const [wanted, live, base] = [view.desired, view.live, view.lastApplied].map((side) => side?.[field]);
  const isUntold = live === undefined && view.unreadable.includes(field);
  const differs = view.differs.includes(field);
  return html`<tr><td class="field" data-label="field">${field}</td><td data-label="wanted" class=${`mono ${differs ? 'added' : ''}`}>${valueText(wanted)}</td>
    <td data-label="live" class=${`mono ${differs ? 'removed' : ''}`}>${isUntold ? html`<span class="quiet">not told by the service</span>` : valueText(live)}</td><td class="mono" data-label="last applied">${valueText(base)}</td></tr>`;
}

function Logs({ logs }) {
  if (logs.length === 0) return html`<p class="quiet">The service keeps none.</p>`;
  const keys = [...new Set(logs.flatMap((log) => Object.keys(log)))]
    .filter((key) => typeof logs[0][key] !== 'object')
    .slice(0, 6);
  return html`<div class="scroll"><table class="stack"><thead><tr>${keys.map((key) => html`<th>${key}</th>`)}</tr></thead><tbody>
    ${logs.map((log) => html`<tr>${keys.map((key) => html`<td class="small" data-label=${key}>${valueText(log[key])}</td>`)}</tr>`)}</tbody></table></div>`;
}
