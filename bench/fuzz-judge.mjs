import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { files } from './fuzz-world.mjs';

const EXITS = [0, 1, 2, 3, 4, 5, 6, 7];

/** @typedef {Awaited<ReturnType<typeof import('./fuzz-world.mjs').openWorld>>} World */
/** @typedef {{ what: string; detail: string }} Trouble */
/** @typedef {Awaited<ReturnType<typeof prepare>>} Kept */

/** What must hold after any command. @param {Awaited<ReturnType<World['cli']>>} ran @param {string} line @returns {Trouble[]} */
export function judge(ran, line) {
  const said = `${ran.out}${ran.err}`;
  const detail = `${line}: exit ${ran.code}\n${said.slice(0, 1500)}`;
  if (ran.hung) return [{ what: 'hang', detail }];
  const bad = [];
  if (/\bINTERNAL\b|This is a bug/.test(said)) bad.push({ what: 'uncaught', detail });
  if (!EXITS.includes(ran.code)) bad.push({ what: 'exit code', detail });
  if (said.includes('Canary-value')) bad.push({ what: 'secret', detail });
  return bad;
}

/** Only what nobody owns. @param {World} world */
export function strangers(world) {
  const { jobs = [] } = world.emulator.state();
  const own = jobs.filter((/** @type {any} */ job) => job.name.startsWith('stranger'));
  const on = jobs.flatMap((/** @type {any} */ job) =>
    (job.schedules ?? []).filter((/** @type {any} */ one) => one.description === 'somebody else'),
  );
  const brief = (/** @type {any} */ value) =>
    JSON.stringify(value, (key, item) => (/At$|run|logs|changed/i.test(key) ? undefined : item));
  return brief([
    own,
    on.map((/** @type {any} */ { description, cron, active }) => ({ description, cron, active })),
  ]);
}

/** A job of somebody else, and a schedule of somebody else on ours. @param {World} world */
async function plantStrangers(world) {
  const state = world.emulator.state();
  const jobs = state.jobs ?? [];
  jobs.push({
    name: 'stranger',
    description: 'by hand',
    action: 'https://x.example.com/',
    active: true,
    httpMethod: 'POST',
    schedules: [{ description: 's', cron: '* * * * 1 2 3', active: true }],
  });
  const ours = jobs.find((/** @type {any} */ job) => job.name === 'report');
  ours.schedules.push({ description: 'somebody else', cron: '* * * * 23 59 58', active: true });
  world.emulator.setState({ ...state, jobs });
}

/** Applies the first manifests, and keeps everything for the cases. @param {World} world */
export async function prepare(world) {
  for (const target of ['sap', 'riversand']) {
    const ran = await world.cli(['apply', '-t', target, '--yes', '-q']);
    if (ran.code !== 0) throw new Error(`the world could not be made: ${ran.out}${ran.err}`);
  }
  await plantStrangers(world);
  const folder = join(world.folder, '.reconcile', 'state');
  const states = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return {
    service: world.emulator.state(),
    states: states.map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') })),
  };
}

/** @param {World} world @param {Kept} kept */
export function restore(world, kept) {
  world.proxy.spoil = undefined;
  world.emulator.setState(structuredClone(kept.service));
  rmSync(join(world.folder, '.reconcile'), { recursive: true, force: true });
  rmSync(join(world.folder, 'jobs'), { recursive: true, force: true });
  world.put({ 'reconcile.yaml': world.config, ...files.before });
  for (const { name, text } of kept.states) world.put({ [`.reconcile/state/${name}`]: text });
  world.emulator.clearRequests();
}
