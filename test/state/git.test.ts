import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileStore } from '../../src/state/file.ts';
import { parseRecord, recordMessage } from '../../src/state/git/git-message.ts';
import type { StateStore } from '../../src/state/store.ts';
import { type FakeStoreClock, fakeStoreClock } from '../support/fake-store-clock.ts';
import { type GitFolders, git, gitEnv, gitFolders, sourceRepository, storeIn } from './git-folders.ts';
import { claimOf, journalOf, recordOf, stateWith } from './samples.ts';

const ref = 'refs/reconcile/state/dev';
const lockRef = 'refs/reconcile/lock/dev';

let folders: GitFolders;
let clock: FakeStoreClock;
beforeEach(() => {
  folders = gitFolders();
  clock = fakeStoreClock();
});
afterEach(() => folders.remove());

async function applyOnce(store: StateStore, serial: number): Promise<void> {
  const lock = await store.lock('dev', claimOf());
  await lock.begin(stateWith(serial, { journal: journalOf('a') }));
  await lock.finish(stateWith(serial + 1), recordOf(serial + 1));
}

/** A hook of the server: its stdin lists `<old> <new> <ref>`. */
function hook(folder: string, name: string, script: string): void {
  mkdirSync(join(folder, 'hooks'), { recursive: true });
  const path = join(folder, 'hooks', name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

describe('the history in git', { timeout: 60_000 }, () => {
  it('has one commit per apply with state.json alone, beside the sources', async () => {
    const store = storeIn(folders.clone(), clock);
    await applyOnce(store, 1);
    await applyOnce(store, 3);
    expect(git(folders.bare, 'rev-list', '--count', ref)).toBe('2');
    expect(git(folders.bare, 'ls-tree', '-r', '--name-only', ref)).toBe('state.json');
    expect(JSON.parse(git(folders.bare, 'show', `${ref}:state.json`))).toMatchObject({ serial: 4 });
    expect(git(folders.bare, 'for-each-ref', '--format=%(refname)').split('\n')).toEqual([
      'refs/heads/main',
      ref,
    ]);
  });

  it('can be read with git log: a summary, who, from which commit, and trailers that git knows', async () => {
    await applyOnce(storeIn(folders.clone(), clock), 1);
    expect(git(folders.bare, 'log', '--format=%an <%ae> %ad%n%B', '--date=iso-strict', ref)).toBe(
      `reconcile <reconcile@localhost> 2026-11-22T12:00:00+00:00
dev: 1 created, 1 failed

reconcile apply -t dev by ann@build-1 from commit 0123456789ab at 2026-11-22T12:00:02.000Z; state serial 2

Change: create succeeded MemoryJob/a
Change: update failed (HTTP_409) MemoryJob/b
Outcome: succeeded 1
Outcome: failed 1
Command: reconcile apply -t dev
Actor: ann@build-1
Source-Commit: 0123456789abcdef0123456789abcdef01234567
At: 2026-11-22T12:00:02.000Z
Target: dev
Lineage: l-1
Serial: 2
Record: record-2`,
    );
    const trailers = '--format=%(trailers:key=Change,valueonly)';
    expect(git(folders.bare, 'log', trailers, ref).split('\n')).toEqual([
      'create succeeded MemoryJob/a',
      'update failed (HTTP_409) MemoryJob/b',
    ]);
  });

  it('says when the manifests had edits that the commit does not hold', async () => {
    const message = recordMessage({ ...recordOf(2), dirty: true });
    expect(message).toContain('by ann@build-1 from commit 0123456789ab-dirty at ');
    expect(message).toContain(
      '\nSource-Commit: 0123456789abcdef0123456789abcdef01234567\nSource-Dirty: true\nAt: ',
    );
  });

  it('property: what a record says comes back, whatever the names', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.constantFrom('a\nRecord: x', '"', ' a', 'a: b'),
    );
    const word = fc.stringMatching(/^[a-zA-Z]\w{0,8}$/);
    fc.assert(
      fc.property(
        text,
        text,
        fc.array(fc.record({ address: text, action: word, status: word, code: word }), { maxLength: 4 }),
        fc.boolean(),
        (actor, command, changes, isDirty) => {
          // Half a surrogate pair is no text that git could keep.
          fc.pre(`${actor}${command}${changes.map(({ address }) => address).join('')}`.isWellFormed());
          const record = {
            ...recordOf(1),
            ...(isDirty ? { dirty: true } : {}),
            actor,
            command,
            changes: changes.map((c) => ({ ...c, address: `K/${c.address}` })),
          };
          const message = recordMessage(record);
          expect(parseRecord({ id: 'x', author: 'y', at: 'z', message }, 'dev')).toEqual(record);
        },
      ),
    );
  });

  it('shows commits that somebody made by hand as what they say', async () => {
    const path = folders.clone();
    const store = storeIn(path, clock);
    await applyOnce(store, 1);
    const tree = git(folders.bare, 'rev-parse', `${ref}^{tree}`);
    const who = ['-c', 'user.name=Kim', '-c', 'user.email=kim@example.com'];
    const commit = git(folders.bare, ...who, 'commit-tree', tree, '-p', ref, '-m', 'Back to yesterday');
    git(folders.bare, 'update-ref', ref, commit);
    const [first, second] = await store.history('dev', 5);
    expect(first).toMatchObject({
      id: commit,
      actor: 'Kim',
      summary: 'Back to yesterday',
      command: 'by hand',
    });
    expect(second).toEqual(recordOf(2));
    expect(await store.history('dev', 1)).toHaveLength(1);
  });

  it('is signed with the name that git is configured with', async () => {
    const path = folders.clone();
    git(path, 'config', 'user.name', 'Ann');
    git(path, 'config', 'user.email', 'ann@example.com');
    await applyOnce(storeIn(path, clock), 1);
    expect(git(folders.bare, 'log', '-1', '--format=%an <%ae>', ref)).toBe('Ann <ann@example.com>');
  });
});

