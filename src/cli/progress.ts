import { oneLine } from '../report/text.ts';
import type { Context } from './context.ts';

export interface Progress {
  /** Shows what is going on, in place of what was shown before. */
  show(message: string): void;
  /** Takes the line away again, before anything else is printed. */
  clear(): void;
}

/** One line on stderr that keeps changing. Only on a terminal; a log file would be full of it. */
export function createProgress({ io, quiet, errPalette }: Context): Progress {
  if (quiet || !io.errIsTerminal) return { show: () => {}, clear: () => {} };
  const clear = '\r\u001b[K';
  let shown = false;
  return {
    show: (message) => {
      const width = (io.columns ?? 80) - 3;
      const text = oneLine(message);
      shown = true;
      io.err(
        `${clear}${errPalette.accent('›')} ${text.length > width ? `${text.slice(0, width - 1)}…` : text}`,
      );
    },
    clear: () => {
      if (shown) io.err(clear);
      shown = false;
    },
  };
}
