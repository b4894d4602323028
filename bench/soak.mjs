/**
 * The daemon over a long time against a service that misbehaves:
 *   npm run build && node bench/soak.mjs [--minutes 30] [--seed 1] [--out file.json]
 * Two worlds run at the same time, each an emulator, a project of 40 jobs and a `reconcile watch` as a process of its own. In both,
 * manifests are edited, broken and mended, others edit and delete what is ours, and the service answers 429, 500, half
 * answers, old lists, or nothing. In the first world the daemon is also ended, and killed, again and again; in the second it
 * lives from the beginning to the end, for its memory. Every write is judged as it arrives, and after every third round
 * what is live has to be what the manifests say. Ends with 1 when anything was wrong.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startEmulator } from '../lib/emulator/index.js';

const { values: given } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
});
const minutes = Number(given.minutes);
const cli = join(fileURLToPath(new URL('..', import.meta.url)), 'lib/cli/main.js');
const token = 'a-token-for-the-soak-only';
const steady = 40;
const foreign = 10;
/** After this long with broken manifests nothing may be written: what was under way has ended, ms. */
const BROKEN_GRACE = 8_000;
/** After this long without a manifest a job may not be made any more, ms. */
const DROPPED_GRACE = 8_000;
/** Within this time everything has to be in step once the troubles are over, ms. */
const SETTLE = 120_000;

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Numbers from 0 to 1, the same for the same seed. @param {number} seed */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** The manifests on the disk, and what they say. */
function createProject(folder, credentials) {
  /** name → { description, cron } */
  const wanted = new Map();
  const everWanted = new Set();
  /** name → when its manifest went, epoch ms */
  const dropped = new Map();
  let brokenSince;
  mkdirSync(join(folder, 'jobs'), { recursive: true });
  const target = { provider: 'sap', credentials: { serviceKey: credentials } };
  const config = {
    apiVersion: 'reconcile/v1',
    kind: 'Config',
    manifests: ['jobs/*.yaml'],
    state: { backend: 'file' },
    targets: {
      ours: {
        ...target,
        select: { labels: { team: 'ours' } },
        policy: { prune: true },
        watch: { mode: 'auto', interval: '3s', selfHeal: true },
      },
      eyes: { ...target, select: { labels: { team: 'eyes' } }, watch: { mode: 'observe', interval: '5s' } },
    },
  };
  writeFileSync(join(folder, 'reconcile.yaml'), JSON.stringify(config));
  writeFileSync(join(folder, 'token'), `${token}\n`);
  const write = (name, team, { description, cron }) =>
    writeFileSync(
      join(folder, 'jobs', `${name}.yaml`),
      [
        'apiVersion: reconcile/v1',
        'kind: SapJob',
        `metadata: {name: ${name}, labels: {team: ${team}}}`,
        'spec:',
        `  description: ${description}`,
        '  action: https://app.example.com/run',
        '  schedules:',
        `    daily: {cron: "${cron}"}`,
        '',
      ].join('\n'),
    );
  const want = (name, job) => {
    wanted.set(name, job);
    everWanted.add(name);
    write(name, 'ours', job);
  };
  for (let n = 0; n < 5; n++)
    write(`eyes-${n}`, 'eyes', { description: 'only looked at', cron: '* * * * 2 0 0' });
  return {
    wanted,
    everWanted,
    want,
    drop(name) {
      wanted.delete(name);
      dropped.set(name, Date.now());
      rmSync(join(folder, 'jobs', `${name}.yaml`));
    },
    breakOne(name) {
      brokenSince = Date.now();
      writeFileSync(join(folder, 'jobs', `${name}.yaml`), 'kind: SapJob\nspec: [\n');
    },
    mend(name) {
      write(name, 'ours', wanted.get(name));
      brokenSince = undefined;
    },
    droppedFor: (name) => Date.now() - (dropped.get(name) ?? 0),
    brokenFor: () => (brokenSince === undefined ? 0 : Date.now() - brokenSince),
  };
}