describe('the repository of the user', { timeout: 60_000 }, () => {
  it('keeps its index, its work tree, its branches and FETCH_HEAD', async () => {
    const path = folders.clone();
    writeFileSync(join(path, 'job.yaml'), 'changed\n');
    writeFileSync(join(path, 'new.yaml'), 'new\n');
    git(path, 'add', 'new.yaml');
    const look = (): string[] => [
      git(path, 'status', '--porcelain=v2', '--branch'),
      git(path, 'for-each-ref', 'refs/heads', 'refs/remotes', 'refs/tags'),
      readFileSync(join(path, '.git', 'index')).toString('base64'),
    ];
    const before = look();
    await applyOnce(storeIn(path, clock), 1);
    await applyOnce(storeIn(folders.clone(), clock), 3);
    await storeIn(path, clock).read('dev');
    expect(look()).toEqual(before);
    expect(() => statSync(join(path, '.git', 'FETCH_HEAD'))).toThrow();
    expect(() => statSync(join(path, '.git', 'shallow'))).toThrow();
    // The copy for `git log` without the network.
    expect(git(path, 'rev-parse', ref)).toBe(git(folders.bare, 'rev-parse', ref));
  });

  it('runs none of its hooks', async () => {
    const path = folders.clone();
    for (const name of ['pre-push', 'reference-transaction', 'post-commit', 'pre-commit', 'commit-msg']) {
      hook(join(path, '.git'), name, 'exit 1');
    }
    await applyOnce(storeIn(path, clock), 1);
    expect(git(folders.bare, 'rev-list', '--count', ref)).toBe('1');
  });

  it('may be a worktree, a detached HEAD, a subfolder, or one of a hook that git runs', async () => {
    const path = folders.clone();
    git(path, 'checkout', '--quiet', '--detach');
    const tree = join(folders.root, 'tree');
    git(path, 'worktree', 'add', '--quiet', tree);
    mkdirSync(join(tree, 'project', 'deep'), { recursive: true });
    const env = {
      GIT_DIR: '.git',
      GIT_INDEX_FILE: '.git/index',
      GIT_WORK_TREE: '/nowhere',
      GIT_PREFIX: 'x/',
    };
    await applyOnce(storeIn(join(tree, 'project', 'deep'), clock, { env }), 1);
    expect(await storeIn(path, clock).read('dev')).toEqual(stateWith(2));
  });

  it('may be a shallow or a partial clone', async () => {
    for (const [serial, option] of [
      [1, '--depth=1'],
      [3, '--filter=blob:none'],
      [5, '--depth=1'],
    ] as const) {
      await applyOnce(storeIn(folders.clone(option), clock), serial);
    }
    const store = storeIn(folders.clone('--depth=1'), clock);
    expect(await store.read('dev')).toEqual(stateWith(6));
    expect(await store.history('dev', 2)).toEqual([recordOf(6), recordOf(4)]);
    expect(await store.history('dev', 10)).toHaveLength(3);
  });

  it('may be none, or have other remotes: what is missing is said', async () => {
    const outside = join(folders.root, 'outside');
    mkdirSync(outside);
    await expect(storeIn(outside, clock).read('dev')).rejects.toMatchObject({ code: 'STATE_NO_REPOSITORY' });
    const path = sourceRepository(join(folders.root, 'other'));
    git(path, 'remote', 'add', 'one', folders.bare);
    await expect(storeIn(path, clock, { remote: 'origin' }).read('dev')).rejects.toMatchObject({
      code: 'STATE_REMOTE',
      remedy: expect.stringContaining('one'),
    });
    expect(await storeIn(path, clock).read('dev')).toBeNull();
    git(path, 'remote', 'add', 'two', folders.bare);
    await expect(storeIn(path, clock).read('dev')).rejects.toMatchObject({ code: 'STATE_REMOTE' });
    await applyOnce(storeIn(path, clock, { remote: 'two' }), 1);
    const none = storeIn(path, clock, { env: { PATH: '/nonexistent' } });
    await expect(none.read('dev')).rejects.toMatchObject({ code: 'GIT_MISSING' });
  });
});

