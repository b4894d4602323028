/**
 * How long `reconcile watch --repo` takes from a push to a bare remote until the change is in the service:
 *   npm run build && node bench/push-latency.mjs [--jobs 1000] [--pushes 15] [--by hook|poll] [--git-interval 2s]
 * Daemon, emulator and git are processes of their own; the service has all jobs. Each push edits one job; the time runs from
 * the end of `git push` to the answer of the write. `hook`: a signed web hook follows each push at once, and the branch is
 * looked at once an hour. `poll`: no hook; pushes come at random moments of the interval. Ends with the median.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startEmulator } from '../lib/emulator/index.js';
import { writeConfig, writeProject } from './fixtures.mjs';

const { values: given } = parseArgs({
  options: {
    jobs: { type: 'string', default: '1000' },
    pushes: { type: 'string', default: '15' },
    by: { type: 'string', default: 'hook' },
    'git-interval': { type: 'string', default: '2s' },
  },
});
const jobs = Number(given.jobs);
const pushes = Number(given.pushes);
const byHook = given.by === 'hook';
const cli = join(fileURLToPath(new URL('..', import.meta.url)), 'lib/cli/main.js');
const secret = 'the-secret-of-the-bench';
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

const root = mkdtempSync(join(tmpdir(), 'push-latency-'));
const bare = join(root, 'remote.git');
const clone = join(root, 'clone');
const git = (...args) => {
  const names = ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.com'];
  const ran = spawnSync('git', [...names, ...args], { cwd: clone, encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`git ${args[0]}: ${ran.stderr}`);
};

mkdirSync(clone);
writeProject({ folder: clone, jobs, schedulesPerJob: 1, perFile: 1 });
const seed = JSON.parse(readFileSync(join(clone, 'seed.json'), 'utf8'));
rmSync(join(clone, 'seed.json'));
/** Called with the description of a job that was written. */
let written = (_description) => undefined;
const emulator = await startEmulator({
  seed,
  log: ({ method, body, status }) => method === 'PUT' && status === 200 && written(body?.description),
});
writeConfig(clone, emulator);
const config = JSON.parse(readFileSync(join(clone, 'reconcile.yaml'), 'utf8'));
config.targets.bench.watch = { mode: 'auto', interval: '1h' };
writeFileSync(join(clone, 'reconcile.yaml'), JSON.stringify(config));
writeFileSync(join(root, 'hook'), `${secret}\n`);
git('init', '--quiet', '--initial-branch=main');
git('init', '--quiet', '--bare', '--initial-branch=main', bare);
git('add', '.');
git('commit', '--quiet', '-m', 'All jobs');
git('push', '--quiet', bare, 'main');

const child = spawn(
  process.execPath,
  [
    ...[cli, 'watch', '-C', root, '--repo', bare, '--hook-secret-file', 'hook', '--listen', '127.0.0.1:0'],
    ...['--git-interval', byHook ? '1h' : given['git-interval']],
  ],
  { stdio: ['ignore', 'ignore', 'pipe'] },
);
const url = await new Promise((resolve, reject) => {
  createInterface({ input: child.stderr }).on('line', (line) => {
    const found = /Pages: (http\S+)/.exec(line)?.[1];
    if (found !== undefined) resolve(found);
  });
  child.once('exit', (code) => reject(new Error(`the daemon ended with ${code}`)));
});
// Without keep-alive: while the daemon takes over all jobs, an idle connection may end at the moment it is used.
const headers = { connection: 'close' };
const status = async () => (await fetch(`${url}/api/v1/targets/bench`, { headers })).json();
const calm = ({ condition, phase, lastPass }) =>
  condition === 'inStep' && phase === 'idle' && lastPass !== undefined;
while (!calm(await status())) await sleep(200);

const times = [];
const pushTimes = [];
for (let n = 0; n < pushes; n++) {
  const job = Math.floor((n / pushes) * jobs);
  const path = join(clone, 'jobs', `${String(job).padStart(4, '0')}.yaml`);
  const description = `Pushed ${n}`;
  const text = readFileSync(path, 'utf8').replace(
    /description: Job number .*/,
    `description: ${description}`,
  );
  writeFileSync(path, text);
  git('commit', '--quiet', '-a', '-m', description);
  if (!byHook) await sleep(2_000 * Math.random());
  const begun = performance.now();
  git('push', '--quiet', bare, 'main');
  const started = performance.now();
  pushTimes.push(started - begun);
  const live = new Promise((done) => {
    written = (found) => found === description && done(undefined);
  });
  if (byHook) {
    const body = JSON.stringify({ ref: 'refs/heads/main' });
    const signature = createHmac('sha256', secret).update(body).digest('hex');
    const signed = { ...headers, 'x-hub-signature-256': `sha256=${signature}` };
    await fetch(`${url}/hooks/git`, { method: 'POST', headers: signed, body });
  }
  await live;
  times.push(performance.now() - started);
  // Until the confirming pass is through as well.
  while (!calm(await status())) await sleep(200);
  await sleep(200);
}
const middle = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)]?.toFixed(0);
const shown = times.map((ms) => ms.toFixed(0));
console.log(
  `${jobs} jobs, ${byHook ? 'web hook' : `polled every ${given['git-interval']}`}: from pushed to written: median ${middle(times)} ms, from ${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)} ms (${shown.join(' ')}); git push itself: median ${middle(pushTimes)} ms`,
);
child.kill();
await emulator.close();
rmSync(root, { recursive: true, force: true });
process.exit(0);
