import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { WatchEvent } from './events.ts';

/** One line of JSON per event, in their order. A disk that is full is said, and stops nothing. */
export function createAuditLog(path: string, warn: (message: string) => void): (event: WatchEvent) => void {
  let last: Promise<void> = mkdir(dirname(path), { recursive: true }).then(() => undefined);
  let silent = false;
  return ({ at, ...event }) => {
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
}
