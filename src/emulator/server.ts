import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import {
  createAdaptorServer,
  type Http2Bindings,
  type HttpBindings,
  type ServerType,
} from '@hono/node-server';
import { createClock } from './clock.ts';
import { createControlRoutes } from './control.ts';
import {
  type CredentialKind,
  type CredentialOptions,
  createCredentials,
  createServiceKey,
  type ServiceKey,
} from './credentials.ts';
import { type ActiveFault, createFaults, type FaultRule } from './faults.ts';
import { createLimiter, type Limits } from './limits.ts';
import { createPersistence } from './persist.ts';
import {
  createRequestLog,
  type LoggedRequest,
  type RequestFilter,
  withoutCredentials,
} from './request-log.ts';
import { respondWithFault } from './responder.ts';
import type { Call } from './sap/call.ts';
import { ServiceError } from './sap/errors.ts';
import { createEndpointCaller } from './sap/fire.ts';
import { createSapRoutes, MAX_BODY } from './sap/routes.ts';
import { dumpSeed, type EmulatorSeed, loadSeed } from './sap/seed.ts';
import { createShapes } from './sap/shapes.ts';
import type { JobStore, PutEffect } from './sap/store.ts';
import { createTokens } from './sap/tokens.ts';
import { createWorld, type QueueTimes, type World } from './sap/world.ts';

/** Certificates as PEM texts. */
export interface EmulatorTls {
  cert: string;
  key: string;
  /** Authority that client certificates must come from. */
  ca: string;
  /** The binding's own certificate: no other one is accepted, and `credentialsFor` shows it. */
  clientCertificate?: string;
  clientKey?: string;
}

export interface EmulatorOptions {
  /** Default 0: any free port. */
  port?: number;
  /** Default 127.0.0.1. */
  host?: string;
  seed?: EmulatorSeed;
  /** Folder in which the state survives a restart; what is there wins over `seed`. */
  persistDir?: string;
  /** Really call the action endpoints. */
  fire?: boolean;
  /** Clock of the machine, epoch ms. */
  now?: () => number;
  /** Waits; used for delays. */
  sleep?: (ms: number) => Promise<void>;
  /** Opens a second, TLS port that asks for client certificates. */
  tls?: EmulatorTls;
  /** Seed that lets the shapes of answers vary; without it each endpoint has the shape that is documented for it. */
  shapes?: number;
  limits?: Limits;
  queueTimes?: Partial<QueueTimes>;
  /** Told of every request when it has been answered. */
  log?: (request: LoggedRequest) => void;
}

export interface Emulator {
  readonly url: string;
  /** Base URL of the TLS port, if there is one. */
  readonly certUrl: string | undefined;
  /** Service key of the first instance, usable as `credentials: {serviceKey: …}`. */
  readonly credentials: ServiceKey;
  credentialsFor(kind: CredentialKind, options?: CredentialOptions): Record<string, unknown>;
  close(): Promise<void>;
  /** Everything the service knows, in the form of a seed. */
  state(): EmulatorSeed;
  /** Replaces everything the service knows; throws an Error that says what is wrong and then changes nothing. */
  setState(seed: EmulatorSeed): void;
  readonly clock: {
    now(): number;
    /** Goes to an instant (epoch ms), letting everything due on the way run, and stops there. */
    set(instant: number): Promise<void>;
    /** Goes on by so many ms, likewise; with `down` the service does not run meanwhile. */
    advance(ms: number, options?: { down?: boolean }): Promise<void>;
    freeze(): void;
    run(): void;
    isFrozen(): boolean;
  };
  readonly faults: {
    /** Adds rules and gives their ids; a rule with a known id replaces it. */
    set(rules: FaultRule | readonly FaultRule[]): string[];
    list(): ActiveFault[];
    clear(id?: string): void;
  };
  readonly limits: { get(): Limits; set(limits: Limits): void };
  /** Seed that lets the shapes of answers vary; undefined: as documented. */
  readonly shapes: { get(): number | undefined; set(seed: number | undefined): void };
  readonly tokens: {
    revoke(): void;
    /** Seconds. */
    setLifetime(seconds: number): void;
    /** New secrets for the first instance; the old ones are refused unless they are kept. Gives the new service key. */
    rotate(options?: { keepOld?: boolean }): ServiceKey;
  };
  requests(filter?: RequestFilter): LoggedRequest[];
  clearRequests(): void;
  /** What PUTs on schedules did to runs that were on their way. */
  effects(): PutEffect[];
  /** Waits for the endpoints that are being called. */
  settled(): Promise<void>;
}

