import { openFaultWorld } from './fault-worlds.mjs';

/** So many requests in a row get a lasting fault: more than an apply sends. */
const LASTING = 60;
const MINUTE = 60_000;

const json = { code: 400, message: 'no' };
/** Every sort of answer that either service, or what is between, may give. */
const common = {
  'refused (400)': { status: 400, body: json },
  'unauthorized (401)': { status: 401, body: json },
  'forbidden (403)': { status: 403, body: json },
  'a page that is not there (404)': { status: 404, html: true },
  'conflict (409)': { status: 409, body: json },
  'timed out (408)': { status: 408, body: json },
  'rate limited (429)': { status: 429, headers: { 'retry-after': '1' } },
  'failed (500)': { status: 500, body: json },
  'a gateway without a service (502)': { status: 502, html: true },
  'busy (503)': { status: 503, headers: { 'retry-after': '1' } },
  'a redirect to a login (302)': { status: 302, headers: { location: 'https://login.example.com/' } },
  'connection reset': { reset: true },
  'HTML instead': { html: true },
  'an empty body': { status: 200, body: '' },
  'an empty object': { status: 200, body: {} },
  'JSON null': { status: 200, body: 'null', headers: { 'content-type': 'application/json' } },
  'half of the answer': { truncate: true },
  'nothing of the answer': { truncate: 0 },
  'late by 30 s': { delay: 30_000 },
  'stale, as of the start': { stale: true },
  'done, answer lost': { commitThenDrop: true },
  'done, then 500': { commit: true, status: 500, body: json },
  'done, then 400': { commit: true, status: 400, body: json },
  'done, then a redirect': { commit: true, status: 302, headers: { location: 'https://login.example.com/' } },
  'done, then HTML': { commit: true, html: true },
};
const of = {
  sap: {
    'an empty list': { status: 200, body: { total: 0, results: [] } },
    'a list that hides its rows': { status: 200, body: { total: 3, results: [] } },
  },
  riversand: {
    'status error': { statusError: true },
    'done, status error': { statusError: true, commit: true },
    'no batch schedules': {
      status: 200,
      body: { response: { status: 'success', statusDetail: { response: { jobSchedules: [] } } } },
    },
    'no schedule objects': {
      status: 200,
      body: { response: { status: 'success', totalRecords: 0, scheduleObjects: [] } },
    },
    'objects counted, not shown': { status: 200, body: { response: { status: 'success', totalRecords: 3 } } },
    'deleted, not created, status error': { betweenHalves: 'error' },
    'deleted, not created, connection cut': { betweenHalves: 'drop' },
    'ten seconds between delete and create': { betweenHalves: 10_000 },
    'success that never shows': { neverShows: true },
    'success that does nothing': { neverShows: 'kept' },
    'somebody else creates in between': { duplicate: true },
    'shows after a minute': { showsAfter: 60_000 },
    'shows after three lists, ghosts until then': { showsAfter: { lists: 3, ghosts: true } },
    'done, status error, shows after a minute': { statusError: true, commit: true, showsAfter: 60_000 },
  },
};
/** Answers that say a write is done which was not: nothing could be told from them where a value cannot be read back. */
const ofReads = {
  'no batch schedules': 'schedule-batch-list',
  'no schedule objects': 'get',
  'objects counted, not shown': 'get',
};
const lasting = [
  'refused (400)',
  'unauthorized (401)',
  'forbidden (403)',
  'conflict (409)',
  'rate limited (429)',
  'failed (500)',
  'a redirect to a login (302)',
  'connection reset',
  'HTML instead',
  'half of the answer',
  'stale, as of the start',
  'done, answer lost',
  'done, then 400',
  'done, then a redirect',
  'status error',
  'done, status error',
  'deleted, not created, status error',
  'success that never shows',
];

/** Name → rules for a fault at the nth request. @param {'sap' | 'riversand'} service */
export function faultsOf(service) {
  const all = { ...common, ...of[service] };
  /** @type {Record<string, (nth: number) => any[]>} */
  const rules = {};
  for (const [name, effect] of Object.entries(all)) {
    const verb = Object.entries(ofReads).find(([read]) => read === name)?.[1];
    rules[name] = (nth) => [{ id: 'f0', match: { nth, ...(verb === undefined ? {} : { verb }) }, effect }];
    // Each rule counts what the ones before it let pass: together they hit one request after the other.
    if (lasting.includes(name))
      rules[`${name}, from then on`] = (nth) =>
        Array.from({ length: LASTING }, (_, at) => ({ id: `f${at}`, match: { nth }, effect }));
  }
  return rules;
}

/** @param {any} world */
const hits = (world) =>
  world.emulator.faults
    .list()
    .reduce((/** @type {number} */ sum, /** @type {any} */ one) => sum + one.hits, 0);

