import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { ReconcileError } from '../../src/core/errors.ts';
import type { HttpAnswer, ReadRule } from '../../src/core/provider.ts';
import type { HostBudgets } from '../../src/http/budget.ts';
import { createHttpClient, type HttpClientOptions } from '../../src/http/client.ts';
import { outcomeUnknown } from '../../src/http/failure.ts';
import { type FakeSurroundings, fakeSurroundings } from './fake-surroundings.ts';
import { type Answer, type LoopbackServer, sendJson, startServer } from './loopback-server.ts';

const anyRead: ReadRule[] = [
  { id: 'get', method: 'GET', path: /.*/ },
  { id: 'post', method: 'POST', path: /.*/ },
];
const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

interface Outcome {
  /** `ok`, or the code of the error. */
  result: string;
  answer: HttpAnswer | undefined;
  error: ReconcileError | undefined;
  sent: number;
  server: LoopbackServer;
  surroundings: FakeSurroundings;
}

type Purpose = 'GET read' | 'POST read' | 'PUT' | 'POST' | 'DELETE';
const reads: Purpose[] = ['GET read', 'POST read'];
const writes: Purpose[] = ['PUT', 'POST', 'DELETE'];

async function run(
  purpose: Purpose,
  answer: Answer,
  options: Partial<HttpClientOptions> = {},
  accept: number[] = [],
): Promise<Outcome> {
  const server = await startServer(answer);
  const surroundings = fakeSurroundings(options.surroundings);
  const client = createHttpClient({ baseUrl: server.url, ...options, surroundings });
  opened.push(client, server);
  const body = { secret: 'tiny', password: 'pw', deep: { name: 'x' } };
  const secrets = ['/secret'];
  const path = '/scheduler/jobs/1';
  const request = (): Promise<HttpAnswer> => {
    if (purpose === 'GET read') return client.reader(anyRead).read({ method: 'GET', path, accept });
    if (purpose === 'POST read')
      return client.reader(anyRead).read({ method: 'POST', path, body, secrets, accept });
    return client
      .writer()
      .write({ method: purpose, path, ...(purpose === 'DELETE' ? {} : { body }), secrets, accept });
  };
  try {
    const got = await request();
    return { result: 'ok', answer: got, error: undefined, sent: client.requests, server, surroundings };
  } catch (error) {
    if (!(error instanceof ReconcileError)) throw error;
    return { result: error.code, answer: undefined, error, sent: client.requests, server, surroundings };
  }
}

/** The first request meets the fault, the others are answered well. */
function once(fault: Answer): Answer {
  let met = false;
  return (request, response, raw) => {
    if (met) return sendJson(response, 200, { ok: true });
    met = true;
    return fault(request, response, raw);
  };
}

const resetBeforeHeaders: Answer = (_request, _response, raw) => {
  raw.socket.resetAndDestroy();
};
const resetAfterHeaders: Answer = (_request, response, raw) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
  response.write('{"ok":', () => raw.socket.resetAndDestroy());
};
const truncatedChunks: Answer = (_request, response, raw) => {
  response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' });
  response.write('{"ok":', () => raw.socket.end());
};
const truncatedJson: Answer = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end('{"results":[{"name":"a"},{"na');
};
const html: Answer = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
  response.end('<html><head><title>Log in</title></head></html>');
};
const plainText: Answer = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.end('{"ok":true}');
};
const empty: Answer = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end();
};
const badUtf8: Answer = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(Buffer.from([0x22, 0xff, 0xfe, 0x22]));
};
const brokenGzip: Answer = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
  response.end(gzipSync('{"ok":true}').subarray(0, 12));
};
const huge: Answer = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('"');
  response.end(`${'x'.repeat(3000)}"`);
};
const bomb: Answer = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
  response.end(gzipSync(JSON.stringify('x'.repeat(500_000))));
};
const silent: Answer = () => undefined;
const redirect: Answer = (_request, response) => {
  response.writeHead(302, { location: 'https://login.test/' });
  response.end();
};
function status(code: number, headers: Record<string, string> = {}): Answer {
  return (_request, response) =>
    sendJson(
      response,
      code,
      { error: { code, message: `no ${code}`, type: 'T', detailedError: 'why' } },
      headers,
    );
}