/** Starts the stand-in for the service. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { host = '127.0.0.1', port = 0, fire = false, now: realNow = Date.now, sleep = wait, tls } = options;
  const clock = createClock(realNow);
  const urls = { main: '', cert: undefined as string | undefined };
  const call = fire
    ? createEndpointCaller(
        () => urls.main,
        () => tokens.forRuns(),
      )
    : undefined;
  const world = createWorld(clock.now, createShapes(options.shapes), call);
  Object.assign(world.queueTimes, options.queueTimes);
  const tokens = createTokens(world, () => urls.main);
  const limiter = createLimiter({});
  const log = createRequestLog();
  const snapshots = new Map<string, Map<string, JobStore>>();
  const faults = createFaults(
    (fault) => {
      if (fault.effect.stale === true) snapshots.set(fault.id, copyStores(world, clock.now()));
    },
    (id) => snapshots.delete(id),
  );
  const snapshot = () => ({ state: dumpSeed(world), clock: clock.save(), savedAt: clock.now() });
  const persistence =
    options.persistDir === undefined ? undefined : createPersistence(options.persistDir, snapshot);
  const saved = await persistence?.load();
  if (saved === undefined) loadSeed(world, options.seed ?? {}, clock.now());
  else {
    clock.restore(saved.clock);
    loadSeed(world, saved.state, saved.savedAt);
    for (const { store } of world.instances.values()) world.runner.resume(store, saved.savedAt, clock.now());
  }
  setLimits(options.limits ?? {});
  let shapeSeed = options.shapes;

  function setLimits(limits: Limits): void {
    limiter.limits = limits;
    limiter.reset();
    world.maxPageSize = limits.maxPageSize ?? 100;
    world.searchPageCap = limits.searchPageCap ?? 100;
  }

  function catchUpAll(): void {
    for (const { store } of world.instances.values()) world.runner.catchUp(store, clock.now());
  }

  /** With real calls the clock goes from run to run, so that each endpoint is called at its time. */
  async function walk(to: number): Promise<void> {
    for (;;) {
      const due = Math.min(
        ...[...world.instances.values()].map(({ store }) => store.queue.peek()?.at ?? Infinity),
      );
      if (due > to) return;
      if (due > clock.now()) clock.advance(due - clock.now());
      catchUpAll();
      await world.runner.settled();
    }
  }

  async function advance(ms: number, down = false): Promise<void> {
    catchUpAll();
    const from = clock.now();
    const to = from + ms;
    if (fire && !down) await walk(to);
    if (clock.isFrozen() || clock.now() < to) clock.advance(to - clock.now());
    if (down) for (const { store } of world.instances.values()) world.runner.resume(store, from, clock.now());
    catchUpAll();
    await world.runner.settled();
    persistence?.touch();
  }

  const emulator: Emulator = {
    get url() {
      return urls.main;
    },
    get certUrl() {
      return urls.cert;
    },
    get credentials() {
      return createServiceKey(world, urls.main);
    },
    credentialsFor(kind, credentialOptions) {
      const addresses = {
        url: urls.main,
        certUrl: urls.cert,
        clientCertificate: tls?.clientCertificate,
        clientKey: tls?.clientKey,
      };
      return createCredentials(world, addresses, kind, credentialOptions);
    },
    async close() {
      clearInterval(ticking);
      await Promise.all(servers.map(stop));
      await world.runner.settled();
      await persistence?.flush();
    },
    state() {
      catchUpAll();
      return dumpSeed(world);
    },
    setState(seed) {
      // Loaded aside first, so that a wrong document changes nothing.
      loadSeed(createWorld(clock.now, world.shapes, undefined), seed, clock.now());
      loadSeed(world, seed, clock.now());
      catchUpAll();
      persistence?.touch();
    },
    clock: {
      now: clock.now,
      async set(instant) {
        if (instant > clock.now()) await advance(instant - clock.now());
        clock.set(instant);
        persistence?.touch();
      },
      advance: (ms, { down } = {}) => advance(ms, down),
      freeze: clock.freeze,
      run: clock.run,
      isFrozen: clock.isFrozen,
    },
    faults: {
      set: (rules) => faults.add(Array.isArray(rules) ? rules : [rules as FaultRule]),
      list: faults.list,
      clear: faults.clear,
    },
    limits: { get: () => limiter.limits, set: setLimits },
    shapes: {
      get: () => shapeSeed,
      set(seed) {
        shapeSeed = seed;
        world.shapes = createShapes(seed);
      },
    },
    tokens: {
      revoke: tokens.revokeAll,
      setLifetime(seconds) {
        tokens.lifetime = seconds;
      },
      rotate({ keepOld = false } = {}) {
        rotateSecrets(world, keepOld);
        if (!keepOld) tokens.revokeAll();
        persistence?.touch();
        return createServiceKey(world, urls.main);
      },
    },
    requests: log.list,
    clearRequests: log.clear,
    effects: () => [...world.instances.values()].flatMap(({ store }) => store.effects),
    settled: world.runner.settled,
  };

  const sap = createSapRoutes(world, tokens);
  const control = createControlRoutes(() => emulator);

  async function fetch(request: Request, env: HttpBindings | Http2Bindings): Promise<Response> {
    const bindings = env as HttpBindings;
    const text = request.method === 'GET' || request.method === 'HEAD' ? '' : await request.text();
    const { pathname, search, searchParams } = new URL(request.url);
    const date = () => new Date(clock.now()).toUTCString();
    if (pathname.startsWith('/_emulator')) return control.fetch(stripPrefix(request, '/_emulator'), { text });
    const fault = faults.take(request.method, pathname, search);
    let tenant: string | undefined;
    async function admit({ caller }: Pick<Call, 'caller'>): Promise<Record<string, string>> {
      tenant = caller.subdomain;
      const verdict = limiter.count(caller.tenantId, clock.now());
      if (verdict.refuse !== undefined) throw limitError(verdict.refuse, verdict.headers);
      if (verdict.delay > 0) await sleep(verdict.delay);
      return verdict.headers;
    }
    const certificate = hasOwnCertificate(bindings, tls?.clientCertificate);
    const stale = fault === undefined ? undefined : snapshots.get(fault.id);
    const { response, status } = await respondWithFault(fault, bindings, date, sleep, async () =>
      sap.fetch(request, { text, certificate, stale, admit }),
    );
    if (request.method !== 'GET') persistence?.touch();
    const entry = log.add({
      at: new Date(clock.now()).toISOString(),
      method: request.method,
      path: pathname,
      query: Object.fromEntries(searchParams),
      status,
      ...(tenant === undefined ? {} : { tenant }),
      ...(text === '' || pathname.endsWith('/token') ? {} : { body: loggedBody(text) }),
      ...(fault === undefined ? {} : { fault: fault.id }),
    });
    options.log?.(entry);
    return response;
  }

  const servers: ServerType[] = [createAdaptorServer({ fetch, overrideGlobalObjects: false })];
  urls.main = `http://${await listen(servers[0], port, host)}`;
  if (tls !== undefined) {
    const { cert, key, ca } = tls;
    const serverOptions = { cert, key, ca, requestCert: true, rejectUnauthorized: false };
    const secure = createAdaptorServer({
      fetch,
      overrideGlobalObjects: false,
      createServer: createHttpsServer,
      serverOptions,
    });
    servers.push(secure);
    urls.cert = `https://${await listen(secure, 0, host)}`;
  }
  const ticking = fire ? setInterval(catchUpAll, 1_000).unref() : undefined;
  return emulator;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function listen(server: ServerType | undefined, port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server?.once('error', reject);
    server?.listen(port, host, () => {
      const { address, port: bound, family } = server.address() as AddressInfo;
      resolve(family === 'IPv6' ? `[${address}]:${bound}` : `${address}:${bound}`);
    });
  });
}

