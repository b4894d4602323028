import type { Redactor } from '../core/redactor.ts';
import type { Io } from './io.ts';

/** One call of the program: the world it runs in, the one redactor of all its output, and how it shall end. */
export interface Invocation {
  /** Already redacted: whatever goes out through it has passed the redactor. */
  io: Io;
  redactor: Redactor;
  exitCode: number;
  /** For the one result that is a secret by purpose: the throw-away credentials of the emulator. */
  printUnredacted(text: string): void;
  /** Runs another command line of this program in the same world. */
  again(argv: readonly string[], io: Io): Promise<number>;
}
