/**
 * Two appliers and somebody who edits by hand, at the same moment, again and again:
 *   npm run build && node bench/race.mjs [rounds] [file|git ...]
 * Each round changes the manifests (one job more, one schedule changed, one job less), starts two `apply` processes at once
 * (git: in two clones of a bare repository; file: in one folder) and edits things that are not theirs meanwhile. After it,
 * what is live, what was sent and what was recorded must be as if one had done it alone. Ends with 1 when it is not.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator } from '../lib/emulator/index.js';
import { handOf, prepareFolders, reconcile, writeJobs } from './race-folders.mjs';

const rounds = Number(process.argv[2] ?? 50);
const backends = process.argv.length > 3 ? process.argv.slice(3) : ['file', 'git'];
const steady = 5;

/** @param {number} round @param {number} n */
const cronOf = (round, n) => `* * * * ${Math.max(0, round - ((round - n + steady) % steady)) % 24} ${n} 0`;

/** The jobs that the manifests of a round describe: name → cron. @param {number} round */
function wanted(round) {
  const jobs = new Map();
  for (let n = 0; n < steady; n++) jobs.set(`steady-${n}`, cronOf(round, n));
  for (let made = Math.max(1, round - 2); made <= round; made++) jobs.set(`made-${made}`, '* * * * 3 0 0');
  return jobs;
}

/** @param {string} folder @param {number} round */
function writeManifests(folder, round) {
  writeJobs(
    folder,
    [...wanted(round)].map(([name, cron]) => ({ name, description: name, cron })),
  );
}

/** Edits by hand through the service's own interface. @param {Awaited<ReturnType<typeof startEmulator>>} emulator */
function editor(emulator) {
  const hand = handOf(emulator);
  let writes = 0;
  const send = (...request) => {
    writes++;
    return hand(...request);
  };
  const find = (name) => emulator.state().jobs.find((job) => job.name === name);
  return {
    count: () => writes,
    async edit(round) {
      const action = 'https://hand.example.com/x';
      await send('POST', '/scheduler/jobs', {
        ...{ name: `hand-${round}`, description: 'by hand', action, httpMethod: 'GET', active: true },
        schedules: [{ cron: '* * * * 1 1 1', description: 'mine', active: true }],
      });
      const before = find(`hand-${round - 1}`);
      if (before !== undefined) {
        const { name, httpMethod, active, _id, jobId = _id } = before;
        await send('PUT', `/scheduler/jobs/${jobId}`, {
          name,
          action,
          httpMethod,
          active,
          description: `edited ${round}`,
        });
      }
      const owned = find(`steady-${round % steady}`);
      if (owned !== undefined) {
        const schedule = { cron: '* * * * 4 4 4', description: `by hand ${round}`, active: true };
        await send('POST', `/scheduler/jobs/${owned._id ?? owned.jobId}/schedules`, schedule);
      }
    },
  };
}

/** What is wrong after a round. */
function check(emulator, round, hand, log, results) {
  const wrong = [];
  const jobs = emulator.state().jobs;
  const target = wanted(round);
  const named = (name) => jobs.filter((job) => job.name === name);
  for (const [name, cron] of target) {
    const found = named(name);
    if (found.length !== 1) wrong.push(`${found.length} jobs called ${name}`);
    const ours = (found[0]?.schedules ?? []).filter(({ description }) => description === 'daily');
    if (ours.length !== 1 || ours[0].cron !== cron) {
      wrong.push(`${name}: ${JSON.stringify(ours.map((schedule) => schedule.cron))} in place of ${cron}`);
    }
  }
  const strange = jobs.filter(({ name }) => !target.has(name) && !name.startsWith('hand-'));
  if (strange.length > 0) wrong.push(`not wanted: ${strange.map(({ name }) => name)}`);
  for (const [name, description] of hand.jobs) {
    const [found, more] = named(name);
    if (found?.description !== description || more !== undefined || found.schedules?.length !== 1)
      wrong.push(`${name}, made by hand, is not as it was left`);
  }
  for (const [job, description] of hand.schedules) {
    const found = (named(job)[0]?.schedules ?? []).filter((schedule) => schedule.description === description);
    if (found.length !== 1) wrong.push(`${job}: ${found.length} schedules "${description}"`);
  }
  const sent = log.filter(({ method, path }) => method !== 'GET' && path.startsWith('/scheduler/'));
  const expected = round === 0 ? steady : 2 + (round > 3 ? 1 : 0);
  const byTool = sent.length - hand.writes;
  if (byTool !== expected) wrong.push(`${byTool} writes in place of ${expected}`);
  for (const { code, err } of results)
    if (code !== 0 && code !== 6) wrong.push(`an apply ended with ${code}: ${err}`);
  if (results.every(({ code }) => code !== 0)) wrong.push('no apply got through');
  return wrong;
}

