import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import type * as Pino from 'pino';
import type { JsonObject } from '../core/json.ts';
import type { Surroundings } from '../core/provider.ts';
import type { Gathered } from '../project/project-context.ts';
import { holderText } from '../state/lock.ts';
import type { Invocation } from './invocation.ts';
import type { Io } from './io.ts';
import { createProgress, type ProgressOptions } from './progress.ts';

interface SurroundingsOptions extends ProgressOptions {
  io: Io;
  invocation: Pick<Invocation, 'redactor'>;
  logLevel: string;
  /** What was called, for the lock: `reconcile apply -t prod`. */
  commandLine: string;
}

/** How long `apply` waits for somebody else's lock without `--lock-timeout`, ms. */
const LOCK_TIMEOUT = 30_000;

/** What sessions get from this process: clock, randomness, logs, proxy variables, progress. */
export async function createSurroundings(
  context: SurroundingsOptions,
  concurrency: number,
): Promise<Gathered> {
  const { io, invocation } = context;
  const progress = createProgress(context);
  /** A line that stays: a log that stands still looks like a hang. */
  const waiting = (message: string): void => {
    progress.clear();
    if (!context.quiet) io.err(`Waiting: ${invocation.redactor.text(message)}.\n`);
  };
  let toldOf: string | undefined;
  const log = createLog(context);
  const cut = new AbortController();
  const onSignal = (): void => cut.abort();
  if (io.signal.aborted) cut.abort();
  io.signal.addEventListener('abort', onSignal, { once: true });
  const { owner, host, pid, machine, isAlive } = io.process;
  return {
    progress,
    store: {
      clock: { now: io.now, sleep: io.sleep, every: io.every, random: () => randomUUID(), isAlive },
      claim: {
        owner,
        host,
        pid,
        ...(machine === undefined ? {} : { machine }),
        command: context.commandLine,
        timeout: LOCK_TIMEOUT,
        onWait: (held) => {
          if (io.errIsTerminal) progress.show(`waiting for the lock of ${holderText(held)}`);
          else if (held.id !== toldOf) waiting(`for the lock of ${holderText(held)}`);
          toldOf = held.id;
        },
        signal: cut.signal,
      },
    },
    protectCalls: () => io.signal.removeEventListener('abort', onSignal),
    surroundings: {
      now: io.now,
      sleep: io.sleep,
      random: io.random,
      log,
      redact: (secret, passing) => invocation.redactor.add(secret, passing),
      env: io.env,
      concurrency,
      progress: progress.show,
      waiting,
      signal: cut.signal,
    },
  };
}

const LEVELS: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'silent'];

/** Logs as lines of JSON on stderr. Most commands have nothing to log at their level, and do not load the logger. */
function createLog({ io, logLevel }: Pick<SurroundingsOptions, 'io' | 'logLevel'>): Surroundings['log'] {
  const load = createRequire(import.meta.url);
  let logger: Pino.Logger | undefined;
  return (level: 'debug' | 'info' | 'warn', message: string, data?: JsonObject) => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(logLevel)) return;
    logger ??= (load('pino') as typeof Pino).pino(
      { level: logLevel, base: null, timestamp: () => `,"time":"${new Date(io.now()).toISOString()}"` },
      { write: io.err },
    );
    if (data === undefined) logger[level](message);
    else logger[level](data, message);
  };
}
