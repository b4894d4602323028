import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { WatchEvent } from '../../src/daemon/events/events.ts';
import { createNotifier, messageFor, type Posted } from '../../src/daemon/events/notify.ts';
import { settle } from './hand-clock.ts';

const event: WatchEvent = {
  id: 7,
  at: Date.parse('2026-03-03T12:00:00Z'),
  target: 'prod',
  type: 'applied',
  message: '2 applied <&>',
  who: 'watch',
  commit: 'a'.repeat(40),
};

describe('a message', () => {
  it('is a CloudEvent with a signature over its very bytes', () => {
    const receiver = { url: 'https://a.example/in', format: 'cloudevents' as const, secret: 'sign me' };
    const message = messageFor(event, receiver, 'urn:reconcile:host');
    expect(JSON.parse(message?.body ?? '')).toEqual({
      specversion: '1.0',
      id: '1772539200000-7',
      source: 'urn:reconcile:host',
      type: 'dev.reconcile.watch.applied',
      subject: 'prod',
      time: '2026-03-03T12:00:00.000Z',
      datacontenttype: 'application/json',
      data: { target: 'prod', message: '2 applied <&>', who: 'watch', commit: 'a'.repeat(40) },
    });
    const hmac = createHmac('sha256', 'sign me')
      .update(message?.body ?? '')
      .digest('hex');
    expect(message?.headers['x-reconcile-signature']).toBe(`sha256=${hmac}`);
  });

  it('for Slack escapes what Slack would read as its own', () => {
    const message = messageFor(event, { url: 'https://a.example', format: 'slack' }, 'x');
    expect(JSON.parse(message?.body ?? '')).toEqual({
      text: 'reconcile prod: 2 applied &lt;&amp;&gt; (aaaaaaaaaaaa)',
    });
  });
});

describe('the notifier', () => {
  function setUp(statuses: (number | 'away')[]) {
    const posted: Posted[] = [];
    const warnings: string[] = [];
    const waits: number[] = [];
    const notify = createNotifier({
      receivers: [{ url: 'https://a.example/secret-path', format: 'cloudevents' }],
      source: 'x',
      async post(message) {
        posted.push(message);
        const status = statuses.shift() ?? 200;
        if (status === 'away') throw new Error('connection refused');
        return { status };
      },
      sleep: async (ms) => void waits.push(ms),
      warn: (message) => void warnings.push(message),
    });
    return { notify, posted, warnings, waits };
  }

  it('tries again what failed by accident, with longer and longer waits', async () => {
    const { notify, posted, warnings, waits } = setUp([503, 'away', 429, 200]);
    notify.tell(event);
    await settle();
    expect(posted).toHaveLength(4);
    expect(waits).toEqual([4_000, 16_000, 64_000]);
    expect(warnings).toEqual([]);
  });

  it('gives up what the receiver refuses, saying so without the secret path', async () => {
    const { notify, posted, warnings } = setUp([404]);
    notify.tell(event);
    await settle();
    expect(posted).toHaveLength(1);
    expect(warnings).toEqual(['a notification was not delivered to a.example: status 404']);
  });

  it('keeps the order of events', async () => {
    const { notify, posted } = setUp([503]);
    notify.tell(event);
    notify.tell({ ...event, id: 8 });
    await settle();
    expect(posted.map(({ body }) => JSON.parse(body).id.split('-')[1])).toEqual(['7', '7', '8']);
  });

  it('is settled when everything told is delivered or given up', async () => {
    const { notify, posted } = setUp([503, 200, 404]);
    await notify.settled();
    notify.tell(event);
    notify.tell({ ...event, id: 8 });
    await notify.settled();
    expect(posted).toHaveLength(3);
  });
});
