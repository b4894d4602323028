import type { JsonObject } from '../core/json.ts';
import type { Surroundings } from '../core/provider.ts';
import type { Gathered } from '../project/project-context.ts';
import type { Invocation } from './invocation.ts';
import type { Io } from './io.ts';
import { createProgress, type ProgressOptions } from './progress.ts';

interface SurroundingsOptions extends ProgressOptions {
  io: Io;
  invocation: Pick<Invocation, 'redactor'>;
  logLevel: string;
}

/** What sessions get from this process: clock, randomness, logs, proxy variables, progress. */
export async function createSurroundings(
  context: SurroundingsOptions,
  concurrency: number,
): Promise<Gathered> {
  const { io, invocation } = context;
  const progress = createProgress(context);
  const log = await createLog(context);
  const cut = new AbortController();
  const onSignal = (): void => cut.abort();
  if (io.signal.aborted) cut.abort();
  io.signal.addEventListener('abort', onSignal, { once: true });
  return {
    progress,
    protectCalls: () => io.signal.removeEventListener('abort', onSignal),
    surroundings: {
      now: io.now,
      sleep: io.sleep,
      random: io.random,
      log,
      redact: (secret) => invocation.redactor.add(secret),
      env: io.env,
      concurrency,
      progress: progress.show,
      signal: cut.signal,
    },
  };
}

/** Logs as lines of JSON on stderr. */
async function createLog({
  io,
  logLevel,
}: Pick<SurroundingsOptions, 'io' | 'logLevel'>): Promise<Surroundings['log']> {
  const { pino } = await import('pino');
  const logger = pino(
    { level: logLevel, base: null, timestamp: () => `,"time":"${new Date(io.now()).toISOString()}"` },
    { write: io.err },
  );
  return (level: 'debug' | 'info' | 'warn', message: string, data?: JsonObject) => {
    if (data === undefined) logger[level](message);
    else logger[level](data, message);
  };
}
