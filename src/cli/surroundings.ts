import type { JsonObject } from '../core/json.ts';
import type { Surroundings } from '../core/provider.ts';
import type { Context } from './context.ts';
import { createProgress, type Progress } from './progress.ts';

interface Gathered {
  surroundings: Surroundings;
  progress: Progress;
  /** From now on a signal no longer cuts the call in flight: a write must end, and be recorded. */
  protectCalls(): void;
}

/** What sessions get from this process: clock, randomness, logs, proxy variables, progress. */
export async function createSurroundings(context: Context, concurrency: number): Promise<Gathered> {
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
async function createLog({ io, logLevel }: Context): Promise<Surroundings['log']> {
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
