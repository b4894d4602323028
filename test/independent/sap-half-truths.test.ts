import { afterEach, describe, expect, test } from 'vitest';
import { type JobSpec, SapProject, schedule } from './sap-project.ts';

let project: SapProject;
afterEach(() => project.stop());
const nobody = () => false;

describe('a service that takes a request and does not do it, and other half-truths', () => {
  test.each([true, false])(
    "a mode change after a healed interval keeps the manifest's start (active %s)",
    async (active) => {
      project = await SapProject.start();
      const startTime = '2026-11-01T00:00:00.000Z';
      const first = [
        {
          name: 'report',
          schedules: { a: schedule('repeatInterval', '1 days', { data: { a: 1 }, startTime }) },
        },
      ];
      await project.converge(first);
      const [live] = project.server.model.named('report').schedules;
      if (live) live.data = { by: 'hand' };
      await project.converge(first);
      await project.converge([
        { name: 'report', schedules: { a: schedule('cron', '* * * mon:fri 8 1 3', { active, startTime }) } },
      ]);
    },
  );

  test('a PUT that did nothing is noticed: switching on', async () => {
    project = await SapProject.start();
    await project.converge([
      { name: 'report', schedules: { a: schedule('cron', '* * * mon:fri 8 1 3', { active: false }) } },
    ]);
    await project.want([{ name: 'report', schedules: { a: schedule('cron', '* * * mon:fri 8 1 3') } }]);
    project.server.fault = (call) =>
      call.method === 'PUT' ? { status: 200, body: { success: true } } : undefined;
    const applied = await project.apply();
    project.server.fault = () => undefined;
    expect.soft(applied.code, applied.out + applied.err).not.toBe(0);
    await project.apply();
    expect(project.server.model.named('report').schedules[0]?.active, 'the next apply mends it').toBe(true);
  });

  test.each(['404 json', '404 router', '200 nothing'])(
    'a delete that did nothing (%s) does not leave a second schedule after a mode change',
    async (kind) => {
      project = await SapProject.start();
      const { server } = project;
      await project.converge([{ name: 'report', schedules: { a: schedule('cron', '* * * mon:fri 8 1 3') } }]);
      const next: JobSpec[] = [{ name: 'report', schedules: { a: schedule('repeatAt', '6.20am') } }];
      await project.want(next);
      server.fault = (call) =>
        call.method !== 'DELETE'
          ? undefined
          : kind === '404 json'
            ? server.error(404, 'Not found')
            : kind === '404 router'
              ? { status: 404, raw: "404 Not Found: Requested route ('x') does not exist." }
              : { status: 200, body: { success: true } };
      const applied = await project.apply();
      server.fault = () => undefined;
      expect.soft(applied.code, applied.out + applied.err).not.toBe(0);
      await project.apply();
      project.expectLive(next, nobody);
    },
  );

  test.each(['404 json', '404 router', '200 nothing'])(
    'a delete of a schedule that did nothing (%s) is mended',
    async (kind) => {
      project = await SapProject.start();
      const { server } = project;
      await project.converge([
        {
          name: 'report',
          schedules: { a: schedule('cron', '* * * mon:fri 8 1 3'), b: schedule('repeatAt', '6.20am') },
        },
        { name: 'gone', schedules: {} },
      ]);
      const next: JobSpec[] = [{ name: 'report', schedules: { a: schedule('cron', '* * * mon:fri 8 1 3') } }];
      await project.want(next);
      server.fault = (call) =>
        call.method !== 'DELETE'
          ? undefined
          : kind === '404 json'
            ? server.error(404, 'Not found')
            : kind === '404 router'
              ? { status: 404, raw: "404 Not Found: Requested route ('x') does not exist." }
              : { status: 200, body: { success: true } };
      const applied = await project.apply();
      server.fault = () => undefined;
      expect.soft(applied.code, applied.out + applied.err).not.toBe(0);
      await project.apply();
      project.expectLive(next, nobody);
      expect(server.model.jobs.length).toBe(1);
    },
  );

  test('a mode change does not inherit a start that the engine once sent', async () => {
    project = await SapProject.start();
    const { model } = project.server;
    await project.converge([{ name: 'report', schedules: { a: schedule('repeatInterval', '3 weeks') } }]);
    await project.converge([{ name: 'report', schedules: { a: schedule('repeatInterval', '4 weeks') } }]);
    await project.want([{ name: 'report', schedules: { a: schedule('cron', '* * * * * 7 11') } }]);
    const planned = await project.plan();
    expect((await project.apply()).code).toBe(0);
    expect(
      model.named('report').schedules[0]?.startTime ?? null,
      JSON.stringify(planned.document?.targets[0]?.changes[0]?.parts),
    ).toBe(null);
  });

  test('a service that keeps whole seconds makes no difference', async () => {
    project = await SapProject.start({ dates: 'plain' });
    await project.converge([
      {
        name: 'report',
        schedules: { a: schedule('cron', '* * * * 6 12 17', { startTime: '2026-12-08T09:30:26.123Z' }) },
      },
    ]);
  });

  test('a field that the service did not reset is noticed', async () => {
    project = await SapProject.start({ nullFields: 'ignore' });
    await project.converge([
      {
        name: 'report',
        schedules: { a: schedule('cron', '* * * * 6 12 17', { endTime: '2027-11-30T00:00:00Z' }) },
      },
    ]);
    await project.want([{ name: 'report', schedules: { a: schedule('cron', '* * * * 6 12 17') } }]);
    const applied = await project.apply();
    const planned = await project.plan();
    expect.soft(applied.code, applied.out).not.toBe(0);
    expect(planned.code, planned.out).toBe(2);
  });

  test('the search is a short cut: where it fails, the plan goes the long way', async () => {
    project = await SapProject.start();
    await project.converge([{ name: 'report', schedules: { a: schedule('cron', '* * * * 6 12 17') } }]);
    for (const odd of [
      { search: '500' },
      { search: '503' },
      { searchTotal: false },
      { searchParent: 'name' },
      { searchParent: 'jobId' },
      { searchParent: 'none' },
    ] as const) {
      Object.assign(
        project.server.dialect,
        { search: 'works', searchTotal: true, searchParent: 'full' },
        odd,
      );
      expect.soft((await project.plan()).code, JSON.stringify(odd)).toBe(0);
    }
  });
});
