import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WebFile } from './server.ts';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'web');

const scripts = [
  'api',
  'app',
  'calendar',
  'inventory',
  'overview',
  'parts',
  'plan',
  'schedule',
  'target',
  'words',
];
const javascript = 'text/javascript; charset=utf-8';

/** The pages as they are served; no build step. */
export function loadPages(): Map<string, WebFile> {
  const pages = new Map<string, WebFile>();
  const add = (path: string, file: string, type: string): void =>
    void pages.set(path, { type, text: readFileSync(join(folder, file), 'utf8') });
  add('/', 'index.html', 'text/html; charset=utf-8');
  add('/style.css', 'style.css', 'text/css; charset=utf-8');
  for (const name of scripts) add(`/${name}.js`, `${name}.js`, javascript);
  const htm = fileURLToPath(import.meta.resolve('htm/preact/standalone'));
  pages.set('/htm.js', { type: javascript, text: readFileSync(htm, 'utf8') });
  return pages;
}
