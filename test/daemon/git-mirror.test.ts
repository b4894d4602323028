import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitMirror } from '../../src/daemon/sources/git-mirror.ts';
import { gitProject } from '../../src/daemon/sources/sources.ts';
import { gitSource, loadManifests } from '../../src/manifest/index.ts';
import { createGit } from '../../src/state/git/git-run.ts';
import { createHandClock, settle } from './hand-clock.ts';

let root: string;
let work: string;
let bare: string;

const run = (cwd: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
    cwd,
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim();

function commit(text: string): string {
  writeFileSync(join(work, 'reconcile.yaml'), `# ${text}\n`);
  mkdirSync(join(work, 'jobs'), { recursive: true });
  writeFileSync(
    join(work, 'jobs', 'a.yaml'),
    `apiVersion: reconcile/v1\nkind: SapJob\nmetadata: {name: ${text}}\nspec: {action: "https://a.example"}\n`,
  );
  run(work, 'add', '.');
  run(work, 'commit', '-qm', text);
  run(work, 'push', '-q', '-f', 'origin', 'HEAD:main');
  return run(work, 'rev-parse', 'HEAD');
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mirror-'));
  bare = join(root, 'bare.git');
  work = join(root, 'work');
  run(root, 'init', '-q', '--bare', '-b', 'main', bare);
  run(root, 'clone', '-q', bare, work);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function mirror(allowRewind = false): GitMirror {
  const folder = join(root, 'mirror');
  return new GitMirror({
    folder,
    url: `file://${bare}`,
    ref: 'main',
    configFile: 'reconcile.yaml',
    allowRewind,
    git: createGit({ folder, env: process.env }),
  });
}

describe('the mirror of a branch', () => {
  it('follows it, with the config as a file and the manifests read from the objects', async () => {
    const first = commit('one');
    const here = mirror();
    expect(await here.update()).toBe(first);
    const second = commit('two');
    expect(await here.update()).toBe(second);
    expect(readFileSync(join(root, 'mirror', 'reconcile.yaml'), 'utf8')).toBe('# two\n');
    expect(() => readFileSync(join(root, 'mirror', 'jobs', 'a.yaml'))).toThrow();
    const source = gitSource({ root: join(root, 'mirror'), patterns: ['jobs/*.yaml'], ref: second });
    expect((await loadManifests(source)).manifests.map(({ name }) => name)).toEqual(['two']);
  });

  it('is shallow at first, and goes on after a restart where it was', async () => {
    commit('one');
    const second = commit('two');
    await mirror().update();
    expect(run(join(root, 'mirror'), 'rev-list', '--count', second)).toBe('1');
    const third = commit('three');
    expect(await mirror().update()).toBe(third);
  });

  it('keeps the last commit when the history was rewritten, unless that is allowed', async () => {
    commit('one');
    commit('two');
    const here = mirror();
    await here.update();
    run(work, 'reset', '-q', '--hard', 'HEAD~1');
    const rewritten = commit('other');
    await expect(here.update()).rejects.toMatchObject({ code: 'GIT_REWOUND' });
    await expect(here.update()).rejects.toMatchObject({ code: 'GIT_REWOUND' });
    expect(readFileSync(join(root, 'mirror', 'reconcile.yaml'), 'utf8')).toBe('# two\n');
    expect(await mirror(true).update()).toBe(rewritten);
    expect(await mirror().update()).toBe(rewritten);
  });

  it('says what is wrong with a remote or branch that is not there', async () => {
    commit('one');
    rmSync(bare, { recursive: true });
    await expect(mirror().update()).rejects.toMatchObject({ code: 'GIT_FAILED' });
  });
});

describe('a project in git', () => {
  it('looks at the branch with jitter, and tells only when it has moved', async () => {
    const clock = createHandClock();
    let remote = 'a';
    const told: string[] = [];
    const source = gitProject({
      mirror: { update: async () => remote, remoteCommit: async () => remote },
      title: 'x',
      clock,
      interval: 60_000,
      read: async () => ({ targets: new Map(), findings: [] }),
    });
    expect((await source.read({ thorough: true })).commit).toBe('a');
    const stop = source.watch((trigger) => void told.push(trigger));
    await clock.advance(300_000);
    expect(told).toEqual([]);
    remote = 'b';
    await clock.advance(70_000);
    await settle();
    expect(told).toEqual(['git']);
    await stop();
    remote = 'c';
    await clock.advance(300_000);
    expect(told).toEqual(['git']);
  });
});
