/**
 * Kills `reconcile apply` with SIGKILL before and after every HTTP request and every write of the state, then applies again.
 * Usage: node bench/crash-matrix.mjs [file|git|git-clone …] [--every n [--from n]] [--list]     (after `npm run build`)
 */
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startEmulator } from '../lib/emulator/index.js';

const program = resolve(import.meta.dirname, '../lib/cli/main.js');
const preload = resolve(import.meta.dirname, 'crash-preload.mjs');
const TENANT = 'crash_tenant';
const START = Date.now();

/** A number behind an option; 1 without it. */
const option = (name) =>
  Number(process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : 1);
const every = option('--every');
const from = option('--from');
const chosen = process.argv.slice(2).filter((word) => ['file', 'git', 'git-clone'].includes(word));
const backends = chosen.length > 0 ? chosen : ['file', 'git', 'git-clone'];

const action = 'https://app.example.com/run';
const sapJob = (name, schedules, { words = 'A job', lifecycle = {} } = {}) =>
  `${JSON.stringify({ apiVersion: 'reconcile/v1', kind: 'SapJob', metadata: { name }, lifecycle, spec: { description: words, action, schedules } })}\n---\n`;
const batch = (name, spec) =>
  `${JSON.stringify({ apiVersion: 'reconcile/v1', kind: 'RiversandBatchJob', metadata: { name }, spec: { appId: 'shop', jobDefId: name, startAt: '2026-01-01T00:07:00Z', ...spec } })}\n---\n`;
const object = (name, spec = {}) =>
  `${JSON.stringify({ apiVersion: 'reconcile/v1', kind: 'RiversandSchedule', metadata: { name }, spec: { enabled: true, intervalInMins: 5, taskUrl: action, ...spec } })}\n---\n`;
const cron = (hour) => ({ cron: `* * * * ${hour} 10 20` });

const before =
  sapJob('edit', { a: cron(1), b: cron(2) }) +
  sapJob('gone', { x: cron(3) }) +
  sapJob('mode', { m: cron(4), n: cron(5) }) +
  sapJob('rests', { r: cron(6) }, { lifecycle: { onRemove: 'deactivate' } }) +
  batch('interval', { recurrenceInterval: 'PT20M' }) +
  batch('payload', { recurrenceInterval: 'PT30M' }) +
  batch('off', { recurrenceInterval: 'PT40M' }) +
  batch('left', { recurrenceInterval: 'PT50M' }) +
  object('poll') +
  object('old');
const after =
  sapJob(
    'edit',
    { a: cron(7), c: { repeatInterval: '2 hours', startTime: '2026-01-01T00:30:00Z' } },
    { words: 'A job with other words' },
  ) +
  sapJob('fresh', { one: cron(8), two: { repeatInterval: '3 hours' } }) +
  sapJob('mode', { m: { repeatAt: '6.15am' }, n: cron(5) }) +
  sapJob('found', { f: cron(9) }) +
  batch('interval', { recurrenceInterval: 'PT1H' }) +
  batch('payload', { recurrenceInterval: 'PT30M', jobInputPayload: { all: true }, enabled: false }) +
  batch('off', { recurrenceInterval: 'PT40M', enabled: false }) +
  batch('born', { recurrenceInterval: 'PT2H' }) +
  object('poll', { intervalInMins: 10 }) +
  object('young');

const emulator = await startEmulator({
  seed: { riversand: { settings: { visibilityDelay: 1500 }, tenants: [{ tenantId: TENANT }] } },
});
const login = await fetch(`${emulator.url}/_emulator/riversand/credentials?tenantId=${TENANT}`);
const rdp = await login.json();
const config = (backend) => `apiVersion: reconcile/v1
kind: Config
manifests: ["jobs/*.yaml"]
state: {backend: ${backend}}
targets:
  sap:
    provider: sap
    credentials: {serviceKey: ${JSON.stringify(emulator.credentials)}}
    policy: {prune: true, adopt: equal, maxDeletes: {percent: 100, count: 50}}
  rdp:
    provider: riversand
    url: ${emulator.url}
    credentials: ${JSON.stringify(rdp)}
    policy: {prune: true, maxDeletes: {percent: 100, count: 50}}
`;

