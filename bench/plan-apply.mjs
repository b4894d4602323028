/**
 * Requests, time and memory of plan and apply against the emulator, which runs in a process of its own:
 *   npm run build && node bench/plan-apply.mjs [runs]
 * Whole processes are timed; `download` is the yardstick: the same pages with bare undici, 16 at a time.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { writeConfig, writeProject } from './fixtures.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'lib/cli/main.js');
const runs = Number(process.argv[2] ?? 5);

/** @param {string[]} extra */
async function startEmulator(extra) {
  const child = spawn(process.execPath, [cli, 'emulator', '-q', ...extra], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout }))
    return { child, ready: JSON.parse(line) };
  throw new Error('the emulator did not start');
}

/** One whole process. @param {string[]} args @param {number[]} expected */
function timed(args, expected = [0]) {
  const usageFile = join(mkdtempSync(join(tmpdir(), 'bench-')), 'usage.json');
  const started = performance.now();
  const run = spawnSync(process.execPath, ['--import', join(root, 'bench/usage.mjs'), ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    env: { ...process.env, BENCH_USAGE: usageFile },
  });
  const wallMs = performance.now() - started;
  if (!expected.includes(run.status ?? -1))
    throw new Error(`${args.join(' ')} ended with ${run.status}\n${run.stdout}\n${run.stderr}`);
  return { wallMs, ...JSON.parse(readFileSync(usageFile, 'utf8')), stdout: run.stdout };
}

/** @param {number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** @param {string} name @param {{ wallMs: number; cpuMs: number; maxRssMb: number }[]} samples @param {string} more */
function report(name, samples, more = '') {
  const of = (key) => median(samples.map((sample) => sample[key])).toFixed(0);
  console.log(
    `${name.padEnd(34)} wall ${of('wallMs').padStart(6)} ms   cpu ${of('cpuMs').padStart(6)} ms   peak ${of('maxRssMb').padStart(4)} MB   ${more}`,
  );
}

/** A connection of its own: kept ones go stale while a measured process runs. */
async function control(ready, method, what = 'requests', body = undefined) {
  const answer = await new Promise((resolve, reject) => {
    request(`${ready.url}/_emulator/${what}`, { method, agent: false }, resolve)
      .on('error', reject)
      .end(body === undefined ? undefined : JSON.stringify(body));
  });
  let text = '';
  for await (const chunk of answer) text += chunk;
  return text;
}

async function requestCount(ready) {
  const log = JSON.parse(await control(ready, 'GET'));
  const list = Array.isArray(log) ? log : log.requests;
  await control(ready, 'DELETE');
  const writes = list.filter((request) => request.method !== 'GET' && !request.path.endsWith('/token'));
  return { requests: list.length, writes: writes.length };
}

/** @param {number} jobs @param {{ style?: 'yaml' | 'json'; delay?: number }} options `delay` of every answer, ms */
async function noop(jobs, { style = 'yaml', delay = 0 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  writeProject({ folder, jobs, schedulesPerJob: 3, style });
  const { child, ready } = await startEmulator(['--seed', join(folder, 'seed.json')]);
  writeConfig(folder, ready);
  timed([cli, 'apply', '-C', folder, '--yes', '-q', '-o', 'json']);
  await requestCount(ready);
  if (delay > 0) await control(ready, 'POST', 'faults', { match: {}, effect: { delay } });
  const plan = [cli, 'plan', '-C', folder, '-q', '-o', 'json', '--exit-code'];
  const first = timed(plan);
  const { requests, writes } = await requestCount(ready);
  const plans = [first];
  const downloads = [];
  for (let run = 0; run < runs; run++) {
    downloads.push(timed([join(root, 'bench/download.mjs'), ready.url, JSON.stringify(ready.credentials)]));
    plans.push(timed(plan));
  }
  const ratio = (key) =>
    median(downloads.map((download, index) => (plans[index + 1]?.[key] ?? 0) / download[key])).toFixed(2);
  console.log(`-- ${jobs} jobs, ${style === 'yaml' ? 'block YAML' : 'lines of JSON'}, ${delay} ms a request`);
  const aim = Math.ceil(jobs / 100) + Math.ceil((3 * jobs) / 100) + 4;
  report(`no-op plan, ${jobs} jobs`, plans.slice(1), `${requests} requests (aim ≤ ${aim}), ${writes} writes`);
  report(
    `download of the same pages`,
    downloads,
    `${Number(downloads[0]?.stdout)} requests; plan / download = ${ratio('wallMs')} wall, ${ratio('cpuMs')} cpu`,
  );
  await requestCount(ready);
  const again = timed([cli, 'apply', '-C', folder, '--yes', '-q', '-o', 'json']);
  report(`second apply, ${jobs} jobs`, [again], `${(await requestCount(ready)).writes} writes`);
  child.kill();
  rmSync(folder, { recursive: true });
}

/** @param {number} jobs */
async function fullApply(jobs) {
  const samples = [];
  let counts = { requests: 0, writes: 0 };
  for (let run = 0; run < Math.min(runs, 3); run++) {
    const folder = mkdtempSync(join(tmpdir(), 'bench-'));
    writeProject({ folder, jobs, schedulesPerJob: 3 });
    const { child, ready } = await startEmulator([]);
    writeConfig(folder, ready);
    samples.push(timed([cli, 'apply', '-C', folder, '--yes', '-q', '-o', 'json']));
    counts = await requestCount(ready);
    child.kill();
    rmSync(folder, { recursive: true });
  }
  report(`full apply, ${jobs} new jobs`, samples, `${counts.requests} requests, ${counts.writes} writes`);
}

/** Without the usage hook, which takes longer than what is measured. */
function startup() {
  const wall = (args) => {
    const started = performance.now();
    spawnSync(process.execPath, args);
    return performance.now() - started;
  };
  const pairs = Array.from({ length: 6 * runs }, () => ({
    bare: wall(['-e', '0']),
    version: wall([cli, '--version']),
  }));
  const ratio = median(pairs.map(({ bare, version }) => version / bare));
  console.log(
    `reconcile --version ${median(pairs.map(({ version }) => version)).toFixed(0)} ms, node -e 0 ${median(pairs.map(({ bare }) => bare)).toFixed(0)} ms: ratio ${ratio.toFixed(2)}`,
  );
}

console.log(`Node ${process.version}, ${runs} runs, medians of whole processes`);
startup();
await noop(1000);
await noop(1000, { style: 'json' });
await noop(1000, { delay: 50 });
await fullApply(1000);
await noop(10_000);
