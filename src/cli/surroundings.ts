import type { JsonObject } from '../core/json.ts';
import type { Surroundings } from '../core/provider.ts';
import type { Context } from './context.ts';
import { createProgress, type Progress } from './progress.ts';

/** What sessions get from this process: clock, randomness, logs, proxy variables, progress. */
export async function createSurroundings(
  context: Context,
  concurrency: number,
): Promise<{ surroundings: Surroundings; progress: Progress }> {
  const { io, invocation } = context;
  const progress = createProgress(context);
  const log = await createLog(context);
  return {
    progress,
    surroundings: {
      now: io.now,
      sleep: io.sleep,
      random: io.random,
      log,
      redact: (secret) => invocation.redactor.add(secret),
      env: io.env,
      concurrency,
      progress: progress.show,
      signal: io.signal,
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
