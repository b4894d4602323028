/**
 * How long `reconcile watch` takes from a saved file to the plan that has it, with many manifests loaded:
 *   npm run build && node bench/watch-latency.mjs [--jobs 10000] [--per-file 1] [--schedules 1] [--saves 15]
 * Emulator and daemon are processes of their own; the service has all jobs, nothing differs. Half of the saves write in
 * place, half replace the file by renaming. Ends with the median.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeConfig, writeProject } from './fixtures.mjs';

const { values: given } = parseArgs({
  options: {
    jobs: { type: 'string', default: '10000' },
    'per-file': { type: 'string', default: '1' },
    schedules: { type: 'string', default: '1' },
    saves: { type: 'string', default: '15' },
  },
});
const jobs = Number(given.jobs);
const perFile = Number(given['per-file']);
const saves = Number(given.saves);
const cli = join(fileURLToPath(new URL('..', import.meta.url)), 'lib/cli/main.js');
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** The child and the first line that fits. @param {string[]} args @param {'stdout' | 'stderr'} stream @param {RegExp} wanted */
async function start(args, stream, wanted) {
  const profile = process.env.BENCH_PROFILE !== undefined && args[0] === 'watch';
  const child = spawn(
    process.execPath,
    [...(profile ? ['--cpu-prof', `--cpu-prof-dir=${process.env.BENCH_PROFILE}`] : []), cli, ...args],
    {
      stdio: ['ignore', stream === 'stdout' ? 'pipe' : 'ignore', stream === 'stderr' ? 'pipe' : 'inherit'],
    },
  );
  const lines = createInterface({ input: child[stream] });
  const found = await new Promise((resolve, reject) => {
    lines.on('line', (line) => wanted.test(line) && resolve(line));
    child.once('exit', (code) => reject(new Error(`${args.join(' ')} ended with ${code}`)));
  });
  return { child, line: String(found) };
}

/** Names of the targets that the daemon says have changed. @param {string} url */
async function* changes(url) {
  const answer = await fetch(`${url}/events`);
  for await (const _chunk of answer.body ?? []) yield;
}

const folder = mkdtempSync(join(tmpdir(), 'latency-'));
writeProject({ folder, jobs, schedulesPerJob: Number(given.schedules), perFile });
const emulator = await start(
  ['emulator', '-q', '--seed', join(folder, 'seed.json')],
  'stdout',
  /credentials/,
);
writeConfig(folder, JSON.parse(emulator.line));
const apply = spawnSync(process.execPath, [cli, 'apply', '-C', folder, '--yes', '-q'], { encoding: 'utf8' });
if (apply.status !== 0) throw new Error(apply.stderr);

const daemon = await start(
  ['watch', '-C', folder, '--listen', '127.0.0.1:0', '--mode', 'observe', '--interval', '10m'],
  'stderr',
  /Pages: /,
);
const url = /http:\S+/.exec(daemon.line)?.[0] ?? '';
/** Asked again when a kept connection was closed meanwhile. */
const target = async () => {
  for (;;) {
    const answer = await fetch(`${url}/api/v1/targets/bench`).catch(() => undefined);
    if (answer !== undefined) return answer.json();
  }
};
while ((await target()).condition !== 'inStep') await sleep(200);
// The folder watch may still be on its way through the files.
await sleep(3_000);

/** Seconds of CPU and passes of the daemon so far; bytes that it holds now. */
const spent = async () => {
  const text = await (await fetch(`${url}/metrics`)).text();
  const of = (pattern) => Number(pattern.exec(text)?.[1]);
  return {
    cpu: of(/^process_cpu_seconds_total (\S+)/m),
    memory: of(/^process_resident_memory_bytes (\S+)/m),
    passes: of(/^reconcile_passes_total\{.*ended.*\} (\S+)/m),
  };
};

const before = await spent();
const times = [];
/** Of the pass alone, from its begin to its end. */
const passes = [];
for (let n = 0; n < saves; n++) {
  const job = Math.floor((n / saves) * jobs);
  const path = join(folder, 'jobs', `${String(Math.floor(job / perFile)).padStart(4, '0')}.yaml`);
  const description = `Saved ${n}`;
  const text = readFileSync(path, 'utf8').replace(
    new RegExp(`description: .*number ${job}\\b`),
    `description: ${description}`,
  );
  const events = changes(url);
  await events.next();
  const started = performance.now();
  if (n % 2 === 0) writeFileSync(path, text);
  else {
    writeFileSync(`${path}~`, text);
    renameSync(`${path}~`, path);
  }
  for (;;) {
    const { plan, lastPass } = await target();
    if (JSON.stringify(plan).includes(`"${description}"`) && lastPass !== undefined) {
      passes.push(lastPass.endedAt - lastPass.startedAt);
      break;
    }
    await Promise.race([events.next(), sleep(1_000)]);
  }
  times.push(performance.now() - started);
  await sleep(500);
}
const after = await spent();
const sorted = [...times].sort((a, b) => a - b);
const passMedian = [...passes].sort((a, b) => a - b)[Math.floor(saves / 2)];
console.log(
  `${jobs} jobs, ${perFile} a file, ${given.schedules} schedules each: median ${sorted[Math.floor(saves / 2)]?.toFixed(0)} ms, from ${sorted[0]?.toFixed(0)} to ${sorted.at(-1)?.toFixed(0)} ms (${times.map((ms) => ms.toFixed(0)).join(' ')}); of it in the pass: ${passMedian} ms; each save took ${((1000 * (after.cpu - before.cpu)) / saves).toFixed(0)} ms of CPU in ${((after.passes - before.passes) / saves).toFixed(1)} passes; ${(after.memory / 2 ** 20).toFixed(0)} MB`,
);
daemon.child.kill();
emulator.child.kill();
rmSync(folder, { recursive: true, force: true });
process.exit(0);
