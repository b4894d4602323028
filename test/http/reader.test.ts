import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpRequest, ReadRule } from '../../src/core/provider.ts';
import { createHttpClient } from '../../src/http/client.ts';
import { fakeSurroundings } from './fake-surroundings.ts';
import { sendJson, startServer } from './loopback-server.ts';

const rules: ReadRule[] = [
  { id: 'jobs', method: 'GET', path: /^\/scheduler\/jobs$/ },
  { id: 'job', method: 'GET', path: /\/scheduler\/jobs\/\d+/g },
  {
    id: 'list',
    method: 'POST',
    path: /^\/api\/proxyservice\/call$/,
    verb: { pointer: '/proxyObject/type', values: ['schedule-batch-list'] },
  },
];

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function setUp(table = rules) {
  const server = await startServer((_request, response) => sendJson(response, 200, { ok: true }));
  const client = createHttpClient({ baseUrl: server.url, surroundings: fakeSurroundings() });
  opened.push(client, server);
  return { server, client, reader: client.reader(table) };
}

const call = (type: unknown) => ({ proxyObject: { type, data: {} } }) as HttpRequest['body'] & object;

describe('SEMANTICS 10: plan gets a reader that cannot write', () => {
  it.each<[string, HttpRequest]>([
    ['a list', { method: 'GET', path: '/scheduler/jobs', query: { offset: 0 } }],
    [
      'one object, with a rule that is global and has no anchors',
      { method: 'GET', path: '/scheduler/jobs/42' },
    ],
    [
      'a POST whose verb reads',
      { method: 'POST', path: '/api/proxyservice/call', body: call('schedule-batch-list') },
    ],
  ])('sends %s, again and again', async (_name, request) => {
    const { reader, server } = await setUp();
    for (let n = 0; n < 3; n++) expect((await reader.read(request)).body).toEqual({ ok: true });
    expect(server.seen).toHaveLength(3);
    expect(reader.requests).toBe(3);
  });

  it.each<[string, HttpRequest]>([
    ['a PUT', { method: 'PUT', path: '/scheduler/jobs/42', body: {} }],
    ['a DELETE', { method: 'DELETE', path: '/scheduler/jobs/42' }],
    ['a POST to a path that is listed for GET', { method: 'POST', path: '/scheduler/jobs', body: {} }],
    ['a path of which only a piece matches', { method: 'GET', path: '/x/scheduler/jobs/42/schedules' }],
    ['a path that only begins so', { method: 'GET', path: '/scheduler/jobs/42/runs' }],
    [
      'a verb that writes',
      { method: 'POST', path: '/api/proxyservice/call', body: call('schedule-batch-process') },
    ],
    [
      'a verb in a list',
      { method: 'POST', path: '/api/proxyservice/call', body: call(['schedule-batch-list']) },
    ],
    ['no verb', { method: 'POST', path: '/api/proxyservice/call', body: {} }],
    ['no body', { method: 'POST', path: '/api/proxyservice/call' }],
    [
      'a method in a header',
      { method: 'GET', path: '/scheduler/jobs', headers: { 'X-HTTP-Method-Override': 'DELETE' } },
    ],
    ['a GET with a body', { method: 'GET', path: '/scheduler/jobs', body: { a: 1 } }],
  ])('refuses %s before anything is sent', async (_name, request) => {
    const { reader, server } = await setUp();
    await expect(reader.read(request)).rejects.toMatchObject({
      code: 'READER_REFUSED',
      category: 'internal',
    });
    expect(server.seen).toHaveLength(0);
  });

  it.each(['PUT', 'DELETE', 'PATCH'])('refuses a table with a rule for %s', async (method) => {
    const { client } = await setUp();
    expect(() => client.reader([{ id: 'odd', method, path: /./ }])).toThrow('odd');
  });

  it('checks what it sends: a body that changes while it is looked at does not get through', async () => {
    const { reader, server } = await setUp();
    let looks = 0;
    const shifty = {
      proxyObject: {
        get type() {
          looks += 1;
          return looks === 1 ? 'schedule-batch-list' : 'schedule-batch-process';
        },
      },
    };
    await reader.read({ method: 'POST', path: '/api/proxyservice/call', body: shifty });
    expect(server.seen[0]?.body).toContain('schedule-batch-list');
    expect(server.seen[0]?.body).not.toContain('process');
  });

  it('has nothing but read and a number, and cannot be changed', async () => {
    const { reader } = await setUp();
    expect(Reflect.ownKeys(reader)).toEqual(['read', 'requests']);
    expect(Object.isFrozen(reader)).toBe(true);
    expect(typeof reader.requests).toBe('number');
  });

  it('never sends anything that is not a listed read, whatever it is asked for', async () => {
    const { reader, server } = await setUp();
    const piece = fc.constantFrom(
      '/',
      'scheduler',
      'jobs',
      '42',
      '..',
      '.',
      '%2e%2e',
      '//',
      '?',
      '#',
      '\\',
      '%',
      ' ',
      '\r\n',
      'api/proxyservice/call',
      'schedules',
      '@evil.test',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH'),
        fc.array(piece, { maxLength: 7 }).map((pieces) => pieces.join('')),
        fc.option(fc.constantFrom('schedule-batch-list', 'schedule-batch-process', '', 'toString'), {
          nil: undefined,
        }),
        async (method, path, verb) => {
          const body = verb === undefined ? {} : { body: call(verb) };
          await reader.read({ method: method as 'GET', path, ...body }).catch(() => undefined);
        },
      ),
      { numRuns: 400 },
    );
    for (const { method, url, body } of server.seen) {
      const path = url.split('?')[0] ?? '';
      const listed =
        method === 'GET'
          ? /^\/scheduler\/jobs(\/\d+)?$/.test(path)
          : method === 'POST' && path === '/api/proxyservice/call' && body.includes('"schedule-batch-list"');
      expect(listed, `${method} ${url}`).toBe(true);
    }
  });
});

