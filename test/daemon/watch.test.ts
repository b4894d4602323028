import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TargetOutcome } from '../../src/core/outcome.ts';
import { messageFor } from '../../src/daemon/events/notify.ts';
import { settle } from './hand-clock.ts';
import { change, createWorld, done, drifted } from './world.ts';

const hour = 60 * 60_000;

describe('a pass of the daemon', () => {
  it('applies what the manifests changed, and confirms it with another pass', async () => {
    const world = createWorld();
    world.differences = () => (world.applies.length === 0 ? [change('A/a')] : []);
    await world.start();
    expect(world.applies).toMatchObject([{ addresses: ['A/a'] }]);
    await world.clock.advance(5_000);
    expect(world.daemon.targets.get('prod')?.status.condition).toBe('inStep');
    expect(world.types()).toEqual(['differences', 'applied', 'in-step']);
  });

  it('comes again by itself, and tells nothing as long as nothing changes', async () => {
    const world = createWorld();
    await world.start();
    const told = world.events.length;
    await world.clock.advance(10 * 60_000);
    expect(world.plans).toBe(11);
    expect(world.events).toHaveLength(told);
  });

  it.each(['observe', 'approve'] as const)('in mode %s applies nothing by itself', async (mode) => {
    const world = createWorld({ watch: { mode } });
    world.differences = () => [change('A/a'), drifted('A/b')];
    await world.start();
    await world.clock.advance(hour);
    expect(world.applies).toEqual([]);
    expect(world.types()).toEqual(['differences']);
  });

  it('in mode approve applies the approved plan once, and no other one', async () => {
    const world = createWorld({ watch: { mode: 'approve' } });
    world.differences = () => (world.applies.length === 0 ? [change('A/a')] : [change('A/b')]);
    await world.start();
    const target = world.daemon.targets.get('prod');
    expect(await target?.approve('another digest', 'somebody')).toBe(false);
    expect(await target?.approve(target.status.plan?.digest ?? '', 'somebody')).toBe(true);
    await world.clock.advance(hour);
    expect(world.applies).toMatchObject([{ addresses: ['A/a'] }]);
    expect(target?.status.waiting).toEqual({ for: 'approval' });
  });

  it('tells the audit log the trigger, before, after and outcome of each change, and who approved; pages and messages go without', async () => {
    const world = createWorld({ watch: { mode: 'approve' } });
    const field = {
      path: '/description',
      reason: 'edited' as const,
      healed: true,
      live: 'old',
      desired: 'new',
    };
    world.differences = () =>
      world.applies.length === 0
        ? [change('A/a', { fields: [field] }), change('A/b', { action: 'create', desired: { x: 1 } })]
        : [];
    await world.start();
    const target = world.daemon.targets.get('prod');
    await target?.approve(target.status.plan?.digest ?? '', 'ann');
    await settle();
    const applied = world.events.find(({ type }) => type === 'applied');
    expect(applied).toMatchObject({
      who: 'ann',
      details: {
        trigger: ['approval'],
        changes: [
          {
            address: 'A/a',
            status: 'succeeded',
            before: { '/description': 'old' },
            after: { '/description': 'new' },
          },
          { address: 'A/b', after: { x: 1 } },
        ],
      },
    });
    expect(JSON.stringify(world.daemon.events.of('prod', 50))).not.toContain('details');
    const receiver = { url: 'http://receiver.example', format: 'cloudevents' as const };
    expect(applied && messageFor(applied, receiver, 'urn:test')?.body).not.toContain('details');
  });

  it('tells the audit log all refusals, failures of a pass, and what a pause replaces', async () => {
    const world = createWorld();
    world.differences = () => [
      change('A/a', { blocked: { code: 'PROTECTED', message: 'it is protected', override: 'unprotect' } }),
    ];
    world.blocked = 1;
    await world.start();
    expect(world.events.at(-1)).toMatchObject({
      type: 'refused',
      details: { refusals: [{ code: 'PROTECTED', address: 'A/a' }] },
    });
    const pause = { reason: 'release', at: world.clock.now(), by: 'ann' };
    await world.daemon.targets.get('prod')?.pause(pause);
    expect(world.events.find(({ type }) => type === 'paused')?.details).toEqual({
      before: null,
      after: pause,
    });
    world.serviceDown = true;
    await world.clock.advance(2 * 60_000);
    expect(world.events.find(({ type }) => type === 'pass-failed')?.details).toMatchObject({
      trigger: [expect.any(String)],
      error: { code: expect.any(String) },
    });
  });

  it('leaves drift when self-heal is off, and applies the rest', async () => {
    const world = createWorld({ watch: { selfHeal: false } });
    world.differences = () =>
      world.applies.length === 0 ? [change('A/a'), drifted('A/b')] : [drifted('A/b')];
    await world.start();
    await world.clock.advance(hour);
    expect(world.applies).toMatchObject([{ addresses: ['A/a'] }]);
    expect(world.daemon.targets.get('prod')?.status.waiting).toEqual({ for: 'self-heal' });
  });

  it('writes nothing while a safety rule holds, and says so once', async () => {
    const world = createWorld();
    world.differences = () => [change('A/a')];
    world.blocked = 1;
    await world.start();
    await world.clock.advance(hour);
    expect(world.applies).toEqual([]);
    expect(world.types()).toEqual(['refused']);
  });

  it('plans again when the objects moved between plan and apply', async () => {
    const world = createWorld();
    world.differences = () => [change('A/a')];
    world.apply = async (name, wish) => (world.applies.length < 3 ? 'moved' : done(name, wish.addresses));
    await world.start();
    await world.clock.advance(60_000);
    expect(world.applies.length).toBeGreaterThanOrEqual(3);
    expect(world.types()).toContain('applied');
  });
});

