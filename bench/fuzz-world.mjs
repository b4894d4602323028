import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, request as send } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const START = Date.parse('2026-11-22T12:00:00Z');
const TENANT = 'my_tenant';
/** ms */
const STEP = 10_000;
/** Nothing may leave this machine, whatever a spoiled config says. */
const CLOSED = 'http://127.0.0.1:9';

/** @param {string} hour */
const sapJobs = (hour, more = '') => `apiVersion: reconcile/v1
kind: SapJob
metadata: {name: report, labels: {team: sales}}
spec:
  description: A job
  action: https://app.example.com/run
  schedules:
    daily: {cron: "* * * * ${hour} 12 17", data: {rows: 3, token: "\${secret:CANARY}"}}
    often: {repeatInterval: 2 hours, startTime: "2027-01-01T00:00:00Z"}
    words: {${more === '' ? 'repeatAt: 6.15am' : 'cron: "* * * * 7 1 2"'}}
    once: {time: "2031-03-01T04:30:00Z"}
${more === 'more' ? '    extra: {crontab: "5 4 * * *"}\n' : ''}---
apiVersion: reconcile/v1
kind: SapJob
metadata: {name: ${more === '' ? 'goes' : 'comes'}}
spec: {action: "https://app.example.com/x", schedules: {a: {cron: "* * * * 4 5 6"}}}
---
{apiVersion: reconcile/v1, kind: SapSettings, metadata: {name: settings}, spec: {asyncExecTimeout: ${more === '' ? 1800 : 3600}}}
`;

/** @param {string} interval */
const riversandJobs = (interval, more = '') => `apiVersion: reconcile/v1
kind: RiversandBatchJob
metadata: {name: nightly}
spec: {appId: export, jobDefId: all, recurrenceInterval: ${interval}, startAt: 2026-01-01T01:40:00Z, jobInputPayload: {secret: "\${secret:CANARY}"}}
---
apiVersion: reconcile/v1
kind: RiversandBatchJob
metadata: {name: ${more === '' ? 'old' : 'new'}}
spec: {appId: pricing, jobDefId: ${more === '' ? 'old' : 'new'}, recurrenceInterval: PT20M, startAt: 2026-01-01T00:07:00Z}
---
apiVersion: reconcile/v1
kind: RiversandSchedule
metadata: {name: ${more === '' ? 'gone' : 'fresh'}}
spec: {displayName: One, intervalInMins: 5, taskUrl: "https://app.example.com/t", authContext: {user: u, password: "\${secret:CANARY}"}}
---
apiVersion: reconcile/v1
kind: RiversandSchedule
metadata: {name: stays}
spec: {displayName: Two, intervalInMins: ${more === '' ? 15 : 30}, taskUrl: "https://app.example.com/s"}
`;

export const files = {
  before: { 'jobs/sap.yaml': sapJobs('6'), 'jobs/riversand.yaml': riversandJobs('P1D') },
  after: { 'jobs/sap.yaml': sapJobs('9', 'more'), 'jobs/riversand.yaml': riversandJobs('PT2H', 'more') },
};

