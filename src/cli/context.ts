import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Palette, RenderOptions } from '../report/palette.ts';
import type { Invocation } from './invocation.ts';
import type { Io } from './io.ts';
import { paletteFor, widthFor } from './look.ts';

/** Options of every command, as commander hands them over. */
interface GlobalOptions {
  config?: string;
  chdir?: string;
  color: string;
  logLevel: string;
  quiet?: boolean;
}

/** What a command works with: the invocation, and the global options put into effect. */
export interface Context {
  invocation: Invocation;
  io: Io;
  /** Absolute; after `-C`. */
  cwd: string;
  /** As given with `--config`. */
  config?: string;
  logLevel: string;
  quiet: boolean;
  /** How to render results for stdout. */
  render: RenderOptions;
  /** Colours of stderr. */
  errPalette: Palette;
  /** A note for the person at the terminal, on stderr; nothing under `--quiet`. */
  note(text: string): void;
}

/** The context of a command that is being carried out. */
export function openContext(command: Command, invocation: Invocation): Context {
  const { io } = invocation;
  const options = command.optsWithGlobals<GlobalOptions & { verbose?: boolean }>();
  const debug = options.logLevel === 'debug' || options.logLevel === 'trace';
  return {
    invocation,
    io,
    cwd: resolve(io.cwd, options.chdir ?? '.'),
    ...(options.config === undefined ? {} : { config: options.config }),
    logLevel: options.logLevel,
    quiet: options.quiet === true,
    render: {
      palette: paletteFor(options.color, io.outIsTerminal, io.env),
      width: widthFor(io),
      verbose: options.verbose === true || debug,
    },
    errPalette: paletteFor(options.color, io.errIsTerminal, io.env),
    note: (text) => {
      if (options.quiet !== true) io.err(`${text}\n`);
    },
  };
}
