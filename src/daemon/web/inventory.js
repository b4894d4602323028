import { get } from './api.js';
import { html, useEffect, useState } from './htm.js';
import { Problem, When } from './parts.js';
import { states } from './words.js';

const SIZE = 25;

/** Searched and paged by the daemon: there may be ten thousand. */
export function Inventory({ path, name, version }) {
  const [search, setSearch] = useState('');
  const [state, setState] = useState('');
  const [offset, setOffset] = useState(0);
  const [page, setPage] = useState();
  const [error, setError] = useState();
  useEffect(() => {
    const abort = new AbortController();
    const query = new URLSearchParams({ search, state, offset: String(offset), limit: String(SIZE) });
    get(`${path}/inventory?${query}`, abort.signal).then(
      setPage,
      (problem) => abort.signal.aborted || setError(problem),
    );
    return () => abort.abort();
  }, [path, version, search, state, offset]);
  const look = (set) => (event) => {
    setOffset(0);
    set(event.target.value);
  };
  if (error) return html`<${Problem} error=${error} />`;
  const total = page?.total ?? 0;
  const rows = page?.rows ?? [];
  // Not every kind has schedules of its own.
  const withParts = rows.some(({ parts }) => parts.length > 0);
  return html`<form class="row" role="search" onSubmit=${(event) => event.preventDefault()}>
      <label>Search<input type="search" value=${search} onInput=${look(setSearch)} /></label>
      <label>State<select value=${state} onChange=${look(setState)}>
        <option value="">all</option>${['inStep', 'create', 'update', 'replace', 'delete', 'deactivate', 'adopt', 'forget', 'released'].map((value) => html`<option value=${value}>${states[value] ?? value}</option>`)}</select></label>
    </form>
    <div class="scroll"><table class="stack"><caption aria-live="polite">${page === undefined ? 'Loading …' : `${total} found`}</caption>
      <thead><tr><th>object</th><th>state</th>${withParts ? html`<th>schedules</th>` : ''}<th>ours since</th></tr></thead><tbody>
      ${rows.map(
        (row) => html`<tr key=${row.address}>
        <td data-label="object"><a href=${link(name, row.address)}>${row.address}</a></td><td class="tight" data-label="state">${states[row.state] ?? row.state}</td>
        ${withParts ? html`<td data-label="schedules">${row.parts.slice(0, 6).map((part, index) => html`${index > 0 ? ', ' : ''}<a href=${link(name, row.address, part)}>${part}</a>`)}${row.parts.length > 6 ? ` and ${row.parts.length - 6} more` : ''}</td>` : ''}
        <td class="tight" data-label="ours since">${row.ownedSince ? html`<${When} at=${row.ownedSince} />` : html`<span class="quiet">not ours yet</span>`}</td></tr>`,
      )}
    </tbody></table></div>
    ${
      total <= SIZE
        ? ''
        : html`<div class="row paging"><button type="button" disabled=${offset === 0} onClick=${() => setOffset(Math.max(0, offset - SIZE))}>Earlier</button>
      <span class="small quiet">${total === 0 ? '' : `${offset + 1} to ${Math.min(offset + SIZE, total)} of ${total}`}</span>
      <button type="button" disabled=${offset + SIZE >= total} onClick=${() => setOffset(offset + SIZE)}>Later</button></div>`
    }`;
}

export function link(name, address, part) {
  const base = `#/${encodeURIComponent(name)}/object/${encodeURIComponent(address)}`;
  return part === undefined ? base : `${base}/${encodeURIComponent(part)}`;
}
