import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WebFile } from './server.ts';

const folder = join(dirname(fileURLToPath(import.meta.url)), 'web');

const files: readonly [path: string, file: string, type: string][] = [
  ['/', 'index.html', 'text/html; charset=utf-8'],
  ['/style.css', 'style.css', 'text/css; charset=utf-8'],
  ['/app.js', 'app.js', 'text/javascript; charset=utf-8'],
];

/** The pages as they are served; no build step. */
export function loadPages(): Map<string, WebFile> {
  const pages = new Map<string, WebFile>();
  for (const [path, file, type] of files)
    pages.set(path, { type, text: readFileSync(join(folder, file), 'utf8') });
  const htm = fileURLToPath(import.meta.resolve('htm/preact/standalone'));
  pages.set('/htm.js', { type: 'text/javascript; charset=utf-8', text: readFileSync(htm, 'utf8') });
  return pages;
}