/** Only the silent server is waited for in real time: long enough for its second, good answer on a busy machine. */
function limits(fault: Answer, attemptMs: number): Partial<HttpClientOptions> {
  return { maxAnswerBytes: 1000, ...(fault === silent ? { attemptMs } : {}) };
}

/**
 * What becomes of a fault that happens once (`then ok`: repeated and answered), and what when it happens always.
 * A write is sent once, unless the service cannot have acted.
 */
const matrix: [
  name: string,
  fault: Answer,
  read: { once: string; always: string },
  write: { once: string; always: string },
][] = [
  [
    'reset before the headers',
    resetBeforeHeaders,
    { once: 'ok', always: 'ANSWER_LOST' },
    { once: 'ANSWER_LOST', always: 'ANSWER_LOST' },
  ],
  [
    'reset after the headers',
    resetAfterHeaders,
    { once: 'ok', always: 'ANSWER_LOST' },
    { once: 'ANSWER_LOST', always: 'ANSWER_LOST' },
  ],
  [
    'chunks that break off',
    truncatedChunks,
    { once: 'ok', always: 'ANSWER_LOST' },
    { once: 'ANSWER_LOST', always: 'ANSWER_LOST' },
  ],
  [
    'JSON that breaks off',
    truncatedJson,
    { once: 'ok', always: 'ANSWER_NOT_JSON' },
    { once: 'ANSWER_LOST', always: 'ANSWER_LOST' },
  ],
  [
    'broken gzip',
    brokenGzip,
    { once: 'ok', always: 'ANSWER_NOT_JSON' },
    { once: 'ANSWER_LOST', always: 'ANSWER_LOST' },
  ],
  [
    'invalid UTF-8',
    badUtf8,
    { once: 'ok', always: 'ANSWER_NOT_JSON' },
    { once: 'ANSWER_LOST', always: 'ANSWER_LOST' },
  ],
  [
    'HTML with 200',
    html,
    { once: 'ANSWER_NOT_JSON', always: 'ANSWER_NOT_JSON' },
    { once: 'ANSWER_LOST', always: 'ANSWER_LOST' },
  ],
  [
    'JSON called text',
    plainText,
    { once: 'ANSWER_NOT_JSON', always: 'ANSWER_NOT_JSON' },
    { once: 'ANSWER_LOST', always: 'ANSWER_LOST' },
  ],
  [
    'an empty body with 200',
    empty,
    { once: 'ANSWER_NOT_JSON', always: 'ANSWER_NOT_JSON' },
    { once: 'ok', always: 'ok' },
  ],
  [
    'a huge answer',
    huge,
    { once: 'ANSWER_TOO_LARGE', always: 'ANSWER_TOO_LARGE' },
    { once: 'ANSWER_LOST', always: 'ANSWER_LOST' },
  ],
  [
    'a gzip bomb',
    bomb,
    { once: 'ok', always: 'ANSWER_NOT_JSON' },
    { once: 'ANSWER_LOST', always: 'ANSWER_LOST' },
  ],
  [
    'no answer in time',
    silent,
    { once: 'ok', always: 'ANSWER_LOST' },
    { once: 'ANSWER_LOST', always: 'ANSWER_LOST' },
  ],
  [
    'a redirect',
    redirect,
    { once: 'REDIRECTED', always: 'REDIRECTED' },
    { once: 'REDIRECTED', always: 'REDIRECTED' },
  ],
  [
    '400',
    status(400),
    { once: 'BAD_REQUEST', always: 'BAD_REQUEST' },
    { once: 'BAD_REQUEST', always: 'BAD_REQUEST' },
  ],
  [
    '401',
    status(401),
    { once: 'UNAUTHORIZED', always: 'UNAUTHORIZED' },
    { once: 'UNAUTHORIZED', always: 'UNAUTHORIZED' },
  ],
  [
    '403',
    status(403),
    { once: 'FORBIDDEN', always: 'FORBIDDEN' },
    { once: 'FORBIDDEN', always: 'FORBIDDEN' },
  ],
  [
    '404',
    status(404),
    { once: 'NOT_FOUND', always: 'NOT_FOUND' },
    { once: 'NOT_FOUND', always: 'NOT_FOUND' },
  ],
  [
    '408',
    status(408),
    { once: 'ok', always: 'STATUS_UNEXPECTED' },
    { once: 'ANSWER_LOST', always: 'ANSWER_LOST' },
  ],
  ['409', status(409), { once: 'CONFLICT', always: 'CONFLICT' }, { once: 'CONFLICT', always: 'CONFLICT' }],
  [
    '413',
    status(413),
    { once: 'PAYLOAD_TOO_LARGE', always: 'PAYLOAD_TOO_LARGE' },
    { once: 'PAYLOAD_TOO_LARGE', always: 'PAYLOAD_TOO_LARGE' },
  ],
  [
    '418',
    status(418),
    { once: 'STATUS_UNEXPECTED', always: 'STATUS_UNEXPECTED' },
    { once: 'STATUS_UNEXPECTED', always: 'STATUS_UNEXPECTED' },
  ],
  [
    '429 without Retry-After',
    status(429),
    { once: 'ok', always: 'RATE_LIMITED' },
    { once: 'ok', always: 'RATE_LIMITED' },
  ],
  [
    '429 with Retry-After',
    status(429, { 'retry-after': '2' }),
    { once: 'ok', always: 'RATE_LIMITED' },
    { once: 'ok', always: 'RATE_LIMITED' },
  ],
  [
    '500',
    status(500),
    { once: 'ok', always: 'SERVICE_FAILED' },
    { once: 'ANSWER_LOST', always: 'ANSWER_LOST' },
  ],
  [
    '501',
    status(501),
    { once: 'SERVICE_FAILED', always: 'SERVICE_FAILED' },
    { once: 'SERVICE_FAILED', always: 'SERVICE_FAILED' },
  ],
  [
    '502',
    status(502),
    { once: 'ok', always: 'SERVICE_FAILED' },
    { once: 'ANSWER_LOST', always: 'ANSWER_LOST' },
  ],
  [
    '503 of a router',
    status(503),
    { once: 'ok', always: 'SERVICE_FAILED' },
    { once: 'ANSWER_LOST', always: 'ANSWER_LOST' },
  ],
  [
    '503 with Retry-After',
    status(503, { 'retry-after': '1' }),
    { once: 'ok', always: 'SERVICE_FAILED' },
    { once: 'ok', always: 'SERVICE_FAILED' },
  ],
  [
    '503 with throttling',
    status(503, { throttling: '1500' }),
    { once: 'ok', always: 'SERVICE_FAILED' },
    { once: 'ok', always: 'SERVICE_FAILED' },
  ],
  [
    '504',
    status(504),
    { once: 'ok', always: 'SERVICE_FAILED' },
    { once: 'ANSWER_LOST', always: 'ANSWER_LOST' },
  ],
];

