import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ReconcileError } from '../core/errors.ts';
import { isObject, type Json } from '../core/json.ts';
import type { TargetMemory, WatchMemory } from './memory.ts';

/** Pauses and approvals as files, one per target. */
export function fileMemory(folder: string): WatchMemory {
  const pathOf = (target: string): string => join(folder, `${target}.json`);
  return {
    async read(target) {
      const path = pathOf(target);
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      if (text === undefined) return {};
      const value = parse(text);
      if (isMemory(value)) return value;
      throw new ReconcileError(`${path}: what the daemon remembers of "${target}" is damaged`, {
        code: 'WATCH_MEMORY_DAMAGED',
        category: 'internal',
        remedy:
          'It may hold a pause: look at the file. Without it, the target is neither paused nor approved.',
      });
    },
    async write(target, memory) {
      await mkdir(folder, { recursive: true });
      const path = pathOf(target);
      await writeFile(`${path}.tmp`, `${JSON.stringify(memory, null, 1)}\n`, { mode: 0o600 });
      await rename(`${path}.tmp`, path);
    },
  };
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function isMemory(value: Json | undefined): value is Json & TargetMemory {
  if (!isObject(value)) return false;
  const { pause, approval } = value;
  const pauseFits = pause === undefined || (isObject(pause) && typeof pause['reason'] === 'string');
  return (
    pauseFits && (approval === undefined || (isObject(approval) && typeof approval['digest'] === 'string'))
  );
}
