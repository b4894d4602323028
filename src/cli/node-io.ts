import { setTimeout as delay } from 'node:timers/promises';
import { thisProcess } from '../state/this-process.ts';
import type { Io } from './io.ts';

/** The real world: streams, environment and clock of this process. Installs handlers for signals and broken pipes. */
export function nodeIo(): Io & {
  receivedSignal(): NodeJS.Signals | undefined;
  /** Why the output on stdout is not whole, unless its reader went away. */
  unwritten(): NodeJS.ErrnoException | undefined;
} {
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      // The first signal asks to finish the call in flight; the second means it.
      if (received !== undefined) process.exit(exitCodeOf(name));
      received = name;
      controller.abort();
    });
  }
  // Whatever becomes of the output, what is under way goes on: half an apply would be worse. A reader that has gone
  // (`| head`) has read enough; a full disk is told at the end.
  let unwritten: NodeJS.ErrnoException | undefined;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && stream === process.stdout) unwritten ??= error;
    });
  }
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    env: process.env,
    cwd: process.cwd(),
    interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
    outIsTerminal: process.stdout.isTTY === true,
    errIsTerminal: process.stderr.isTTY === true,
    ...(process.stdout.isTTY ? { columns: process.stdout.columns } : {}),
    now: () => Date.now(),
    sleep: async (ms, signal) => {
      await delay(ms, undefined, signal === undefined ? {} : { signal });
    },
    every: (ms, task) => {
      const timer = setInterval(task, ms);
      timer.unref();
      return () => clearInterval(timer);
    },
    process: thisProcess(process.env),
    random: () => Math.random(),
    confirm: askOnTerminal,
    ask: askForText,
    signal: controller.signal,
    receivedSignal: () => received,
    unwritten: () => unwritten,
  };
}

const askForText: NonNullable<Io['ask']> = async ({ message, choices, example }) => {
  const { select, text } = await import('@clack/prompts');
  const output = process.stderr;
  const answer =
    choices === undefined
      ? await text({ message, output, ...(example === undefined ? {} : { placeholder: example }) })
      : await select({ message, output, options: choices.map((value) => ({ value, label: value })) });
  return typeof answer === 'string' ? answer : undefined;
};

async function askOnTerminal(question: string): Promise<boolean> {
  const { confirm } = await import('@clack/prompts');
  // Questions belong on stderr: stdout may be a file.
  const answer = await confirm({ message: question, initialValue: false, output: process.stderr });
  return answer === true;
}

/** 130 for Ctrl-C, 143 for SIGTERM, as shells expect. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return signal === 'SIGTERM' ? 143 : 130;
}