describe('the ref', { timeout: 60_000 }, () => {
  it('may be a branch; the lock is a branch beside it, and gone afterwards', async () => {
    const path = folders.clone();
    const store = storeIn(path, clock, { ref: 'reconcile/<target>' });
    const lock = await store.lock('dev', claimOf());
    expect(git(folders.bare, 'branch', '--format=%(refname)').split('\n')).toEqual([
      'refs/heads/main',
      'refs/heads/reconcile/dev-lock',
    ]);
    await lock.finish(stateWith(1), recordOf(1));
    expect(git(folders.bare, 'branch', '--format=%(refname:short)').split('\n')).toEqual([
      'main',
      'reconcile/dev',
    ]);
    expect(git(path, 'rev-parse', 'origin/reconcile/dev')).toBe(
      git(folders.bare, 'rev-parse', 'reconcile/dev'),
    );
    await applyOnce(storeIn(folders.clone(), clock, { ref: 'refs/heads/reconcile/dev' }), 2);
  });

  it('is never a branch of sources: nothing is pushed to one', async () => {
    const before = git(folders.bare, 'rev-parse', 'main');
    const store = storeIn(folders.clone(), clock, { ref: 'main' });
    const foreign = { code: 'STATE_FOREIGN', message: expect.stringContaining('refs/heads/main of origin') };
    await expect(store.read('dev')).rejects.toMatchObject(foreign);
    await expect(store.lock('dev', claimOf())).rejects.toMatchObject(foreign);
    expect(git(folders.bare, 'for-each-ref', '--format=%(refname) %(objectname)')).toBe(
      `refs/heads/main ${before}`,
    );
  });

  it('over junk that somebody pushed there, a clone keeps the last good state and says how to put it back', async () => {
    const path = folders.clone();
    const store = storeIn(path, clock);
    await applyOnce(store, 1);
    expect((await store.read('dev'))?.serial).toBe(2);
    const good = git(folders.bare, 'rev-parse', ref);
    git(folders.bare, 'update-ref', ref, 'main');
    const junk = git(folders.bare, 'rev-parse', 'main');
    for (let turn = 1; turn <= 2; turn += 1) {
      const error = await storeIn(path, clock)
        .read('dev')
        .catch((caught: unknown) => caught);
      expect(error).toMatchObject({
        code: 'STATE_FOREIGN',
        remedy: expect.stringContaining(`${ref} at ${good.slice(0, 12)}`),
      });
    }
    git(path, 'push', '--quiet', `--force-with-lease=${ref}:${junk}`, 'origin', `${ref}:${ref}`);
    expect((await storeIn(path, clock).read('dev'))?.serial).toBe(2);
  });

  it.each(['refs/tags/x', 'a..b', '-x y', 'state-lock', 'refs/heads/'])(
    'is refused when it is %s',
    async (wrong) => {
      const store = storeIn(folders.clone(), clock, { ref: wrong });
      await expect(store.read('dev')).rejects.toMatchObject({ code: 'STATE_REF', category: 'invalid' });
    },
  );

  it('can be begun with the file of the file backend, as the documentation tells', async () => {
    const path = folders.clone();
    const files = fileStore({ root: path, clock });
    await (await files.lock('prod', claimOf())).finish(stateWith(1, { target: 'prod' }), recordOf(1));
    const page = readFileSync('docs/state.md', 'utf8');
    const [, commands = ''] = /### Moving from files to git[\s\S]*?```sh\n([\s\S]*?)```/.exec(page) ?? [];
    const who = { GIT_AUTHOR_NAME: 'Kim', GIT_AUTHOR_EMAIL: 'kim@example.com' };
    const signed = { ...who, GIT_COMMITTER_NAME: 'Kim', GIT_COMMITTER_EMAIL: 'kim@example.com' };
    execFileSync('sh', ['-ec', commands], { cwd: path, env: { ...gitEnv, ...signed }, stdio: 'pipe' });
    expect(await storeIn(folders.clone(), clock).read('prod')).toEqual(stateWith(1, { target: 'prod' }));
  });

  it('that is gone from the remote does not read as "no state yet"; the advice brings it back', async () => {
    const path = folders.clone();
    const store = storeIn(path, clock);
    await applyOnce(store, 1);
    git(folders.bare, 'update-ref', '-d', ref);
    const error = await store.read('dev').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'STATE_REF_GONE' });
    const [, command = ''] =
      /never pushed: (git push \S+ \S+?)\. /.exec((error as { remedy: string }).remedy) ?? [];
    execFileSync('sh', ['-c', command], { cwd: path, env: gitEnv, stdio: 'pipe' });
    expect(await store.read('dev')).toEqual(stateWith(2));
  });
});

