import { createHmac } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import type { TargetStatus } from '../../src/daemon/status.ts';
import { git } from '../state/git-folders.ts';
import { createWatchWorld, hookSecret, teamJob, watchConfig } from './world.ts';

const inStep = ({ condition, phase }: TargetStatus) => condition === 'inStep' && phase === 'idle';
const author = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];

/** A bare remote in the folder of the world, and a clone to push from. */
function remoteIn(folder: string) {
  const bare = join(folder, 'remote.git');
  const clone = join(folder, 'clone');
  git(folder, 'init', '--quiet', '--bare', '--template=', '--initial-branch=main', bare);
  git(folder, 'clone', '--quiet', '--template=', `file://${bare}`, clone);
  mkdirSync(join(clone, 'jobs'));
  writeFileSync(join(clone, 'reconcile.yaml'), watchConfig({ dev: '{mode: auto, interval: 1h}' }));
  return {
    url: `file://${bare}`,
    /** Commits job `a` with this description; gives the commit. */
    push(description: string, ...options: string[]): string {
      writeFileSync(join(clone, 'jobs/a.yaml'), teamJob('a', description));
      git(clone, 'add', '.');
      git(
        clone,
        ...author,
        'commit',
        '--quiet',
        '-m',
        description,
        ...options.filter((o) => o === '--amend'),
      );
      git(
        clone,
        'push',
        '--quiet',
        ...(options.includes('--amend') ? ['--force'] : []),
        'origin',
        'HEAD:main',
      );
      return git(clone, 'rev-parse', 'HEAD');
    },
    /** The remote is away, and back. */
    away: () => renameSync(bare, `${bare}.away`),
    back: () => renameSync(`${bare}.away`, bare),
  };
}

function signed(body: string): Record<string, string> {
  return { 'x-hub-signature-256': `sha256=${createHmac('sha256', hookSecret).update(body).digest('hex')}` };
}

describe.concurrent('the daemon over a git remote, as a process', { timeout: 60_000 }, () => {
  test('applies a push as soon as a signed hook says so; forged and oversized hooks are refused and counted', async ({
    expect,
    onTestFinished,
  }) => {
    const world = await createWatchWorld({});
    onTestFinished(world.close);
    const remote = remoteIn(world.folder.path);
    remote.push('first');
    const daemon = await world.watch('--repo', remote.url, '--git-interval', '1h');
    await daemon.until('dev', 'in step', inStep);
    const commit = remote.push('second');
    const body = JSON.stringify({ ref: 'refs/heads/main', after: 'what it says is not believed' });
    const forged = { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` };
    expect(await daemon.post('/hooks/git', body, forged)).toMatchObject({
      status: 401,
      body: { error: { code: 'FORGED_HOOK' } },
    });
    expect((await daemon.post('/hooks/git', body, {})).status).toBe(401);
    const large = JSON.stringify('x'.repeat(5 * 1024 * 1024));
    expect((await daemon.post('/hooks/git', large, signed(large))).status).toBe(413);
    expect(world.job('a')?.description).toBe('first');
    expect((await daemon.post('/hooks/git', body, signed(body))).status).toBe(202);
    await world.until('the push is live', () => world.job('a')?.description === 'second' || undefined);
    const status = await daemon.until('dev', 'in step', (now) => inStep(now) && now.commit === commit);
    expect(status.lastApply?.commit).toBe(commit);
    expect(
      world
        .audit()
        .filter(({ type }) => type === 'applied')
        .at(-1)?.commit,
    ).toBe(commit);
    const metrics = await daemon.metrics();
    expect(metrics).toContain('reconcile_http_rejected_total{reason="FORGED_HOOK"} 2');
    expect(metrics).toContain('reconcile_http_rejected_total{reason="BODY_TOO_LARGE"} 1');
    expect(daemon.lines.filter((line) => line.includes('/hooks/git'))).toHaveLength(3);
    expect(daemon.lines.join('\n')).not.toContain(hookSecret);
  });

  test('looks at the branch by itself, refuses a rewritten one, and follows it when that is allowed', async ({
    expect,
    onTestFinished,
  }) => {
    const world = await createWatchWorld({});
    onTestFinished(world.close);
    const remote = remoteIn(world.folder.path);
    remote.push('first');
    const args = ['--repo', remote.url, '--git-interval', '1s'];
    const daemon = await world.watch(...args);
    const live = (description: string) =>
      world.until(description, () => world.job('a')?.description === description || undefined);
    await live('first');
    const good = remote.push('second');
    await live('second');
    remote.push('rewritten', '--amend');
    const stale = await daemon.until('dev', 'stale', ({ staleSince }) => staleSince !== undefined);
    expect(stale.findings.map(({ code }) => code)).toEqual(['GIT_REWOUND']);
    expect(stale.commit).toBe(good);
    expect(await daemon.metrics()).toMatch(/^reconcile_stale\{target="dev"\} 1$/m);
    daemon.kill('SIGTERM');
    expect(await daemon.ended).toBe(0);
    expect(world.job('a')?.description).toBe('second');
    await world.watch(...args, '--allow-rewind');
    await live('rewritten');
  });

  test('keeps what it has while the remote is away, and goes on when it is back', async ({
    expect,
    onTestFinished,
  }) => {
    const world = await createWatchWorld({});
    onTestFinished(world.close);
    const remote = remoteIn(world.folder.path);
    remote.push('first');
    const daemon = await world.watch('--repo', remote.url, '--git-interval', '1h');
    await daemon.until('dev', 'in step', inStep);
    remote.away();
    await world.click('a', 'clicked');
    await daemon.post('/api/v1/targets/dev/reconcile', {});
    const stale = await daemon.until('dev', 'stale', ({ waiting }) => waiting.for === 'stale');
    expect(stale.findings.map(({ code }) => code)).toEqual(['GIT_FAILED']);
    expect(world.job('a')?.description).toBe('clicked');
    remote.back();
    remote.push('second');
    await daemon.post('/hooks/git', '{}', signed('{}'));
    await world.until('second', () => world.job('a')?.description === 'second' || undefined);
    await daemon.until('dev', 'fresh', ({ staleSince }) => staleSince === undefined);
  });
});
