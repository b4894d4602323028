import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { proseOf, readPages, root } from './pages.ts';

const pages = readPages();

/** What GitHub makes of a heading. */
function anchorOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('`', '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}

function anchorsOf(path: string): string[] {
  const prose = proseOf({ path, text: readFileSync(join(root, path), 'utf8') });
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading ?? ''));
}

function linksOf(prose: string): string[] {
  return [...prose.replace(/`[^`\n]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link ?? '');
}

describe.each(pages)('$path', (page) => {
  it('links only to what is there', () => {
    const broken = linksOf(proseOf(page)).filter((link) => {
      if (/^https?:\/\//.test(link)) return false;
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? page.path : join(dirname(page.path), file);
      if (!existsSync(join(root, target))) return true;
      return (
        anchor !== undefined && !(statSync(join(root, target)).isFile() && anchorsOf(target).includes(anchor))
      );
    });
    expect(broken).toEqual([]);
  });
});

it('every page of docs can be reached from the README', () => {
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    const page = pages.find((candidate) => candidate.path === path);
    if (page === undefined) return;
    for (const link of linksOf(proseOf(page))) {
      const [file = ''] = link.split('#');
      if (file !== '' && !/^https?:/.test(link))
        visit(relative(root, join(root, dirname(path), file)).replaceAll('\\', '/'));
    }
  };
  visit('README.md');
  const docs = pages.map(({ path }) => path).filter((path) => path.startsWith('docs/'));
  expect(docs.filter((path) => !reached.has(path))).toEqual([]);
});
