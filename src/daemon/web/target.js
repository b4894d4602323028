import { get, post } from './api.js';
import { html, useEffect, useState } from './htm.js';
import { Inventory } from './inventory.js';
import { Action, Badge, Findings, Problem, When } from './parts.js';
import { Plan } from './plan.js';
import { instant, modes, waitingText } from './words.js';

export function Target({ name, version }) {
  const [status, setStatus] = useState();
  const [error, setError] = useState();
  const path = `/targets/${encodeURIComponent(name)}`;
  useEffect(() => {
    const abort = new AbortController();
    get(path, abort.signal).then(
      (found) => {
        setStatus(found);
        setError(undefined);
      },
      (problem) => abort.signal.aborted || setError(problem),
    );
    return () => abort.abort();
  }, [name, version]);
  if (error) return html`<h1>${name}</h1><${Problem} error=${error} />`;
  if (status === undefined) return html`<h1>${name}</h1><p class="quiet">Loading …</p>`;
  const waiting = waitingText(status);
  return html`<h1>${name} <${Badge} status=${status} /></h1>
    <p class="quiet">${status.provider} at ${status.url} · ${modes[status.mode]} · since <${When} at=${status.since} />${' '}
      · <a href=${`#/${encodeURIComponent(name)}/calendar`}>Calendar</a></p>
    ${waiting === '' ? '' : html`<div class="card notice">${waiting}</div>`}
    ${status.error ? html`<div class="card notice bad"><strong>${status.error.code}</strong> ${status.error.message} <span class="quiet">${status.error.remedy ?? ''}</span></div>` : ''}
    ${status.findings.length > 0 ? html`<div class="card notice bad">${status.staleSince ? html`<p>The last good manifests are kept since <${When} at=${status.staleSince} />.</p>` : ''}<${Findings} findings=${status.findings} /></div>` : ''}
    ${status.fights.map(({ address, over, rounds }) => html`<div class="card notice">Somebody changes back <code>${address}</code> (${over.join(', ')}): put back ${rounds} times within an hour. "Reconcile now" tries again.</div>`)}
    <${Actions} status=${status} path=${path} />
    <h2>Plan</h2><${Plan} plan=${status.plan} name=${name} />
    <h2>Inventory</h2><${Inventory} path=${path} name=${name} version=${version} />
    <h2>Events</h2><${Events} path=${path} version=${version} />
    <h2>History</h2><${History} path=${path} version=${version} />`;
}

function Actions({ status, path }) {
  const [reason, setReason] = useState('');
  const [hours, setHours] = useState('1');
  const [by, setBy] = useState('');
  const who = by.trim() === '' ? {} : { by: by.trim() };
  const until = hours === '' ? {} : { until: new Date(Date.now() + Number(hours) * 3_600_000).toISOString() };
  const waits = status.waiting.for === 'approval';
  return html`<section class="card" aria-label="Actions">
    <div class="row">
      <${Action} label="Reconcile now" run=${() => post(`${path}/reconcile`, {})} />
      ${waits ? html`<${Action} label="Approve this plan" run=${() => post(`${path}/approve`, { digest: status.plan.digest, ...who })} />` : ''}
      <label>Your name, for the audit log<input value=${by} onInput=${(event) => setBy(event.target.value)} autocomplete="name" /></label>
    </div>
    ${
      status.pause
        ? html`<p>Paused by ${status.pause.by}: ${status.pause.reason}${status.pause.until ? html`, until ${instant(status.pause.until)}` : ''}.</p>
            <${Action} label="Resume" run=${() => post(`${path}/resume`, who)} />`
        : html`<div class="row">
            <label>Pause, because of<input value=${reason} onInput=${(event) => setReason(event.target.value)} /></label>
            <label>for<select value=${hours} onChange=${(event) => setHours(event.target.value)}>
              <option value="1">1 hour</option><option value="8">8 hours</option><option value="24">a day</option><option value="168">a week</option><option value="">until resumed</option></select></label>
            <${Action} label="Pause" disabled=${reason.trim() === ''} run=${() => post(`${path}/pause`, { reason: reason.trim(), ...until, ...who })} />
          </div>`
    }
  </section>`;
}

function useList(path, key, version) {
  const [list, setList] = useState();
  const [error, setError] = useState();
  useEffect(() => {
    const abort = new AbortController();
    get(path, abort.signal).then(
      (found) => setList(found[key]),
      (problem) => abort.signal.aborted || setError(problem),
    );
    return () => abort.abort();
  }, [path, version]);
  return [list, error];
}

function Events({ path, version }) {
  const [events, error] = useList(`${path}/events?limit=30`, 'events', version);
  if (error) return html`<${Problem} error=${error} />`;
  if (events === undefined || events.length === 0)
    return html`<p class="quiet">Nothing has happened since the daemon started.</p>`;
  return html`<div class="scroll"><table><thead><tr><th>when</th><th>what</th><th>who</th></tr></thead><tbody>
    ${events.map(({ id, at, message, who, type }) => html`<tr key=${id}><td><${When} at=${at} /></td><td><strong>${type}</strong> ${message}</td><td>${who}</td></tr>`)}
  </tbody></table></div>`;
}

function History({ path, version }) {
  const [history, error] = useList(`${path}/history?limit=20`, 'history', version);
  if (error) return html`<${Problem} error=${error} />`;
  if (history === undefined || history.length === 0)
    return html`<p class="quiet">Nothing was applied yet.</p>`;
  return html`<div class="scroll"><table><thead><tr><th>when</th><th>what</th><th>who</th><th>commit</th></tr></thead><tbody>
    ${history.map(({ id, at, summary, actor, command, commit }) => html`<tr key=${id}><td><${When} at=${at} /></td><td>${summary}</td><td>${actor} <span class="quiet small">${command}</span></td><td class="mono">${commit?.slice(0, 12) ?? ''}</td></tr>`)}
  </tbody></table></div>`;
}
