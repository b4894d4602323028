import { createServer as createHttpsServer } from 'node:https';
import {
  createAdaptorServer,
  type Http2Bindings,
  type HttpBindings,
  type ServerType,
} from '@hono/node-server';
import { createClock } from './clock.ts';
import { createControlRoutes } from './control.ts';
import { createCredentials, createServiceKey, rotateSecrets } from './credentials.ts';
import type { Emulator, EmulatorOptions } from './emulator.ts';
import { createFaults, type FaultRule } from './faults.ts';
import { createLimiter, type Limits, type Verdict } from './limits.ts';
import { hasOwnCertificate, listen, stop } from './listener.ts';
import { createPersistence } from './persist.ts';
import { createRequestLog, withoutCredentials } from './request-log.ts';
import { respondWithFault } from './responder.ts';
import { dumpRiversand } from './riversand/dump.ts';
import { callTask } from './riversand/object-fire.ts';
import { answerRiversand, isRiversandPath, verbOf } from './riversand/routes.ts';
import { loadRiversand } from './riversand/seed.ts';
import { createRiversandAccess, createRiversandTraveller } from './riversand/service.ts';
import { createRiversandWorld, type RiversandWorld } from './riversand/world.ts';
import type { Call } from './sap/call.ts';
import { dumpSeed } from './sap/dump.ts';
import { ServiceError } from './sap/errors.ts';
import { createEndpointCaller } from './sap/fire.ts';
import { createSapRoutes, MAX_BODY } from './sap/routes.ts';
import { loadSeed } from './sap/seed.ts';
import { createShapes } from './sap/shapes.ts';
import type { JobStore } from './sap/store.ts';
import { createTokens } from './sap/tokens.ts';
import { createSapTraveller } from './sap/traveller.ts';
import { createWorld, type World } from './sap/world.ts';
import type { EmulatorSeed } from './seed.ts';
import { createTravel } from './travel.ts';

/** Starts the stand-in for both services. */
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
  const world = createWorld(clock.now, createShapes(options.shapes), call, options.onRun);
  Object.assign(world.queueTimes, options.queueTimes);
  const tokens = createTokens(world, () => urls.main);
  const limiter = createLimiter({});
  const log = createRequestLog();
  const riversand = createRiversandWorld(clock.now, fire ? callTask : undefined);
  const travel = createTravel([createSapTraveller(world), createRiversandTraveller(riversand)], clock, fire);
  const snapshots = new Map<string, Snapshot>();
  const faults = createFaults(
    (fault) => {
      if (fault.effect.stale === true) snapshots.set(fault.id, takeSnapshot(world, riversand, clock.now()));
    },
    (id) => snapshots.delete(id),
  );
  const dump = (): EmulatorSeed => ({ ...dumpSeed(world), riversand: dumpRiversand(riversand) });
  const snapshot = () => ({ state: dump(), clock: clock.save(), savedAt: clock.now() });
  const persistence =
    options.persistDir === undefined ? undefined : createPersistence(options.persistDir, snapshot);
  const saved = await persistence?.load();
  if (saved === undefined) load(structuredClone(options.seed ?? {}), clock.now());
  else {
    clock.restore(saved.clock);
    load(saved.state, saved.savedAt);
    travel.resume(saved.savedAt);
  }
  setLimits(options.limits ?? {});
  let shapeSeed = options.shapes;

  function load(seed: EmulatorSeed, now: number): void {
    loadSeed(world, seed, now);
    loadRiversand(riversand, seed.riversand ?? {}, now);
  }

  function setLimits(limits: Limits): void {
    limiter.limits = limits;
    limiter.reset();
    world.maxPageSize = limits.maxPageSize ?? 100;
    world.searchPageCap = limits.searchPageCap ?? 100;
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
    riversand: createRiversandAccess(
      riversand,
      () => urls.main,
      () => persistence?.touch(),
    ),
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
      await travel.settled();
      await persistence?.flush();
    },
    state() {
      travel.catchUp();
      return structuredClone(dump());
    },
    setState(seed) {
      const own = structuredClone(seed);
      // Loaded aside first, so that a wrong document changes nothing.
      loadSeed(createWorld(clock.now, world.shapes, undefined), own, clock.now());
      loadRiversand(createRiversandWorld(clock.now), own.riversand ?? {}, clock.now());
      load(own, clock.now());
      travel.catchUp();
      persistence?.touch();
    },
    clock: {
      now: clock.now,
      async set(instant) {
        if (instant > clock.now()) await travel.advance(instant - clock.now());
        clock.set(instant);
        persistence?.touch();
      },
      async advance(ms, { down } = {}) {
        await travel.advance(ms, down);
        persistence?.touch();
      },
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
    settled: travel.settled,
  };

  const sap = createSapRoutes(world, tokens);
  const control = createControlRoutes(() => emulator);

  async function fetch(request: Request, env: HttpBindings | Http2Bindings): Promise<Response> {
    const bindings = env as HttpBindings;
    const text = request.method === 'GET' || request.method === 'HEAD' ? '' : await request.text();
    const { pathname, search, searchParams } = new URL(request.url);
    const date = () => new Date(clock.now()).toUTCString();
    if (pathname.startsWith('/_emulator')) return control.fetch(stripPrefix(request, '/_emulator'), { text });
    const { method, headers } = request;
    const verb = verbOf(pathname, text);
    const fault = faults.take({ method, path: pathname, query: search, verb, body: text });
    let tenant: string | undefined;
    async function limit(tenantId: string, name: string): Promise<Verdict> {
      tenant = name;
      const verdict = limiter.count(tenantId, clock.now());
      if (verdict.delay > 0) await sleep(verdict.delay);
      return verdict;
    }
    async function admit({ caller }: Pick<Call, 'caller'>): Promise<Record<string, string>> {
      const verdict = await limit(caller.tenantId, caller.subdomain);
      if (verdict.refuse !== undefined) throw limitError(verdict.refuse, verdict.headers);
      return verdict.headers;
    }
    const certificate = hasOwnCertificate(bindings, tls?.clientCertificate);
    const stale = fault === undefined ? undefined : snapshots.get(fault.id);
    const { response, status } = await respondWithFault(fault, bindings, date, sleep, async () =>
      isRiversandPath(pathname)
        ? answerRiversand(riversand, {
            method,
            path: pathname,
            headers,
            text,
            effect: fault?.effect ?? {},
            stale: stale?.riversand,
            sleep,
            admit: (tenantId) => limit(tenantId, tenantId),
          })
        : sap.fetch(request, { text, certificate, stale: stale?.sap, admit }),
    );
    if (request.method !== 'GET') persistence?.touch();
    const entry = log.add({
      at: new Date(clock.now()).toISOString(),
      method: request.method,
      path: pathname,
      query: Object.fromEntries(searchParams),
      status,
      ...(verb === undefined ? {} : { verb }),
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
  const ticking = fire ? setInterval(travel.catchUp, 1_000).unref() : undefined;
  return emulator;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
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

/** Both services as they were when a fault was set. */
interface Snapshot {
  sap: Map<string, JobStore>;
  riversand: RiversandWorld;
}

function takeSnapshot(world: World, riversand: RiversandWorld, now: number): Snapshot {
  const copy = createWorld(() => now, world.shapes, undefined);
  loadSeed(copy, dumpSeed(world), now);
  const second = createRiversandWorld(() => now);
  loadRiversand(second, structuredClone(dumpRiversand(riversand)), now);
  return { sap: new Map([...copy.instances].map(([id, { store }]) => [id, store])), riversand: second };
}