describe('damaged, foreign and newer documents are errors, never a guess', { timeout: 60_000 }, () => {
  function put(at: string, files: Record<string, string>): string {
    const lines = Object.entries(files).map(([name, text]) => {
      const blob = execFileSync('git', ['hash-object', '-w', '--stdin'], {
        cwd: folders.bare,
        env: gitEnv,
        input: text,
      });
      return `100644 blob ${blob.toString().trim()}\t${name}\n`;
    });
    const tree = execFileSync('git', ['mktree'], { cwd: folders.bare, env: gitEnv, input: lines.join('') });
    const who = ['-c', 'user.name=Kim', '-c', 'user.email=kim@example.com'];
    const parents = git(folders.bare, 'for-each-ref', '--format=%(objectname)', at);
    const parent = parents === '' ? [] : ['-p', parents];
    const commit = git(folders.bare, ...who, 'commit-tree', tree.toString().trim(), ...parent, '-m', 'x');
    git(folders.bare, 'update-ref', at, commit);
    return commit;
  }

  it.each([
    ['empty', () => '', 'STATE_DAMAGED'],
    ['cut short', (text: string) => text.slice(0, text.length / 2), 'STATE_DAMAGED'],
    ['of another target', (text: string) => text.replace('"dev"', '"prod"'), 'STATE_DAMAGED'],
    ['newer', (text: string) => text.replace('"formatVersion": "1"', '"formatVersion": "2"'), 'STATE_FORMAT'],
  ])('a state that is %s', async (_name, spoil, code) => {
    const path = folders.clone();
    const store = storeIn(path, clock);
    await applyOnce(store, 1);
    const good = git(folders.bare, 'rev-parse', ref);
    put(ref, { 'state.json': spoil(git(folders.bare, 'show', `${ref}:state.json`)) });
    const before = git(folders.bare, 'for-each-ref');
    const error = await store.read('dev').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, message: expect.stringContaining(ref) });
    await expect(store.lock('dev', claimOf())).rejects.toMatchObject({ code });
    expect(git(folders.bare, 'for-each-ref')).toBe(before);
    if (code !== 'STATE_DAMAGED') return;
    // The advice names the last good commit, and works.
    const { remedy } = error as { remedy: string };
    expect(remedy).toContain(`The last good copy is commit ${good.slice(0, 12)}`);
    const [, command = ''] = /To go back to it: (.*)$/.exec(remedy) ?? [];
    execFileSync('sh', ['-c', command], { cwd: path, env: gitEnv, stdio: 'pipe' });
    expect(await store.read('dev')).toEqual(stateWith(2));
  });

  it.each([
    ['no JSON', { 'lock.json': '{' }, 'LOCK_DAMAGED'],
    [
      'half a lock',
      { 'lock.json': '{"formatVersion":"1","lock":{"id":"x"},"progress":null}' },
      'LOCK_DAMAGED',
    ],
    ['newer', { 'lock.json': '{"formatVersion":"2"}' }, 'STATE_FORMAT'],
    [
      'without its state',
      { 'lock.json': '{"formatVersion":"1","lock":null,"progress":{"by":"x","base":null}}' },
      'LOCK_DAMAGED',
    ],
    ['a tree of sources', { 'job.yaml': 'x' }, 'STATE_FOREIGN'],
  ])('a lock that is %s', async (_name, files, code) => {
    const store = storeIn(folders.clone(), clock);
    await applyOnce(store, 1);
    put(lockRef, files);
    const before = git(folders.bare, 'for-each-ref');
    const calls = [
      () => store.read('dev'),
      () => store.readLock('dev'),
      () => store.lock('dev', claimOf()),
      () => store.breakLock('dev', 'x'),
    ];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({ code, remedy: expect.any(String) });
    }
    expect(git(folders.bare, 'for-each-ref')).toBe(before);
  });

  it('a state of a cut-short apply that is damaged: the last good one is named', async () => {
    const store = storeIn(folders.clone(), clock);
    await applyOnce(store, 1);
    const base = git(folders.bare, 'rev-parse', ref);
    const lock = { formatVersion: '1', lock: null, progress: { by: 'x', base } };
    put(lockRef, { 'lock.json': JSON.stringify(lock), 'state.json': '{' });
    await expect(store.read('dev')).rejects.toMatchObject({
      code: 'STATE_DAMAGED',
      remedy: expect.stringContaining(base.slice(0, 12)),
    });
  });
});

