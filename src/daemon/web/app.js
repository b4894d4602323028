import { get, listen, setToken, token } from './api.js';
import { Calendar } from './calendar.js';
import { html, render, useEffect, useState } from './htm.js';
import { Overview } from './overview.js';
import { Problem } from './parts.js';
import { Schedule } from './schedule.js';
import { Target } from './target.js';

function useRoute() {
  const read = () => location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  const [route, setRoute] = useState(read());
  useEffect(() => {
    const change = () => {
      setRoute(read());
      document.querySelector('main')?.focus();
    };
    addEventListener('hashchange', change);
    return () => removeEventListener('hashchange', change);
  }, []);
  return route;
}

function App() {
  const [overview, setOverview] = useState({ targets: [] });
  const [error, setError] = useState();
  const [online, setOnline] = useState(true);
  const [versions, setVersions] = useState({});
  const [known, setKnown] = useState(token());
  const route = useRoute();
  const load = () =>
    get('/targets').then(
      (found) => {
        setOverview(found);
        setError(undefined);
      },
      (problem) => setError(problem),
    );
  useEffect(() => {
    load();
    return listen((names) => {
      setVersions((before) => ({
        ...before,
        ...Object.fromEntries(names.map((name) => [name, (before[name] ?? 0) + 1])),
      }));
      load();
    }, setOnline);
  }, [known]);
  const [name, view, address, part] = route;
  useEffect(() => {
    document.title = [part, address, name, 'reconcile'].filter(Boolean).join(' · ');
  }, [name, address, part]);
  const version = versions[name] ?? 0;
  return html`<a class="skip" href="#main" onClick=${(event) => {
    event.preventDefault();
    document.querySelector('main').focus();
  }}>To the content</a>
    <header class="top"><strong><a href="#/">reconcile</a></strong>
      <nav aria-label="Targets">${overview.targets.map((target) => html`<a href=${`#/${encodeURIComponent(target.name)}`} aria-current=${target.name === name ? 'page' : undefined}>${target.name}</a>`)}</nav>
      <span class="small quiet" role="status">${online ? 'live' : 'no connection, trying again'}</span>
      <${Token} known=${known} onChange=${setKnown} /></header>
    <main id="main" tabindex="-1">
      ${error ? html`<${Problem} error=${error} />` : ''}
      ${page({ name, view, address, part, version, overview })}
    </main>`;
}

function page({ name, view, address, part, version, overview }) {
  if (!name) return html`<${Overview} ...${overview} />`;
  if (view === 'calendar') return html`<${Calendar} name=${name} />`;
  if (view === 'object')
    return html`<${Schedule} name=${name} address=${address} part=${part} version=${version} />`;
  return html`<${Target} key=${name} name=${name} version=${version} />`;
}

function Token({ known, onChange }) {
  const [value, setValue] = useState('');
  const submit = (event) => {
    event.preventDefault();
    setToken(value);
    onChange(value);
    setValue('');
  };
  if (known !== '')
    return html`<button type="button" onClick=${() => {
      setToken('');
      onChange('');
    }}>Forget the token</button>`;
  return html`<form class="row" onSubmit=${submit}><label>Token for actions<input type="password" autocomplete="off" value=${value} onInput=${(event) => setValue(event.target.value)} /></label><button disabled=${value === ''}>Use</button></form>`;
}

const root = document.getElementById('app');
root.textContent = '';
render(html`<${App} />`, root);
