import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);

function codesIn(folder: string): string[] {
  const files = readdirSync(new URL(folder, root)).filter((name) => name.endsWith('.ts'));
  return files.flatMap((name) => {
    const text = readFileSync(new URL(`${folder}/${name}`, root), 'utf8');
    return [...text.matchAll(/'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)'/g)].map(([, code]) => code ?? '');
  });
}

/** Writing manifests (src/manifest/import) has no findings of this kind. */
const folders = ['src/manifest', 'src/manifest/parse', 'src/manifest/source', 'src/config'];

/** Words in capitals that are no codes of findings. */
const others = new Set([
  // The parser's own codes.
  'TAB_AS_INDENT',
  'TAG_RESOLVE_FAILED',
  'NON_STRING_KEY',
  // The patch library's own names.
  'TEST_OPERATION_FAILED',
  // The system's.
  'EACCES',
  'EPERM',
  'ENOENT',
  // A variable of the environment, a git name, a time zone, and a letter of an escape.
  'RECONCILE_SECRETS_DIR',
  'HEAD',
  'UTC',
  'U',
]);

it('the reference explains exactly the codes that there are', () => {
  const page = readFileSync(new URL('docs/reference/findings.md', root), 'utf8');
  const explained = [...page.matchAll(/^\| `([A-Z0-9_]+)` \|/gm)].map(([, code]) => code);
  const used = new Set([...folders.flatMap(codesIn)].filter((code) => !others.has(code)));
  expect([...explained].sort()).toEqual([...used].sort());
});
