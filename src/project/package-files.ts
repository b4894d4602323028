import { readFileSync } from 'node:fs';

/** The package's own root; the same distance from `src/cli` and from `lib/cli`. */
const root = new URL('../../', import.meta.url);

/** A file or folder of the installed package, such as `schemas/`. */
export function packageFile(path: string): URL {
  return new URL(path, root);
}

export function readVersion(): string {
  const { version } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string };
  return version;
}
