import { describe, expect, it } from 'vitest';
import type { FaultRule } from '../../src/emulator/index.ts';
import { bearer, call, JOB, MINUTE, NOON, type Service, start, withSchedule } from './client.ts';

async function statuses(service: Service, path: string, times: number): Promise<number[]> {
  const found: number[] = [];
  for (let n = 0; n < times; n++)
    found.push(
      await service.get(path).then(
        ({ status }) => status,
        () => 0,
      ),
    );
  return found;
}

describe('a fault hits', () => {
  it.each<[string, FaultRule['match'], number[]]>([
    ['every request', {}, [500, 500, 500, 500]],
    ['only the second one', { nth: 2 }, [200, 500, 200, 200]],
    ['only the first two', { count: 2 }, [500, 500, 200, 200]],
    ['a path by its pattern', { path: '/scheduler/*' }, [500, 500, 500, 500]],
    ['no path beyond one part', { path: '/*' }, [200, 200, 200, 200]],
    ['a path by a regular expression', { path: '/^\\/sched.*jobs$/' }, [500, 500, 500, 500]],
    ['a method by its pattern', { method: 'P*' }, [200, 200, 200, 200]],
    ['a part of the query', { query: 'page_size=5' }, [500, 500, 500, 500]],
    ['none for the share 0', { probability: 0 }, [200, 200, 200, 200]],
    ['all for the share 1', { probability: 1 }, [500, 500, 500, 500]],
  ])('%s', async (_what, match, expected) => {
    const service = await start();
    service.emulator.faults.set({ ...(match === undefined ? {} : { match }), effect: { status: 500 } });
    expect(await statuses(service, '/scheduler/jobs?page_size=5', 4)).toEqual(expected);
    service.emulator.faults.clear();
    expect(await statuses(service, '/scheduler/jobs?page_size=5', 1)).toEqual([200]);
  });

  it('the same requests for the same share and seed', async () => {
    const service = await start();
    const rule = { id: 'half', match: { probability: 0.5, seed: 7 }, effect: { status: 500 } };
    service.emulator.faults.set(rule);
    const first = await statuses(service, '/scheduler/jobs', 20);
    service.emulator.faults.set(rule);
    expect(await statuses(service, '/scheduler/jobs', 20)).toEqual(first);
    expect(new Set(first)).toEqual(new Set([200, 500]));
  });

  it('by the first rule that fits, and says so in the log', async () => {
    const service = await start();
    const ids = service.emulator.faults.set([
      { match: { count: 1 }, effect: { status: 502 } },
      { id: 'mine', effect: { status: 503 } },
    ]);
    expect(await statuses(service, '/scheduler/jobs', 2)).toEqual([502, 503]);
    expect(ids).toEqual(['fault-1', 'mine']);
    expect(service.emulator.requests().map(({ fault }) => fault)).toEqual(ids);
    expect(service.emulator.faults.list()).toMatchObject([{ hits: 1 }, { hits: 1 }]);
  });
});

