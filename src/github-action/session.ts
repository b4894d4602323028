import { randomUUID } from 'node:crypto';
import type { Finding } from '../core/errors.ts';
import { createRedactor, type Redactor } from '../core/redactor.ts';
import type { FileAccess } from '../manifest/index.ts';
import type { PlanningContext } from '../project/project-context.ts';
import { holderText } from '../state/lock.ts';
import type { ActionIo } from './action-io.ts';
import type { ActionEvent } from './event.ts';
import type { Inputs } from './inputs.ts';

/** One run of the Action: what it was asked, why it runs, and where it works. */
export interface Session {
  io: ActionIo;
  inputs: Inputs;
  event: ActionEvent;
  /** Absolute; the folder of the checkout. */
  repository: string;
  /** Absolute; `working-directory` within it. */
  cwd: string;
  redactor: Redactor;
  /** Environment variables; an empty one is none: that is what a missing secret becomes in a workflow. */
  env: Readonly<Record<string, string | undefined>>;
}

/** The one redactor: what it learns is hidden by the runner in its logs, too. */
export function maskingRedactor(io: Pick<ActionIo, 'mask'>): Redactor {
  const redactor = createRedactor();
  return {
    ...redactor,
    add(secret) {
      redactor.add(secret);
      // The runner hides what it is told wherever it occurs; short words would make logs unreadable.
      for (const line of new Set([secret, ...secret.split(/\r?\n/)])) {
        if (line.trim().length >= 8) io.mask(line);
      }
    },
  };
}

/** The variables without those that are empty or belong to the step itself. */
export function stepEnvironment(env: ActionIo['env']): Session['env'] {
  return Object.fromEntries(
    Object.entries(env).filter(([name, value]) => value !== '' && !name.startsWith('INPUT_')),
  );
}

/** How long apply waits for somebody else's lock, ms: long enough for another apply to end. */
const LOCK_TIMEOUT = 5 * 60_000;

/** The context in which projects are read and prepared. Warnings are collected in `warnings`. */
export function planningContext(
  { io, inputs, event, cwd, redactor, env }: Session,
  { configFiles, warnings }: { configFiles?: FileAccess; warnings: Finding[] },
): PlanningContext {
  return {
    cwd,
    ...(inputs.config === undefined ? {} : { config: inputs.config }),
    ...(configFiles === undefined ? {} : { configFiles }),
    io: { env, now: io.now },
    invocation: { redactor },
    showFindings: (findings) => void warnings.push(...findings),
    gather: async (concurrency) => {
      const cut = new AbortController();
      let toldOf: string | undefined;
      const onSignal = (): void => cut.abort();
      if (io.signal.aborted) cut.abort();
      io.signal.addEventListener('abort', onSignal, { once: true });
      const { owner, host, pid, machine, isAlive } = io.process;
      return {
        store: {
          clock: { now: io.now, sleep: io.sleep, every: io.every, random: () => randomUUID(), isAlive },
          claim: {
            ...{ owner, host, pid, ...(machine === undefined ? {} : { machine }) },
            command: `${inputs.command} in ${event.runUrl}`,
            timeout: LOCK_TIMEOUT,
            onWait: (held) => {
              if (held.id !== toldOf) io.log(redactor.text(`Waiting for the lock of ${holderText(held)}.`));
              toldOf = held.id;
            },
            signal: cut.signal,
          },
        },
        progress: { show: (message) => io.debug(redactor.text(message)), clear: () => {} },
        protectCalls: () => io.signal.removeEventListener('abort', onSignal),
        surroundings: {
          now: io.now,
          sleep: io.sleep,
          random: io.random,
          log: (level, message, data) => {
            const line = redactor.text(data === undefined ? message : `${message} ${JSON.stringify(data)}`);
            if (level === 'warn') io.log(line);
            else io.debug(line);
          },
          redact: (secret) => redactor.add(secret),
          waiting: (message) => io.log(redactor.text(`Waiting: ${message}.`)),
          env,
          concurrency,
          signal: cut.signal,
        },
      };
    },
  };
}
