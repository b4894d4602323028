import { type Context, Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { streamSSE } from 'hono/streaming';
import { hasToken, isSigned } from './access.ts';
import { type ApiOptions, createApi } from './api.ts';
import { HttpProblem, readBody } from './input.ts';
import { isLoopback } from './listen.ts';
import type { Metrics } from './metrics.ts';

export interface WebFile {
  type: string;
  text: string;
}

export interface ServerOptions extends Omit<ApiOptions, 'authorize'> {
  metrics: Metrics;
  /** Without one, no action can be taken over HTTP. */
  token?: string;
  /** Reading needs the token, too: when others than this machine can reach the daemon. */
  guardReads: boolean;
  /** Without one, hooks are refused. */
  hookSecret?: string;
  /** The pages, by path. */
  pages: ReadonlyMap<string, WebFile>;
  log(level: 'info' | 'warn', message: string): void;
}

/** Bytes of a hook that are read: pushes of many commits are large, but what they say does not matter. */
const HOOK_LIMIT = 5 * 1024 * 1024;
/** Silence on an event stream after which something is sent, so that proxies keep it open, ms. */
const KEEP_ALIVE = 20_000;

/** The daemon's doors: health, metrics, API, events, pages, hooks. */
export function createServer(options: ServerOptions): Hono {
  const { watch, metrics, token, hookSecret, pages, log } = options;
  const app = new Hono();
  const authorize = (header: string | undefined): void => {
    if (token === undefined)
      throw new HttpProblem(403, 'NO_TOKEN_SET', 'Actions are off: start with --token-file.');
    if (!hasToken(header, token))
      throw new HttpProblem(401, 'WRONG_TOKEN', 'The bearer token is missing or wrong.');
  };

  /** Counted and logged; the query is not, which may hold anything. */
  const reject = (c: Context, code: string): void => {
    metrics.rejected(code);
    log('warn', `${c.req.method} ${new URL(c.req.url).pathname.slice(0, 200)}: ${code}`);
  };

  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
      xFrameOptions: 'DENY',
      referrerPolicy: 'no-referrer',
    }),
  );

  app.onError((error, c) => {
    if (error instanceof HttpProblem) {
      reject(c, error.code);
      const headers: Record<string, string> = error.status === 401 ? { 'www-authenticate': 'Bearer' } : {};
      return c.json({ error: { code: error.code, message: error.message } }, error.status, headers);
    }
    log('warn', `${c.req.method} ${new URL(c.req.url).pathname}: ${error.message}`);
    return c.json({ error: { code: 'INTERNAL', message: 'Something went wrong; the log says what.' } }, 500);
  });
  app.notFound((c) => {
    reject(c, 'NOT_FOUND');
    return c.json({ error: { code: 'NOT_FOUND', message: 'There is nothing here.' } }, 404);
  });

  app.get('/healthz', (c) => {
    const health = watch.health.check();
    return c.json(health, health.ok ? 200 : 503);
  });
  app.get('/readyz', (c) => c.json({ ready: watch.ready }, watch.ready ? 200 : 503));
  app.get('/metrics', async (c) =>
    c.body(await metrics.text(), 200, { 'content-type': metrics.contentType }),
  );

  app.post('/hooks/git', async (c) => {
    if (hookSecret === undefined)
      throw new HttpProblem(403, 'NO_HOOK_SECRET', 'Hooks are off: start with --hook-secret-file.');
    const body = await readBody(c, HOOK_LIMIT);
    const signature = c.req.header('x-hub-signature-256') ?? c.req.header('x-gitea-signature');
    if (!isSigned(body, signature, hookSecret))
      throw new HttpProblem(401, 'FORGED_HOOK', 'The signature is missing or wrong.');
    // What it says is not believed: it only means "look now".
    watch.triggerAll('hook');
    return c.json({ queued: true }, 202);
  });

  const guard = (c: Context): void => {
    // A page of the internet may give its own name the address of this machine; the browser would let it read the answer.
    const { hostname } = new URL(c.req.url);
    if (!options.guardReads && isLoopback(hostname.replace(/^\[|\]$/g, ''))) return;
    if (token === undefined)
      throw new HttpProblem(
        403,
        'FOREIGN_HOST',
        'Without --token-file, only localhost, 127.0.0.1 and [::1] are answered as the name of this machine.',
      );
    authorize(c.req.header('authorization'));
  };
  app.use('/api/*', async (c, next) => {
    guard(c);
    c.header('cache-control', 'no-store');
    await next();
  });
  app.route('/api/v1', createApi({ ...options, authorize }));

  app.get('/events', (c) => {
    guard(c);
    c.header('x-accel-buffering', 'no');
    return streamSSE(c, async (stream) => {
      const waiting = new Set<string>();
      let wake = (): void => undefined;
      const forget = watch.onChange((name) => {
        waiting.add(name);
        wake();
      });
      stream.onAbort(() => {
        forget();
        wake();
      });
      await stream.writeSSE({ event: 'hello', data: '{}' });
      while (!stream.aborted && !stream.closed) {
        if (waiting.size === 0) {
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, KEEP_ALIVE);
            timer.unref();
            wake = () => {
              clearTimeout(timer);
              // A pass changes much in a moment; one message tells it.
              setTimeout(resolve, 100).unref();
            };
          });
        }
        const names = [...waiting];
        waiting.clear();
        if (names.length === 0) await stream.writeSSE({ event: 'alive', data: '{}' });
        else await stream.writeSSE({ event: 'targets', data: JSON.stringify(names) });
      }
      forget();
    });
  });

  for (const [path, { type, text }] of pages) {
    app.get(path, (c) => c.body(text, 200, { 'content-type': type, 'cache-control': 'no-cache' }));
  }
  return app;
}
