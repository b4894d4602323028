import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/daemon/http/metrics.ts';
import { createServer, type ServerOptions } from '../../src/daemon/http/server.ts';
import { settle } from './hand-clock.ts';
import { change, createWorld } from './world.ts';

const token = 'a-token-that-is-long-enough';
const hookSecret = 'a-secret-of-hooks';

function serverOptions(world: ReturnType<typeof createWorld>): ServerOptions {
  return {
    watch: world.daemon,
    metrics: createMetrics(world.daemon, '1.2.3'),
    asking: { history: async () => [], runLogs: async () => undefined, calendar: () => '<svg/>' },
    now: world.clock.now,
    token,
    hookSecret,
    guardReads: false,
    pages: new Map([['/', { type: 'text/html', text: '<!doctype html>' }]]),
    log: () => undefined,
  };
}

async function open(options: Partial<ServerOptions> = {}) {
  const world = createWorld({ watch: { mode: 'approve' } });
  world.differences = () => [change('A/a')];
  await world.start();
  const logs: string[] = [];
  const app = createServer({
    ...serverOptions(world),
    log: (_level, message) => void logs.push(message),
    ...options,
  });
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    app.request(path, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    });
  return { world, app, post, logs };
}

async function codeOf(answer: Response): Promise<string> {
  return ((await answer.json()) as { error: { code: string } }).error.code;
}

describe('reading', () => {
  it('shows targets, status, inventory, events', async () => {
    const { app } = await open();
    const targets = (await (await app.request('/api/v1/targets')).json()) as { targets: unknown[] };
    expect(targets.targets).toMatchObject([{ name: 'prod', condition: 'differs', differences: 1 }]);
    expect(await (await app.request('/api/v1/targets/prod')).json()).toMatchObject({
      waiting: { for: 'approval' },
    });
    expect(await (await app.request('/api/v1/targets/prod/inventory')).json()).toMatchObject({ total: 0 });
    const events = (await (await app.request('/api/v1/targets/prod/events')).json()) as { events: unknown[] };
    expect(events.events).toMatchObject([{ type: 'differences' }]);
  });

  it.each([
    ['/api/v1/targets/nobody', 404, 'NO_SUCH_TARGET'],
    ['/api/v1/targets/..%2f..%2fetc', 404, 'NO_SUCH_TARGET'],
    ['/api/v1/targets/prod/schedule?address=A/none', 404, 'NO_SUCH_OBJECT'],
    ['/api/v1/targets/prod/inventory?limit=0', 400, 'BAD_QUERY'],
    ['/api/v1/targets/prod/inventory?offset=-1', 400, 'BAD_QUERY'],
    ['/api/v1/targets/prod/calendar.svg?hours=100000', 400, 'BAD_QUERY'],
    ['/../package.json', 404, 'NOT_FOUND'],
    ['/web/index.html', 404, 'NOT_FOUND'],
  ])('%s is answered with %i %s', async (path, status, code) => {
    const { app } = await open();
    const answer = await app.request(path);
    expect(answer.status).toBe(status);
    expect(await codeOf(answer)).toBe(code);
  });

  it('needs the token when others than this machine can reach the daemon; health, metrics and pages do not', async () => {
    const { app } = await open({ guardReads: true });
    expect((await app.request('/api/v1/targets')).status).toBe(401);
    expect((await app.request('/events')).status).toBe(401);
    const headers = { authorization: `Bearer ${token}` };
    expect((await app.request('/api/v1/targets', { headers })).status).toBe(200);
    for (const path of ['/healthz', '/readyz', '/metrics', '/'])
      expect((await app.request(path)).status).toBe(200);
  });

  it('counts and logs requests for what is not there', async () => {
    const { app, logs } = await open();
    await app.request('/api/v1/targets/..%2f..%2fetc?token=secret');
    await app.request('/wp-admin.php');
    expect(logs.join('\n')).toContain('NO_SUCH_TARGET');
    expect(logs.join('\n')).toContain('GET /wp-admin.php: NOT_FOUND');
    expect(logs.join('\n')).not.toContain('token=secret');
    const metrics = await (await app.request('/metrics')).text();
    expect(metrics).toContain('reconcile_http_rejected_total{reason="NOT_FOUND"} 1');
  });

  it.each(['http://localhost:8090', 'http://127.0.0.1:8090', 'http://[::1]:8090'])(
    'answers under the name of this machine: %s',
    async (origin) => {
      const { app } = await open();
      expect((await app.request(`${origin}/api/v1/targets`)).status).toBe(200);
    },
  );

  it('under a foreign name, that of a page which points it here, reading needs the token', async () => {
    const evil = 'http://rebound.example:8090';
    const { app } = await open();
    for (const path of ['/api/v1/targets', '/api/v1/targets/prod', '/events'])
      expect((await app.request(evil + path)).status).toBe(401);
    const headers = { authorization: `Bearer ${token}` };
    expect((await app.request(`${evil}/api/v1/targets`, { headers })).status).toBe(200);
    const { token: _none, ...without } = serverOptions(createWorld());
    const answer = await createServer(without).request(`${evil}/api/v1/targets`);
    expect(answer.status).toBe(403);
    expect(await codeOf(answer)).toBe('FOREIGN_HOST');
  });

  it('has a content security policy that allows nothing inline, and no framing', async () => {
    const { app } = await open();
    const policy = (await app.request('/')).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(policy).toContain("frame-ancestors 'none'");
  });

  it('gives metrics of every target', async () => {
    const { app, world } = await open();
    world.daemon.trigger('prod', 'interval');
    await settle();
    const text = await (await app.request('/metrics')).text();
    expect(text).toContain('reconcile_differences{target="prod"} 1');
    expect(text).toContain('reconcile_condition{target="prod",condition="differs"} 1');
    expect(text).toMatch(/reconcile_passes_total\{target="prod",result="ended"\} [12]\n/);
  });
});