/**
 * Every fault at every request of a plan and of an apply; `take` may leave points out. Afterwards the service is well, and one
 * more apply has to end where it should.
 * @param {any} product
 * @param {{ service: 'sap' | 'riversand'; take?: (point: number) => boolean; only?: string; onFailure?: (text: string) => void }} options
 */
export async function faultMatrix(product, { service, take = () => true, only, onFailure }) {
  const world = await openFaultWorld(product, service);
  const report = { points: 0, plan: 0, apply: 0, converged: 0, failures: /** @type {string[]} */ ([]) };
  try {
    const goal = await goalOf(world);
    let point = 0;
    for (const [fault, rules] of Object.entries(faultsOf(service))) {
      if (only !== undefined && !fault.includes(only)) continue;
      for (const phase of /** @type {const} */ (['plan', 'apply'])) {
        for (let nth = 1; ; nth++) {
          const isTaken = take(point++);
          if (!isTaken && nth > goal.requests[phase]) break;
          if (!isTaken) continue;
          const found = await onePoint(world, { phase, rules: rules(nth), goal });
          if (found === undefined) break;
          report.points += 1;
          report[phase] += 1;
          if (found.length === 0) report.converged += 1;
          for (const what of found) {
            report.failures.push(`${service}, ${fault}, request ${nth} of ${phase}: ${what}`);
            onFailure?.(report.failures.at(-1) ?? '');
          }
        }
      }
    }
  } finally {
    await world.close();
  }
  return report;
}

/** @param {Awaited<ReturnType<typeof openFaultWorld>>} world */
async function goalOf(world) {
  const store = await world.restore();
  await world.plan(store);
  const plan = world.emulator.requests().length;
  const untouchable = world.untouchable();
  world.emulator.clearRequests();
  await world.apply(store);
  const apply = world.emulator.requests().length;
  await world.emulator.clock.advance(2 * MINUTE);
  const left = await world.plan(store);
  if (left.length > 0) throw new Error('the world does not converge without faults');
  return { seen: world.seen(), untouchable, requests: { plan, apply } };
}

/**
 * What went wrong at one point; undefined when there is no such request.
 * @param {Awaited<ReturnType<typeof openFaultWorld>>} world
 * @param {{ phase: 'plan' | 'apply'; rules: any[]; goal: Awaited<ReturnType<typeof goalOf>> }} one
 */
async function onePoint(world, { phase, rules, goal }) {
  const store = await world.restore();
  const found = /** @type {string[]} */ ([]);
  const same = (/** @type {string} */ what, /** @type {unknown} */ is, /** @type {unknown} */ wanted) => {
    if (JSON.stringify(is) !== JSON.stringify(wanted))
      found.push(`${what}\n  is     ${JSON.stringify(is)}\n  wanted ${JSON.stringify(wanted)}`);
  };
  const untouched = world.seen();
  world.emulator.faults.set(rules);
  const failed = (/** @type {any} */ error) => {
    if (/\b(HANG|INTERNAL)\b/.test(`${error?.message} ${error?.code}`)) found.push(String(error?.stack));
  };
  if (phase === 'plan') {
    const changes = await world.plan(store).catch(failed);
    if (hits(world) === 0) return undefined;
    if (world.writes() > 0) found.push('the plan wrote');
    same('the plan changed something', world.seen(), untouched);
    for (const { action, address } of changes ?? [])
      if (/delete|deactivate/.test(action) && !world.leaving.includes(address))
        found.push(`the plan would ${action} ${address}`);
    return found;
  }
  const applied = await world.apply(store).catch(failed);
  if (hits(world) === 0) return undefined;
  for (const { address, error } of applied?.outcomes ?? [])
    if (/\b(HANG|INTERNAL)\b/.test(`${error?.message} ${error?.code}`))
      found.push(`${address}: ${error?.message}`);
  world.emulator.faults.clear();
  await world.emulator.clock.advance(2 * MINUTE);
  same('what has to stay was touched', world.untouchable(), goal.untouchable);
  try {
    const { outcomes } = await world.apply(store);
    const wrong = outcomes.filter((/** @type {any} */ { error }) => error !== undefined);
    same(
      'the next apply failed',
      wrong.map((/** @type {any} */ one) => `${one.address}: ${one.error.message}`),
      [],
    );
    await world.emulator.clock.advance(2 * MINUTE);
    const left = await world.plan(store);
    same(
      'something is left to do',
      left.map((/** @type {any} */ one) => `${one.action} ${one.address}`),
      [],
    );
  } catch (/** @type {any} */ error) {
    found.push(`the next apply: ${error.message} ${JSON.stringify(error.findings ?? [])}`);
  }
  same('it does not end as wanted', world.seen(), goal.seen);
  same('what has to stay was touched at last', world.untouchable(), goal.untouchable);
  return found;
}
