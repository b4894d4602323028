/**
 * Import of a service full of jobs, adoption in the same step, and the plan afterwards; the emulator runs in a process of its own:
 *   npm run build && node bench/import.mjs [jobs] [definitions.json]
 * With a file of job definitions (`{definitions: [{job}]}`) these are seeded instead of random ones; those that the service would
 * refuse are counted and left out.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'lib/cli/main.js');
const jobs = Number(process.argv[2] ?? 2000);
const { startEmulator } = await import(join(root, 'lib/emulator/index.js'));
const { randomSeed } = await import(join(root, 'lib/emulator/sap/random-seed.js'));

/** Can the service hold it? @param {object} job */
async function isTaken(job) {
  try {
    await (await startEmulator({ seed: { jobs: [job] } })).close();
    return true;
  } catch {
    return false;
  }
}

/** @param {string} file */
async function definedJobs(file) {
  const { definitions } = JSON.parse(readFileSync(file, 'utf8'));
  const made = definitions.map(({ job: { jobId: _id, schedules, ...job } }, index) => ({
    action: 'https://app.example.com/run',
    ...job,
    name: `${job.name} ${index}`,
    schedules: schedules.map(({ scheduleId: _scheduleId, type: _type, ...schedule }) => schedule),
  }));
  const taken = [];
  for (const job of made) if (await isTaken(job)) taken.push(job);
  console.log(`${taken.length} of ${made.length} definitions are taken by the service`);
  return { jobs: taken };
}

/** @param {string} folder */
async function serve(folder) {
  const child = spawn(process.execPath, [cli, 'emulator', '-q', '--seed', join(folder, 'seed.json')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout }))
    return { child, ready: JSON.parse(line) };
  throw new Error('the emulator did not start');
}

/** @param {string} folder @param {string[]} args */
function reconcile(folder, args) {
  const usage = join(folder, 'usage.json');
  const started = performance.now();
  const run = spawnSync(
    process.execPath,
    ['--import', join(root, 'bench/usage.mjs'), cli, ...args, '-C', folder, '-q', '-o', 'json'],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 30,
      env: { ...process.env, BENCH_USAGE: usage },
    },
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (run.stdout === '') throw new Error(`${args.join(' ')} ended with ${run.status}\n${run.stderr}`);
  const { maxRssMb, cpuMs } = JSON.parse(readFileSync(usage, 'utf8'));
  return {
    code: run.status,
    document: JSON.parse(run.stdout),
    cost: `${seconds} s (CPU ${(cpuMs / 1000).toFixed(1)} s), ${maxRssMb.toFixed(0)} MB`,
  };
}

/** @param {string[]} more */
async function measure(seed, more) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  writeFileSync(join(folder, 'seed.json'), JSON.stringify(seed));
  const { child, ready } = await serve(folder);
  const target = { provider: 'sap', credentials: { serviceKey: ready.credentials } };
  const config = {
    apiVersion: 'reconcile/v1',
    kind: 'Config',
    manifests: ['jobs/**/*.yaml'],
    targets: { bench: target },
  };
  writeFileSync(join(folder, 'reconcile.yaml'), JSON.stringify(config));
  const imported = reconcile(folder, ['import', '--adopt', '--yes', ...more]);
  const { manifests, leftOut, adopted, notAdopted, requests } = imported.document;
  const odd = manifests.filter(({ warnings }) => warnings.length > 0).length;
  console.log(
    `import --adopt ${more.join(' ')}: ${manifests.length} manifests (${odd} with odd values), ${leftOut.length} left out, ${adopted.length} adopted, ${notAdopted.length} not; ${requests} requests, ${imported.cost}`,
  );
  const { code, document, cost } = reconcile(folder, ['plan', '--exit-code']);
  const [plan] = document.targets;
  console.log(
    `plan afterwards: exit ${code}, ${plan.changes.length} changes, ${plan.summary.noop} unchanged, ${plan.summary.unmanaged} unmanaged; ${plan.requests} requests, ${cost}`,
  );
  child.kill();
  rmSync(folder, { recursive: true });
}

const file = process.argv[3];
const seed = file === undefined ? randomSeed({ jobs, schedulesPerJob: 3 }) : await definedJobs(file);
console.log(`Node ${process.version}, ${seed.jobs.length} jobs`);
await measure(seed, ['--no-last-runs']);
await measure(seed, []);