/** Somebody who works in the service without us. @param {Awaited<ReturnType<typeof startEmulator>>} emulator */
function createHand(emulator) {
  const { user, password } = emulator.credentialsFor('basic');
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return async (method, path, body) => {
    const answer = await fetch(`${emulator.url}${path}?hand=1`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`by hand: ${method} ${path}: ${answer.status} ${await answer.text()}`);
    return method === 'DELETE' ? undefined : answer.json();
  };
}

/** `reconcile watch` as a process, with its numbers. @param {string} folder */
function createDaemon(folder) {
  let child;
  let url = '';
  let passes = 0;
  let lives = 0;
  const lastLines = [];
  const daemon = {
    async start() {
      lives++;
      child = spawn(
        process.execPath,
        [cli, 'watch', '-C', folder, '--listen', '127.0.0.1:0', '--token-file', join(folder, 'token')],
        { stdio: ['ignore', 'ignore', 'pipe'] },
      );
      const mine = child;
      await new Promise((resolve, reject) => {
        createInterface({ input: mine.stderr }).on('line', (line) => {
          lastLines.push(line);
          if (lastLines.length > 20) lastLines.shift();
          const found = /Pages: (http\S+)/.exec(line)?.[1];
          if (found !== undefined) {
            url = found;
            resolve(undefined);
          }
        });
        mine.once('exit', (code) =>
          reject(new Error(`the daemon ended with ${code}\n${lastLines.join('\n')}`)),
        );
      });
    },
    async end(signal) {
      await daemon.metrics();
      passes += daemon.last?.passes ?? 0;
      daemon.last = undefined;
      const ended = new Promise((done) => child.once('exit', done));
      child.kill(signal);
      return ended;
    },
    last: undefined,
    get lives() {
      return lives;
    },
    get passes() {
      return passes + (daemon.last?.passes ?? 0);
    },
    lastLines,
    async get(path) {
      const answer = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(20_000) });
      return answer.json();
    },
    async post(path, body) {
      await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    },
    /** Resident and heap bytes, passes of this life. */
    async metrics() {
      const answer = await fetch(`${url}/metrics`).catch(() => undefined);
      if (answer === undefined) return undefined;
      const text = await answer.text();
      const of = (name) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1]);
      const counts = [...text.matchAll(/^reconcile_passes_total\{.*\} (\d+)/gm)].map(([, n]) => Number(n));
      daemon.last = {
        rss: of('process_resident_memory_bytes'),
        heap: of('nodejs_heap_size_used_bytes'),
        passes: counts.reduce((sum, n) => sum + n, 0),
      };
      return daemon.last;
    },
  };
  return daemon;
}

/** Judges each write of the daemon as it arrives. */
function createJudge({ project, state, wrong }) {
  /** id → what was there before the write: afterwards a deleted one has no name any more. */
  let jobs = new Map();
  let schedules = new Map();
  const look = () => {
    jobs = new Map();
    schedules = new Map();
    for (const job of state()?.jobs ?? []) {
      const id = String(job._id ?? job.jobId);
      jobs.set(id, job.name);
      for (const one of job.schedules ?? []) schedules.set(String(one.scheduleId), one.description);
    }
  };
  const counts = { writes: 0, answered: 0, faults: 0, requests: 0, byHand: 0 };
  return {
    counts,
    look,
    request({ method, path, query, status, body, fault }) {
      if (query.hand !== undefined) {
        counts.byHand++;
        if (method !== 'GET') look();
        return;
      }
      counts.requests++;
      if (fault !== undefined) counts.faults++;
      if (method === 'GET' || !path.startsWith('/scheduler/')) return;
      counts.writes++;
      if (status < 300) counts.answered++;
      const [, id, scheduleId] = /^\/scheduler\/jobs\/([^/]+)(?:\/schedules\/([^/]+))?/.exec(path) ?? [];
      const name = id === undefined ? body?.name : (jobs.get(id) ?? decodeURIComponent(id));
      const what = `${method} ${path} (${name}) ${status}`;
      const known = id === undefined || jobs.has(id) || project.everWanted.has(name);
      if (known && !project.everWanted.has(name)) wrong(`not ours: ${what}`);
      if (method === 'DELETE' && scheduleId === undefined && project.wanted.has(name))
        wrong(`wanted, and deleted: ${what}`);
      // An apply under way ends the operation that it is at, and what it is at was planned a moment ago.
      const isOver = project.droppedFor(name) > DROPPED_GRACE && project.brokenFor() === 0;
      if (method === 'POST' && id === undefined && !project.wanted.has(name) && isOver)
        wrong(`not wanted any more, and made: ${what}`);
      const part = scheduleId === undefined ? undefined : schedules.get(scheduleId);
      if (part?.startsWith('mine')) wrong(`somebody else's schedule: ${what} ${part}`);
      if (project.brokenFor() > BROKEN_GRACE) wrong(`written with broken manifests: ${what}`);
      look();
    },
  };
}

