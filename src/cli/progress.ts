import type { Progress } from '../project/project-context.ts';
import type { Palette } from '../report/palette.ts';
import { oneLine } from '../report/text.ts';
import type { Io } from './io.ts';

export interface ProgressOptions {
  io: Pick<Io, 'err' | 'errIsTerminal' | 'columns'>;
  quiet: boolean;
  errPalette: Palette;
}

/** One line on stderr that keeps changing. Only on a terminal; a log file would be full of it. */
export function createProgress({ io, quiet, errPalette }: ProgressOptions): Progress {
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
