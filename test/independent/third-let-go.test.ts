import { afterEach, describe, expect, it } from 'vitest';
import { job, secondWorld, type World } from './second-world.ts';

let world: World;
afterEach(() => world.close());

const anchor = `---\n${job('anchor', {})}`;
const two = { a: '{cron: "* * * * 6 12 17"}', b: '{cron: "* * * * 7 12 17"}' };
const one = { a: two.a };

/** The schedules of a task that is there. */
function task(name: string, schedules: Record<string, string>, extra = ''): string {
  const text = job(name, schedules, extra).replace('SapJob', 'SapTask');
  return text.replace('  description: A job\n  action: https://app.example.com/run\n', '');
}

const keys = (name: string) =>
  world.service
    .named(name)
    ?.schedules.map(({ fields }) => fields['description'])
    .sort();

describe('SEMANTICS 1, 2: what was let go is not ours when its manifest comes back without it', () => {
  it.each([
    ['a job with onRemove: keep', (parts: typeof one) => job('it', parts, 'lifecycle: {onRemove: keep}\n')],
    ['a task', (parts: typeof one) => task('it', parts)],
  ])('%s: its schedule stays, in this plan and in the next ones', async (what, manifest) => {
    world = await secondWorld();
    if (what === 'a task') world.service.add('it', {}, [], { type: 'CF_TASK' });
    await world.manifests(manifest(two) + anchor);
    expect(await world.cli('apply --yes')).toMatchObject({ code: 0 });
    await world.manifests(anchor);
    expect(await world.cli('apply --yes')).toMatchObject({ code: 0 });
    await world.manifests(manifest(one) + anchor);
    expect((await world.cli('plan')).out).toContain('let go before');
    expect(await world.cli('apply --yes')).toMatchObject({ code: 0 });
    expect(keys('it')).toEqual(['a', 'b']);
    expect(await world.cli('apply --yes')).toMatchObject({ code: 0 });
    expect(await world.cli('plan --exit-code')).toMatchObject({ code: 0 });
    expect(keys('it')).toEqual(['a', 'b']);
  });
});

describe('SEMANTICS 2: a task is neither made nor deleted', () => {
  const moved = 'moved: {from: old}\nlifecycle: {allowReplace: true, exclusive: true}\n';

  it.each([false, true])(
    'a rename while the old one is there is refused (new one there: %s)',
    async (isThere) => {
      world = await secondWorld();
      world.service.add('old', {}, [], { type: 'CF_TASK' });
      await world.manifests(task('old', one) + anchor);
      expect(await world.cli('apply --yes')).toMatchObject({ code: 0 });
      if (isThere) world.service.add('new', {}, [], { type: 'CF_TASK' });
      await world.manifests(task('new', one, moved) + anchor);
      const before = world.service.writes.length;
      const { code, err } = await world.cli('apply --yes');
      expect(code).toBe(4);
      expect(err).toContain('IMPOSSIBLE');
      expect(err).toContain('take `moved` out');
      expect(world.service.writes).toHaveLength(before);
      expect(keys('old')).toEqual(['a']);
    },
  );

  it('where the old one is gone its schedules come to the new one', async () => {
    world = await secondWorld();
    const old = world.service.add('old', {}, [], { type: 'CF_TASK' });
    await world.manifests(task('old', one) + anchor);
    expect(await world.cli('apply --yes')).toMatchObject({ code: 0 });
    world.service.jobs.splice(world.service.jobs.indexOf(old), 1);
    world.service.add('new', {}, [], { type: 'CF_TASK' });
    await world.manifests(task('new', one, moved) + anchor);
    expect(await world.cli('apply --yes')).toMatchObject({ code: 0 });
    expect(keys('new')).toEqual(['a']);
    expect(await world.cli('plan --exit-code')).toMatchObject({ code: 0 });
  });
});
