import { ReconcileError } from '../core/errors.ts';
import type { Asking } from './http/api.ts';
import { type Address, isLoopback, type Listening, listen } from './http/listen.ts';
import { createMetrics } from './http/metrics.ts';
import { loadPages } from './http/pages.ts';
import { createServer } from './http/server.ts';
import { Watch, type WatchOptions } from './watch.ts';

export interface StartOptions extends WatchOptions {
  address: Address;
  token?: string;
  hookSecret?: string;
  asking: Asking;
  version: string;
}

export interface RunningDaemon {
  url: string;
  watch: Watch;
  /** Operations in flight end and are recorded; nothing new begins. */
  stop(): Promise<void>;
}

/** Opens the doors, makes the first reading, begins to watch. Throws when the address or the project is not usable. */
export async function startDaemon(options: StartOptions): Promise<RunningDaemon> {
  const { address, token, hookSecret, asking, version, clock } = options;
  const isLocal = isLoopback(address.host);
  if (!isLocal && token === undefined) {
    throw new ReconcileError(
      `Listening on ${address.host} would show the jobs to everybody who can reach it.`,
      {
        code: 'USAGE_TOKEN_NEEDED',
        category: 'invalid',
        remedy: 'Add --token-file, or listen on 127.0.0.1.',
      },
    );
  }
  const watch = new Watch({
    ...options,
    happened: (event) => {
      metrics.event(event.target, event.type);
      options.happened(event);
    },
  });
  const metrics = createMetrics(watch, version);
  const app = createServer({
    watch,
    metrics,
    asking,
    now: clock.now,
    guardReads: !isLocal,
    pages: loadPages(),
    log: options.log,
    ...(token === undefined ? {} : { token }),
    ...(hookSecret === undefined ? {} : { hookSecret }),
  });
  let listening: Listening | undefined;
  try {
    listening = await listen(app, address);
    await watch.start();
  } catch (error) {
    await watch.stop();
    await listening?.close();
    throw error;
  }
  const { url, close } = listening;
  return {
    url,
    watch,
    stop: async () => {
      await watch.stop();
      await close();
    },
  };
}
