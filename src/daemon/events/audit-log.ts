import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { WatchEvent } from './events.ts';

/** Somebody who is told of events, and needs a moment for each. */
export interface Listener {
  tell(event: WatchEvent): void;
  /** Resolves when everything that was told until now is through. */
  settled(): Promise<void>;
}

/** One line of JSON per event, in their order. A disk that is full is said, and stops nothing. */
export function createAuditLog(path: string, warn: (message: string) => void): Listener {
  let last: Promise<void> = mkdir(dirname(path), { recursive: true }).then(() => undefined);
  let silent = false;
  const tell = ({ at, ...event }: WatchEvent): void => {
    const line = `${JSON.stringify({ at: new Date(at).toISOString(), ...event })}\n`;
    last = last
      .then(() => appendFile(path, line, { mode: 0o600 }))
      .then(() => {
        silent = false;
      })
      .catch((error: unknown) => {
        if (!silent) warn(`the audit log ${path} cannot be written: ${String(error)}`);
        silent = true;
      });
  };
  return { tell, settled: () => last };
}