describe('deletions', () => {
  const removal = change('A/a', { action: 'delete', reason: 'removed', fields: [] });

  it('are applied only when two passes in a row agree', async () => {
    const world = createWorld();
    world.differences = () => (world.applies.length === 0 ? [removal] : []);
    await world.start();
    expect(world.applies).toEqual([]);
    expect(world.daemon.targets.get('prod')?.status.waiting).toEqual({ for: 'agreement' });
    await world.clock.advance(5_000);
    expect(world.applies).toMatchObject([{ addresses: ['A/a'] }]);
  });

  it('that one pass saw and the next did not are never made', async () => {
    const world = createWorld();
    let pass = 0;
    world.differences = () => {
      pass += 1;
      return pass % 2 === 1 ? [removal] : [];
    };
    await world.start();
    await world.clock.advance(hour);
    expect(world.applies).toEqual([]);
  });

  it('of a part wait, too, while other changes go on', async () => {
    const world = createWorld();
    const part = { path: '/schedules/daily', action: 'delete' as const, reason: 'removed' as const };
    const both = [change('A/a'), change('A/b', { parts: [part] })];
    world.differences = () => (world.applies.length < 2 ? both.slice(world.applies.length) : []);
    await world.start();
    expect(world.applies).toMatchObject([{ addresses: ['A/a'] }]);
    await world.clock.advance(5_000);
    expect(world.applies[1]?.addresses).toEqual(['A/b']);
  });
});

describe('windows and pauses', () => {
  const nights = { type: 'allow' as const, cron: '0 22 * * *', duration: 2 * hour, timeZone: 'UTC' };

  it('hold changes back until the window opens, and the opening is the trigger', async () => {
    const world = createWorld({ watch: { windows: [nights], interval: 24 * hour } });
    world.differences = () => (world.applies.length === 0 ? [change('A/a')] : []);
    await world.start();
    const opens = Date.parse('2026-03-03T22:00:00Z');
    expect(world.daemon.targets.get('prod')?.status.waiting).toEqual({ for: 'window', opens });
    await world.clock.advance(opens - world.clock.now() - 1);
    expect(world.applies).toEqual([]);
    await world.clock.advance(1);
    expect(world.applies).toMatchObject([{ at: opens }]);
  });

  it('a pause ends at its end, and what waited is applied then', async () => {
    const world = createWorld({ watch: { interval: 24 * hour } });
    await world.start();
    const until = world.clock.now() + 2 * hour;
    await world.daemon.targets.get('prod')?.pause({ reason: 'a migration', until, at: 0, by: 'somebody' });
    world.differences = () => (world.applies.length === 0 ? [change('A/a')] : []);
    world.sourceMoved('files');
    await settle();
    expect(world.daemon.targets.get('prod')?.status.waiting).toEqual({ for: 'pause' });
    await world.clock.advance(2 * hour);
    expect(world.applies).toMatchObject([{ at: until }]);
    expect(world.types()).toContain('resumed');
  });

  it('a pause outlives a restart', async () => {
    const first = createWorld();
    await first.start();
    await first.daemon.targets.get('prod')?.pause({ reason: 'an incident', at: 0, by: 'somebody' });
    await first.daemon.stop();
    const second = createWorld({ memory: first.memory });
    second.differences = () => [change('A/a')];
    await second.start();
    await second.clock.advance(hour);
    expect(second.applies).toEqual([]);
    await second.daemon.targets.get('prod')?.resume('somebody');
    await settle();
    expect(second.applies).toHaveLength(1);
  });
});

