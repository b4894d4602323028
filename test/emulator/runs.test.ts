import { describe, expect, it } from 'vitest';
import { HOUR, type Json, NOON, type Service, start, withSchedule } from './client.ts';

async function everyMinute(service: Service, hours: number): Promise<string> {
  const { path } = await withSchedule(service, { cron: '* * * * * * 0' });
  await service.emulator.clock.advance(hours * HOUR);
  return `${path}/runs`;
}

describe('run logs', () => {
  it('show at most 200 without paging, newest first', async () => {
    const service = await start();
    const { body } = await service.get(await everyMinute(service, 4));
    expect([body.total, body.results.length]).toEqual([240, 200]);
    expect(body.results[0]).toMatchObject({
      runStatus: 'COMPLETED',
      runState: 'SUCCESS',
      httpStatus: 200,
      scheduleTimestamp: '2026-03-10T16:00:00.000Z',
    });
  });

  it('page by offset, up to 200 a page', async () => {
    const service = await start();
    const path = await everyMinute(service, 4);
    const { body } = await service.get(`${path}?page_size=200&offset=200`);
    expect([body.results.length, body.prev_url, body.next_url]).toEqual([
      40,
      `${path}?page_size=200&offset=0`,
      null,
    ]);
    expect((await service.get(`${path}?page_size=201`)).status).toBe(400);
  });

  it('page by run id, forth and back', async () => {
    const service = await start();
    const path = await everyMinute(service, 1);
    const all = (await service.get(path)).body.results.map((run: Json) => run.runId);
    const forth: string[] = [];
    for (let next = `${path}?page_size=25&next=${all[0]}`; next !== null; ) {
      const { body } = await service.get(next);
      forth.push(...body.results.map((run: Json) => run.runId));
      next = body.next_url;
    }
    expect(forth).toEqual(all.slice(1));
    const back = (await service.get(`${path}?page_size=10&prev=${all[30]}`)).body;
    expect(back.results.map((run: Json) => run.runId)).toEqual(all.slice(20, 30));
    expect(back.prev_url).toBe(`${path}?page_size=10&prev=${all[20]}`);
    expect((await service.get(`${path}?next=nobody`)).status).toBe(404);
    expect((await service.get(`${path}?next=${all[0]}&offset=1`)).status).toBe(400);
  });

  it('show one run by itself', async () => {
    const service = await start();
    const path = await everyMinute(service, 1);
    const [run] = (await service.get(path)).body.results;
    expect((await service.get(`${path}/${run.runId}`)).body).toEqual(run);
    expect((await service.get(`${path}/nobody`)).status).toBe(404);
  });
});

describe('the call-back of an asynchronous run', () => {
  const path = '/scheduler/jobs/1/schedules/s1/runs/r1';
  const executionTimestamp = new Date(NOON - HOUR).toISOString();
  const seed = {
    jobs: [
      {
        name: 'slow',
        schedules: [
          {
            scheduleId: 's1',
            cron: '* * * * 3 0 0',
            logs: [
              {
                runId: 'r1',
                executionTimestamp,
                httpStatus: 202,
                runStatus: 'RUNNING' as const,
                runState: 'ACK_RECVD' as const,
                deadline: new Date(NOON + HOUR).toISOString(),
              },
            ],
          },
        ],
      },
    ],
  };

  it.each([
    [true, 'SUCCESS'],
    [false, 'ERROR'],
  ])('success %s completes it as %s, once', async (success, state) => {
    const service = await start({ seed });
    expect((await service.send('PUT', path, { success, message: 'told' })).body).toEqual({ success: true });
    const run = (await service.get(path)).body;
    expect(run).toMatchObject({ runStatus: 'COMPLETED', runState: state, runText: 'told' });
    expect((await service.send('PUT', path, { success })).status).toBe(400);
  });

  it('needs success', async () => {
    const service = await start({ seed });
    expect((await service.send('PUT', path, { message: 'told' })).status).toBe(400);
    expect((await service.send('PUT', path, { success: 'yes' })).status).toBe(400);
  });

  it('that never comes leaves the run UNKNOWN', async () => {
    const service = await start({ seed });
    await service.emulator.clock.advance(HOUR + 1);
    expect((await service.get(path)).body).toMatchObject({ runStatus: 'COMPLETED', runState: 'UNKNOWN' });
    expect((await service.send('PUT', path, { success: true })).status).toBe(400);
  });
});

describe('global parameters', () => {
  it('show and take the time-out', async () => {
    const service = await start();
    const shown = (seconds: string) => ({
      config: [{ CONFIG_NAME: 'ASYNC_EXEC_TIMEOUT', CONFIG_VALUE: seconds }],
    });
    expect((await service.get('/scheduler/globalParameters')).body).toEqual(shown('604800'));
    expect(
      (await service.send('PUT', '/scheduler/globalParameters', { ASYNC_EXEC_TIMEOUT: '600' })).status,
    ).toBe(200);
    expect((await service.get('/scheduler/globalParameters')).body).toEqual(shown('600'));
  });

  it.each(['604801', '0', '-1', '1.5', 'x', undefined])('refuse %s seconds', async (seconds) => {
    const service = await start();
    const answer = await service.send('PUT', '/scheduler/globalParameters', { ASYNC_EXEC_TIMEOUT: seconds });
    expect(answer.status).toBe(400);
  });

  it('refuse unknown names', async () => {
    const service = await start();
    expect((await service.send('PUT', '/scheduler/globalParameters', { OTHER: '1' })).status).toBe(400);
  });
});
