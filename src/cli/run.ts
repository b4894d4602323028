import { CommanderError } from 'commander';
import { createRedactor, type Redactor } from '../core/redactor.ts';
import { redacted } from '../project/redacted.ts';
import { renderErrorText } from '../report/error-text.ts';
import { viewError } from '../report/error-view.ts';
import { AppliedInPart, exitCodeOfError, exitCodes } from './exit-codes.ts';
import type { Invocation } from './invocation.ts';
import type { Io } from './io.ts';
import { paletteFor, widthFor } from './look.ts';
import { buildProgram } from './program.ts';

/**
 * The whole program as a function: takes the arguments after `reconcile`, returns the exit code. Never throws.
 * All output passes one redactor, also that of a crash.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const redactor = createRedactor();
  addKnownSecrets(redactor, io.env);
  const guarded: Io = {
    ...io,
    out: (text) => io.out(redactor.text(text)),
    err: (text) => io.err(redactor.text(text)),
  };
  const invocation: Invocation = {
    io: guarded,
    redactor,
    exitCode: exitCodes.done,
    printUnredacted: io.out,
    again: run,
  };
  try {
    const program = await buildProgram(argv, invocation);
    if (argv.length === 0) {
      program.outputHelp({ error: true });
      return exitCodes.invalid;
    }
    await program.parseAsync([...argv], { from: 'user' });
    return invocation.exitCode;
  } catch (error) {
    // Help and version end this way too; commander has printed its message by now.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.invalid;
    if (io.signal.aborted && !(error instanceof AppliedInPart)) {
      guarded.err('Interrupted.\n');
      return exitCodes.interrupted;
    }
    reportError(error, argv, invocation);
    return exitCodeOfError(error);
  }
}

/** What is secret whatever the command is: it may turn up before anything has been read. */
function addKnownSecrets(redactor: Redactor, env: Io['env']): void {
  const key = env['RECONCILE_STATE_KEY'];
  if (key !== undefined) redactor.add(key);
  for (const [name, value] of Object.entries(env)) {
    if (!/^(https?|all)_proxy$/i.test(name) || value === undefined) continue;
    const password = /^[a-z+.-]*:\/\/[^/]*?:([^/]*)@/i.exec(value)?.[1];
    if (password === undefined) continue;
    redactor.add(password);
    try {
      redactor.add(decodeURIComponent(password));
    } catch {
      // Not percent-encoded after all: known as it is.
    }
  }
}

function reportError(error: unknown, argv: readonly string[], invocation: Invocation): void {
  const { io } = invocation;
  const color =
    argv.find((argument) => argument.startsWith('--color='))?.slice('--color='.length) ??
    optionAfter(argv, '--color');
  const level =
    argv.find((argument) => argument.startsWith('--log-level='))?.slice('--log-level='.length) ??
    optionAfter(argv, '--log-level');
  io.err(
    renderErrorText(
      redacted(viewError(error instanceof AppliedInPart ? error.cause : error), { invocation }),
      {
        palette: paletteFor(color ?? 'auto', io.errIsTerminal, io.env),
        width: widthFor(io),
        verbose: level === 'debug' || level === 'trace',
      },
    ),
  );
}

function optionAfter(argv: readonly string[], name: string): string | undefined {
  const at = argv.indexOf(name);
  return at < 0 ? undefined : argv[at + 1];
}
