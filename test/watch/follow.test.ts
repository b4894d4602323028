import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import type { TargetStatus } from '../../src/daemon/status.ts';
import { createWatchWorld, teamJob, watchConfig } from './world.ts';

const inStep = ({ condition, phase }: TargetStatus) => condition === 'inStep' && phase === 'idle';
const auto = watchConfig({ dev: '{mode: auto, interval: 1h}' });

describe.concurrent('the daemon, as a process', { timeout: 60_000 }, () => {
  test('plans and applies an edited file in mode auto, and says so in log, audit, metrics and history', async ({
    expect,
    onTestFinished,
  }) => {
    const world = await createWatchWorld({ 'reconcile.yaml': auto, 'jobs/a.yaml': teamJob('a', 'first') });
    onTestFinished(world.close);
    const daemon = await world.watch();
    await daemon.until('dev', 'in step', inStep);
    expect(world.job('a')?.description).toBe('first');
    await world.folder.write({ 'jobs/a.yaml': teamJob('a', 'second') });
    await world.until('the edit is live', () => world.job('a')?.description === 'second' || undefined);
    await daemon.until('dev', 'in step again', (status) => inStep(status) && status.lastApply !== undefined);
    expect(world.writes()).toEqual([
      'POST /scheduler/jobs 201',
      expect.stringMatching(/^PUT \/scheduler\/jobs\/\d+ 200$/),
    ]);
    expect(world.audit().filter(({ type }) => type === 'applied')).toHaveLength(2);
    expect(await daemon.metrics()).toContain('reconcile_service_writes_total{target="dev"} 2');
    expect(await daemon.get('/api/v1/targets/dev/history')).toMatchObject({ history: [{}, {}] });
    expect(daemon.lines.join('\n')).not.toContain(world.emulator.credentials.uaa?.clientsecret);
  });

  test('in mode approve writes only after exactly this plan was approved with the token', async ({
    expect,
    onTestFinished,
  }) => {
    const world = await createWatchWorld({
      'reconcile.yaml': watchConfig({ dev: '{mode: approve, interval: 1h}' }),
      'jobs/a.yaml': teamJob('a', 'first'),
    });
    onTestFinished(world.close);
    const daemon = await world.watch();
    const { plan } = await daemon.until('dev', 'waits', ({ waiting }) => waiting.for === 'approval');
    const approve = (digest: string, headers?: Record<string, string>) =>
      daemon.post('/api/v1/targets/dev/approve', { digest, by: 'ops' }, headers);
    const digest = plan?.digest ?? '';
    expect((await approve(digest, {})).status).toBe(401);
    expect((await approve(digest, { authorization: 'Bearer a-token-that-is-wrong-enough' })).status).toBe(
      401,
    );
    expect((await approve('0'.repeat(64))).status).toBe(409);
    await world.folder.write({ 'jobs/a.yaml': teamJob('a', 'second') });
    const next = await daemon.until('dev', 'another plan', (status) => status.plan?.digest !== digest);
    // Read too late: it is another plan by now.
    expect((await approve(digest)).status).toBe(409);
    expect(world.writes()).toEqual([]);
    expect((await approve(next.plan?.digest ?? '')).status).toBe(200);
    await daemon.until('dev', 'in step', inStep);
    expect(world.job('a')?.description).toBe('second');
    // The approval is used up.
    await world.folder.write({ 'jobs/a.yaml': teamJob('a', 'third') });
    await daemon.until('dev', 'waits again', ({ waiting }) => waiting.for === 'approval');
    expect(world.writes()).toEqual(['POST /scheduler/jobs 201']);
    expect(world.audit().find(({ type }) => type === 'approved')).toMatchObject({ who: 'ops' });
    expect(await daemon.metrics()).toContain('reconcile_http_rejected_total{reason="WRONG_TOKEN"} 2');
  });

  test('keeps the last good manifests of a target with a broken file, names the place, and others go on', async ({
    expect,
    onTestFinished,
  }) => {
    const world = await createWatchWorld({
      'reconcile.yaml': watchConfig({
        dev: '{mode: auto, interval: 1h}',
        prod: '{mode: auto, interval: 1h}',
      }),
      'jobs/a.yaml': teamJob('a', 'first'),
      'jobs/b.yaml': teamJob('b', 'first', 'prod'),
    });
    onTestFinished(world.close);
    const daemon = await world.watch();
    await daemon.until('dev', 'in step', inStep);
    await daemon.until('prod', 'in step', inStep);
    await world.folder.write({
      'jobs/a.yaml': teamJob('a', 'first').replace('description:', 'describtion:'),
      'jobs/b.yaml': teamJob('b', 'second', 'prod'),
    });
    const broken = await daemon.until('dev', 'stale', ({ staleSince }) => staleSince !== undefined);
    expect(broken.findings[0]?.place).toMatchObject({ file: 'jobs/a.yaml', line: 5 });
    await world.until('prod goes on', () => world.job('b')?.description === 'second' || undefined);
    expect(await daemon.metrics()).toMatch(/^reconcile_stale\{target="dev"\} 1$/m);
    expect(await daemon.metrics()).toMatch(/^reconcile_manifest_findings\{target="dev"\} [1-9]/m);
    expect(await daemon.metrics()).toMatch(
      /^reconcile_manifest_finding\{target="dev",severity="error",code="[A-Z_]+",file="jobs\/a.yaml",line="5"\} 1$/m,
    );
    expect(await daemon.metrics()).toMatch(/^reconcile_stale\{target="prod"\} 0$/m);
    // The service moves on meanwhile: seen, and left.
    await world.click('a', 'clicked');
    await daemon.post('/api/v1/targets/dev/reconcile', {});
    await daemon.until(
      'dev',
      'sees drift',
      ({ plan, waiting }) => plan?.changes.length === 1 && waiting.for === 'stale',
    );
    expect(world.job('a')?.description).toBe('clicked');
    await world.folder.write({ 'jobs/a.yaml': teamJob('a', 'mended') });
    await world.until('mended', () => world.job('a')?.description === 'mended' || undefined);
    await daemon.until('dev', 'fresh', (status) => status.staleSince === undefined && inStep(status));
    expect(
      world.audit().filter(({ target, type }) => target === 'dev' && /stale|fresh/.test(type)),
    ).toMatchObject([{ type: 'stale' }, { type: 'fresh' }]);
  });

  test('deletes only what two passes in a row want to delete', async ({ expect, onTestFinished }) => {
    const files = { a: teamJob('a', 'first'), b: teamJob('b', 'first'), c: teamJob('c', 'first') };
    const world = await createWatchWorld({
      'reconcile.yaml': auto,
      'jobs/a.yaml': files.a,
      'jobs/b.yaml': files.b,
      'jobs/c.yaml': files.c,
    });
    onTestFinished(world.close);
    const daemon = await world.watch();
    await daemon.until('dev', 'in step', inStep);
    const waits = ({ waiting }: TargetStatus) => waiting.for === 'agreement';
    // A file that is only away for a moment.
    await rm(join(world.folder.path, 'jobs/a.yaml'));
    await daemon.until('dev', 'waits for a second look', waits);
    await world.folder.write({ 'jobs/a.yaml': files.a });
    await daemon.until('dev', 'nothing to do', inStep);
    await rm(join(world.folder.path, 'jobs/b.yaml'));
    await daemon.until('dev', 'waits for a second look', waits);
    expect(world.jobs()).toEqual(['a', 'b', 'c']);
    await world.until('b is gone', () => world.job('b') === undefined || undefined);
    const { lastPass } = await daemon.until('dev', 'in step', inStep);
    expect(lastPass?.triggers).toContain('confirm');
    expect(world.writes().filter((title) => title.startsWith('DELETE'))).toHaveLength(1);
    expect(world.jobs()).toEqual(['a', 'c']);
  });

  test('sees atomic saves, and each swap of a mounted ConfigMap', async ({ expect, onTestFinished }) => {
    const world = await createWatchWorld({});
    onTestFinished(world.close);
    const at = (path: string) => join(world.folder.path, path);
    const version = async (name: string, description: string): Promise<void> => {
      await mkdir(at(`..${name}/jobs`), { recursive: true });
      await writeFile(at(`..${name}/reconcile.yaml`), auto);
      await writeFile(at(`..${name}/jobs/a.yaml`), teamJob('a', description));
      await symlink(`..${name}`, at('..data_tmp'));
      await rename(at('..data_tmp'), at('..data'));
    };
    await version('one', 'one');
    await symlink('..data/reconcile.yaml', at('reconcile.yaml'));
    await symlink('..data/jobs', at('jobs'));
    const daemon = await world.watch();
    const live = (description: string) =>
      world.until(description, () => world.job('a')?.description === description || undefined);
    await live('one');
    await daemon.until('dev', 'in step', inStep);
    for (const name of ['two', 'three']) {
      await version(name, name);
      await live(name);
      await daemon.until('dev', 'in step', inStep);
    }
    await rm(at('..two'), { recursive: true });
    await writeFile(at('..three/jobs/a.yaml~'), teamJob('a', 'saved'));
    await rename(at('..three/jobs/a.yaml~'), at('..three/jobs/a.yaml'));
    await live('saved');
    expect(world.writes()).toHaveLength(4);
  });
});