describe('SEMANTICS 10: reads are repeated', () => {
  describe.each(reads)('%s', (purpose) => {
    it.each(matrix)('after %s', async (_name, fault, expected) => {
      const passing = await run(purpose, once(fault), limits(fault, 200));
      expect(passing.result).toBe(expected.once);
      expect(passing.sent).toBe(expected.once === 'ok' ? 2 : 1);
      expect(passing.server.seen).toHaveLength(passing.sent);

      const lasting = await run(purpose, fault, { ...limits(fault, 40), attempts: 3 });
      expect(lasting.result).toBe(expected.always);
      expect(lasting.sent).toBe(expected.once === 'ok' ? 3 : 1);
    });
  });
});

describe('SEMANTICS 9: a lost answer to a write is settled by reading, never by sending it again', () => {
  describe.each(writes)('%s', (purpose) => {
    it.each(matrix)('after %s', async (name, fault, _read, expected) => {
      const passing = await run(purpose, once(fault), limits(fault, 40));
      expect(passing.result).toBe(expected.once);
      const denied = /^429|503 with/.test(name);
      expect(passing.server.seen).toHaveLength(denied ? 2 : 1);
      expect(outcomeUnknown(passing.error)).toBe(expected.once === 'ANSWER_LOST');

      const lasting = await run(purpose, fault, { ...limits(fault, 40), attempts: 3 });
      expect(lasting.result).toBe(expected.always);
      expect(lasting.server.seen).toHaveLength(denied ? 3 : 1);
    });
  });
});