function reconcile(cwd, args, crash) {
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NO_PROXY: '*',
    RECONCILE_STATE_KEY: 'key',
    ...crash,
  };
  const child = spawn(process.execPath, [...(crash ? ['--import', preload] : []), program, ...args], {
    cwd,
    env,
  });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  child.stderr.on('data', (chunk) => {
    text += chunk;
  });
  return new Promise((done) => child.on('close', (code, signal) => done({ code, signal, text })));
}

const apply = (cwd, crash) => reconcile(cwd, ['apply', '-t', 'sap', '-t', 'rdp', '--yes'], crash);

/** Ids of all that both services know. */
function ids() {
  const { jobs = [], riversand } = emulator.state();
  const [tenant] = riversand.tenants;
  return new Set([
    ...jobs.flatMap(({ _id, schedules = [] }) => [_id, ...schedules.map(({ scheduleId }) => scheduleId)]),
    ...tenant.batchSchedules.map(({ id }) => id),
  ]);
}

/** What both services know, without ids and times of their own. */
function seen() {
  const { jobs = [], riversand } = emulator.state();
  const [tenant] = riversand.tenants;
  return [
    ...jobs.flatMap(({ name, description, active, schedules = [] }) => [
      `job ${name}: ${description} ${active}`,
      ...schedules.map(
        (item) =>
          `${name}/${item.description}: ${item.cron ?? item.repeatAt ?? item.repeatInterval} ${item.active}`,
      ),
    ]),
    ...tenant.batchSchedules.map(
      (item) =>
        `batch ${item.jobDefId}: ${item.recurrenceInterval} ${item.enabled} ${JSON.stringify(item.jobInputPayload)}`,
    ),
    ...tenant.scheduleObjects.map(
      ({ id, properties, data }) =>
        `object ${id}: ${data?.jsonData?.scheduleConfiguration?.intervalInMins} ${properties?.enabled}`,
    ),
  ].sort();
}

const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const git = (cwd, ...args) => execFileSync('git', args, { cwd, stdio: 'pipe' });
const write = (folder, text) => writeFileSync(join(folder, 'jobs', 'all.yaml'), text);

/** A project in which `before` was applied, with something of somebody else beside it. */
async function prepare(root, backend) {
  const folder = join(root, 'work');
  mkdirSync(join(folder, 'jobs'), { recursive: true });
  writeFileSync(join(folder, 'reconcile.yaml'), config(backend));
  write(folder, before);
  if (backend === 'git') {
    git(root, 'init', '--quiet', '--bare', 'remote.git');
    git(folder, 'init', '--quiet', '--initial-branch=main');
    git(folder, 'config', 'user.name', 'Crash');
    git(folder, 'config', 'user.email', 'crash@example.com');
    git(folder, 'remote', 'add', 'origin', join(root, 'remote.git'));
    git(folder, 'add', '-A');
    git(folder, 'commit', '--quiet', '-m', 'before');
    git(folder, 'push', '--quiet', 'origin', 'main');
  }
  const first = await apply(folder);
  if (first.code !== 0) throw new Error(first.text);
  byHand();
  write(folder, after);
  if (backend === 'git') {
    git(folder, 'commit', '--quiet', '-am', 'after');
    git(folder, 'push', '--quiet', 'origin', 'main');
  }
  await wait(2000);
  return { seed: emulator.state(), known: ids() };
}

