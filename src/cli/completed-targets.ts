import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import type { Io } from './io.ts';

/** Names of the targets in the nearest config, for completion; none when there is no readable config. */
export function completedTargets(io: Pick<Io, 'cwd'>): string[] {
  const file = nearestConfig(io.cwd);
  if (file === undefined) return [];
  try {
    const config: unknown = parse(readFileSync(file, 'utf8'), { maxAliasCount: 0 });
    const targets = (config as { targets?: unknown } | null)?.targets;
    return typeof targets === 'object' && targets !== null ? Object.keys(targets) : [];
  } catch {
    // Completion is a help, never an error of its own: validate says what is wrong.
    return [];
  }
}

function nearestConfig(folder: string): string | undefined {
  const file = join(folder, 'reconcile.yaml');
  if (existsSync(file)) return file;
  const above = dirname(folder);
  return above === folder ? undefined : nearestConfig(above);
}
