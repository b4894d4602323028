import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StateLock, StateStore } from '../../src/state/store.ts';

/**
 * Stops the world of one apply at one point: from then on no request comes through, no state is written and no wait ends, as
 * if the process were gone. Points are counted in the order in which they are met.
 */
export class Killer {
  /** What was met so far. */
  points: string[] = [];
  isDead = false;
  #at: { nth: number; when: 'before' | 'after' } | undefined;

  /** The nth point (from 1) is the last: `before` it happens, or `after`. */
  arm(nth: number, when: 'before' | 'after'): void {
    this.#at = { nth, when };
    this.points = [];
    this.isDead = false;
  }

  disarm(): void {
    this.#at = undefined;
    this.points = [];
    this.isDead = false;
  }

  /** Does the thing, unless dead; dies before or after it when this is the point. */
  async meet<T>(point: string, act: () => Promise<T>): Promise<T> {
    this.#assertAlive();
    this.points.push(point);
    const isLast = this.points.length === this.#at?.nth;
    if (isLast && this.#at?.when === 'before') this.isDead = true;
    this.#assertAlive();
    const result = await act();
    if (isLast) this.isDead = true;
    this.#assertAlive();
    return result;
  }

  #assertAlive(): void {
    if (this.isDead) throw new Error('killed');
  }
}

/** Passes on to a service what a living process sends. Only what `counts` is a point. */
export async function mortalService(
  killer: Killer,
  target: string,
  counts: (method: string, path: string) => boolean,
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((incoming, answer) => {
    const { method = '', url = '' } = incoming;
    const pass = (): Promise<void> => forward(incoming, answer, target, () => killer.isDead);
    const done = counts(method, url) ? killer.meet(`${method} ${url}`, pass) : pass();
    done.then(
      () => answer.end(),
      () => incoming.socket.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function forward(
  incoming: IncomingMessage,
  answer: ServerResponse,
  target: string,
  isDead: () => boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      `${target}${incoming.url ?? ''}`,
      { method: incoming.method ?? 'GET', headers: { ...incoming.headers, host: new URL(target).host } },
      async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        if (isDead()) return reject(new Error('killed'));
        answer.writeHead(response.statusCode ?? 500, response.headers);
        answer.write(Buffer.concat(chunks));
        resolve();
      },
    );
    outgoing.on('error', reject);
    incoming.pipe(outgoing);
  });
}

/** A store of which a dead process can write nothing, not even give its lock back. */
export function mortalStore(killer: Killer, store: StateStore): StateStore {
  return {
    ...store,
    async lock(target, claim) {
      const lock = await store.lock(target, claim);
      return {
        get info() {
          return lock.info;
        },
        assertHeld: () => lock.assertHeld(),
        begin: (state) => killer.meet('state: begin', () => lock.begin(state)),
        save: (state) => killer.meet('state: save', () => lock.save(state)),
        finish: (state, record) => killer.meet('state: finish', () => lock.finish(state, record)),
        release: async () => {
          if (!killer.isDead) await lock.release();
        },
      } satisfies StateLock;
    },
  };
}
