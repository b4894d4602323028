import { html } from './htm.js';
import { Badge, When } from './parts.js';
import { modes, waitingText } from './words.js';

export function Overview({ targets, sourceError }) {
  return html`<h1>Targets</h1>
    ${sourceError ? html`<div class="card notice bad" role="alert">The source cannot be read: ${sourceError}</div>` : ''}
    <ul class="cards">${targets.map((status) => html`<${Card} key=${status.name} status=${status} />`)}</ul>`;
}

function Card({ status }) {
  const waiting = waitingText(status);
  return html`<li class="card">
    <h2 class="name"><a href=${`#/${encodeURIComponent(status.name)}`}>${status.name}</a></h2>
    <p><${Badge} status=${status} /> <span class="quiet small">since <${When} at=${status.since} /></span></p>
    <dl>
      <dt>mode</dt><dd>${modes[status.mode]}${status.selfHeal ? ', heals drift' : ''}${status.prune ? ', prunes' : ''}</dd>
      <dt>owned</dt><dd>${status.owned} ${status.differences > 0 ? html`, <strong>${status.differences} to change</strong>` : ''}</dd>
      ${status.lastPass ? html`<dt>looked</dt><dd><${When} at=${status.lastPass.endedAt} /></dd>` : ''}
      ${status.commit ? html`<dt>commit</dt><dd><code>${status.commit.slice(0, 12)}</code></dd>` : ''}
      ${status.problems > 0 ? html`<dt>problems</dt><dd class="bad">${status.problems}</dd>` : ''}
    </dl>
    ${waiting === '' ? '' : html`<p class="small">${waiting}</p>`}
    ${status.staleSince ? html`<p class="small bad">The last good manifests are kept since <${When} at=${status.staleSince} />.</p>` : ''}
  </li>`;
}
