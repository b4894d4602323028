import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ReconcileError } from '../../core/errors.ts';
import { type EmulatorSeed, startEmulator } from '../../emulator/index.ts';
import type { Configure } from '../configure.ts';
import { openContext } from '../context.ts';
import { wholeNumber } from '../options.ts';
import { untilAborted } from '../until-aborted.ts';

interface Options {
  port: number;
  seed?: string;
  persist?: string;
  fire?: boolean;
}

/** `reconcile emulator`: serves until somebody stops it. */
export const configureEmulator: Configure = (command, invocation) => {
  command
    .option('--port <n>', 'the port on 127.0.0.1; 0 takes a free one', wholeNumber(0, 65535), 0)
    .option('--seed <file>', 'what the service knows at the start, as JSON')
    .option('--persist <dir>', 'keep the state in this folder; what is there wins over --seed')
    .option('--fire', 'really call the action endpoints, and keep run logs')
    .addHelpText(
      'after',
      `
Prints one line when it is ready: {"url": …, "credentials": …, "riversand": {"url": …, "credentials": …}}.
The credentials are a SAP service key, credentials: {serviceKey: …} in the config; those under riversand are
a target's credentials as they are. Control it under /_emulator/: state, clock, faults, limits, requests.

Examples:
  $ reconcile emulator --port 8099
  $ reconcile emulator --seed examples/seed.json --fire
  $ curl -X POST http://127.0.0.1:8099/_emulator/clock -d '{"advance": "1h"}'`,
    )
    .action(async (options: Options, self: Command) => {
      const context = openContext(self, invocation);
      const seed = options.seed === undefined ? undefined : readSeed(resolve(context.cwd, options.seed));
      const emulator = await startEmulator({
        port: options.port,
        ...(seed === undefined ? {} : { seed }),
        ...(options.persist === undefined ? {} : { persistDir: resolve(context.cwd, options.persist) }),
        fire: options.fire === true,
        now: () => context.io.now(),
        sleep: (ms) => context.io.sleep(ms),
      }).catch((cause: unknown) => {
        throw startFailure(cause, options.port);
      });
      // These credentials open nothing but this emulator: they are the result, and shown.
      const { url, credentials, riversand } = emulator;
      const second = { url: riversand.url, credentials: riversand.credentials };
      context.invocation.printUnredacted(`${JSON.stringify({ url, credentials, riversand: second })}\n`);
      context.note('The emulator is running; stop it with Ctrl-C.');
      await untilAborted(context.io.signal);
      await emulator.close();
    });
};

function readSeed(file: string): EmulatorSeed {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as EmulatorSeed;
  } catch (cause) {
    throw new ReconcileError(
      `The seed ${file} cannot be read: ${cause instanceof Error ? cause.message : ''}`,
      {
        code: 'USAGE_SEED_UNREADABLE',
        category: 'invalid',
        remedy: 'Give a JSON file in the form of GET /_emulator/state.',
        cause,
      },
    );
  }
}

function startFailure(cause: unknown, port: number): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'EADDRINUSE' || code === 'EACCES') {
    return new ReconcileError(`Port ${port} cannot be used (${code}).`, {
      code: 'EMULATOR_PORT',
      category: 'invalid',
      remedy: 'Take another --port, or 0 for any free one.',
      cause,
    });
  }
  if (!(cause instanceof Error) || cause.name !== 'Error') return cause;
  return new ReconcileError(`The emulator cannot start: ${cause.message}`, {
    code: 'EMULATOR_START',
    category: 'invalid',
    remedy: 'Check the seed and the --persist folder.',
    cause,
  });
}
