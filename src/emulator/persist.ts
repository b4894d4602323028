import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SavedClock } from './clock.ts';
import { isRecord } from './json.ts';
import type { EmulatorSeed } from './seed.ts';

const WRITE_DELAY = 100;

/** What is kept over a restart. */
export interface SavedState {
  state: EmulatorSeed;
  clock: SavedClock;
  /** Clock of the service when it was written, epoch ms. */
  savedAt: number;
}

/** Writes the state to a folder, a moment after a change, and never half. */
export interface Persistence {
  load(): Promise<SavedState | undefined>;
  /** Something may have changed. */
  touch(): void;
  /** Writes what is not written yet. */
  flush(): Promise<void>;
}

export function createPersistence(directory: string, snapshot: () => SavedState): Persistence {
  const file = join(directory, 'emulator-state.json');
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    await mkdir(directory, { recursive: true });
    const fresh = `${file}.new`;
    await writeFile(fresh, JSON.stringify(snapshot()), { mode: 0o600 });
    await rename(fresh, file);
  }
  function schedule(): void {
    timer = undefined;
    writing = writing.then(write, write);
    // A failure is reported by the flush at the end, which writes once more.
    writing.catch(() => undefined);
  }
  return {
    async load() {
      let text: string;
      try {
        text = await readFile(file, 'utf8');
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      }
      const saved: unknown = JSON.parse(text);
      if (!isRecord(saved) || !isRecord(saved['state']) || !isRecord(saved['clock'])) {
        throw new Error(`${file} is not a saved state of the emulator; delete it to start afresh`);
      }
      return saved as unknown as SavedState;
    },
    touch() {
      timer ??= setTimeout(schedule, WRITE_DELAY).unref();
    },
    async flush() {
      if (timer !== undefined) clearTimeout(timer);
      timer = undefined;
      writing = writing.then(write, write);
      await writing;
    },
  };
}