describe('a server that says no', { timeout: 60_000 }, () => {
  it('by a hook: the ref, its words and the right that is missing are told, before anything is written', async () => {
    hook(folders.bare, 'pre-receive', 'echo "only release managers may push"; exit 1');
    const store = storeIn(folders.clone(), clock);
    await expect(store.lock('dev', claimOf())).rejects.toMatchObject({
      code: 'STATE_PUSH_REFUSED',
      category: 'rejected',
      message: expect.stringMatching(
        /origin does not let refs\/reconcile\/lock\/dev be written: [\s\S]*only release managers may push[\s\S]*Nothing was written to the service/,
      ),
      remedy: expect.stringContaining(
        'create, update and delete refs/reconcile/state/dev and refs/reconcile/lock/dev',
      ),
    });
    expect(git(folders.bare, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
  });

  it('only when the state itself is pushed: the record is kept in the clone, and pushed by the next one', async () => {
    const path = folders.clone();
    const store = storeIn(path, clock);
    const lock = await store.lock('dev', claimOf());
    await lock.begin(stateWith(1, { journal: journalOf('a') }));
    hook(folders.bare, 'update', 'case "$1" in refs/reconcile/state/*) echo "frozen"; exit 1;; esac');
    await expect(lock.finish(stateWith(2), recordOf(2))).rejects.toMatchObject({
      code: 'STATE_PUSH_REFUSED',
      message: expect.stringMatching(
        /refs\/reconcile\/state\/dev[\s\S]*frozen[\s\S]*kept here as refs\/reconcile\/unpushed\/dev/,
      ),
    });
    await lock.release();
    rmSync(join(folders.bare, 'hooks'), { recursive: true });
    clock.sleepThrough(61_000);
    await (await store.lock('dev', claimOf())).release();
    expect(await storeIn(folders.clone(), clock).history('dev', 5)).toEqual([recordOf(2)]);
  });

  it.each([
    ['deletes no refs', 'receive.denyDeletes', 'true'],
    ['moves refs forward only', 'receive.denyNonFastForwards', 'true'],
    ['cannot move several refs at once', 'receive.advertiseAtomic', 'false'],
  ])('%s: applies work all the same', async (_name, key, value) => {
    git(folders.bare, 'config', key, value);
    const first = storeIn(folders.clone(), clock);
    await applyOnce(first, 1);
    const other = storeIn(folders.clone(), clock);
    expect(await other.readLock('dev')).toBeNull();
    expect(await other.read('dev')).toEqual(stateWith(2));
    await applyOnce(other, 3);
    const lock = await first.lock('dev', claimOf());
    await lock.release();
    expect(await other.readLock('dev')).toBeNull();
    expect(await first.history('dev', 5)).toEqual([recordOf(4), recordOf(2)]);
  });
});

describe('a network that is away', { timeout: 60_000 }, () => {
  const away = (): void => renameSync(folders.bare, `${folders.bare}.away`);
  const back = (): void => renameSync(`${folders.bare}.away`, folders.bare);

  it('before the lock: nothing is written; those who only look get the copy, and are told', async () => {
    const path = folders.clone();
    const store = storeIn(path, clock);
    await applyOnce(store, 1);
    away();
    const unreachable = { code: 'STATE_UNREACHABLE', category: 'transient' };
    await expect(store.read('dev')).rejects.toMatchObject(unreachable);
    await expect(store.lock('dev', claimOf())).rejects.toMatchObject(unreachable);
    const reasons: string[] = [];
    const looking = storeIn(path, clock, { onOffline: (reason) => reasons.push(reason) });
    expect(await looking.read('dev')).toEqual(stateWith(2));
    expect(await looking.history('dev', 5)).toEqual([recordOf(2)]);
    expect(reasons).toHaveLength(2);
    expect(reasons[0]).toMatch(/refs\/reconcile\/state\/dev of origin/);
  });

  it('before the intent is pushed: begin fails, and no write may be sent', async () => {
    const lock = await storeIn(folders.clone(), clock).lock('dev', claimOf());
    away();
    await expect(lock.begin(stateWith(1))).rejects.toMatchObject({ code: 'STATE_UNREACHABLE' });
    await lock.release();
  });

  it('at the heartbeats: the lock counts as lost well before others may take it', async () => {
    const lock = await storeIn(folders.clone(), clock).lock('dev', claimOf());
    await lock.begin(stateWith(1));
    away();
    await clock.advance(45_000);
    expect(() => lock.assertHeld()).not.toThrow();
    await clock.advance(1);
    expect(() => lock.assertHeld()).toThrow(expect.objectContaining({ code: 'LOCK_LOST' }));
    expect(Date.parse(lock.info.expiresAt) - clock.now()).toBeGreaterThan(10_000);
  });

  it('at the end: it is tried again for a while', async () => {
    const lock = await storeIn(folders.clone(), clock).lock('dev', claimOf());
    await lock.begin(stateWith(1));
    away();
    const stop = clock.every(7000, back);
    await lock.finish(stateWith(2), recordOf(2));
    stop();
    expect(await storeIn(folders.clone(), clock).history('dev', 5)).toEqual([recordOf(2)]);
  });

  it('at the end, for good: the record is kept, the next apply of this clone pushes it first', async () => {
    const path = folders.clone();
    const store = storeIn(path, clock);
    const lock = await store.lock('dev', claimOf());
    await lock.begin(stateWith(1, { journal: journalOf('a') }));
    away();
    await expect(lock.finish(stateWith(2), recordOf(2))).rejects.toMatchObject({
      code: 'STATE_NOT_PUSHED',
      message: expect.stringContaining('The changes were made'),
      remedy: expect.stringContaining('refs/reconcile/unpushed/dev'),
    });
    await lock.release();
    expect(git(path, 'log', '-1', '--format=%s', 'refs/reconcile/unpushed/dev')).toBe(
      'dev: 1 created, 1 failed',
    );
    back();
    expect(await store.read('dev')).toEqual(stateWith(2));
    clock.sleepThrough(61_000);
    const next = await store.lock('dev', claimOf());
    await next.begin(stateWith(3, { journal: journalOf('b') }));
    await next.finish(stateWith(4), recordOf(4));
    expect(await storeIn(folders.clone(), clock).history('dev', 5)).toEqual([recordOf(4), recordOf(2)]);
    expect(git(path, 'for-each-ref', 'refs/reconcile/unpushed')).toBe('');
  });

  it('at the end, for good: another clone goes on from the intent, and the late record is not forced on it', async () => {
    const path = folders.clone();
    const store = storeIn(path, clock);
    const lock = await store.lock('dev', claimOf());
    await lock.begin(stateWith(1, { journal: journalOf('a') }));
    away();
    await expect(lock.finish(stateWith(2), recordOf(2))).rejects.toMatchObject({ code: 'STATE_NOT_PUSHED' });
    back();
    clock.sleepThrough(61_000);
    const other = storeIn(folders.clone(), clock);
    expect((await other.read('dev'))?.journal).toEqual(journalOf('a'));
    await applyOnce(other, 2);
    expect(await store.read('dev')).toEqual(stateWith(3));
    await applyOnce(store, 4);
    expect(await other.history('dev', 5)).toEqual([recordOf(5), recordOf(3)]);
  });

  it('keeps tokens in URLs to itself', async () => {
    const path = folders.clone();
    git(path, 'remote', 'set-url', 'origin', 'http://user:s3cr3t-token@127.0.0.1:1/x.git');
    const error = await storeIn(path, clock)
      .read('dev')
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'STATE_UNREACHABLE' });
    expect(JSON.stringify([error, (error as Error).message])).not.toContain('s3cr3t');
  });
});

