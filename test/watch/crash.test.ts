import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import type { TargetStatus } from '../../src/daemon/status.ts';
import { createWatchWorld, teamJob, type WatchWorld, watchConfig } from './world.ts';

const inStep = ({ condition, phase }: TargetStatus) => condition === 'inStep' && phase === 'idle';
const auto = watchConfig({ dev: '{mode: auto, interval: 1h}' });
const three = {
  'reconcile.yaml': auto,
  'jobs/a.yaml': teamJob('a', 'first'),
  'jobs/b.yaml': teamJob('b', 'first'),
  'jobs/c.yaml': teamJob('c', 'first'),
};

function locks({ folder }: WatchWorld): string[] {
  return readdirSync(join(folder.path, '.reconcile/state')).filter((name) => name.includes('.lock'));
}

describe.concurrent('SEMANTICS 9: the daemon, as a process that ends', { timeout: 60_000 }, () => {
  test('keeps a pause over kill -9', async ({ expect, onTestFinished }) => {
    const world = await createWatchWorld({ 'reconcile.yaml': auto, 'jobs/a.yaml': teamJob('a', 'first') });
    onTestFinished(world.close);
    const first = await world.watch();
    await world.until('a is there', () => world.job('a'));
    const pause = { reason: 'a long migration', by: 'ops' };
    expect((await first.post('/api/v1/targets/dev/pause', pause)).status).toBe(200);
    first.kill('SIGKILL');
    expect(await first.ended).toBe('SIGKILL');
    await world.folder.write({ 'jobs/a.yaml': teamJob('a', 'second') });
    const daemon = await world.watch();
    const paused = await daemon.until('dev', 'paused', ({ waiting }) => waiting.for === 'pause');
    expect(paused).toMatchObject({ pause, condition: 'differs' });
    expect(await daemon.metrics()).toMatch(/^reconcile_paused\{target="dev"\} 1$/m);
    expect(world.job('a')?.description).toBe('first');
    expect((await daemon.post('/api/v1/targets/dev/resume', {})).status).toBe(200);
    await world.until('applied', () => world.job('a')?.description === 'second' || undefined);
  });

  test('finishes the call in flight at SIGTERM, begins no other one, gives the lock back and ends with 0', async ({
    expect,
    onTestFinished,
  }) => {
    const world = await createWatchWorld(three);
    onTestFinished(world.close);
    const held = await world.hold({ method: 'POST' });
    const daemon = await world.watch('--concurrency', '1');
    await held.reached;
    expect(locks(world)).toEqual(['dev.lock']);
    daemon.kill('SIGTERM');
    await world.until('the signal is seen', () => daemon.lines.find((line) => line.startsWith('Stopping')));
    held.release();
    expect(await daemon.ended).toBe(0);
    expect(world.jobs()).toEqual(['a']);
    expect(locks(world)).toEqual([]);
    expect(world.audit().at(-1)).toMatchObject({ type: 'applied', message: '1 applied, 2 not attempted' });
    const next = await world.watch();
    await world.until('the rest', () => world.jobs().length === 3 || undefined);
    await next.until('dev', 'in step', inStep);
    expect(world.writes()).toEqual(Array(3).fill('POST /scheduler/jobs 201'));
  });

  test.for([
    ['before the service has done it', false],
    ['when it is done, and nobody was told', true],
  ] as const)('converges after kill -9 during a write (%s)', async ([, done], { expect, onTestFinished }) => {
    const world = await createWatchWorld(three);
    onTestFinished(world.close);
    const held = await world.hold({ method: 'POST', nth: 2 });
    const daemon = await world.watch('--concurrency', '1');
    await held.reached;
    daemon.kill('SIGKILL');
    await daemon.ended;
    expect(locks(world)).toEqual(['dev.lock']);
    // The request is on its way: the service may still do it.
    if (done) {
      held.release();
      await world.until('done all the same', () => world.job('b'));
    }
    const next = await world.watch();
    await next.until('dev', 'in step', inStep);
    expect(world.jobs()).toEqual(['a', 'b', 'c']);
    expect(locks(world)).toEqual([]);
    expect(world.jobs().map((name) => world.job(name)?.schedules?.length)).toEqual([1, 1, 1]);
  });

  test('lets no apply in while it writes, and leaves it nothing to do afterwards', async ({
    expect,
    onTestFinished,
  }) => {
    const world = await createWatchWorld(three);
    onTestFinished(world.close);
    const held = await world.hold({ method: 'POST' });
    const daemon = await world.watch();
    await held.reached;
    const refused = world.run(['apply', '--yes', '--lock-timeout', '1s']);
    expect(await refused.ended).toBe(6);
    expect(refused.lines.join('\n')).toContain('LOCKED');
    const waiting = world.run(['apply', '--yes']);
    held.release();
    expect(await waiting.ended).toBe(0);
    await daemon.until('dev', 'in step', inStep);
    expect(world.writes()).toEqual(Array(3).fill('POST /scheduler/jobs 201'));
  });

  test('does nothing twice beside a second daemon, which waits for the lock, and ends at once when told to', async ({
    expect,
    onTestFinished,
  }) => {
    const world = await createWatchWorld(three);
    onTestFinished(world.close);
    const held = await world.hold({ method: 'POST' });
    const first = await world.watch();
    await held.reached;
    const [second, third] = await Promise.all(['b', 'c'].map((dir) => world.watch('--data-dir', dir)));
    await second?.until('dev', 'wants to apply', ({ phase }) => phase === 'applying');
    await third?.until('dev', 'wants to apply', ({ phase }) => phase === 'applying');
    third?.kill('SIGTERM');
    expect(await third?.ended).toBe(0);
    expect(world.job('a')).toBeUndefined();
    held.release();
    await first.until('dev', 'in step', inStep);
    await second?.until('dev', 'in step', inStep);
    expect(world.writes()).toEqual(Array(3).fill('POST /scheduler/jobs 201'));
  });
});