async function race(backend) {
  const root = mkdtempSync(join(tmpdir(), `race-${backend}-`));
  const folders = prepareFolders(root, backend);
  const emulator = await startEmulator({});
  const key = JSON.stringify(emulator.credentials);
  const byHand = editor(emulator);
  const hand = { jobs: new Map(), schedules: [], writes: 0 };
  const codes = new Map();
  let waited = 0;
  let failures = 0;
  const started = performance.now();
  for (let round = 0; round <= rounds; round++) {
    for (const folder of new Set(folders)) writeManifests(folder, round);
    emulator.clearRequests();
    const before = byHand.count();
    const editing = async () => {
      if (round === 0) return;
      await new Promise((done) => setTimeout(done, 300 + Math.random() * 2500));
      await byHand.edit(round);
      hand.jobs.set(`hand-${round}`, 'by hand');
      if (round > 1) hand.jobs.set(`hand-${round - 1}`, `edited ${round}`);
      hand.schedules.push([`steady-${round % steady}`, `by hand ${round}`]);
    };
    const [results] = await Promise.all([
      Promise.all(folders.map((folder) => reconcile(folder, key, ['apply', '--yes', '-o', 'json']))),
      editing(),
    ]);
    hand.writes = byHand.count() - before;
    for (const { code } of results) codes.set(code, (codes.get(code) ?? 0) + 1);
    const outcomes = results.map(({ out }) => (out === '' ? {} : JSON.parse(out)));
    if (outcomes.filter(({ targets }) => targets?.[0]?.writes === 0).length === 1) waited++;
    const wrong = check(emulator, round, hand, emulator.requests(), results);
    const history = await reconcile(folders[1], key, ['history', '-n', '1000', '-o', 'json']);
    const records = JSON.parse(history.out).targets[0].records.length;
    if (records !== round + 1) wrong.push(`${records} records in the history in place of ${round + 1}`);
    failures += wrong.length;
    for (const text of wrong) console.log(`${backend} round ${round}: ${text}`);
  }
  const plan = await reconcile(folders[0], key, ['plan', '--exit-code']);
  const status = JSON.parse((await reconcile(folders[1], key, ['status', '-o', 'json'])).out).targets[0];
  if (plan.code !== 0)
    console.log(`${backend}: a plan afterwards ends with ${plan.code}\n${plan.out}${plan.err}`);
  if (status.lock !== null || status.open !== null)
    console.log(`${backend}: a lock or a journal stayed behind`);
  if (plan.code !== 0 || status.lock !== null || status.open !== null) failures++;
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const ended = [...codes].map(([code, count]) => `${count} × exit ${code}`).join(', ');
  console.log(
    `${backend}: ${rounds} rounds in ${seconds} s, ${ended}; the other one found nothing left to do in ${waited}; wrong: ${failures}`,
  );
  await emulator.close();
  rmSync(root, { recursive: true, force: true });
  return failures;
}

let failures = 0;
for (const backend of backends) failures += await race(backend);
process.exitCode = failures === 0 ? 0 : 1;