describe('a fight', () => {
  const missing = [{ address: 'A/a', path: '', what: 'missing' as const, fields: [] }];

  it('is given up after a few rounds, and told once', async () => {
    const world = createWorld();
    world.differences = () => [drifted('A/a')];
    world.drift = () => missing;
    await world.start();
    await world.clock.advance(50 * 60_000);
    expect(world.applies).toHaveLength(3);
    expect(world.types().filter((type) => type === 'fight')).toHaveLength(1);
    expect(world.daemon.targets.get('prod')?.status.waiting).toEqual({ for: 'fight' });
  });

  it('over one object does not hold back the others', async () => {
    const world = createWorld();
    let other = false;
    world.differences = () => [drifted('A/a'), ...(other ? [change('A/b')] : [])];
    world.drift = () => missing;
    await world.start();
    await world.clock.advance(10 * 60_000);
    other = true;
    await world.clock.advance(60_000);
    expect(world.applies.at(-1)?.addresses).toEqual(['A/b']);
  });

  it('begins anew by hand', async () => {
    const world = createWorld();
    world.differences = () => [drifted('A/a')];
    world.drift = () => missing;
    await world.start();
    await world.clock.advance(10 * 60_000);
    const before = world.applies.length;
    world.daemon.trigger('prod', 'hand');
    await settle();
    expect(world.applies.length).toBe(before + 1);
  });
});

