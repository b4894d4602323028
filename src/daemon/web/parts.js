import { html } from './htm.js';
import { ago, conditions, instant, phases } from './words.js';

/** How a target is, and what is special about it: in step with old manifests is not what "in step" says alone. */
export function Badges({ status }) {
  const special = [
    ...(status.pause ? [['paused', 'warn']] : []),
    ...(status.staleSince ? [['manifests stale', 'bad']] : []),
    ...(status.fights.length > 0 ? [['in a fight', 'warn']] : []),
  ];
  const all = [conditions[status.condition] ?? [status.condition, 'quiet'], ...special];
  return html`${all.map(([text, tone]) => html`<span key=${text} class=${`badge ${tone}`}>${text}</span> `)}
    ${phases[status.phase] === '' ? '' : html`<span class="quiet small">${phases[status.phase]}</span>`}`;
}

/** The way back, above the title of a page. */
export function Trail({ steps }) {
  return html`<nav aria-label="Way back" class="trail">${steps.map(([text, href]) => html`<a key=${href} href=${href}>${text}</a><span aria-hidden="true"> / </span>`)}</nav>`;
}

export function When({ at }) {
  return html`<time datetime=${new Date(at).toISOString()} title=${instant(at)}>${ago(at)}</time>`;
}

export function Problem({ error, children }) {
  if (!error && !children) return '';
  return html`<div class="card notice bad" role="alert">${error ? error.message : children}</div>`;
}

/** A button; `say` is told what became of what it does, as the button may be gone by then. */
export function Action({ label, run, disabled, say }) {
  const click = async (event) => {
    event.preventDefault();
    say(`${label} …`);
    try {
      await run();
      say(`${label}: Done.`);
    } catch (error) {
      say(`${label}: ${error.message}`);
    }
  };
  return html`<button type="button" disabled=${disabled} onClick=${click}>${label}</button>`;
}

export function Findings({ findings }) {
  if (findings.length === 0) return '';
  return html`<ul class="plain">${findings.map(
    ({ code, message, severity, place, remedy }) => html`<li class=${severity === 'error' ? 'bad' : 'warn'}>
      ${place ? html`<code>${place.file}:${place.line}:${place.col}</code> ` : ''}<strong>${code}</strong> ${message}
      ${remedy ? html`<span class="quiet"> ${remedy}</span>` : ''}</li>`,
  )}</ul>`;
}
