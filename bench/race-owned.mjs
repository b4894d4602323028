/**
 * Two appliers and somebody who edits by hand what they own, at the same moment, again and again:
 *   npm run build && node bench/race-owned.mjs [rounds] [file|git ...]
 * By hand: a field that no manifest mentions, of a job and of a schedule; a field that they do mention; a schedule or a whole
 * job deleted. In every other round the edit comes right after an applier has read the object, and before what it writes arrives. After the round
 * one more apply has to bring all to what the manifests say. A field that no manifest mentions keeps what was set by hand,
 * with one exception, which is counted: the service takes whole objects and knows no condition for a write, so that an edit
 * between the last read of an object and its write is overwritten. Ends with 1 when anything else is wrong.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator } from '../lib/emulator/index.js';
import { handOf, prepareFolders, reconcile, writeJobs } from './race-folders.mjs';

const rounds = Number(process.argv[2] ?? 50);
const backends = process.argv.length > 3 ? process.argv.slice(3) : ['file', 'git'];
const steady = 6;
/** Appliers are at work for about so long after they start, ms. */
const AT_WORK = 4000;

/** The appliers' writes arrive late: whoever edits after their read is sure to come in between. */
const SLOW_WRITES = { match: { method: 'PUT', query: '/^$/' }, effect: { delay: 400 } };
/** @param {number} round */
const isLateRound = (round) => round % 2 === 0;

/** Rounds at which the nth job changes. @param {number} round @param {number} n @param {number} step */
const since = (round, n, step) => Math.max(0, round - ((round + step - n + 2 * steady) % steady));

/** What the manifests of a round describe. @param {number} round */
function wanted(round) {
  const jobs = Array.from({ length: steady }, (_, n) => ({
    name: `steady-${n}`,
    description: `since ${since(round, n, 0)}`,
    cron: `* * * * ${since(round, n, 1) % 24} ${n} 0`,
  }));
  for (let made = Math.max(1, round - 2); made <= round; made++)
    jobs.push({ name: `made-${made}`, description: 'made', cron: '* * * * 3 0 0' });
  return jobs;
}

