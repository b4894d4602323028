import { createHmac } from 'node:crypto';
import type { Listener } from './audit-log.ts';
import type { EventType, WatchEvent } from './events.ts';

/** What people are told; passes as such are no news. */
const news: ReadonlySet<EventType> = new Set([
  'in-step',
  'differences',
  'applied',
  'apply-failed',
  'refused',
  'pass-failed',
  'recovered',
  'stale',
  'fresh',
  'paused',
  'resumed',
  'fight',
]);

export interface NotifyTarget {
  url: string;
  format: 'cloudevents' | 'slack';
  /** Signs the body (CloudEvents): header `x-reconcile-signature: sha256=<hex>`. */
  secret?: string;
}

export interface Posted {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** The message for one receiver; undefined when the event is no news. `source` names this daemon: a URI reference. */
export function messageFor(event: WatchEvent, receiver: NotifyTarget, source: string): Posted | undefined {
  if (!news.has(event.type)) return undefined;
  if (receiver.format === 'slack') {
    const commit = event.commit === undefined ? '' : ` (${event.commit.slice(0, 12)})`;
    const body = JSON.stringify({
      text: escapeSlack(`reconcile ${event.target}: ${event.message}${commit}`),
    });
    return { url: receiver.url, headers: { 'content-type': 'application/json' }, body };
  }
  const { id, at, target, type, details: _details, ...data } = event;
  const body = JSON.stringify({
    specversion: '1.0',
    id: `${at}-${id}`,
    source,
    type: `dev.reconcile.watch.${type}`,
    subject: target,
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json',
    data: { target, ...data },
  });
  const signature =
    receiver.secret === undefined ? undefined : createHmac('sha256', receiver.secret).update(body);
  return {
    url: receiver.url,
    headers: {
      'content-type': 'application/cloudevents+json',
      ...(signature === undefined ? {} : { 'x-reconcile-signature': `sha256=${signature.digest('hex')}` }),
    },
    body,
  };
}

/** Slack reads `<`, `>` and `&` as its own. */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export interface NotifierOptions {
  receivers: readonly NotifyTarget[];
  source: string;
  post(message: Posted): Promise<{ status: number }>;
  sleep(ms: number): Promise<void>;
  warn(message: string): void;
}

const TRIES = 4;
/** Messages that wait for a receiver that is away; the oldest go first. */
const WAITING = 200;

/** Sends each event to each receiver in order, with a few tries; a receiver that is away holds nobody up. */
export function createNotifier(options: NotifierOptions): Listener {
  const lanes = options.receivers.map((receiver) => createLane(receiver, options));
  return {
    tell: (event) => {
      for (const lane of lanes) lane.tell(event);
    },
    settled: async () => void (await Promise.all(lanes.map((lane) => lane.settled()))),
  };
}

function createLane(receiver: NotifyTarget, options: NotifierOptions): Listener {
  const waiting: Posted[] = [];
  let working: Promise<void> | undefined;
  const work = async (): Promise<void> => {
    for (let message = waiting.shift(); message !== undefined; message = waiting.shift()) {
      await deliver(message, options);
    }
    working = undefined;
  };
  return {
    tell(event) {
      const message = messageFor(event, receiver, options.source);
      if (message === undefined) return;
      waiting.push(message);
      if (waiting.length > WAITING) waiting.shift();
      working ??= work();
    },
    settled: async () => working,
  };
}

async function deliver(message: Posted, { post, sleep, warn }: NotifierOptions): Promise<void> {
  let why = '';
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    try {
      const { status } = await post(message);
      if (status < 300) return;
      why = `status ${status}`;
      // What the receiver refuses today it refuses tomorrow.
      if (status >= 400 && status < 500 && status !== 429) break;
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
    if (attempt < TRIES) await sleep(1_000 * 4 ** attempt);
  }
  warn(`a notification was not delivered to ${new URL(message.url).host}: ${why}`);
}