describe('actions', () => {
  const actions = ['reconcile', 'pause', 'resume', 'approve'];

  it.each(actions)(
    '%s is off without a token, refused with a wrong one, counted and logged without it',
    async (action) => {
      const off = createServerless();
      expect((await (await off).post(`/api/v1/targets/prod/${action}`, {})).status).toBe(403);
      const { app, post, logs } = await open();
      const answer = await post(
        `/api/v1/targets/prod/${action}`,
        {},
        { authorization: 'Bearer wrong-token-here' },
      );
      expect(answer.status).toBe(401);
      expect(await codeOf(answer)).toBe('WRONG_TOKEN');
      expect(logs.join('\n')).not.toContain('wrong-token-here');
      const metrics = await (await app.request('/metrics')).text();
      expect(metrics).toContain('reconcile_http_rejected_total{reason="WRONG_TOKEN"} 1');
    },
  );

  async function createServerless() {
    const world = createWorld();
    await world.start();
    const app = createServer({
      watch: world.daemon,
      metrics: createMetrics(world.daemon, '1.2.3'),
      asking: { history: async () => [], runLogs: async () => undefined, calendar: () => '' },
      now: world.clock.now,
      guardReads: false,
      pages: new Map(),
      log: () => undefined,
    });
    return {
      post: (path: string, body: unknown) =>
        app.request(path, {
          method: 'POST',
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        }),
    };
  }

  it('are refused as the form of another page would send them', async () => {
    const { app } = await open();
    const answer = await app.request('/api/v1/targets/prod/pause', {
      method: 'POST',
      body: 'reason=x',
      headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: `token=${token}` },
    });
    expect(answer.status).toBe(401);
  });

  it('approve exactly the plan that was read', async () => {
    const { world, app, post } = await open();
    const { plan } = (await (await app.request('/api/v1/targets/prod')).json()) as {
      plan: { digest: string };
    };
    expect((await post('/api/v1/targets/prod/approve', { digest: 'x'.repeat(64) })).status).toBe(409);
    expect((await post('/api/v1/targets/prod/approve', { digest: 'x'.repeat(65) })).status).toBe(400);
    await settle();
    expect(world.applies).toEqual([]);
    const real = await world.daemon.targets.get('prod')?.approve(plan.digest, 'somebody');
    expect(real).toBe(true);
    await settle();
    expect(world.applies).toHaveLength(1);
  });

  it('pause with a reason and an end, resume, and are in the events with who did it', async () => {
    const { world, post } = await open();
    expect(await codeOf(await post('/api/v1/targets/prod/pause', {}))).toBe('BAD_FIELD');
    const until = '2026-03-03T14:00:00Z';
    for (const wrong of ['tomorrow', '2026-03-03T11:00:00Z', '2026-03-04'])
      expect((await post('/api/v1/targets/prod/pause', { reason: 'x', until: wrong })).status).toBe(400);
    expect(
      (await post('/api/v1/targets/prod/pause', { reason: 'a migration', until, by: 'ops' })).status,
    ).toBe(200);
    expect(world.daemon.targets.get('prod')?.status.pause).toMatchObject({
      reason: 'a migration',
      by: 'ops',
    });
    expect((await post('/api/v1/targets/prod/resume', { by: 'ops' })).status).toBe(200);
    expect(world.events.filter(({ who }) => who === 'ops').map(({ type }) => type)).toEqual([
      'paused',
      'resumed',
    ]);
  });

  it('refuse what is no JSON, and bodies that never end', async () => {
    const { post } = await open();
    expect((await post('/api/v1/targets/prod/pause', '{')).status).toBe(400);
    expect((await post('/api/v1/targets/prod/pause', '[]')).status).toBe(400);
    expect((await post('/api/v1/targets/prod/pause', { reason: 'x'.repeat(100_000) })).status).toBe(413);
  });
});

describe('the hook of git', () => {
  const body = '{"ref":"refs/heads/main"}';
  const sign = (text: string, secret = hookSecret) =>
    `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`;

  it('that is signed only means "look now"', async () => {
    const { world, post } = await open();
    const plans = world.plans;
    expect((await post('/hooks/git', body, { 'x-hub-signature-256': sign(body) })).status).toBe(202);
    await settle();
    expect(world.plans).toBe(plans + 1);
  });

  it.each([
    ['without a signature', {}],
    ['signed with another secret', { 'x-hub-signature-256': sign(body, 'another') }],
    ['signed for another body', { 'x-hub-signature-256': sign(`${body} `) }],
    ['with nonsense for a signature', { 'x-hub-signature-256': 'sha256=zz' }],
  ])('%s is forged', async (_how, headers) => {
    const { world, post } = await open();
    const plans = world.plans;
    const answer = await post('/hooks/git', body, headers);
    expect(answer.status).toBe(401);
    await settle();
    expect(world.plans).toBe(plans);
  });

  it('is not read to the end when it is too large', async () => {
    const { post } = await open();
    const large = 'x'.repeat(6 * 1024 * 1024);
    expect((await post('/hooks/git', large, { 'x-hub-signature-256': sign(large) })).status).toBe(413);
  });
});