describe('SEMANTICS 10: what surely never reached the service is told apart', () => {
  async function nobody(): Promise<string> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  }

  it.each(['read', 'write'] as const)(
    'a refused connection of a %s is NOT_SENT after some attempts',
    async (purpose) => {
      const surroundings = fakeSurroundings();
      const client = createHttpClient({ baseUrl: await nobody(), surroundings, attempts: 3 });
      opened.push(client);
      const request =
        purpose === 'read'
          ? client.reader(anyRead).read({ method: 'GET', path: '/' })
          : client.writer().write({ method: 'PUT', path: '/', body: {} });
      await expect(request).rejects.toMatchObject({
        code: 'NOT_SENT',
        category: 'transient',
        remedy: expect.stringContaining('host and port'),
      });
      expect(client.requests).toBe(3);
      expect(surroundings.slept).toEqual([250, 500]);
    },
  );

  it('a connection that breaks in the TLS handshake is NOT_SENT', async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const client = createHttpClient({
      baseUrl: `https://127.0.0.1:${port}`,
      surroundings: fakeSurroundings(),
      attempts: 2,
    });
    opened.push(client, { close: () => new Promise((resolve) => server.close(() => resolve())) });
    await expect(client.writer().write({ method: 'POST', path: '/', body: {} })).rejects.toMatchObject({
      code: 'NOT_SENT',
    });
  });

  it('a write that waited for a connection until its time was over is never sent afterwards', async () => {
    const arrived: string[] = [];
    const server = createServer((socket) => socket.on('data', (data) => arrived.push(data.toString())));
    server.maxConnections = 100;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    // The server never speaks TLS: the handshake hangs, and the request with it.
    const client = createHttpClient({
      baseUrl: `https://127.0.0.1:${port}`,
      surroundings: fakeSurroundings(),
      attempts: 1,
      attemptMs: 50,
    });
    await expect(client.writer().write({ method: 'POST', path: '/marked', body: {} })).rejects.toMatchObject({
      code: 'NOT_SENT',
    });
    server.close();
    expect(arrived.join('')).not.toContain('/marked');
  });
});

describe('SEMANTICS 10: waiting', () => {
  it('Retry-After in seconds is obeyed and said', async () => {
    const { result, surroundings } = await run('GET read', once(status(429, { 'retry-after': '12' })));
    expect(result).toBe('ok');
    expect(surroundings.slept).toEqual([12_000]);
    expect(surroundings.progressed).toEqual(['waiting 12 s: the service asked for it']);
  });

  it('Retry-After as a date is read by the clock of the service', async () => {
    const { surroundings } = await run(
      'PUT',
      once(
        status(503, {
          'retry-after': 'Wed, 06 Aug 2031 10:00:07 GMT',
          date: 'Wed, 06 Aug 2031 10:00:00 GMT',
        }),
      ),
    );
    expect(surroundings.slept).toEqual([7000]);
  });

  it('a 503 with throttling waits at least as long as the service delayed', async () => {
    const { surroundings } = await run('DELETE', once(status(503, { throttling: '1500' })));
    expect(surroundings.slept).toEqual([1500]);
  });

  it('backs off with full jitter, each bound twice the one before', async () => {
    const { surroundings } = await run('GET read', status(502), { attempts: 9, deadlineMs: 1e9 });
    expect(surroundings.slept).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  });

  it('does not start to wait for longer than the deadline allows', async () => {
    const { result, error, surroundings, sent } = await run(
      'GET read',
      status(429, { 'retry-after': '600' }),
      { deadlineMs: 120_000 },
    );
    expect([result, sent, surroundings.slept]).toEqual(['RATE_LIMITED', 1, []]);
    expect(error?.remedy).toContain('--concurrency');
  });

  it('gives up at the deadline even if attempts are left', async () => {
    const { result, surroundings } = await run('GET read', status(503, { 'retry-after': '50' }), {
      attempts: 100,
    });
    expect(result).toBe('SERVICE_FAILED');
    expect(surroundings.slept).toEqual([50_000, 50_000]);
  });
});

