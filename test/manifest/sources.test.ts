import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadManifests } from '../../src/manifest/load-manifests.ts';
import { type FileAccess, nodeFileAccess } from '../../src/manifest/source/file-access.ts';
import { folderSource } from '../../src/manifest/source/folder-source.ts';
import { gitSource } from '../../src/manifest/source/git-source.ts';
import type { SourceListing } from '../../src/manifest/source/source.ts';
import { temporaryFolder } from './temporary-folder.ts';

const patterns = ['jobs/**/*.{yaml,yml,json}'];

function paths({ files }: SourceListing): string[] {
  return files.map(({ path }) => path);
}

function codes({ findings }: SourceListing): string[] {
  return findings.map(({ code, place }) => `${code} ${place?.file ?? ''}`.trim());
}

function git(root: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...identity, ...args], { cwd: root, encoding: 'utf8' }).trim();
}

function commitAll(root: string): string {
  git(root, 'init', '-q');
  git(root, 'add', '-A');
  git(root, 'commit', '-qm', 'x');
  return git(root, 'rev-parse', 'HEAD');
}

describe('manifests in a folder', () => {
  it('are found in the order of their paths, without hidden files, node_modules and the config', async () => {
    const root = temporaryFolder({
      'reconcile.yaml': 'c',
      'jobs/b.yaml': '1',
      'jobs/a/z.yml': '2',
      'jobs/a/y.json': '3',
      'jobs/a.txt': '4',
      'jobs/.hidden.yaml': '5',
      'jobs/.git/x.yaml': '6',
      'jobs/node_modules/p/x.yaml': '7',
      'jobs/config.yaml': '8',
      'other/x.yaml': '9',
    });
    const skip = [join(root, 'jobs/config.yaml')];
    const listing = await folderSource({ root, patterns, skip }).list();
    expect(paths(listing)).toEqual(['jobs/a/y.json', 'jobs/a/z.yml', 'jobs/b.yaml']);
    expect(listing.findings).toEqual([]);
  });

  it('are named relative to where the user is', async () => {
    const root = temporaryFolder({ 'jobs/b.yaml': '1' });
    const listing = await folderSource({ root, patterns, displayRoot: join(root, 'sub') }).list();
    expect(paths(listing)).toEqual(['../jobs/b.yaml']);
  });

  it('behind links count once each when the links stay inside', async () => {
    const root = temporaryFolder({ 'jobs/..data-1/a.yaml': 'a', 'jobs/real/b.yaml': 'b' });
    symlinkSync('..data-1', join(root, 'jobs/..data'));
    symlinkSync('..data/a.yaml', join(root, 'jobs/a.yaml'));
    symlinkSync('real', join(root, 'jobs/linked'));
    const listing = await folderSource({ root, patterns }).list();
    expect(paths(listing)).toEqual(['jobs/a.yaml', 'jobs/linked/b.yaml', 'jobs/real/b.yaml']);
    expect(listing.findings).toEqual([]);
  });

  it('behind links that lead out are refused, and links in circles are followed once', async () => {
    const outside = temporaryFolder({ 'secret.yaml': 's', 'jobs/x.yaml': 'x' });
    const root = temporaryFolder({ 'jobs/a.yaml': 'a' });
    symlinkSync(join(outside, 'secret.yaml'), join(root, 'jobs/file.yaml'));
    symlinkSync(join(outside, 'jobs'), join(root, 'jobs/folder'));
    symlinkSync('/', join(root, 'jobs/root'));
    symlinkSync('.', join(root, 'jobs/self'));
    symlinkSync('nowhere', join(root, 'jobs/dangling.yaml'));
    const listing = await folderSource({ root, patterns }).list();
    expect(paths(listing)).toEqual(['jobs/a.yaml']);
    expect(codes(listing).sort()).toEqual([
      'LINK_OUTSIDE jobs/file.yaml',
      'LINK_OUTSIDE jobs/folder',
      'LINK_OUTSIDE jobs/root',
      'UNREADABLE_FILE jobs/dangling.yaml',
    ]);
  });

  it('cannot be a folder that is itself a link out', async () => {
    const outside = temporaryFolder({ 'x.yaml': 'x' });
    const root = temporaryFolder({});
    symlinkSync(outside, join(root, 'jobs'));
    const listing = await folderSource({ root, patterns }).list();
    expect(codes(listing)).toContain('LINK_OUTSIDE jobs');
    expect(paths(listing)).toEqual([]);
  });

  it('of 100 MB are refused without being read', async () => {
    const root = temporaryFolder({ 'jobs/big.yaml': '', 'jobs/small.yaml': 'a: 1' });
    truncateSync(join(root, 'jobs/big.yaml'), 100_000_000);
    const before = process.memoryUsage().arrayBuffers;
    const listing = await folderSource({ root, patterns }).list();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
    expect(codes(listing)).toEqual(['FILE_TOO_LARGE jobs/big.yaml']);
    expect(paths(listing)).toEqual(['jobs/small.yaml']);
  });

  it.each(['../jobs/*.yaml', '/etc/*.yaml', 'jobs/../../x.yaml', 'C:/x/*.yaml'])(
    'are not looked for at %s',
    async (pattern) => {
      const listing = await folderSource({
        root: temporaryFolder({ 'jobs/a.yaml': '1' }),
        patterns: [pattern],
      }).list();
      expect(codes(listing)).toEqual(['PATTERN_OUTSIDE']);
    },
  );

  it('that a pattern does not find at all are worth a warning', async () => {
    const root = temporaryFolder({ 'jobs/a.yaml': '1' });
    const listing = await folderSource({
      root,
      patterns: ['jobs/*.yaml', 'none/*.yaml', '!jobs/b.yaml'],
    }).list();
    expect(listing.findings).toMatchObject([{ code: 'NO_FILES', severity: 'warning' }]);
  });

  it('that cannot be read are named with the reason, and the others are read', async () => {
    const root = temporaryFolder({
      'jobs/a.yaml': '1',
      'jobs/b.yaml': '2',
      'jobs/c.yaml': '3',
      'jobs/locked/d.yaml': '4',
    });
    const failing = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));
    const files: FileAccess = {
      ...nodeFileAccess,
      list: (folder) => (folder.endsWith('locked') ? failing('EACCES') : nodeFileAccess.list(folder)),
      read: (path, limit) => {
        if (path.endsWith('a.yaml')) return failing('ENOENT');
        return path.endsWith('b.yaml') ? failing('EIO') : nodeFileAccess.read(path, limit);
      },
    };
    const listing = await folderSource({ root, patterns, files }).list();
    expect(paths(listing)).toEqual(['jobs/c.yaml']);
    expect(listing.findings.map(({ message }) => message).sort()).toEqual([
      'jobs/a.yaml cannot be read: it is not there any more.',
      'jobs/b.yaml cannot be read: reading failed with EIO.',
      'jobs/locked cannot be read: access is denied.',
    ]);
  });

  it('are read up to the limit and not further', async () => {
    const root = temporaryFolder({ 'jobs/a.yaml': '12345' });
    expect(await nodeFileAccess.read(join(root, 'jobs/a.yaml'), 4)).toEqual({ tooLarge: 5 });
    expect(await nodeFileAccess.read(join(root, 'jobs/a.yaml'), 5)).toEqual({
      bytes: new TextEncoder().encode('12345'),
    });
    // Files of the system claim to be empty, and grow while they are read.
    if (!existsSync('/proc/self/status')) return;
    const status = await nodeFileAccess.read('/proc/self/status', 100_000);
    expect('bytes' in status && new TextDecoder().decode(status.bytes)).toContain('VmRSS');
    expect(await nodeFileAccess.read('/proc/self/status', 10)).toEqual({ tooLarge: 11 });
  });

  it('in a folder that is not there are an error', async () => {
    const listing = await folderSource({ root: '/nowhere/at/all', patterns }).list();
    expect(listing.findings).toMatchObject([{ code: 'UNREADABLE_FILE' }]);
  });

  it('know their commit, and whether they differ from it', async () => {
    const root = temporaryFolder({ 'jobs/a.yaml': '1' });
    const commit = commitAll(root);
    const source = folderSource({ root, patterns });
    expect(await source.list()).toMatchObject({ commit, dirty: false });
    writeFileSync(join(root, 'jobs/new.yaml'), '2');
    expect(await source.list()).toMatchObject({ commit, dirty: true });
  });

  it.each([
    ['a manifest that was there', 'team a/jobs/a.yaml', true],
    ['a manifest that is new', 'team a/jobs/deep/b.yaml', true],
    ['the config', 'team a/reconcile.yaml', true],
    ['what a link leads to', 'team a/shared/c.yaml', true],
    ['a saved plan beside them', 'team a/plan.json', false],
    ['a file that the patterns leave out', 'team a/jobs/notes.txt', false],
    ['a file of another project in the repository', 'jobs/a.yaml', false],
  ])('with an edit of %s (%s): dirty is %s', async (_, path, dirty) => {
    const top = temporaryFolder({
      'team a/jobs/a.yaml': '1',
      'team a/reconcile.yaml': '1',
      'team a/shared/c.yaml': '1',
      'jobs/a.yaml': '1',
    });
    const root = join(top, 'team a');
    symlinkSync('../shared', join(root, 'jobs/link'));
    const commit = commitAll(top);
    mkdirSync(dirname(join(top, path)), { recursive: true });
    writeFileSync(join(top, path), '2');
    const source = folderSource({ root, patterns, skip: [join(root, 'reconcile.yaml')] });
    expect(await source.list()).toMatchObject({ commit, dirty });
  });

  it('are dirty when one of them was deleted or renamed', async () => {
    const root = temporaryFolder({ 'jobs/a.yaml': '1', 'jobs/b.yaml': '2' });
    const commit = commitAll(root);
    renameSync(join(root, 'jobs/b.yaml'), join(root, 'b.txt'));
    expect(await folderSource({ root, patterns }).list()).toMatchObject({ commit, dirty: true });
  });
});

