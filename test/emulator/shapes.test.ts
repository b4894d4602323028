import { describe, expect, it } from 'vitest';
import { call, type Json, start } from './client.ts';

const schedules = [
  {
    scheduleId: 's1',
    cron: '* * * * 3 0 0',
    startTime: { date: '2026-01-01', format: 'YYYY-MM-DD' },
    data: { a: 1 },
  },
];
const seed = { jobs: [{ _id: 1, name: 'a', schedules }] };
const places: Record<string, (body: Json) => Json> = {
  '/scheduler/jobs/1?displaySchedules=true': (body) => (body.results?.[0] ?? body).schedules[0],
  '/scheduler/jobs/1/schedules': (body) => body.results[0],
  '/scheduler/jobs/1/schedules/s1': (body) => body,
  '/scheduler/search/jobs?q=active:true': (body) => body.results[0].schedules[0],
  '/scheduler/search/schedules?q=active:true': (body) => body.results[0],
};

describe('the documented shapes', () => {
  it.each([
    [
      '/scheduler/jobs/1?displaySchedules=true',
      {
        data: { a: 1 },
        startTime: { date: '2026-01-01', format: 'YYYY-MM-DD' },
        description: '',
        time: undefined,
      },
    ],
    [
      '/scheduler/jobs/1/schedules',
      { data: '{"a":1}', startTime: '2026-01-01 00:00:00', description: '', time: null },
    ],
    [
      '/scheduler/jobs/1/schedules/s1',
      { data: { a: 1 }, startTime: '2026-01-01T00:00:00.000Z', description: '', time: null },
    ],
    [
      '/scheduler/search/schedules?q=active:true',
      { data: '{"a":1}', startTime: '2026-01-01 00:00:00', description: null, time: null },
    ],
  ])('of a schedule in %s', async (path, { time, ...expected }) => {
    const service = await start({ seed });
    const shown = places[path]?.((await service.get(path)).body);
    expect(shown).toMatchObject(expected);
    expect(shown.time).toBe(time);
  });
});

describe('varying shapes', () => {
  it('show every documented form, the same for the same seed', async () => {
    const service = await start({ seed });
    const seen: Record<string, Set<string>> = {
      data: new Set(),
      dates: new Set(),
      modes: new Set(),
      description: new Set(),
      links: new Set(),
      error: new Set(),
    };
    for (let shapes = 0; shapes < 24; shapes++) {
      service.emulator.shapes.set(shapes);
      for (const [path, find] of Object.entries(places)) {
        const { body } = await service.get(path);
        expect((await service.get(path)).body).toEqual(body);
        const shown = find(body);
        const description = 'scheduleDescription' in shown ? shown.scheduleDescription : shown.description;
        seen['data']?.add(typeof shown.data);
        seen['dates']?.add(JSON.stringify(shown.startTime));
        seen['modes']?.add(String(shown.time));
        seen['description']?.add(String(description));
      }
      seen['links']?.add(
        (await service.get('/scheduler/jobs?page_size=1&offset=1')).body.prev_url.split('?')[0],
      );
      seen['error']?.add(Object.keys((await service.get('/scheduler/jobs/99')).body).join());
    }
    expect(
      Object.fromEntries(Object.entries(seen).map(([name, forms]) => [name, [...forms].sort()])),
    ).toEqual({
      data: ['object', 'string'],
      dates: [
        '"2026-01-01 00:00:00"',
        '"2026-01-01T00:00:00.000Z"',
        '{"date":"2026-01-01","format":"YYYY-MM-DD"}',
      ],
      modes: ['null', 'undefined'],
      description: ['', 'null', 'undefined'],
      links: ['/scheduler/jobs', '/scheduler/jobs/'],
      error: ['code,message,type,detailedError', 'error'],
    });
  });

  it('can be switched over HTTP', async () => {
    const service = await start({ seed });
    const url = `${service.emulator.url}/_emulator/shapes`;
    expect((await call(url, { method: 'GET' })).body).toEqual({ seed: null });
    expect((await call(url, { method: 'PUT', body: '{"seed":3}' })).status).toBe(200);
    expect((await call(url, { method: 'GET' })).body).toEqual({ seed: 3 });
    expect((await call(url, { method: 'PUT', body: '{"seed":"x"}' })).status).toBe(400);
  });
});
