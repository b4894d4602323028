import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { PlanningContext } from '../project/project-context.ts';
import { renderFindingsText } from '../report/index.ts';
import type { Palette, RenderOptions } from '../report/palette.ts';
import type { Invocation } from './invocation.ts';
import type { Io } from './io.ts';
import { paletteFor, widthFor } from './look.ts';
import { createSurroundings } from './surroundings.ts';

/** Options of every command, as commander hands them over. */
interface GlobalOptions {
  config?: string;
  chdir?: string;
  color: string;
  logLevel: string;
  quiet?: boolean;
}

/** What a command works with: the invocation, and the global options put into effect. */
export interface Context extends PlanningContext {
  invocation: Invocation;
  io: Io;
  logLevel: string;
  quiet: boolean;
  /** How to render results for stdout. */
  render: RenderOptions;
  /** Colours of stderr. */
  errPalette: Palette;
  /** A note for the person at the terminal, on stderr; nothing under `--quiet`. */
  note(text: string): void;
}

/** The context of a command that is being carried out. `defaults`: for a command that logs more than others by itself. */
export function openContext(
  command: Command,
  invocation: Invocation,
  defaults: { logLevel?: string } = {},
): Context {
  const { io } = invocation;
  const options = command.optsWithGlobals<GlobalOptions & { verbose?: boolean }>();
  const debug = options.logLevel === 'debug' || options.logLevel === 'trace';
  const quiet = options.quiet === true;
  const render: RenderOptions = {
    palette: paletteFor(options.color, io.outIsTerminal, io.env),
    width: widthFor(io),
    verbose: options.verbose === true || debug,
  };
  const errPalette = paletteFor(options.color, io.errIsTerminal, io.env);
  const isChosen = command.getOptionValueSourceWithGlobals('logLevel') !== 'default';
  const logLevel = isChosen ? options.logLevel : (defaults.logLevel ?? options.logLevel);
  return {
    invocation,
    io,
    cwd: resolve(io.cwd, options.chdir ?? '.'),
    ...(options.config === undefined ? {} : { config: options.config }),
    logLevel,
    quiet,
    render,
    errPalette,
    note: (text) => {
      if (!quiet) io.err(`${text}\n`);
    },
    gather: (concurrency) =>
      createSurroundings(
        { io, invocation, quiet, errPalette, logLevel, commandLine: commandLineOf(command) },
        concurrency,
      ),
    showFindings: (findings) => {
      if (!quiet) io.err(renderFindingsText(findings, { ...render, palette: errPalette }));
    },
  };
}

/** The command and its targets; other options may hold what is nobody's business. */
function commandLineOf(command: Command): string {
  const { target = [] } = command.opts<{ target?: string | string[] }>();
  const targets = [target].flat().map((name) => ` -t ${name}`);
  return `reconcile ${command.name()}${targets.join('')}`;
}