describe('a fault can', () => {
  it('answer with status, body and headers', async () => {
    const service = await start();
    service.emulator.faults.set({
      effect: { status: 429, body: { own: true }, headers: { 'retry-after': '7' } },
    });
    const answer = await service.get('/scheduler/jobs');
    expect([answer.status, answer.body, answer.headers['retry-after']]).toEqual([429, { own: true }, '7']);
  });

  it("add headers to the service's answer", async () => {
    const service = await start();
    service.emulator.faults.set({
      effect: { headers: { throttling: '50', date: 'Thu, 01 Jan 1970 00:00:00 GMT' } },
    });
    const answer = await service.get('/scheduler/jobs');
    expect([answer.status, answer.headers['throttling']]).toEqual([200, '50']);
    expect(answer.headers['date']).toBe('Thu, 01 Jan 1970 00:00:00 GMT');
  });

  it('answer 200 with an HTML page', async () => {
    const service = await start();
    service.emulator.faults.set({ effect: { html: true } });
    const answer = await service.get('/scheduler/jobs');
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(answer.text).toContain('<html>');
  });

  it('wait first', async () => {
    const waited: number[] = [];
    const service = await start({ sleep: async (ms) => void waited.push(ms) });
    service.emulator.faults.set({ effect: { delay: 5000 } });
    expect((await service.get('/scheduler/jobs')).status).toBe(200);
    expect(waited).toEqual([5000]);
  });

  it('reset the connection before anything is done', async () => {
    const service = await start();
    service.emulator.faults.set({ match: { method: 'POST' }, effect: { reset: true } });
    await expect(service.send('POST', '/scheduler/jobs', JOB)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await service.get('/scheduler/jobCount')).body).toEqual({ active: 0, inactive: 0 });
    expect(service.emulator.requests({ method: 'POST' })).toMatchObject([{ status: 0 }]);
  });

  it('do the write and drop its answer', async () => {
    const service = await start();
    service.emulator.faults.set({ match: { method: 'POST' }, effect: { commitThenDrop: true } });
    await expect(service.send('POST', '/scheduler/jobs', JOB)).rejects.toThrow();
    expect((await service.get('/scheduler/jobCount')).body).toEqual({ active: 1, inactive: 0 });
  });

  it('do the write and answer 502', async () => {
    const service = await start();
    service.emulator.faults.set({ match: { method: 'POST' }, effect: { status: 502, commit: true } });
    expect((await service.send('POST', '/scheduler/jobs', JOB)).status).toBe(502);
    expect((await service.get('/scheduler/jobCount')).body.active).toBe(1);
  });

  it.each([true, 10])('truncate an answer: %s', async (truncate) => {
    const service = await start();
    service.emulator.faults.set({ match: { count: 1 }, effect: { truncate } });
    await expect(service.get('/scheduler/jobs')).rejects.toThrow();
    expect((await service.get('/scheduler/jobs')).status).toBe(200);
  });

  it('answer from an older copy, while writes go on', async () => {
    const service = await start();
    const { jobId } = await withSchedule(service, { repeatAt: '9:00' });
    service.emulator.faults.set({
      id: 'old',
      match: { path: '/scheduler/**' },
      effect: { stale: true },
    });
    await service.send('POST', '/scheduler/jobs', { ...JOB, name: 'new' });
    await service.send('PUT', `/scheduler/jobs/${jobId}`, { description: 'new' });
    expect((await service.get('/scheduler/jobs')).body).toMatchObject({
      total: 1,
      results: [{ description: JOB.description }],
    });
    expect((await service.get('/scheduler/search/schedules?q=active:true')).body.total).toBe(1);
    service.emulator.faults.clear('old');
    expect((await service.get('/scheduler/jobs')).body).toMatchObject({
      total: 2,
      results: [{ description: 'new' }, {}],
    });
  });

  it('hit the token service too', async () => {
    const service = await start();
    service.emulator.faults.set({ match: { path: '/oauth/token', count: 1 }, effect: { status: 503 } });
    await expect(bearer(service)).rejects.toThrow('503');
    expect(await bearer(service)).toMatch(/^Bearer /);
  });
});

describe('fault rules over HTTP', () => {
  it('can be added, listed and taken away', async () => {
    const service = await start();
    const url = `${service.emulator.url}/_emulator/faults`;
    const rules = [{ effect: { status: 500 } }, { id: 'b', match: { nth: 1 }, effect: { html: true } }];
    expect((await call(url, { method: 'POST', body: JSON.stringify(rules) })).body).toEqual({
      ids: ['fault-1', 'b'],
    });
    await call(`${url}/fault-1`, { method: 'DELETE' });
    expect((await call(url, { method: 'GET' })).body.faults).toMatchObject([{ id: 'b', seen: 0, hits: 0 }]);
    await call(url, { method: 'DELETE' });
    expect((await call(url, { method: 'GET' })).body.faults).toEqual([]);
  });

  it.each([
    [{}, 'no effect'],
    [{ effect: { explode: true } }, 'effect.explode'],
    [{ effect: {}, match: { methods: 'GET' } }, 'match.methods'],
    [{ effect: { status: 99 } }, 'effect.status'],
    [{ effect: {}, match: { probability: 2 } }, 'match.probability'],
    [{ effect: {}, match: { path: '/(/' } }, 'regular expression'],
    [{ effect: {}, match: { nth: 0 } }, 'match.nth'],
    ['x', 'rule'],
  ])('%j is refused with a text', async (rule, message) => {
    const service = await start();
    const answer = await call(`${service.emulator.url}/_emulator/faults`, {
      method: 'POST',
      body: JSON.stringify(rule),
    });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(message);
    expect(service.emulator.faults.list()).toEqual([]);
  });
});

