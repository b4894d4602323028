import { picture } from './api.js';
import { html, useEffect, useState } from './htm.js';
import { Problem, Trail } from './parts.js';

export function Calendar({ name }) {
  const [hours, setHours] = useState('24');
  const [url, setUrl] = useState();
  const [error, setError] = useState();
  useEffect(() => {
    let made;
    let gone = false;
    picture(`/targets/${encodeURIComponent(name)}/calendar.svg?hours=${hours}`).then(
      (found) => {
        made = found;
        if (gone) URL.revokeObjectURL(found);
        else setUrl(found);
      },
      (problem) => gone || setError(problem),
    );
    return () => {
      gone = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [name, hours]);
  return html`<${Trail} steps=${[[name, `#/${encodeURIComponent(name)}`]]} /><h1>Coming runs</h1>
    <label>Stretch<select value=${hours} onChange=${(event) => setHours(event.target.value)}>
      <option value="6">6 hours</option><option value="24">a day</option><option value="168">a week</option></select></label>
    ${error ? html`<${Problem} error=${error} />` : ''}
    ${url ? html`<p class="scroll"><img class="picture" src=${url} alt=${`The coming runs of ${name}: a lane for each job and the load per minute`} /></p>` : html`<p class="quiet">Drawing …</p>`}`;
}
