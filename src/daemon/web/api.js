const KEY = 'reconcile-token';

/** The token stays in this tab: it is sent as a header, never as a cookie. */
export function token() {
  return sessionStorage.getItem(KEY) ?? '';
}

export function setToken(value) {
  if (value === '') sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, value);
}

function headers() {
  return token() === '' ? {} : { authorization: `Bearer ${token()}` };
}

async function answerOf(response) {
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  const problem = new Error(body.error?.message ?? `The daemon answered with ${response.status}.`);
  problem.status = response.status;
  throw problem;
}

export async function get(path, signal) {
  return answerOf(await fetch(`/api/v1${path}`, { headers: headers(), ...(signal ? { signal } : {}) }));
}

export async function post(path, body) {
  const init = {
    method: 'POST',
    headers: { ...headers(), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  return answerOf(await fetch(`/api/v1${path}`, init));
}

export async function picture(path) {
  const response = await fetch(`/api/v1${path}`, { headers: headers() });
  if (!response.ok) return answerOf(response);
  return URL.createObjectURL(await response.blob());
}

/** Calls `onTargets` with the names of targets that have changed, and `onState` when the line comes or goes. */
export function listen(onTargets, onState) {
  let stopped = false;
  let abort = new AbortController();
  const loop = async () => {
    while (!stopped) {
      try {
        abort = new AbortController();
        const response = await fetch('/events', { headers: headers(), signal: abort.signal });
        if (response.ok) {
          onState(true);
          await readEvents(response.body, onTargets);
        }
      } catch {
        // Said by onState; tried again below.
      }
      onState(false);
      if (!stopped) await new Promise((resolve) => setTimeout(resolve, 3000));
    }
  };
  void loop();
  return () => {
    stopped = true;
    abort.abort();
  };
}

async function readEvents(body, onTargets) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const messages = text.split('\n\n');
    text = messages.pop();
    for (const message of messages) {
      if (!/^event: targets$/m.test(message)) continue;
      onTargets(JSON.parse(/^data: (.*)$/m.exec(message)[1]));
    }
  }
}
