import { afterEach, describe, expect, it } from 'vitest';
import { job, secondWorld, type World } from './second-world.ts';

let world: World;
afterEach(() => world.close());

const daily = { daily: '{cron: "* * * * 6 12 17"}' };

describe('names that the service may refuse', () => {
  it('are told of where a job is made and by validate and lint, not of a job that is there', async () => {
    world = await secondWorld();
    await world.manifests(job('"night run"', daily));
    const text = 'outside the documented names';
    expect((await world.cli('validate')).out).toContain(text);
    expect((await world.cli('lint')).out).toContain('SAP_NAME_UNUSUAL');
    const first = await world.cli('plan');
    expect(first.out).toContain(text);
    expect(first.err).not.toContain(text);
    expect(await world.cli('apply --yes')).toMatchObject({ code: 0 });
    for (const command of ['plan', 'drift', 'apply --yes', 'status']) {
      const { out, err } = await world.cli(command);
      expect(`${out}${err}`).not.toContain(text);
    }
    expect((await world.cli('validate')).out).toContain(text);
  });
});

describe('SEMANTICS 2: the rows of other tenants are dropped', () => {
  it('where none is left, the plan says so, and whose they are', async () => {
    world = await secondWorld();
    world.service.add('one', {}, [], {
      subDomain: 'globex',
      tenantId: 'f0000000-0000-4000-8000-000000000001',
    });
    world.service.add('two', {}, [], {
      subDomain: 'globex',
      tenantId: 'f0000000-0000-4000-8000-000000000001',
    });
    await world.manifests(job('one', daily));
    const { out } = await world.cli('plan');
    expect(out).toContain('SAP_TENANT_NO_JOBS');
    expect(out).toContain('all are of globex');
  });

  it('no word of it where a job of the tenant is there, or no job at all', async () => {
    world = await secondWorld();
    await world.manifests(job('one', daily));
    expect((await world.cli('plan')).out).not.toContain('SAP_TENANT_NO_JOBS');
    world.service.add('one', {}, [], {
      subDomain: 'globex',
      tenantId: 'f0000000-0000-4000-8000-000000000001',
    });
    world.service.add('mine');
    expect((await world.cli('plan')).out).not.toContain('SAP_TENANT_NO_JOBS');
  });
});
