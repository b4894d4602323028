import { get, post } from './api.js';
import { html, useEffect, useState } from './htm.js';
import { Inventory } from './inventory.js';
import { Action, Badges, Findings, Problem, When } from './parts.js';
import { Plan } from './plan.js';
import { instant, modes, waitingText } from './words.js';

/** What happened, by how it is meant; the words say it, too. */
const tones = {
  'apply-failed': 'bad',
  'pass-failed': 'bad',
  refused: 'bad',
  stale: 'bad',
  fight: 'warn',
  paused: 'warn',
  differences: 'warn',
  applied: 'good',
  'in-step': 'good',
  recovered: 'good',
  fresh: 'good',
};

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
  // What a fight is about is said below, more exactly.
  const waiting = status.waiting.for === 'fight' ? '' : waitingText(status);
  return html`<h1>${name} <${Badges} status=${status} /> <span class="quiet small since">since <${When} at=${status.since} /></span></h1>
    <${Facts} status=${status} />
    ${waiting === '' ? '' : html`<div class="card notice">${waiting}</div>`}
    ${status.error ? html`<div class="card notice bad"><strong>${status.error.code}</strong> ${status.error.message} <span class="quiet">${status.error.remedy ?? ''}</span></div>` : ''}
    ${status.findings.length > 0 ? html`<div class="card notice bad">${status.staleSince ? html`<p>The last good manifests are kept since <${When} at=${status.staleSince} />.</p>` : ''}<${Findings} findings=${status.findings} /></div>` : ''}
    ${status.fights.map(({ address, over, rounds }) => html`<div class="card notice">Somebody changes back <code>${address}</code> (${over.join(', ')}): put back ${rounds} times within an hour. It is left alone; "Reconcile now" tries again.</div>`)}
    <${Actions} status=${status} path=${path} />
    <h2>Plan</h2><${Plan} plan=${status.plan} name=${name} stale=${status.staleSince !== undefined} />
    <h2>Inventory</h2><${Inventory} path=${path} name=${name} version=${version} />
    <h2>Events</h2><${Events} path=${path} version=${version} />
    <h2>History</h2><${History} path=${path} version=${version} />`;
}

function Facts({ status }) {
  const { lastPass, lastApply, window, approval } = status;
  const edge = window.nextEdge === undefined ? undefined : instant(window.nextEdge);
  return html`<dl class="facts">
    <dt>service</dt><dd>${status.provider} at ${status.url}</dd>
    <dt>mode</dt><dd>${modes[status.mode]}${status.selfHeal ? ', heals drift' : ''}${status.prune ? ', prunes' : ''}</dd>
    ${edge === undefined ? '' : html`<dt>window</dt><dd>${window.open ? `open, until ${edge}` : `closed, until ${edge}`}</dd>`}
    ${lastPass ? html`<dt>looked</dt><dd><${When} at=${lastPass.endedAt} /> <span class="quiet">(${lastPass.triggers.join(', ')})</span></dd>` : ''}
    ${lastApply ? html`<dt>applied</dt><dd><${When} at=${lastApply.at} /></dd>` : ''}
    ${status.commit ? html`<dt>commit</dt><dd><code>${status.commit.slice(0, 12)}</code></dd>` : ''}
    ${approval && approval.digest === status.plan?.digest ? html`<dt>approved</dt><dd>by ${approval.by}, <${When} at=${approval.at} /></dd>` : ''}
    <dt>runs</dt><dd><a href=${`#/${encodeURIComponent(status.name)}/calendar`}>Calendar</a></dd>
  </dl>`;
}

function Actions({ status, path }) {
  const [reason, setReason] = useState('');
  const [hours, setHours] = useState('1');
  const [by, setBy] = useState('');
  const [said, setSaid] = useState('');
  const who = by.trim() === '' ? {} : { by: by.trim() };
  const until = hours === '' ? {} : { until: new Date(Date.now() + Number(hours) * 3_600_000).toISOString() };
  const waits = status.waiting.for === 'approval';
  return html`<section class="card" aria-label="Actions">
    <div class="row">
      <${Action} say=${setSaid} label="Reconcile now" run=${() => post(`${path}/reconcile`, {})} />
      ${waits ? html`<${Action} say=${setSaid} label="Approve this plan" run=${() => post(`${path}/approve`, { digest: status.plan.digest, ...who })} />` : ''}
      <label>Your name, for the audit log<input value=${by} onInput=${(event) => setBy(event.target.value)} autocomplete="name" /></label>
    </div>
    ${
      status.pause
        ? html`<${Paused} status=${status} /><div class="row"><${Action} say=${setSaid} label="Resume" run=${() => post(`${path}/resume`, who)} /></div>`
        : html`<div class="row">
            <label>Pause, because of<input value=${reason} onInput=${(event) => setReason(event.target.value)} /></label>
            <label>for<select value=${hours} onChange=${(event) => setHours(event.target.value)}>
              <option value="1">1 hour</option><option value="8">8 hours</option><option value="24">a day</option><option value="168">a week</option><option value="">until resumed</option></select></label>
            <${Action} say=${setSaid} label="Pause" disabled=${reason.trim() === ''} run=${() => post(`${path}/pause`, { reason: reason.trim(), ...until, ...who })} />
          </div>`
    }
    <p class="small quiet said" role="status">${said}</p>
  </section>`;
}

/** Said here when nothing waits for the end of the pause; else it stands above. */
function Paused({ status }) {
  if (status.waiting.for === 'pause') return '';
  return html`<p>${waitingText({ ...status, waiting: { for: 'pause' } })}</p>`;
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
  return html`<div class="scroll"><table class="stack"><thead><tr><th>when</th><th>what</th><th>who</th></tr></thead><tbody>
    ${events.map(({ id, at, message, who, type }) => html`<tr key=${id}><td class="tight" data-label="when"><${When} at=${at} /></td><td data-label="what" class=${tones[type] ?? ''}>${message}</td><td class="tight" data-label="who">${who}</td></tr>`)}
  </tbody></table></div>`;
}

function History({ path, version }) {
  const [history, error] = useList(`${path}/history?limit=20`, 'history', version);
  if (error) return html`<${Problem} error=${error} />`;
  if (history === undefined || history.length === 0)
    return html`<p class="quiet">Nothing was applied yet.</p>`;
  return html`<div class="scroll"><table class="stack"><thead><tr><th>when</th><th>what</th><th>who</th><th>commit</th></tr></thead><tbody>
    ${history.map(({ id, at, summary, actor, command, commit }) => html`<tr key=${id}><td class="tight" data-label="when"><${When} at=${at} /></td><td data-label="what">${summary}</td><td data-label="who">${actor} <span class="quiet small">${command}</span></td><td class="mono tight" data-label="commit">${commit?.slice(0, 12) ?? '—'}</td></tr>`)}
  </tbody></table></div>`;
}