/** @param {string} path */
function textOf(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** @param {string} url @param {unknown} riversand */
function configText(url, riversand) {
  const policy =
    '{prune: true, allowDeleteAll: true, heal: [fields, active], maxDeletes: {percent: 100, count: 50}}';
  return `apiVersion: reconcile/v1
kind: Config
manifests: ["jobs/**/*.{yaml,yml,json}"]
state: {backend: file}
allowEnv: [HOST]
targets:
  sap:
    provider: sap
    url: ${url}
    credentials: {serviceKey: "\${secret:SERVICE_KEY}"}
    variables: {appHost: app.example.com, reportRows: 10}
    patches:
      - match: {kind: SapJob, name: "nothing*"}
        merge: {spec: {active: false}}
      - match: {kind: SapJob, name: "nothing*"}
        patch: [{op: replace, path: /spec/httpMethod, value: PUT}]
    policy: ${policy}
  riversand:
    provider: riversand
    url: ${url}
    credentials: ${JSON.stringify(riversand)}
    variables: {taskHost: tasks.example.com}
    policy: ${policy}
`;
}

/**
 * A project folder with both services behind a proxy that can spoil answers. `product`: what is measured, so that tests
 * can pass the sources and the command line the built program.
 * @param {{ run: (argv: readonly string[], io: any) => Promise<number>; startEmulator: (options: any) => Promise<any> }} product
 */
export async function openWorld({ run, startEmulator }) {
  const seed = { riversand: { settings: { visibilityDelay: 0 }, tenants: [{ tenantId: TENANT }] } };
  const emulator = await startEmulator({ seed, now: () => START });
  emulator.clock.freeze();
  const login = await fetch(`${emulator.url}/_emulator/riversand/credentials?tenantId=${TENANT}`);
  const riversand = await login.json();
  const proxy = await openProxy(emulator.url);
  const folder = mkdtempSync(join(tmpdir(), 'reconcile-fuzz-'));
  const config = configText(proxy.url, riversand);
  const put = (/** @type {Record<string, string>} */ texts) => {
    for (const [name, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  };
  const env = {
    SERVICE_KEY: JSON.stringify({ ...emulator.credentials, url: proxy.url }),
    CANARY: 'Canary-value/0815=yes',
    HOST: 'h.example.com',
    RECONCILE_STATE_KEY: 'fuzz-key-of-enough-characters',
    HTTP_PROXY: CLOSED,
    HTTPS_PROXY: CLOSED,
    NO_PROXY: '127.0.0.1,localhost',
  };
  put({ 'reconcile.yaml': config, ...files.before });

  /** @type {Set<{ ms: number; due: number; task: () => void }>} */
  const repeated = new Set();
  /** @param {number} ms @param {() => void} task */
  function repeat(ms, task) {
    const entry = { ms, due: emulator.clock.now() + ms, task };
    repeated.add(entry);
    return () => repeated.delete(entry);
  }

  let passing = Promise.resolve();
  /** Emulated time passes in small steps, for all who sleep together, so that heartbeats beat in between. @param {number} ms */
  async function pass(ms) {
    const until = emulator.clock.now() + ms;
    while (emulator.clock.now() < until) {
      passing = passing.then(() => step(until));
      await passing;
    }
  }

  /** @param {number} until */
  async function step(until) {
    await emulator.clock.advance(Math.max(0, Math.min(until - emulator.clock.now(), STEP)));
    const due = [...repeated].filter((entry) => entry.due <= emulator.clock.now());
    const before = lockText();
    for (const entry of due) {
      entry.due = emulator.clock.now() + entry.ms;
      entry.task();
    }
    // Renewing a lock takes a few writes to a disk that may be busy.
    for (let tries = 0; due.length > 0 && before !== '' && lockText() === before && tries < 100; tries++)
      await new Promise((resolve) => setTimeout(resolve, 10));
  }

  function lockText() {
    const states = join(folder, '.reconcile', 'state');
    if (!existsSync(states)) return '';
    const locks = readdirSync(states).filter((name) => name.includes('lock'));
    return locks.map((name) => textOf(join(states, name))).join();
  }

  /** @param {readonly string[]} argv */
  async function cli(argv) {
    const ran = { code: -1, out: '', err: '', hung: false };
    const stop = new AbortController();
    const io = {
      out(/** @type {string} */ text) {
        ran.out += text;
      },
      err(/** @type {string} */ text) {
        ran.err += text;
      },
      env,
      cwd: folder,
      interactive: false,
      outIsTerminal: false,
      errIsTerminal: false,
      now: () => emulator.clock.now(),
      sleep: (/** @type {number} */ ms) => pass(Math.min(ms, 86_400_000)),
      every: (/** @type {number} */ ms, /** @type {() => void} */ task) => repeat(ms, task),
      process: { owner: 'ann', host: 'here', pid: 4711, isAlive: () => undefined },
      random: () => 0.5,
      confirm: async () => false,
      signal: stop.signal,
    };
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    const hang = new Promise((resolve) => {
      timer = setTimeout(resolve, 30_000, 'hung');
    });
    const ended = await Promise.race([run(argv, io), hang]);
    clearTimeout(timer);
    if (ended === 'hung') ran.hung = true;
    else ran.code = Number(ended);
    return ran;
  }

  return {
    emulator,
    proxy,
    folder,
    config,
    put,
    cli,
    writes: () => emulator.requests().filter(isWrite).length,
    async close() {
      await proxy.close();
      await emulator.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @param {{ method: string; path: string; verb?: string }} request */
function isWrite({ method, path, verb }) {
  if (path.startsWith('/scheduler/')) return method !== 'GET';
  if (!path.startsWith('/api/')) return false;
  return verb !== undefined && verb !== 'schedule-batch-list' && verb !== 'get';
}

/**
 * Passes everything on; `spoil`, while it is set, may change each answer.
 * @param {string} origin
 */
async function openProxy(origin) {
  /** @type {{ url: string; spoil: undefined | ((answer: any) => any); close(): Promise<void> }} */
  const proxy = { url: '', spoil: undefined, close: async () => undefined };
  const server = createServer((incoming, outgoing) => {
    const up = send(
      new URL(incoming.url ?? '/', origin),
      { method: incoming.method, headers: incoming.headers, agent: false },
      (reply) => {
        /** @type {Buffer[]} */
        const chunks = [];
        reply.on('data', (chunk) => chunks.push(chunk));
        reply.on('end', () => {
          const { 'content-length': _, 'transfer-encoding': __, ...headers } = reply.headers;
          const answer = {
            method: incoming.method ?? '',
            path: incoming.url ?? '',
            status: reply.statusCode ?? 0,
            headers,
            body: Buffer.concat(chunks).toString('utf8'),
          };
          const said = proxy.spoil === undefined ? answer : proxy.spoil(answer);
          if (said.cut) {
            outgoing.destroy();
            return;
          }
          try {
            outgoing.writeHead(said.status, said.headers);
            outgoing.end(said.status === 204 || said.status === 304 ? undefined : said.body);
          } catch {
            outgoing.destroy();
          }
        });
        reply.on('error', () => outgoing.destroy());
      },
    );
    up.on('error', () => outgoing.destroy());
    incoming.pipe(up);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  proxy.url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  proxy.close = () =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return proxy;
}
