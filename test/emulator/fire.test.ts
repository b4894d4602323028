import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, type Json, NOON, type Service, start, withSchedule } from './client.ts';

interface Hit {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** An application whose endpoint answers with the status that its path names. */
async function application(): Promise<{ url: string; hits: Hit[] }> {
  const hits: Hit[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    hits.push({ method: String(request.method), url: String(request.url), headers: request.headers, body });
    response.writeHead(Number(/\d{3}/.exec(String(request.url))?.[0] ?? 200)).end('done');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, hits };
}

async function runsOf(service: Service, path: string): Promise<Json[]> {
  return (await service.get(`${path}/runs`)).body.results;
}

describe('really calling the endpoint', () => {
  it.each(['POST', 'PUT'])('%s sends data as the body', async (httpMethod) => {
    const { url, hits } = await application();
    const service = await start({ fire: true });
    const { jobId, scheduleId } = await withSchedule(
      service,
      { time: 'now', data: { a: 1, b: 'x' } },
      { action: `${url}/200`, httpMethod },
    );
    await service.emulator.settled();
    expect(hits).toMatchObject([{ method: httpMethod, url: '/200', body: '{"a":1,"b":"x"}' }]);
    expect(hits[0]?.headers).toMatchObject({
      'x-sap-job-id': String(jobId),
      'x-sap-job-schedule-id': scheduleId,
      'x-sap-scheduler-host': service.emulator.url,
      authorization: expect.stringMatching(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/),
    });
  });

  it.each(['GET', 'DELETE'])('%s sends data in the query', async (httpMethod) => {
    const { url, hits } = await application();
    const service = await start({ fire: true });
    await withSchedule(
      service,
      { time: 'now', data: { a: 1, b: 'x y' } },
      { action: `${url}/200?c=3`, httpMethod },
    );
    await service.emulator.settled();
    expect(hits).toMatchObject([{ method: httpMethod, url: '/200?c=3&a=1&b=x+y', body: '' }]);
  });

  it.each([
    [200, 'COMPLETED', 'SUCCESS'],
    [302, 'COMPLETED', 'SUCCESS'],
    [404, 'COMPLETED', 'ERROR'],
    [500, 'COMPLETED', 'ERROR'],
    [202, 'RUNNING', 'ACK_RECVD'],
  ])('status %i makes the run %s %s', async (status, runStatus, runState) => {
    const { url } = await application();
    const service = await start({ fire: true });
    const { path } = await withSchedule(service, { time: 'now' }, { action: `${url}/${status}` });
    await service.emulator.settled();
    expect(await runsOf(service, path)).toMatchObject([{ httpStatus: status, runStatus, runState }]);
  });

  it('an asynchronous run waits for the call-back with the ids of the headers', async () => {
    const { url, hits } = await application();
    const service = await start({ fire: true });
    await service.send('PUT', '/scheduler/globalParameters', { ASYNC_EXEC_TIMEOUT: '3600' });
    const { path } = await withSchedule(service, { repeatInterval: '1 days' }, { action: `${url}/202` });
    await service.emulator.settled();
    const runId = hits[0]?.headers['x-sap-job-run-id'];
    await service.send('PUT', `${path}/runs/${runId}`, { success: false, message: 'no disk' });
    expect(await runsOf(service, path)).toMatchObject([{ runId, runState: 'ERROR', runText: 'no disk' }]);
    await service.emulator.clock.advance(DAY + HOUR + 1);
    expect(await runsOf(service, path)).toMatchObject([{ runState: 'UNKNOWN' }, { runState: 'ERROR' }]);
  });

  it('calls at each due time on the way, in order', async () => {
    const { url, hits } = await application();
    const service = await start({ fire: true });
    const { path } = await withSchedule(service, { cron: '* * * * * 0 0' }, { action: `${url}/200` });
    await service.emulator.clock.advance(3 * HOUR);
    expect(hits).toHaveLength(3);
    const times = (await runsOf(service, path)).map((run) => Date.parse(run.completionTimestamp) - NOON);
    expect(times).toEqual([3 * HOUR, 2 * HOUR, HOUR]);
  });

  it('an endpoint that does not answer for more than 10 days has its schedule switched off', async () => {
    const { url } = await application();
    for (const close of closing.splice(0)) close();
    const service = await start({ fire: true });
    const { path } = await withSchedule(service, { repeatAt: '13:00' }, { action: `${url}/200` });
    await service.emulator.clock.advance(10 * DAY);
    expect(await runsOf(service, path)).toHaveLength(10);
    expect((await service.get(path)).body.active).toBe(true);
    await service.emulator.clock.advance(2 * DAY);
    expect((await service.get(path)).body.active).toBe(false);
    expect((await runsOf(service, path))[0]).toMatchObject({ httpStatus: null, runState: 'REQUEST_ERROR' });
  });

  it('calls nothing but http and https', async () => {
    const service = await start({ fire: true });
    const { path } = await withSchedule(service, { time: 'now' }, { action: 'file:///etc/passwd' });
    await service.emulator.settled();
    expect(await runsOf(service, path)).toMatchObject([{ httpStatus: null, runState: 'REQUEST_ERROR' }]);
  });

  it('calls nothing unless told to', async () => {
    const { url, hits } = await application();
    const service = await start();
    const { path } = await withSchedule(service, { time: 'now' }, { action: `${url}/500` });
    await service.emulator.settled();
    expect(hits).toEqual([]);
    expect(await runsOf(service, path)).toMatchObject([{ runState: 'SUCCESS' }]);
  });
});
