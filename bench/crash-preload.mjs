/**
 * With `node --import`: kills the process (SIGKILL) before or after its nth point. Points are HTTP requests, writes of state
 * files (rename, link), and calls of git that move a ref. CRASH_COUNT: a file for the number of points that were met.
 */
import childProcess from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const { CRASH_AT, CRASH_WHEN, CRASH_COUNT } = process.env;
const last = Number(CRASH_AT ?? 0);
const points = [];

function meet(name) {
  points.push(name);
  const isLast = points.length === last;
  if (isLast && CRASH_WHEN === 'before') die();
  return isLast;
}

function die() {
  process.kill(process.pid, 'SIGKILL');
  // The signal comes at once; nothing may happen in between.
  for (;;);
}

const lastRequests = new WeakSet();
subscribe('undici:request:create', ({ request }) => {
  if (meet(`${request.method} ${request.path}`)) lastRequests.add(request);
});
// The service has done it, and nobody has read the answer.
subscribe('undici:request:headers', ({ request }) => {
  if (lastRequests.has(request)) die();
});

for (const name of ['rename', 'link']) {
  const real = fs[name];
  fs[name] = async (from, to) => {
    if (!String(to).includes('.reconcile')) return real(from, to);
    const isLast = meet(`${name} ${String(to).split('/').at(-1)}`);
    const result = await real(from, to);
    if (isLast) die();
    return result;
  };
}

const realSpawn = childProcess.spawn;
childProcess.spawn = (command, args, options) => {
  const verb =
    command === 'git' ? (args ?? []).find((word) => word === 'push' || word === 'update-ref') : undefined;
  if (verb === undefined) return realSpawn(command, args, options);
  const isLast = meet(`git ${verb}`);
  const child = realSpawn(command, args, options);
  if (isLast) child.prependListener('close', die);
  return child;
};
syncBuiltinESMExports();

process.on('exit', () => {
  if (CRASH_COUNT !== undefined) writeFileSync(CRASH_COUNT, JSON.stringify(points));
});
