import { afterEach, describe, expect, it } from 'vitest';
import type { Manners } from './second-service.ts';
import { job, secondWorld, type World } from './second-world.ts';

let world: World;
afterEach(() => world.close());

const manifest = job(
  'one',
  {
    often: '{repeatInterval: 2 hours, data: {a: 1}}',
    daily:
      '{cron: "* * * * 6 12 17", startTime: "2026-12-01T00:00:00Z", endTime: "2027-12-01T00:00:00+01:00"}',
    once: '{time: "2026-12-24T18:00:00+01:00"}',
    evening: '{repeatAt: "4.40pm"}',
  },
  '',
  '  startTime: "2026-11-01T00:00:00Z"\n  endTime: "2029-01-01T00:00:00Z"\n',
);

const manners: Partial<Manners>[] = [
  { pageCap: 7 },
  { pageCap: 1 },
  { numberIds: false },
  { dates: 'blank' },
  { dates: 'object' },
  { dates: 'offset' },
  { dataAsText: true },
  { nullModes: true },
  { reverseKeys: true, extraFields: true },
  { errorNested: true, nameAnswer: 'results' },
  { dateHeader: false, chunked: true },
  { textFlags: true },
  { skew: 3_600_000 },
  { skew: -3_600_000 },
];

describe('SEMANTICS 1: apply then plan is empty, however the service puts its answers', () => {
  it.each(manners.map((one) => [JSON.stringify(one), one] as const))('%s', async (_name, one) => {
    world = await secondWorld(one);
    for (let made = 0; made < 9; made++) {
      world.service.add(`other${made}`, {}, [
        { cron: '* * * * 1 1 1' },
        { repeatInterval: '5 minutes', active: false },
      ]);
    }
    await world.manifests(manifest);
    expect(await world.cli('apply --yes')).toMatchObject({ code: 0 });
    const plan = await world.cli('plan --exit-code');
    expect(plan).toMatchObject({ code: 0, out: expect.stringContaining('9 not managed here') });
    expect(world.service.writes).toEqual(['POST jobs']);
    expect(world.service.runs).toEqual(['one/often']);
  });
});

it('SEMANTICS 8: a total that moves while pages are read is no error and no drift', async () => {
  world = await secondWorld();
  for (let made = 0; made < 250; made++) world.service.add(`other${made}`, {}, [{ cron: '* * * * 1 1 1' }]);
  await world.manifests(manifest);
  expect(await world.cli('apply --yes')).toMatchObject({ code: 0 });
  let pages = 0;
  world.service.onRequest = ({ path, query }) => {
    if (path !== '/scheduler/jobs' || !query.has('offset')) return undefined;
    if (pages++ % 2 === 0) world.service.jobs.shift();
    world.service.add(`late${pages}`);
    return undefined;
  };
  expect(await world.cli('plan --exit-code')).toMatchObject({ code: 0 });
});

it('SEMANTICS 10: Retry-After as a date is obeyed, also where the service sends no Date of its own', async () => {
  world = await secondWorld({ dateHeader: false });
  await world.manifests(manifest);
  const { service } = world;
  let met = 0;
  service.onRequest = ({ path }) =>
    path === '/scheduler/jobs' && met++ === 0
      ? {
          status: 429,
          body: { code: 429, message: 'slow down' },
          headers: { 'retry-after': new Date(service.now + 7000).toUTCString() },
        }
      : undefined;
  const before = service.now;
  expect(await world.cli('plan')).toMatchObject({ code: 0 });
  expect(service.now - before).toBeGreaterThanOrEqual(6000);
});

it('SEMANTICS 9: an answer cut off after the job was made leaves one job, made once', async () => {
  world = await secondWorld();
  await world.manifests(manifest);
  let met = 0;
  world.service.onRequest = ({ method, path }, serve) =>
    method === 'POST' && path === '/scheduler/jobs' && met++ === 0 ? { ...serve(), cut: 'half' } : undefined;
  expect(await world.cli('apply --yes')).toMatchObject({ code: 0 });
  expect(world.service.writes).toEqual(['POST jobs']);
  expect(world.service.runs).toEqual(['one/often']);
  expect(await world.cli('plan --exit-code')).toMatchObject({ code: 0 });
});