describe('manifests of a commit', () => {
  const job = (name: string) =>
    `apiVersion: reconcile/v1\nkind: SapJob\nmetadata: {name: ${name}}\nspec: {action: x}\n`;

  it('are the same as in the folder', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 450 }, (_, index) => [`jobs/${index % 7}/j${index}.yaml`, job(`j${index}`)]),
    );
    const root = temporaryFolder({
      ...files,
      'reconcile.yaml': 'c',
      'jobs/ä ö.yaml': job('umlaut'),
      'jobs/twice-1.yaml': job('same'),
      'jobs/twice-2.yaml': job('same'),
      'jobs/empty.yaml': '',
      'jobs/bad.yaml': new Uint8Array([0x61, 0xff, 0xfe]),
      'jobs/broken.yaml': 'a: [',
      'jobs/.hidden/x.yaml': job('hidden'),
      'jobs/node_modules/x.yaml': job('package'),
      'other/x.yaml': job('other'),
    });
    symlinkSync('twice-1.yaml', join(root, 'jobs/link.yaml'));
    const commit = commitAll(root);
    const fromFolder = await loadManifests(folderSource({ root, patterns }));
    const fromGit = await loadManifests(gitSource({ root, patterns, ref: 'HEAD' }));
    expect(fromGit.manifests.length).toBe(454);
    const plain = ({ manifests, findings }: typeof fromGit) => JSON.stringify({ manifests, findings });
    expect(plain(fromGit)).toBe(plain(fromFolder));
    expect(fromGit.source).toEqual({ commit, dirty: false });
  });

  it('in a subfolder of the repository are named from there', async () => {
    const root = temporaryFolder({ 'env/jobs/a.yaml': job('a'), 'jobs/b.yaml': job('b') });
    commitAll(root);
    const listing = await gitSource({ root: join(root, 'env'), patterns, ref: 'HEAD' }).list();
    expect(paths(listing)).toEqual(['jobs/a.yaml']);
  });

  it('come from the named commit, whatever the work tree says', async () => {
    const root = temporaryFolder({ 'jobs/a.yaml': 'old' });
    const old = commitAll(root);
    writeFileSync(join(root, 'jobs/a.yaml'), 'new');
    git(root, 'commit', '-qam', 'y');
    writeFileSync(join(root, 'jobs/a.yaml'), 'newest');
    const read = async (ref: string) => {
      const { files } = await gitSource({ root, patterns, ref }).list();
      return new TextDecoder().decode(files[0]?.bytes);
    };
    expect(await read(old)).toBe('old');
    expect(await read('HEAD~1')).toBe('old');
    expect(await read('HEAD')).toBe('new');
  });

  it('are refused when too large or behind links that lead out', async () => {
    const root = temporaryFolder({ 'jobs/big.yaml': 'x'.repeat(2000), 'jobs/ok.yaml': 'a' });
    symlinkSync('/etc/passwd', join(root, 'jobs/absolute.yaml'));
    symlinkSync('../../outside.yaml', join(root, 'jobs/above.yaml'));
    symlinkSync('loop.yaml', join(root, 'jobs/loop.yaml'));
    commitAll(root);
    const listing = await gitSource({ root, patterns, ref: 'HEAD', maxFileBytes: 1000 }).list();
    expect(paths(listing)).toEqual(['jobs/ok.yaml']);
    expect(codes(listing)).toEqual(
      [
        'LINK_OUTSIDE jobs/above.yaml',
        'LINK_OUTSIDE jobs/absolute.yaml',
        'FILE_TOO_LARGE jobs/big.yaml',
        'LINK_OUTSIDE jobs/loop.yaml',
      ].sort((a, b) => (a.split(' ')[1] ?? '').localeCompare(b.split(' ')[1] ?? '')),
    );
  });

  it.each(['nope', '--help', '-x', 'HEAD:jobs', ''])('that is none is an error: %j', async (ref) => {
    const root = temporaryFolder({ 'jobs/a.yaml': 'a' });
    commitAll(root);
    await expect(gitSource({ root, patterns, ref }).list()).rejects.toMatchObject({
      code: 'UNKNOWN_COMMIT',
      category: 'invalid',
    });
  });

  it('outside of any repository is an error', async () => {
    const root = temporaryFolder({});
    mkdirSync(join(root, 'jobs'));
    await expect(gitSource({ root, patterns, ref: 'HEAD' }).list()).rejects.toMatchObject({
      code: 'UNKNOWN_COMMIT',
    });
  });
});
