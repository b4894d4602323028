import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortFindings } from '../../src/manifest/load-manifests.ts';
import { nodeFileAccess } from '../../src/manifest/source/file-access.ts';
import { folderSource } from '../../src/manifest/source/folder-source.ts';
import { rememberFolder } from '../../src/manifest/source/remember-folder.ts';
import type { SourceListing } from '../../src/manifest/source/source.ts';
import { temporaryFolder } from './temporary-folder.ts';

const patterns = ['jobs/**/*.yaml'];

/** What somebody does in the folder; the paths that a watch of it would name. */
type Deed = (root: string) => string[];

const file = fc.constantFrom(
  'a.yaml',
  'b.yaml',
  'sub/c.yaml',
  'sub/deep/d.yaml',
  'a.yaml~',
  '.a.swp',
  'b.txt',
);
const folder = fc.constantFrom('sub', 'sub/deep', 'new');
const text = fc.constantFrom('1', '22', '333', 'too long for the limit');

function write(root: string, path: string, content: string): void {
  mkdirSync(dirname(join(root, 'jobs', path)), { recursive: true });
  writeFileSync(join(root, 'jobs', path), content);
}

/** Files are read side by side: what is wrong with them comes in any order. */
function told({ files, findings }: SourceListing) {
  return { files, findings: sortFindings(findings) };
}

/** Folders that may have come into being with it, too. */
function above(root: string, path: string): string[] {
  const full = join(root, 'jobs', path);
  return path.includes('/') ? [full, ...above(root, dirname(path))] : [full];
}

const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.tuple(file, text).map(
    ([path, content]): Deed =>
      (root) => {
        write(root, path, content);
        return above(root, path);
      },
  ),
  fc.tuple(file, file, text).map(
    ([from, to, content]): Deed =>
      (root) => {
        write(root, from, content);
        write(root, to, content);
        renameSync(join(root, 'jobs', from), join(root, 'jobs', to));
        return [...above(root, from), ...above(root, to)];
      },
  ),
  fc.oneof(file, folder).map(
    (path): Deed =>
      (root) => {
        rmSync(join(root, 'jobs', path), { recursive: true, force: true });
        return above(root, path);
      },
  ),
  fc.tuple(folder, folder).map(
    ([from, to]): Deed =>
      (root) => {
        write(root, join(from, 'x.yaml'), 'moved');
        if (to.startsWith(from) || from.startsWith(to)) return above(root, join(from, 'x.yaml'));
        rmSync(join(root, 'jobs', to), { recursive: true, force: true });
        mkdirSync(dirname(join(root, 'jobs', to)), { recursive: true });
        renameSync(join(root, 'jobs', from), join(root, 'jobs', to));
        return [...above(root, from), ...above(root, to)];
      },
  ),
);

describe('a folder that is remembered', () => {
  it('property: lists what a walk through it lists, after whatever was noticed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(deed, { maxLength: 3 }), { maxLength: 6 }), async (rounds) => {
        const root = temporaryFolder({ 'jobs/a.yaml': '1', 'jobs/sub/c.yaml': '2' });
        const options = { root, patterns, maxFileBytes: 10, git: false } as const;
        const remembered = rememberFolder(nodeFileAccess);
        for (const deeds of rounds) {
          for (const path of deeds.flatMap((one) => one(root))) remembered.changed(path);
          expect(told(await remembered.source(options).list())).toEqual(
            told(await folderSource(options).list()),
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  async function counted(files: Record<string, string>) {
    const root = temporaryFolder(files);
    const opened: string[] = [];
    const folders: string[] = [];
    const remembered = rememberFolder({
      ...nodeFileAccess,
      list: (path) => {
        folders.push(path);
        return nodeFileAccess.list(path);
      },
      read: (path, limit) => {
        opened.push(path);
        return nodeFileAccess.read(path, limit);
      },
    });
    const list = () => remembered.source({ root, patterns, git: false }).list();
    const first = await list();
    opened.length = 0;
    folders.length = 0;
    return { root, opened, folders, remembered, list, first };
  }

  it('opens only what was noticed, and gives the other files as the same objects', async () => {
    const { root, opened, folders, remembered, list, first } = await counted({
      'jobs/a.yaml': '1',
      'jobs/b.yaml': '2',
    });
    writeFileSync(join(root, 'jobs/b.yaml'), '3');
    for (const name of ['b.yaml', 'b.yaml~', '.b.swp']) remembered.changed(join(root, 'jobs', name));
    const { files } = await list();
    expect(files.map(({ bytes }) => new TextDecoder().decode(bytes))).toEqual(['1', '3']);
    expect(files[0]).toBe(first.files[0]);
    expect({ opened, folders }).toEqual({ opened: [join(root, 'jobs/b.yaml')], folders: [] });
  });

  it('sees what was not noticed when it is told to forget', async () => {
    const { root, remembered, list, first } = await counted({ 'jobs/a.yaml': '1' });
    writeFileSync(join(root, 'jobs/a.yaml'), '2');
    expect(await list()).toEqual(first);
    remembered.forget();
    expect(await list()).not.toEqual(first);
  });

  it('is walked each time when there is a link in it: one change may then show at many paths', async () => {
    const { root, remembered, list } = await counted({ 'jobs/a.yaml': '1', 'data/b.yaml': '2' });
    symlinkSync(join(root, 'data'), join(root, 'jobs/linked'));
    remembered.changed(join(root, 'jobs/linked'));
    await list();
    writeFileSync(join(root, 'data/b.yaml'), '3');
    const { files } = await list();
    expect(files.map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)])).toEqual([
      ['jobs/a.yaml', '1'],
      ['jobs/linked/b.yaml', '3'],
    ]);
  });
});