describe('answers that get lost', { timeout: 60_000 }, () => {
  it('are settled by reading: a push that arrived counts, a push that did not is told', async () => {
    // A stand-in for ssh: the command runs here, and its end is lost after a push.
    const ssh = join(folders.root, 'ssh');
    const cut = join(folders.root, 'cut');
    writeFileSync(
      ssh,
      `#!/bin/sh\nshift $(($# - 1))\nsh -c "$1"\ncode=$?\ncase "$1" in git-receive-pack*) [ -e ${cut} ] && exit 9;; esac\nexit $code\n`,
    );
    chmodSync(ssh, 0o755);
    writeFileSync(cut, '');
    const path = folders.clone();
    git(path, 'remote', 'set-url', 'origin', `ssh://git@host.example${folders.bare}`);
    const store = storeIn(path, clock, { env: { GIT_SSH_COMMAND: ssh } });
    await applyOnce(store, 1);
    await applyOnce(store, 3);
    expect(await storeIn(folders.clone(), clock).history('dev', 5)).toEqual([recordOf(4), recordOf(2)]);
    expect(await store.readLock('dev')).toBeNull();
  });
});

describe('somebody who asks no lock', { timeout: 60_000 }, () => {
  it('and moves the state: the other is told who and what, and overwrites nothing', async () => {
    const store = storeIn(folders.clone(), clock);
    await applyOnce(store, 1);
    const lock = await store.lock('dev', claimOf());
    await lock.begin(stateWith(3));
    const tree = git(folders.bare, 'rev-parse', `${ref}^{tree}`);
    const who = ['-c', 'user.name=Kim', '-c', 'user.email=kim@example.com'];
    const commit = git(folders.bare, ...who, 'commit-tree', tree, '-p', ref, '-m', 'By hand');
    git(folders.bare, 'update-ref', ref, commit);
    await expect(lock.finish(stateWith(4), recordOf(4))).rejects.toMatchObject({
      code: 'STATE_CONFLICT',
      category: 'locked',
      message: expect.stringContaining('By hand (Kim)'),
    });
    expect(git(folders.bare, 'rev-parse', ref)).toBe(commit);
  });
});