describe('SEMANTICS 10: the deadline is for the whole', () => {
  it.each(['GET read', 'PUT'] as const)(
    'a %s that was held up by the pauses of others is not sent after it',
    async (purpose) => {
      const surroundings = fakeSurroundings();
      let turns = 0;
      const budgets: HostBudgets = {
        forOrigin: () => ({
          acquire: async () => {
            turns += 1;
            if (turns === 2) surroundings.advance(200_000);
            return { release: () => undefined };
          },
          pause: () => undefined,
          state: () => ({ limit: 1, inFlight: 0, waiting: 0 }),
        }),
      };
      const { result, sent } = await run(purpose, status(429, { 'retry-after': '1' }), {
        budgets,
        surroundings: { ...fakeSurroundings(), now: surroundings.now },
      });
      expect([result, sent, turns]).toEqual(['RATE_LIMITED', 1, 2]);
    },
  );

  it('a stop while waiting to try again ends the waiting', async () => {
    const stop = new AbortController();
    const sleeping = {
      sleep: async () => {
        stop.abort();
        throw new Error('stopped');
      },
      signal: stop.signal,
    };
    const surroundings = { ...fakeSurroundings(), ...sleeping };
    const { result, server } = await run('GET read', status(502), { surroundings });
    expect([result, server.seen.length]).toEqual(['INTERRUPTED', 1]);
  });

  it('a stop while the host is paused ends the waiting, and the write is not sent again', async () => {
    const stop = new AbortController();
    const surroundings = {
      ...fakeSurroundings(),
      signal: stop.signal,
      sleep: async () => {
        stop.abort();
      },
    };
    const { result, server } = await run('PUT', status(429, { 'retry-after': '5' }), { surroundings });
    expect([result, server.seen.length]).toEqual(['INTERRUPTED', 1]);
  });
});

describe('what the service says', () => {
  it('is in the message, with the redacted exchange and a remedy', async () => {
    const { error } = await run('PUT', (_request, response) =>
      sendJson(response, 400, {
        code: 400,
        message: 'Invalid cron specified',
        type: 'VALIDATION_ERROR',
        detailedError: 'seen: tiny, password=hunter',
      }),
    );
    expect(error?.message).toMatch(
      /PUT http:.*\/scheduler\/jobs\/1 was answered with 400: Invalid cron specified: seen: \(sensitive\), password=\(sensitive\)/,
    );
    expect(error?.exchange).toMatchObject({ method: 'PUT', status: 400 });
    expect(error?.exchange?.request).toBe(
      '{"secret":"(sensitive)","password":"(sensitive)","deep":{"name":"x"}}',
    );
    expect(error?.exchange?.response).toContain('Invalid cron specified');
    expect(error?.exchange?.response).not.toMatch(/tiny|hunter/);
    expect(error?.remedy).toContain('manifest');
  });

  it('is taken from HTML by its title', async () => {
    const { error } = await run('GET read', (_request, response) => {
      response.writeHead(403, { 'content-type': 'text/html' });
      response.end('<html><title>Forbidden by the gateway</title>');
    });
    expect(error?.message).toContain('Forbidden by the gateway');
  });
});

describe('SEMANTICS 3: absence is believed only after the service own 404', () => {
  it.each([...reads, ...writes])('an accepted 404 in JSON is an answer (%s)', async (purpose) => {
    const { answer } = await run(purpose, status(404), {}, [404]);
    expect(answer).toMatchObject({ status: 404, body: { error: { message: 'no 404' } } });
  });

  it.each([...reads, ...writes])(
    "a router's 404 is an error, also when 404 is accepted (%s)",
    async (purpose) => {
      const routed: Answer = (_request, response) => {
        response.writeHead(404, { 'content-type': 'text/plain', 'x-cf-routererror': 'unknown_route' });
        response.end("404 Not Found: Requested route ('x') does not exist.");
      };
      expect((await run(purpose, routed, {}, [404])).result).toBe('ANSWER_NOT_JSON');
      const bare: Answer = (_request, response) => {
        response.writeHead(404);
        response.end();
      };
      expect((await run(purpose, bare, {}, [404])).result).toBe('ANSWER_NOT_JSON');
    },
  );
});

describe('SEMANTICS 9: stopping', () => {
  it('gives up a read in flight', async () => {
    const stop = new AbortController();
    const { result } = await run('GET read', () => stop.abort(), {
      surroundings: { ...fakeSurroundings(), signal: stop.signal },
    });
    expect(result).toBe('INTERRUPTED');
  });

  it('finishes a write in flight, but starts none', async () => {
    const stop = new AbortController();
    const surroundings = { ...fakeSurroundings(), signal: stop.signal };
    const answer: Answer = (_request, response) => {
      stop.abort();
      setImmediate(() => sendJson(response, 200, { success: true }));
    };
    expect((await run('PUT', answer, { surroundings })).result).toBe('ok');
    const after = await run('PUT', answer, { surroundings });
    expect([after.result, after.server.seen.length]).toEqual(['INTERRUPTED', 0]);
  });
});