function stop(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
}

function stripPrefix(request: Request, prefix: string): Request {
  const url = new URL(request.url);
  url.pathname = url.pathname.slice(prefix.length);
  return new Request(url, { method: request.method });
}

function loggedBody(text: string): unknown {
  if (text.length > MAX_BODY) return '(too large)';
  try {
    return withoutCredentials(JSON.parse(text));
  } catch {
    return text.slice(0, 1_000);
  }
}

function limitError(status: 429 | 503, headers: Record<string, string>): ServiceError {
  if (status === 429)
    return new ServiceError(429, 'TOO_MANY_REQUESTS', 'Too Many Requests', 'Client limit exceeded', headers);
  return new ServiceError(
    503,
    'SERVICE_UNAVAILABLE',
    'Service Unavailable',
    'Absolute limit exceeded',
    headers,
  );
}

/** True if the connection showed a certificate of the authority; if the binding's own is known, exactly that one. */
function hasOwnCertificate(env: HttpBindings, expected: string | undefined): boolean {
  const { socket } = env.incoming;
  if (!(socket instanceof TLSSocket) || !socket.authorized) return false;
  return (
    expected === undefined ||
    expected.replaceAll('\\n', '\n').trim() === pemOf(socket.getPeerCertificate().raw)
  );
}

function pemOf(raw: Buffer): string {
  const lines = raw.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----'].join('\n');
}

function rotateSecrets(world: World, keepOld: boolean): void {
  const [instance] = world.instances.values();
  if (instance === undefined) return;
  const { credentials } = instance;
  instance.older = keepOld ? [...instance.older, credentials] : [];
  const next = (text: string) =>
    `${text.replace(/-r\d+$/, '')}-r${Number(/-r(\d+)$/.exec(text)?.[1] ?? 0) + 1}`;
  instance.credentials = {
    ...credentials,
    clientsecret: next(credentials.clientsecret),
    password: next(credentials.password),
  };
}

function copyStores(world: World, now: number): Map<string, JobStore> {
  const copy = createWorld(() => now, world.shapes, undefined);
  loadSeed(copy, dumpSeed(world), now);
  return new Map([...copy.instances].map(([id, { store }]) => [id, store]));
}
