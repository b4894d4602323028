import type { Io } from '../../src/cli/io.ts';
import { run } from '../../src/cli/run.ts';

export const noon = Date.parse('2026-11-22T12:00:00Z');

/** The program run in this process, with everything it wrote. */
export interface Ran {
  code: number;
  out: string;
  err: string;
}

/** Runs a command line in-process: nobody answers, no terminal, the clock stands still unless told otherwise. */
export async function runCli(argv: readonly string[], overrides: Partial<Io> = {}): Promise<Ran> {
  const ran = { out: '', err: '' };
  const io: Io = {
    out: (text) => {
      ran.out += text;
    },
    err: (text) => {
      ran.err += text;
    },
    env: {},
    cwd: process.cwd(),
    interactive: false,
    outIsTerminal: false,
    errIsTerminal: false,
    now: () => noon,
    sleep: async () => {},
    every: () => () => {},
    process: { owner: 'ann', host: 'here', pid: 4711, isAlive: () => undefined },
    random: () => 0.5,
    confirm: async () => false,
    signal: new AbortController().signal,
    ...overrides,
  };
  const code = await run(argv, io);
  return { code, ...ran };
}
