import { html, useState } from './htm.js';
import { ago, conditions, instant, phases } from './words.js';

export function Badge({ status }) {
  const [text, tone] = conditions[status.condition] ?? [status.condition, 'quiet'];
  return html`<span class=${`badge ${tone}`}>${text}</span>
    ${phases[status.phase] === '' ? '' : html` <span class="quiet small">${phases[status.phase]}</span>`}`;
}

export function When({ at }) {
  return html`<time datetime=${new Date(at).toISOString()} title=${instant(at)}>${ago(at)}</time>`;
}

export function Problem({ error, children }) {
  if (!error && !children) return '';
  return html`<div class="card notice bad" role="alert">${error ? error.message : children}</div>`;
}

/** A button that says what became of what it does. */
export function Action({ label, run, disabled }) {
  const [state, setState] = useState('');
  const click = async (event) => {
    event.preventDefault();
    setState('…');
    try {
      await run();
      setState('Done.');
    } catch (error) {
      setState(error.message);
    }
  };
  return html`<span><button type="button" disabled=${disabled} onClick=${click}>${label}</button>
    <span class="small quiet" role="status"> ${state}</span></span>`;
}

export function Findings({ findings }) {
  if (findings.length === 0) return '';
  return html`<ul class="plain">${findings.map(
    ({ code, message, severity, place, remedy }) => html`<li class=${severity === 'error' ? 'bad' : 'warn'}>
      ${place ? html`<code>${place.file}:${place.line}:${place.col}</code> ` : ''}<strong>${code}</strong> ${message}
      ${remedy ? html`<span class="quiet"> ${remedy}</span>` : ''}</li>`,
  )}</ul>`;
}
