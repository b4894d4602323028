import { html } from './htm.js';
import { Badges, When } from './parts.js';
import { conditions, modes, waitingText } from './words.js';

export function Overview({ targets, sourceError }) {
  return html`<h1>Targets</h1>
    ${targets.length === 0 ? '' : html`<p class="quiet">${summary(targets)}</p>`}
    ${sourceError ? html`<div class="card notice bad" role="alert">The source cannot be read: ${sourceError}</div>` : ''}
    <ul class="cards">${targets.map((status) => html`<${Card} key=${status.name} status=${status} />`)}</ul>`;
}

/** `5 targets: 4 with differences, 1 in step; 1 paused`. */
function summary(targets) {
  const count = (fits, text) => {
    const found = targets.filter(fits).length;
    return found === 0 ? [] : [`${found} ${text}`];
  };
  const whole = Object.entries(conditions).flatMap(([key, [text]]) =>
    count(({ condition }) => condition === key, key === 'differs' ? 'with differences' : text),
  );
  const special = [
    ...count(({ pause }) => pause !== undefined, 'paused'),
    ...count(({ staleSince }) => staleSince !== undefined, 'with stale manifests'),
    ...count(({ fights }) => fights.length > 0, 'in a fight'),
  ];
  const lists = [whole, special].filter((list) => list.length > 0).map((list) => list.join(', '));
  return `${targets.length} ${targets.length === 1 ? 'target' : 'targets'}: ${lists.join('; ')}`;
}

function Card({ status }) {
  const waiting = waitingText(status);
  return html`<li class="card">
    <h2 class="name"><a href=${`#/${encodeURIComponent(status.name)}`}>${status.name}</a></h2>
    <p><${Badges} status=${status} /> <span class="quiet small since">since <${When} at=${status.since} /></span></p>
    <dl>
      <dt>mode</dt><dd>${modes[status.mode]}${status.selfHeal ? ', heals drift' : ''}${status.prune ? ', prunes' : ''}</dd>
      <dt>owned</dt><dd>${status.owned}${status.differences > 0 ? html`, <strong>${status.differences} to change</strong>` : ''}</dd>
      ${status.lastPass ? html`<dt>looked</dt><dd><${When} at=${status.lastPass.endedAt} /></dd>` : ''}
      ${status.commit ? html`<dt>commit</dt><dd><code>${status.commit.slice(0, 12)}</code></dd>` : ''}
      ${status.problems > 0 ? html`<dt>problems</dt><dd class="bad">${status.problems}</dd>` : ''}
    </dl>
    ${waiting === '' ? '' : html`<p class="small">${waiting}</p>`}
    ${status.staleSince ? html`<p class="small bad">The last good manifests are kept since <${When} at=${status.staleSince} />.</p>` : ''}
  </li>`;
}