describe('a bad day', () => {
  it('keeps the last good manifests of a target whose manifests are broken, and shows the place; others go on', async () => {
    const world = createWorld({ names: ['dev', 'prod'] });
    await world.start();
    world.invalid.add('prod');
    world.differences = () => [change('A/a', { action: 'delete', reason: 'removed' })];
    world.sourceMoved('files');
    await settle();
    await world.clock.advance(60_000);
    const status = world.daemon.targets.get('prod')?.status;
    expect(status?.staleSince).toBeDefined();
    expect(status?.findings[0]?.place).toEqual({ file: 'jobs/a.yaml', line: 3, col: 7 });
    expect(world.applies.map(({ name }) => name)).not.toContain('prod');
    expect(world.applies.map(({ name }) => name)).toContain('dev');
    world.invalid.clear();
    world.differences = () => [];
    world.sourceMoved('files');
    await settle();
    expect(world.daemon.targets.get('prod')?.status.staleSince).toBeUndefined();
    expect(world.types()).toContain('fresh');
  });

  it('writes nothing while the source cannot be read, and goes on looking at the service', async () => {
    const world = createWorld();
    await world.start();
    world.sourceDown = true;
    world.differences = () => [drifted('A/a')];
    const plans = world.plans;
    await world.clock.advance(10 * 60_000);
    expect(world.plans).toBeGreaterThan(plans);
    expect(world.applies).toEqual([]);
    expect(world.types().filter((type) => type === 'stale')).toHaveLength(1);
    world.sourceDown = false;
    await world.clock.advance(60_000);
    expect(world.applies).toHaveLength(1);
  });

  it('retries with back-off, tells the failure once and the recovery once', async () => {
    const world = createWorld({ watch: { interval: 24 * hour } });
    world.serviceDown = true;
    await world.start();
    await world.clock.advance(30 * 60_000);
    const tries = world.plans;
    expect(tries).toBeGreaterThan(5);
    expect(tries).toBeLessThan(40);
    expect(world.types()).toEqual(['pass-failed']);
    world.serviceDown = false;
    await world.clock.advance(10 * 60_000);
    expect(world.types()).toEqual(['pass-failed', 'recovered', 'in-step']);
  });

  it('begins no further operation when new manifests come during an apply, and plans again', async () => {
    const world = createWorld();
    let finish = (_outcome: TargetOutcome): void => undefined;
    let aborted = false;
    world.differences = () => (world.applies.length < 2 ? [change('A/a')] : []);
    world.apply = (name, wish) =>
      world.applies.length === 1
        ? new Promise((resolve) => {
            wish.signal.addEventListener('abort', () => {
              aborted = true;
            });
            finish = resolve;
          })
        : Promise.resolve(done(name, wish.addresses));
    await world.start();
    expect(world.daemon.targets.get('prod')?.status.phase).toBe('applying');
    world.wants = 'v2';
    world.sourceMoved('git');
    await settle();
    expect(aborted).toBe(true);
    expect(world.applies).toHaveLength(1);
    finish(done('prod', ['A/a']));
    await settle();
    expect(world.applies).toHaveLength(2);
  });

  it('shows a pass that hangs, and stops by letting operations in flight end', async () => {
    const world = createWorld();
    let finish = (_outcome: TargetOutcome): void => undefined;
    world.differences = () => [change('A/a')];
    world.apply = () =>
      new Promise((resolve) => {
        finish = resolve;
      });
    await world.start();
    expect(world.daemon.health.check().ok).toBe(true);
    await world.clock.advance(31 * 60_000);
    expect(world.daemon.health.check()).toMatchObject({ ok: false });
    let stopped = false;
    const stopping = world.daemon.stop().then(() => {
      stopped = true;
    });
    await settle();
    expect(stopped).toBe(false);
    finish(done('prod', ['A/a']));
    await stopping;
  });
});

it('whatever happens in whatever order: no apply in a pause, out of a window, of a refused or stale plan', async () => {
  const nights = { type: 'deny' as const, cron: '*/30 * * * *', duration: 10 * 60_000, timeZone: 'UTC' };
  const step = fc.constantFrom(
    'drift',
    'edit',
    'delete',
    'calm',
    'pause',
    'resume',
    'break',
    'mend',
    'down',
    'up',
    'block',
    'unblock',
    'time',
    'away',
    'back',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const world = createWorld({ watch: { windows: [nights] } });
      let changes = [change('A/a')];
      world.differences = () => changes;
      let paused = false;
      world.apply = async (name, wish) => {
        expect(paused || world.blocked > 0 || world.invalid.size > 0 || world.sourceDown).toBe(false);
        const minute = new Date(world.clock.now()).getUTCMinutes() % 30;
        expect(minute).toBeGreaterThanOrEqual(10);
        return done(name, wish.addresses);
      };
      await world.start();
      const target = world.daemon.targets.get('prod');
      for (const now of steps) {
        if (now === 'drift') changes = [drifted('A/a')];
        if (now === 'edit') changes = [change('A/b')];
        if (now === 'delete') changes = [change('A/c', { action: 'delete', reason: 'removed' })];
        if (now === 'calm') changes = [];
        if (now === 'pause') {
          paused = true;
          await target?.pause({ reason: 'x', at: 0, by: 'y' });
        }
        if (now === 'resume') {
          paused = false;
          await target?.resume('y');
        }
        if (now === 'break') world.invalid.add('prod');
        if (now === 'mend') world.invalid.clear();
        if (now === 'down' || now === 'up') world.serviceDown = now === 'down';
        if (now === 'block' || now === 'unblock') world.blocked = now === 'block' ? 1 : 0;
        if (now === 'away' || now === 'back') world.sourceDown = now === 'away';
        await world.clock.advance(now === 'time' ? 11 * 60_000 : 70_000);
      }
      await world.daemon.stop();
    }),
    { numRuns: 40 },
  );
});
