/**
 * An apply of many changes against the documented limits of the service:
 *   npm run build && node bench/rate-limit.mjs [changes] [requests/window-ms ...] [--real]
 * In virtual time, where only the network is a model; with --real whole processes in real time, which needs a quiet machine.
 * Prints the share of requests that were refused (429), and the time against the ideal: the whole windows that must go by.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createRedactor } from '../lib/core/redactor.js';
import { createLimiter } from '../lib/emulator/limits.js';
import { createHostBudget } from '../lib/http/budget.js';
import { send } from '../lib/http/send.js';
import { createSkewEstimate } from '../lib/http/skew.js';
import { writeConfig, writeProject } from './fixtures.mjs';
import { modelRateLimit } from './rate-model.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'lib/cli/main.js');
const real = process.argv.includes('--real');
const [changes = '2000', ...wanted] = process.argv.slice(2).filter((word) => word !== '--real');
const limits =
  wanted.length > 0 ? wanted : ['20/1000', '50/1000', '100/1000', '200/1000', '600/10000', '1500/60000'];
const product = { send, createHostBudget, createLimiter, createRedactor, createSkewEstimate };

async function startEmulator() {
  const child = spawn(process.execPath, [cli, 'emulator', '-q'], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout }))
    return { child, ready: JSON.parse(line) };
  throw new Error('the emulator did not start');
}

/** @param {string} url @param {unknown} body */
async function put(url, body) {
  const answer = await fetch(url, { method: 'PUT', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
}

/** @param {string} folder */
async function apply(folder) {
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [cli, 'apply', '-C', folder, '--yes', '-q', '-o', 'json', '--concurrency', '16'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`apply ended with ${code}\n${out.slice(-2000)}\n${err}`);
  return performance.now() - started;
}

/** Times of the requests, in order, as the service saw them. @param {any[]} log */
function paceOf(log) {
  const scheduler = log.filter(({ path }) => path.startsWith('/scheduler'));
  const times = scheduler.map(({ at }) => Date.parse(at)).sort((a, b) => a - b);
  const refused = scheduler.filter(({ status }) => status === 429 || status === 503).length;
  return { requests: scheduler.length, refused, ms: (times.at(-1) ?? 0) - (times[0] ?? 0) };
}

/** @param {number} requests @param {number} window */
async function realRun(requests, window) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  writeProject({ folder, jobs: Number(changes), schedulesPerJob: 1 });
  const { child, ready } = await startEmulator();
  try {
    writeConfig(folder, ready);
    await put(`${ready.url}/_emulator/limits`, { client: { requests, window } });
    await apply(folder);
    const answer = await (await fetch(`${ready.url}/_emulator/requests`)).json();
    const seen = paceOf(Array.isArray(answer) ? answer : answer.requests);
    const ideal = Math.floor((seen.requests - seen.refused - 1) / requests) * window;
    return { ...seen, ratio: seen.ms / ideal, share: seen.refused / seen.requests };
  } finally {
    child.kill();
    rmSync(folder, { recursive: true });
  }
}

console.log(`Node ${process.version}, ${changes} changes, ${real ? 'real' : 'virtual'} time`);
for (const limit of limits) {
  const [requests = 100, window = 1000] = limit.split('/').map(Number);
  for (const latency of real ? [0] : [10, 60, 200]) {
    const seen = real
      ? await realRun(requests, window)
      : await modelRateLimit(product, {
          changes: Number(changes),
          latency,
          limits: { client: { requests, window } },
        });
    console.log(
      `${requests} per ${window / 1000} s${real ? '' : `, ${latency} ms away`}: ${seen.requests} requests in ${(seen.ms / 1000).toFixed(0)} s, ` +
        `${seen.refused} refused = ${(100 * seen.share).toFixed(2)} %, ${seen.ratio.toFixed(2)} times the ideal`,
    );
  }
}
