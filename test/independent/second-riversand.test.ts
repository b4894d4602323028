import { afterEach, describe, expect, it } from 'vitest';
import { type Ran, runCli } from '../cli/fake-io.ts';
import { type ProjectFolder, projectFolder } from '../cli/project-folder.ts';
import { SecondRiversand } from './second-riversand.ts';

const begin = Date.parse('2026-11-22T12:03:20Z');
const MINUTE = 60_000;
const phase = Date.parse('2026-01-01T00:07:00Z');

let service: SecondRiversand;
let folder: ProjectFolder;
afterEach(async () => {
  await service.stop();
  await folder.remove();
});

async function setUp(manifests: string): Promise<void> {
  service = await new SecondRiversand(begin).start();
  folder = await projectFolder({
    'reconcile.yaml': `apiVersion: reconcile/v1
kind: Config
manifests: ["jobs/*.yaml"]
targets:
  dev:
    provider: riversand
    url: ${service.url}
    credentials: {tenantId: acme, userId: u, userRoles: [admin], clientId: c, clientSecret: a-secret-that-is-long}
    policy: {prune: true}
`,
    'jobs/all.yaml': manifests,
  });
}

const write = (text: string): Promise<void> => folder.write({ 'jobs/all.yaml': text });

function cli(line: string): Promise<Ran> {
  return runCli(line.split(' '), {
    cwd: folder.path,
    now: () => service.now,
    sleep: async (ms) => {
      service.now += ms;
    },
  });
}

function batch(name: string, spec: string): string {
  return `---
apiVersion: reconcile/v1
kind: RiversandBatchJob
metadata: {name: ${name}}
spec: {appId: app_1, jobDefId: ${name}, startAt: "2026-01-01T00:07:00Z", ${spec}}
`;
}

function object(name: string, minutes: number, extra = ''): string {
  return `---
apiVersion: reconcile/v1
kind: RiversandSchedule
metadata: {name: ${name}}
${extra}spec: {enabled: true, intervalInMins: ${minutes}, taskUrl: "https://a.example.com/x", taskPayload: {a: 1}}
`;
}

describe('batch schedules', () => {
  it.each([
    ['PT1H', 'PT60M'],
    ['P1D', 'PT24H'],
    ['PT90M', 'PT1H30M'],
    ['P1D', 'P1DT0H'],
    ['PT1H', 'PT3600S'],
  ])('SEMANTICS 1: %s that the service gives back as %s is no difference', async (given, spelt) => {
    await setUp(batch('nightly_x', `recurrenceInterval: ${given}`));
    service.spell = () => spelt;
    service.stamp = (now) => new Date(now).toISOString();
    expect(await cli('apply --yes')).toMatchObject({ code: 0 });
    expect(await cli('plan --exit-code')).toMatchObject({ code: 0 });
    expect(service.writes).toEqual(['schedule-batch-process']);
  });

  it.each([
    'done, answer lost',
    'nothing done, answer lost',
    'deleted, then an error',
    'done, then an error',
    'no JSON',
    'two made',
  ])(
    'SEMANTICS 6: %s: one schedule of the wanted interval is left, on its phase, and nothing ran',
    async (what) => {
      const other = batch('other', 'recurrenceInterval: PT1H');
      await setUp(batch('feed', 'recurrenceInterval: PT1H') + other);
      expect(await cli('apply --yes')).toMatchObject({ code: 0 });
      await write(batch('feed', 'recurrenceInterval: PT2H, enabled: false') + other);
      let met = 0;
      const failure = {
        status: 200,
        body: { response: { status: 'error', statusDetail: { message: 'no' } } },
      };
      service.onCall = ({ type }, serve) => {
        if (type !== 'schedule-batch-process' || met++ > 0) return undefined;
        switch (what) {
          case 'done, answer lost':
            serve();
            return { status: 200, cut: 'before' };
          case 'nothing done, answer lost':
            return { status: 200, cut: 'before' };
          case 'deleted, then an error':
            service.batch = service.batch.filter(({ def }) => def !== 'feed');
            return failure;
          case 'done, then an error':
            serve();
            return failure;
          case 'no JSON':
            return { status: 200, text: '<html></html>' };
          default: {
            const answer = serve();
            const made = service.batch.at(-1);
            if (made !== undefined) service.batch.push({ ...made, id: `${made.id}9` });
            return answer;
          }
        }
      };
      await cli('apply --yes');
      expect(await cli('apply --yes')).toMatchObject({ code: 0 });
      expect(await cli('plan --exit-code')).toMatchObject({ code: 0 });
      const feeds = service.batch.filter(({ def }) => def === 'feed');
      expect(feeds).toMatchObject([{ interval: 'PT2H', enabled: false }]);
      expect(((feeds[0]?.notBefore ?? 0) - phase) % (120 * MINUTE)).toBe(0);
      expect(service.batch.filter(({ def }) => def === 'other')).toHaveLength(1);
      expect(service.runs).toEqual([]);
    },
  );
});

describe('schedule objects', () => {
  const isEnabled = (id: string) =>
    (service.objects.get(id)?.['properties'] as Record<string, unknown> | undefined)?.['enabled'];

  async function stopped(): Promise<void> {
    await setUp(object('one', 60) + object('two', 60));
    service.lag = 3;
    expect(await cli('apply --yes')).toMatchObject({ code: 0 });
    Object.assign(service.objects.get('one')?.['properties'] ?? {}, { enabled: false });
  }

  it('SEMANTICS 5: one that somebody disabled stays so when something else of it is changed', async () => {
    await stopped();
    Object.assign(service.objects.get('one')?.['data'] ?? {}, { foreign: { keep: 1 } });
    await write(object('one', 30) + object('two', 60));
    expect(await cli('apply --yes')).toMatchObject({ code: 0 });
    expect(isEnabled('one')).toBe(false);
    expect(service.objects.get('one')?.['data']).toMatchObject({ foreign: { keep: 1 } });
  });

  it('SEMANTICS 5: one that somebody disabled stays so under a new name, as the plan says', async () => {
    await stopped();
    await write(
      object('three', 30, 'moved: {from: one}\nlifecycle: {allowReplace: true}\n') + object('two', 60),
    );
    expect((await cli('plan')).out).toContain('DRIFT_LEFT');
    expect(await cli('apply --yes')).toMatchObject({ code: 0 });
    expect([...service.objects.keys()].sort()).toEqual(['three', 'two']);
    expect(isEnabled('three')).toBe(false);
    expect(service.objects.get('three')).toMatchObject({
      name: 'three',
      data: { jsonData: { scheduleConfiguration: { intervalInMins: 30 }, scheduleTaskPayload: { a: 1 } } },
    });
    expect(await cli('plan --exit-code')).toMatchObject({ code: 0 });
  });
});