async function race(backend) {
  const root = mkdtempSync(join(tmpdir(), `race-${backend}-`));
  const folders = prepareFolders(root, backend);
  /** @type {Set<(request: any) => void>} */
  const watchers = new Set();
  const emulator = await startEmulator({
    log: (request) => {
      for (const watcher of watchers) watcher(request);
    },
  });
  const key = JSON.stringify(emulator.credentials);
  const send = handOf(emulator);
  const find = (name) => emulator.state().jobs.find((job) => job.name === name);
  const pathOf = (job) => `/scheduler/jobs/${job._id}`;
  const dailyOf = (job) => job?.schedules.find(({ description }) => description === 'daily');
  /** What was set by hand and no manifest mentions: job → value. */
  const alerts = new Map();
  const data = new Map();
  const totals = { edits: 0, overwritten: 0, deleted: 0, failures: 0 };
  const codes = new Map();

  /** At some moment, or right after an applier has read the job. @param {number} round @param {string} name */
  async function moment(round, name) {
    const job = find(name);
    const late = new Promise((done) => setTimeout(done, 300 + Math.random() * AT_WORK));
    if (!isLateRound(round) || job === undefined) return late;
    let found;
    const read = new Promise((done) => {
      found = ({ method, path, query }) => {
        if (method === 'GET' && query.by !== 'hand' && path.startsWith(pathOf(job))) done(undefined);
      };
      watchers.add(found);
    });
    await Promise.race([read, late]);
    watchers.delete(found);
  }

  /** The edits of a round, side by side. @param {number} round */
  function editing(round) {
    const name = (step) => `steady-${(round + step) % steady}`;
    const at = async (step, act) => {
      await moment(round, name(step));
      const job = find(name(step));
      if (job !== undefined && dailyOf(job) !== undefined) await act(job, pathOf(job), dailyOf(job));
    };
    return Promise.all([
      // The manifest changes the description of this job, and the cron of the next but one.
      at(0, async (job, path) => {
        totals.edits += 1;
        const value = { onSuccess: round % 2 === 0, onError: round % 3 === 0 };
        if ((await send('PUT', path, { ansConfig: value })) !== undefined) alerts.set(job.name, value);
      }),
      at(1, async (job, path, daily) => {
        totals.edits += 1;
        const done = await send('PUT', `${path}/schedules/${daily.scheduleId}`, { data: { round } });
        if (done !== undefined) data.set(job.name, { round });
      }),
      at(2, (_job, path) => send('PUT', path, { description: `by hand ${round}` })),
      at(3, (_job, path, daily) =>
        send('PUT', `${path}/schedules/${daily.scheduleId}`, { cron: `* * * * 5 5 ${round % 60}` }),
      ),
      at(round % 4 === 0 ? 0 : 4, async (job, path, daily) => {
        totals.deleted += 1;
        const whole = round % 3 === 0;
        const done = await send('DELETE', whole ? path : `${path}/schedules/${daily.scheduleId}`);
        if (done === undefined) return;
        data.delete(job.name);
        if (whole) alerts.delete(job.name);
      }),
      ...(round % 5 === 0 && find(`made-${round - 3}`) !== undefined
        ? [moment(round, `made-${round - 3}`).then(() => remove(`made-${round - 3}`))]
        : []),
    ]);
  }

  /** @param {string} name */
  async function remove(name) {
    const job = find(name);
    totals.deleted += 1;
    if (job !== undefined) await send('DELETE', pathOf(job));
  }

  /** Was the object written from a reading older than the edit? @param {string} path @param {boolean} ofSchedule */
  function isOverwritten(path, ofSchedule) {
    const log = emulator.requests().filter((request) => request.path.startsWith(path));
    const edit = log.findLastIndex(({ query, method }) => query.by === 'hand' && method === 'PUT');
    const write = log.findIndex(
      ({ query, method, path: to }, at) =>
        at > edit && query.by !== 'hand' && method === 'PUT' && (ofSchedule || to === path),
    );
    if (edit < 0 || write < 0) return false;
    return !log.slice(edit, write).some(({ query, method }) => query.by !== 'hand' && method === 'GET');
  }

  /** @param {number} round */
  function check(round) {
    const wrong = [];
    const jobs = emulator.state().jobs;
    for (const { name, description, cron } of wanted(round)) {
      const found = jobs.filter((job) => job.name === name);
      const ours = (found[0]?.schedules ?? []).map((schedule) => `${schedule.description} ${schedule.cron}`);
      const is = `${found.length} × ${found[0]?.description}, ${ours}`;
      if (is !== `1 × ${description}, daily ${cron}`)
        wrong.push(`${name}: ${is} in place of ${description}, ${cron}`);
    }
    const names = new Set(wanted(round).map(({ name }) => name));
    for (const { name } of jobs) if (!names.has(name)) wrong.push(`${name} is not wanted`);
    for (const [name, value] of alerts) {
      const job = find(name);
      if (holds(job?.ansConfig, value)) continue;
      if (job !== undefined && isOverwritten(pathOf(job), false)) totals.overwritten += 1;
      else wrong.push(`${name}: the alerts set by hand are lost: ${JSON.stringify(job?.ansConfig)}`);
      alerts.delete(name);
    }
    for (const [name, value] of data) {
      const job = find(name);
      const daily = dailyOf(job);
      if (holds(daily?.data, value)) continue;
      if (daily !== undefined && isOverwritten(`${pathOf(job)}/schedules/${daily.scheduleId}`, true))
        totals.overwritten += 1;
      else wrong.push(`${name}: the data set by hand are lost: ${JSON.stringify(daily?.data)}`);
      data.delete(name);
    }
    return wrong;
  }

  const started = performance.now();
  for (let round = 0; round <= rounds; round++) {
    for (const folder of new Set(folders)) writeJobs(folder, wanted(round));
    emulator.clearRequests();
    emulator.faults.clear();
    if (isLateRound(round)) emulator.faults.set([SLOW_WRITES]);
    const [results] = await Promise.all([
      Promise.all(folders.map((folder) => reconcile(folder, key, ['apply', '--yes', '-o', 'json']))),
      round === 0 ? [] : editing(round),
    ]);
    const wrong = [];
    for (const { code, out, err } of results) {
      codes.set(code, (codes.get(code) ?? 0) + 1);
      // 7: somebody took away what was being written; 4: what was found by then needs a person's word.
      if (![0, 6, 7].includes(code)) wrong.push(`an apply ended with ${code}: ${err}${out.slice(-2000)}`);
    }
    const settling = await reconcile(folders[round % 2] ?? root, key, ['apply', '--yes', '-o', 'json']);
    if (settling.code !== 0)
      wrong.push(
        `the apply after it ended with ${settling.code}: ${settling.err}${settling.out.slice(-2000)}`,
      );
    wrong.push(...check(round));
    const plan = await reconcile(folders[0] ?? root, key, ['plan', '--exit-code']);
    if (plan.code !== 0) wrong.push(`a plan afterwards ends with ${plan.code}: ${plan.out}${plan.err}`);
    totals.failures += wrong.length;
    for (const text of wrong) console.log(`${backend} round ${round}: ${text}`);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const ended = [...codes].map(([code, count]) => `${count} × exit ${code}`).join(', ');
  console.log(
    `${backend}: ${rounds} rounds in ${seconds} s, ${ended}; ${totals.edits} edits of fields that no manifest mentions, ` +
      `${totals.overwritten} overwritten between a read and its write; ${totals.deleted} deleted by hand; wrong: ${totals.failures}`,
  );
  await emulator.close();
  rmSync(root, { recursive: true, force: true });
  return totals.failures;
}

/** @param {unknown} value @param {Record<string, unknown>} wanted */
function holds(value, wanted) {
  const is = typeof value === 'string' ? JSON.parse(value) : (value ?? {});
  return Object.entries(wanted).every(([field, one]) => is[field] === one);
}

let failures = 0;
for (const backend of backends) failures += await race(backend);
process.exitCode = failures === 0 ? 0 : 1;