function byHand() {
  const state = emulator.state();
  const foreign = { description: 'somebody else', cron: '* * * * 23 59 58', active: true };
  const edit = state.jobs.find(({ name }) => name === 'edit');
  const id = (n) => `c0ffee00-0000-4000-8000-00000000000${n}`;
  edit.schedules.push({ scheduleId: id(1), ...foreign });
  const like = { ...edit, description: 'A job' };
  state.jobs.push(
    { ...like, _id: 4711, name: 'theirs', schedules: [{ scheduleId: id(2), ...foreign }] },
    // As its manifest wants it, so that it is adopted.
    { ...like, _id: 4712, name: 'found', schedules: [{ scheduleId: id(3), description: 'f', ...cron(9) }] },
  );
  emulator.setState(state);
}

async function matrix(kind) {
  const backend = kind === 'file' ? 'file' : 'git';
  const root = mkdtempSync(join(tmpdir(), `crash-${kind}-`));
  emulator.setState({ riversand: { settings: { visibilityDelay: 1500 }, tenants: [{ tenantId: TENANT }] } });
  const template = join(root, 'template');
  mkdirSync(template);
  const { seed, known } = await prepare(template, backend);

  const fresh = () => {
    const here = join(root, 'run');
    rmSync(here, { recursive: true, force: true });
    cpSync(template, here, { recursive: true });
    if (backend === 'git') git(join(here, 'work'), 'remote', 'set-url', 'origin', join(here, 'remote.git'));
    emulator.setState(seed);
    return here;
  };

  const whole = fresh();
  const countFile = join(root, 'points.json');
  const reference = await apply(join(whole, 'work'), { CRASH_COUNT: countFile });
  if (reference.code !== 0) throw new Error(reference.text);
  await wait(2000);
  const goal = JSON.stringify(seen());
  // What an undisturbed apply leaves in its place keeps its id, and with it its run logs.
  const kept = [...ids()].filter((id) => known.has(id));
  const points = JSON.parse(readFileSync(countFile, 'utf8'));
  if (process.argv.includes('--list')) console.log(points.join('\n'), goal, kept.length);

  const failures = [];
  let killed = 0;
  for (const when of ['before', 'after']) {
    for (let nth = from; nth <= points.length; nth += every) {
      const here = fresh();
      let folder = join(here, 'work');
      const crashed = await apply(folder, { CRASH_AT: String(nth), CRASH_WHEN: when });
      if (crashed.signal !== 'SIGKILL') {
        // Points differ a little from run to run: requests go side by side.
        if (crashed.code !== 0)
          console.log(`${when} ${nth}: not killed, ended with ${crashed.code}: ${crashed.text}`);
        continue;
      }
      killed += 1;
      if (kind === 'git-clone') {
        rmSync(folder, { recursive: true });
        folder = join(here, 'clone');
        git(here, 'clone', '--quiet', '--branch', 'main', join(here, 'remote.git'), 'clone');
      }
      const again = await apply(folder);
      const plan = await reconcile(folder, ['plan', '--exit-code']);
      await wait(100);
      const result = JSON.stringify(seen());
      const still = ids();
      const lost = kept.filter((id) => !still.has(id));
      if (again.code === 0 && plan.code === 0 && result === goal && lost.length === 0) continue;
      failures.push(
        `${when} ${nth} (${points[nth - 1]}): apply ${again.code}, plan ${plan.code}, other ids in place of ${lost.length}`,
      );
      console.log(failures.at(-1));
      console.log(again.text.slice(-2500));
      console.log(plan.text.slice(-1500));
      if (result !== goal) console.log(` is:     ${result}\n wanted: ${goal}`);
    }
  }
  rmSync(root, { recursive: true, force: true });
  const share = killed === 0 ? 0 : ((killed - failures.length) / killed) * 100;
  console.log(
    `${kind}: ${points.length} points, killed ${killed} times, converged ${killed - failures.length} (${share.toFixed(1)} %)`,
  );
  return failures.length;
}

if (!existsSync(program)) throw new Error('run `npm run build` first');
let failed = 0;
for (const kind of backends) failed += await matrix(kind);
console.log(`${Math.round((Date.now() - START) / 1000)} s`);
await emulator.close();
process.exit(failed === 0 ? 0 : 1);