describe('rate limits', () => {
  const client = { requests: 10, window: MINUTE };

  it('delay answers near the client limit and refuse beyond it with 429, until the window is over', async () => {
    const waited: number[] = [];
    const service = await start({ limits: { client, delay: 30 }, sleep: async (ms) => void waited.push(ms) });
    const answers = [];
    for (let n = 0; n < 11; n++) answers.push(await service.get('/scheduler/jobs'));
    expect(answers.map(({ status }) => status)).toEqual([...Array(10).fill(200), 429]);
    expect(answers.map(({ headers }) => headers['throttling'])).toEqual([
      ...Array(8).fill(undefined),
      '30',
      '30',
      undefined,
    ]);
    expect(waited).toEqual([30, 30]);
    const retryAfter = Number(answers[10]?.headers['retry-after']);
    expect(retryAfter).toBe(60);
    await service.emulator.clock.advance(retryAfter * 1000);
    expect((await service.get('/scheduler/jobs')).status).toBe(200);
  });

  it('are one for each tenant', async () => {
    const service = await start({
      limits: { client: { requests: 1, window: MINUTE } },
      seed: { tenants: [{ subdomain: 'acme' }] },
    });
    const acme = await bearer(service, 'acme');
    expect((await service.get('/scheduler/jobs')).status).toBe(200);
    expect((await service.get('/scheduler/jobs', acme)).status).toBe(200);
    expect((await service.get('/scheduler/jobs')).status).toBe(429);
  });

  it('refuse beyond the absolute limit with 503, for everybody', async () => {
    const service = await start({
      limits: { absolute: { requests: 1, window: MINUTE } },
      seed: { tenants: [{ subdomain: 'acme' }] },
    });
    const acme = await bearer(service, 'acme');
    expect((await service.get('/scheduler/jobs')).status).toBe(200);
    const refused = await service.get('/scheduler/jobs', acme);
    expect([refused.status, refused.headers['throttling']]).toEqual([503, '20']);
  });

  it('add up their delays', async () => {
    const limits = {
      client: { requests: 2, window: MINUTE },
      absolute: { requests: 2, window: MINUTE },
      near: 0.5,
      delay: 10,
    };
    const service = await start({ limits, sleep: async () => undefined });
    await service.get('/scheduler/jobs');
    expect((await service.get('/scheduler/jobs')).headers['throttling']).toBe('20');
  });

  it('leave a refused write undone', async () => {
    const service = await start({ limits: { client: { requests: 0, window: MINUTE } } });
    expect((await service.send('POST', '/scheduler/jobs', JOB)).status).toBe(429);
    service.emulator.limits.set({});
    expect((await service.get('/scheduler/jobCount')).body.active).toBe(0);
  });

  it('can be set over HTTP, wrong ones are refused with a text', async () => {
    const service = await start();
    const url = `${service.emulator.url}/_emulator/limits`;
    const limits = { client, retryAfter: 3 };
    expect((await call(url, { method: 'PUT', body: JSON.stringify(limits) })).body).toEqual(limits);
    expect((await call(url, { method: 'GET' })).body).toEqual(limits);
    for (const wrong of [{ clients: client }, { client: { requests: 1 } }, { near: 'x' }, []]) {
      const answer = await call(url, { method: 'PUT', body: JSON.stringify(wrong) });
      expect([answer.status, answer.text.startsWith('limits')]).toEqual([400, true]);
    }
  });
});

it("the Date header of a refused call follows the service's clock too", async () => {
  const service = await start();
  expect((await service.get('/scheduler/jobs', 'Bearer x')).headers['date']).toBe(
    new Date(NOON).toUTCString(),
  );
});
