import { describe, expect, it } from 'vitest';
import type { TargetMemory } from '../../src/daemon/memory.ts';
import { settle } from './hand-clock.ts';
import { change, createWorld, done } from './world.ts';

const pause = { reason: 'a migration', at: 0, by: 'ops' };

describe('what people have said', () => {
  it('is not taken back by a pass that uses up an approval at the same moment', async () => {
    const memory = new Map<string, TargetMemory>();
    const world = createWorld({ watch: { mode: 'approve' }, memory });
    world.differences = () => (world.applies.length === 0 ? [change('A/a')] : []);
    let finish = (): void => undefined;
    world.apply = (name, wish) =>
      new Promise((resolve) => {
        finish = () => resolve(done(name, wish.addresses));
      });
    await world.start();
    const target = world.daemon.targets.get('prod');
    await target?.approve(target.status.plan?.digest ?? '', 'ops');
    await settle();
    expect(target?.status.phase).toBe('applying');
    // Both want to write what is remembered; neither has seen what the other one writes.
    const pausing = target?.pause(pause);
    finish();
    await pausing;
    await settle();
    expect(memory.get('prod')).toEqual({ pause });
    expect(target?.status).toMatchObject({ pause });
    expect(target?.status.approval).toBeUndefined();
  });

  it('is known to the first pass of a target that comes later', async () => {
    const memory = new Map<string, TargetMemory>([['late', { pause }]]);
    const names = ['prod'];
    const world = createWorld({ names, memory });
    world.differences = (name) => (name === 'late' ? [change('A/a')] : []);
    world.slowMemory = true;
    await world.start();
    names.push('late');
    world.sourceMoved('files');
    await settle();
    expect(world.daemon.targets.get('late')?.status.waiting).toEqual({ for: 'pause' });
    expect(world.applies).toEqual([]);
  });

  it('and cannot be read fails the passes of that target alone, and none writes', async () => {
    const names = ['prod'];
    const world = createWorld({ names });
    world.differences = (name) => (name === 'late' && world.applies.length === 0 ? [change('A/a')] : []);
    await world.start();
    names.push('late');
    world.damaged.add('late');
    world.sourceMoved('files');
    await settle();
    expect(world.daemon.targets.get('late')?.status).toMatchObject({ condition: 'failed' });
    expect(world.daemon.targets.get('prod')?.status).toMatchObject({ condition: 'inStep' });
    expect(world.applies).toEqual([]);
    world.damaged.clear();
    await world.clock.advance(60_000);
    expect(world.applies).toHaveLength(1);
  });
});

describe('the end of the daemon', () => {
  it('waits for no plan, and tells no failure of it', async () => {
    const world = createWorld();
    world.hangs = true;
    await world.start();
    expect(world.daemon.targets.get('prod')?.status.phase).toBe('planning');
    await world.daemon.stop();
    expect(world.types()).toEqual([]);
  });

  it('ends the work on a target that is taken out of the config', async () => {
    const names = ['dev', 'prod'];
    const world = createWorld({ names });
    let aborted = false;
    world.differences = (name) => (name === 'prod' ? [change('A/a')] : []);
    world.apply = (name, wish) =>
      new Promise((resolve) => {
        wish.signal.addEventListener('abort', () => {
          aborted = true;
          resolve(done(name, []));
        });
      });
    await world.start();
    names.pop();
    world.sourceMoved('files');
    await settle();
    expect(aborted).toBe(true);
    expect([...world.daemon.targets.keys()]).toEqual(['dev']);
  });
});