const faultKinds = [
  ['429', {}, { status: 429, headers: { 'retry-after': '1' } }],
  ['500', {}, { status: 500, body: { message: 'made to fail' } }],
  ['reset', {}, { reset: true }],
  ['truncated', { method: 'GET' }, { truncate: true }],
  ['stale list', { method: 'GET', path: '/scheduler/jobs' }, { stale: true }],
  ['done, answer lost', { method: 'P*' }, { commitThenDrop: true }],
  ['slow', {}, { delay: 400 }],
];

/** One world. @param {{ title: string; seed: number; restarts: boolean }} options */
async function world({ title, seed, restarts }) {
  const folder = mkdtempSync(join(tmpdir(), `soak-${title}-`));
  const next = random(seed);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const failures = [];
  const wrong = (text) => {
    failures.push(text);
    console.log(`${new Date().toISOString()} ${title}: ${text}`);
  };
  let judge;
  const emulator = await startEmulator({ log: (request) => judge?.request(request) });
  const project = createProject(folder, emulator.credentials);
  judge = createJudge({ project, state: () => emulator.state(), wrong });
  const hand = createHand(emulator);
  const daemon = createDaemon(folder);
  const unowned = new Map();
  const foreignParts = new Map();
  const counts = { edits: 0, broken: 0, drifts: 0, sigterm: 0, kill: 0, checks: 0, fights: 0, rounds: 0 };
  const faultCounts = {};
  const samples = [];
  const find = (name) => emulator.state().jobs.find((job) => job.name === name);
  const idOf = (job) => job._id ?? job.jobId;

  for (let n = 0; n < steady; n++)
    project.want(`steady-${n}`, { description: `job ${n}`, cron: `* * * * ${n % 24} ${n} 0` });
  for (let n = 0; n < foreign; n++) {
    const body = { name: `hand-${n}`, description: 'by hand', action: 'https://hand.example.com/x' };
    await hand('POST', '/scheduler/jobs', {
      ...{ ...body, httpMethod: 'GET', active: true },
      schedules: [{ cron: '* * * * 1 1 1', description: 'mine', active: true }],
    });
    unowned.set(`hand-${n}`, 'by hand');
  }
  judge.look();

  const putJob = async (job, description) =>
    hand('PUT', `/scheduler/jobs/${idOf(job)}`, {
      ...{ name: job.name, action: job.action, httpMethod: job.httpMethod, active: job.active },
      description,
    });

  const disturbances = {
    async edit() {
      counts.edits++;
      const names = [...project.wanted.keys()];
      const made = names.filter((name) => name.startsWith('made-'));
      const what = next();
      if (what < 0.3) project.want(`made-${counts.edits}`, { description: 'new', cron: '* * * * 3 0 0' });
      else if (what < 0.5 && made.length > 0) project.drop(pick(made));
      else {
        const name = pick(names);
        const cron = `* * * * ${Math.floor(next() * 24)} ${Math.floor(next() * 60)} 0`;
        project.want(name, { description: `edit ${counts.edits}`, cron });
      }
    },
    async broken() {
      counts.broken++;
      const name = `steady-${Math.floor(next() * steady)}`;
      project.breakOne(name);
      await sleep(BROKEN_GRACE + 4_000 * next());
      project.mend(name);
    },
    async drift() {
      counts.drifts++;
      const job = find(`steady-${Math.floor(next() * steady)}`);
      if (job === undefined) return;
      const own = (job.schedules ?? []).find(({ description }) => description === 'daily');
      const what = next();
      try {
        if (what < 0.35) await putJob(job, `clicked ${counts.drifts}`);
        else if (what < 0.6 && own !== undefined)
          await hand('PUT', `/scheduler/jobs/${idOf(job)}/schedules/${own.scheduleId}`, {
            ...{ cron: '* * * * 5 5 5', description: 'daily', active: true },
          });
        else if (what < 0.7) {
          await hand('DELETE', `/scheduler/jobs/${idOf(job)}`);
          foreignParts.delete(job.name);
        } else if (what < 0.8 && own !== undefined)
          await hand('DELETE', `/scheduler/jobs/${idOf(job)}/schedules/${own.scheduleId}`);
        else if (what < 0.9 && !foreignParts.has(job.name)) {
          await hand('POST', `/scheduler/jobs/${idOf(job)}/schedules`, {
            ...{ cron: '* * * * 4 4 4', description: `mine ${counts.drifts}`, active: true },
          });
          foreignParts.set(job.name, `mine ${counts.drifts}`);
        } else {
          const name = `hand-${Math.floor(next() * foreign)}`;
          await putJob(find(name), `edited ${counts.drifts}`);
          unowned.set(name, `edited ${counts.drifts}`);
        }
      } catch (error) {
        // The daemon was quicker: what was to be edited is another one by now.
        if (!/: 404 /.test(String(error))) throw error;
      }
    },
    async fault() {
      const [name, match, effect] = pick(faultKinds);
      faultCounts[name] = (faultCounts[name] ?? 0) + 1;
      emulator.faults.set({
        match: {
          ...{ path: '/scheduler/**', query: '/^(?!.*hand=)/', ...match },
          ...{ probability: 0.1 + 0.4 * next(), seed: Math.floor(1e6 * next()) },
        },
        effect,
      });
      await sleep(2_000 + 6_000 * next());
    },
    async restart() {
      const hard = next() < 0.5;
      counts[hard ? 'kill' : 'sigterm']++;
      const code = await daemon.end(hard ? 'SIGKILL' : 'SIGTERM');
      if (!hard && code !== 0) wrong(`SIGTERM: exit ${code}\n${daemon.lastLines.join('\n')}`);
      if (
        !hard &&
        readdirSync(join(folder, '.reconcile'), { recursive: true }).some((f) => /lock/.test(String(f)))
      ) {
        const files = readdirSync(join(folder, '.reconcile'), { recursive: true });
        wrong(`SIGTERM left a lock: ${files.filter((f) => /lock/.test(String(f)))}`);
      }
      await daemon.start();
    },
  };

  const settle = async () => {
    emulator.faults.clear();
    const since = Date.now();
    let last = [];
    while (Date.now() - since < SETTLE) {
      await sleep(500);
      last = (await daemon.get('/api/v1/targets')).targets ?? [];
      for (const { name, fights = [] } of last) {
        if (fights.length === 0) continue;
        counts.fights += fights.length;
        await daemon.post(`/api/v1/targets/${name}/reconcile`, {});
      }
      const calm = (name, condition) =>
        last.some(
          (one) => one.name === name && one.condition === condition && one.lastPass?.startedAt > since,
        );
      if (calm('ours', 'inStep') && calm('eyes', 'differs') && last.every((one) => one.phase !== 'applying'))
        return;
    }
    wrong(`not in step after ${SETTLE / 1000} s: ${JSON.stringify(last)}\n${daemon.lastLines.join('\n')}`);
  };

  const check = () => {
    counts.checks++;
    const { jobs } = emulator.state();
    const names = jobs.map(({ name }) => name);
    const expected = [...project.wanted.keys(), ...unowned.keys()].sort();
    if (JSON.stringify([...names].sort()) !== JSON.stringify(expected)) {
      const surplus = names.filter(
        (name, index) => !expected.includes(name) || names.indexOf(name) !== index,
      );
      const missing = expected.filter((name) => !names.includes(name));
      wrong(`jobs live: too many: ${surplus}; missing: ${missing}`);
    }
    for (const job of jobs) {
      const want = project.wanted.get(job.name);
      const own = (job.schedules ?? []).filter(({ description }) => description === 'daily');
      const others = (job.schedules ?? []).filter(({ description }) => description !== 'daily');
      if (want !== undefined) {
        if (job.description !== want.description)
          wrong(`${job.name}: ${job.description}, not ${want.description}`);
        if (own.length !== 1 || own[0].cron !== want.cron || own[0].active !== true)
          wrong(`${job.name}: ${JSON.stringify(own)} in place of ${want.cron}`);
        const theirs = foreignParts.get(job.name);
        if (others.length !== (theirs === undefined ? 0 : 1) || others[0]?.description !== theirs)
          wrong(`${job.name}: foreign schedules ${JSON.stringify(others)} in place of ${theirs}`);
      } else if (job.description !== unowned.get(job.name) || others.length !== 1 || own.length !== 0)
        wrong(`${job.name}, made by hand, is not as it was left`);
    }
  };

  await daemon.start();
  await settle();
  check();
  const started = Date.now();
  let sampling = true;
  const sampler = (async () => {
    while (sampling) {
      const last = await daemon.metrics();
      if (last !== undefined) samples.push({ at: (Date.now() - started) / 60_000, ...last });
      await sleep(5_000);
    }
  })();
  while (Date.now() - started < minutes * 60_000) {
    counts.rounds++;
    const kinds = ['edit', 'edit', 'drift', 'drift', 'fault', 'fault', ...(next() < 0.3 ? ['broken'] : [])];
    const chosen = Array.from({ length: 1 + Math.floor(3 * next()) }, () => pick(kinds));
    if (restarts && next() < 0.25) chosen.push('restart');
    // A file is broken once at a time.
    await Promise.all([...new Set(chosen)].map((name) => disturbances[name]()));
    await sleep(500 + 2_500 * next());
    if (counts.rounds % 3 === 0) {
      await settle();
      check();
    }
  }
  await settle();
  check();
  sampling = false;
  await sampler;
  const code = await daemon.end('SIGTERM');
  if (code !== 0) wrong(`at the end: exit ${code}`);
  await emulator.close();
  const { lives, passes } = daemon;
  rmSync(folder, { recursive: true, force: true });
  const result = { title, minutes, ...counts, lives, passes, ...judge.counts, faultRules: faultCounts };
  return { ...result, wrong: failures, memory: restarts ? undefined : slopes(samples) };
}