describe('paths stay below the base URL', () => {
  it.each([
    '/a/../b',
    '/a/%2E%2e/b',
    '//evil.test/',
    '/a?x=1',
    '/a#x',
    '/a\\b',
    '/ü',
    '/a b',
    'a',
    '',
    '/a\n',
    '/.',
    '/a/./b',
  ])('%j is refused', async (path) => {
    const { client, server } = await setUp();
    await expect(client.writer().write({ method: 'PUT', path, body: {} })).rejects.toMatchObject({
      code: 'PATH_UNSOUND',
    });
    expect(server.seen).toHaveLength(0);
  });

  it.each(['jobs', 'a b', 'ü/%', "it's", '(x)', '1..2'])(
    'a part %j that is encoded arrives as it is',
    async (name) => {
      const { client, server } = await setUp();
      await client.writer().write({ method: 'DELETE', path: `/jobs/${encodeURIComponent(name)}` });
      expect(decodeURIComponent(server.seen[0]?.url ?? '')).toBe(`/jobs/${name}`);
    },
  );
});

describe('base URLs', () => {
  it.each(['', 'example.com', 'ftp://x', 'https://user:secretpw@x', 'https://x/?a=1', 'https://x/#y'])(
    '%j is refused',
    (baseUrl) => {
      const attempt = () => createHttpClient({ baseUrl, surroundings: fakeSurroundings() });
      expect(attempt).toThrow(expect.objectContaining({ code: 'URL_INVALID', category: 'invalid' }));
      expect(attempt).not.toThrow(/secretpw/);
    },
  );

  it('warns when credentials would travel in the clear, but not on this machine', () => {
    const surroundings = fakeSurroundings();
    createHttpClient({ baseUrl: 'http://localhost:1', surroundings });
    createHttpClient({ baseUrl: 'https://service.test', surroundings });
    expect(surroundings.logged).toEqual([]);
    createHttpClient({ baseUrl: 'http://service.test', surroundings });
    expect(surroundings.logged).toMatchObject([{ level: 'warn' }]);
  });
});
