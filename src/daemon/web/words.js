/** How conditions and the like are said; the colour is never the only sign. */
export const conditions = {
  unknown: ['not looked at yet', 'quiet'],
  inStep: ['in step', 'good'],
  differs: ['differs', 'warn'],
  refused: ['refused by a safety rule', 'bad'],
  failed: ['failed', 'bad'],
};

/** How the inventory says what the plan has for an object. */
export const states = { inStep: 'in step' };

export const phases = { idle: '', queued: 'queued', planning: 'reading …', applying: 'applying …' };

export const modes = { observe: 'only reports', approve: 'waits for approval', auto: 'applies by itself' };

export function waitingText(status) {
  const { waiting } = status;
  const texts = {
    nothing: '',
    refused: 'A safety rule holds; nothing is written until it is dealt with.',
    stale: 'The manifests cannot be used as they are now; nothing is written until they are mended.',
    pause: pauseText(status.pause),
    mode: 'This target is only observed.',
    approval: 'Waits for an approval of exactly this plan.',
    window:
      waiting.opens === undefined
        ? 'Outside of its windows.'
        : `Outside of its windows; the next one opens ${instant(waiting.opens)}.`,
    agreement: 'Deletions are made only when a second look agrees; that comes in a moment.',
    'self-heal': 'What others changed is left as it is: self-heal is off.',
    fight: 'Somebody keeps changing this back; it is left alone.',
  };
  return texts[waiting.for] ?? '';
}

function pauseText(pause) {
  if (pause === undefined) return 'Paused.';
  const until = pause.until === undefined ? 'until somebody resumes' : `until ${instant(pause.until)}`;
  return `Paused by ${pause.by} ${until}: ${pause.reason}`;
}

/** An instant in UTC, as everywhere in reconcile. */
export function instant(value) {
  const text = new Date(value).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)} UTC`;
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** `3 hours ago`, `5 minutes from now`, `a moment ago`. */
export function ago(value, now = Date.now()) {
  const ms = now - new Date(value).getTime();
  const [unit, size] = units.find(([, length]) => Math.abs(ms) >= length) ?? [];
  if (unit === undefined)
    return Math.abs(ms) < 10_000
      ? 'a moment ago'
      : `${Math.round(Math.abs(ms) / 1000)} seconds ${ms < 0 ? 'from now' : 'ago'}`;
  const count = Math.round(Math.abs(ms) / size);
  return `${count} ${unit}${count === 1 ? '' : 's'} ${ms < 0 ? 'from now' : 'ago'}`;
}

/** Instants in UTC, with the date only where it changes: `2026-11-22 09:48:00, 10:03:00`. */
export function runsText(runs, until) {
  if (runs.length === 0) return until === undefined ? 'none' : `none before ${until.slice(0, 10)}`;
  let day = '';
  return runs
    .map((run) => {
      const [date, time] = instant(run).split(' ');
      const text = date === day ? time : `${date} ${time}`;
      day = date;
      return text;
    })
    .join(', ');
}

export function valueText(value) {
  if (value === undefined || value === null) return '—';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