/** MB per hour by least squares, after the first third of the time; beside them the medians of the two halves of the rest. */
function slopes(samples) {
  const end = samples.at(-1)?.at ?? 0;
  const settled = samples.filter(({ at }) => at > end / 3);
  return Object.fromEntries(
    ['rss', 'heap'].map((key) => {
      const x = settled.map(({ at }) => at / 60);
      const y = settled.map((sample) => sample[key] / 1e6);
      const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;
      const [mx, my] = [mean(x), mean(y)];
      const above = x.reduce((sum, value, i) => sum + (value - mx) * (y[i] - my), 0);
      const below = x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
      const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
      const half = Math.floor(y.length / 2);
      return [
        key,
        {
          slopeMbPerHour: Number((above / below).toFixed(2)),
          medianMb: [median(y.slice(0, half)), median(y.slice(half))].map((value) =>
            Number(value?.toFixed(1)),
          ),
          maxMb: Number(Math.max(...y).toFixed(1)),
          samples: y.length,
        },
      ];
    }),
  );
}

const seed = Number(given.seed);
const results = await Promise.all([
  world({ title: 'restarted', seed, restarts: true }),
  world({ title: 'one life', seed: seed + 1000, restarts: false }),
]);
const text = JSON.stringify(results, null, 2);
console.log(text);
if (given.out !== undefined) writeFileSync(given.out, `${text}\n`);
process.exitCode = results.some(({ wrong }) => wrong.length > 0) ? 1 : 0;
