import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { judge, prepare, restore, strangers } from './fuzz-judge.mjs';
import { lockAreas } from './fuzz-locks.mjs';
import { pick, spoilJson, spoilJsonText, spoilText } from './fuzz-mutate.mjs';
import { files, openWorld } from './fuzz-world.mjs';

/** Worlds grow old: schedules fire, logs grow. */
const CASES_PER_WORLD = 300;

const examples = fileURLToPath(new URL('../examples', import.meta.url));
const manifestTexts = ['sap', 'riversand'].flatMap((name) =>
  readdirSync(join(examples, name, 'jobs')).map((file) => ({
    file,
    text: readFileSync(join(examples, name, 'jobs', file), 'utf8'),
  })),
);
manifestTexts.push(...Object.entries(files.before).map(([file, text]) => ({ file: file.slice(5), text })));

/** @typedef {import('./fuzz-judge.mjs').World} World */
/** @typedef {import('./fuzz-judge.mjs').Trouble} Trouble */
/** @typedef {import('./fuzz-judge.mjs').Kept} Kept */

/** What the services know, without ids and times. @param {World} world */
function seen({ emulator }) {
  const { jobs = [], riversand } = emulator.state();
  const sap = jobs.map((/** @type {any} */ job) => ({
    name: job.name,
    description: job.description,
    active: job.active,
    schedules: (job.schedules ?? [])
      .map((/** @type {any} */ one) =>
        [one.description, one.cron, one.repeatAt, one.repeatInterval, one.time, one.active].join('|'),
      )
      .sort(),
  }));
  const tenant = riversand?.tenants?.[0] ?? {};
  const batch = (tenant.batchSchedules ?? tenant.batch ?? []).map((/** @type {any} */ one) =>
    [one.appId, one.jobDefId, one.recurrenceInterval].join('|'),
  );
  const objects = (tenant.objects ?? tenant.scheduleObjects ?? []).map((/** @type {any} */ one) => one.id);
  return {
    sap: sap.sort((/** @type {any} */ a, /** @type {any} */ b) => (a.name < b.name ? -1 : 1)),
    batch: batch.sort(),
    objects: objects.sort(),
  };
}

/** @type {Record<string, (world: World, random: () => number, kept: Kept) => Promise<Trouble[]>>} */
export const areas = {
  async manifests(world, random) {
    const { file, text } = pick(random, manifestTexts);
    const spoiled = file.endsWith('.json') ? spoilJsonText(text, random) : spoilText(text, random);
    world.put({ [`jobs/${file}`]: spoiled });
    const line = pick(random, [
      'validate',
      'validate',
      'validate -o json',
      'lint',
      'lint -o json',
      'calendar -o json',
      'plan',
    ]);
    const found = judge(await world.cli(line.split(' ')), line);
    rmSync(join(world.folder, 'jobs', file), { force: true });
    world.put(files.before);
    return found.map((one) => ({ ...one, detail: `${one.detail}\n--- ${file}\n${spoiled}` }));
  },

  async config(world, random) {
    const spoiled = spoilText(world.config, random);
    world.put({ 'reconcile.yaml': spoiled });
    const line = pick(random, ['validate', 'validate -o json', 'lint', 'plan', 'status', 'drift']);
    const found = judge(await world.cli(line.split(' ')), line);
    world.put({ 'reconcile.yaml': world.config });
    return found.map((one) => ({ ...one, detail: `${one.detail}\n--- reconcile.yaml\n${spoiled}` }));
  },

  async state(world, random, kept) {
    restore(world, kept);
    const before = strangers(world);
    const { name, text } = pick(random, kept.states);
    const target = name.split('.')[0] ?? '';
    const spoiled = spoilJsonText(text, random);
    const path = join(world.folder, '.reconcile', 'state', name);
    writeFileSync(path, spoiled);
    const line = pick(random, [
      'plan',
      'drift',
      'status',
      'history',
      'apply --yes',
      'apply --yes -q -o json',
      'forget SapJob/report --yes',
      'unprotect SapJob/report --yes',
    ]);
    const ran = await world.cli([...line.split(' '), '-t', target]);
    const found = judge(ran, line);
    if (strangers(world) !== before) found.push({ what: 'a stranger was touched', detail: line });
    const damaged = /STATE_DAMAGED|STATE_FORMAT/.test(ran.err);
    if (damaged && world.writes() > 0) found.push({ what: 'write after a damaged state', detail: line });
    if (damaged && readFileSync(path, 'utf8') !== Buffer.from(spoiled).toString('utf8'))
      found.push({ what: 'damaged state overwritten', detail: line });
    return found.map((one) => ({ ...one, detail: `${one.detail}\n--- ${name}\n${spoiled}` }));
  },

  async plans(world, random, kept) {
    restore(world, kept);
    const target = pick(random, ['sap', 'riversand']);
    world.put(files.after);
    await world.cli(['plan', '-t', target, '--out', 'plan.json', '-q']);
    const text = readFileSync(join(world.folder, 'plan.json'), 'utf8');
    let spoiled = spoilJsonText(text, random);
    if (random() < 0.1) spoiled = spoilText(text, random);
    if (same(text, spoiled)) return [];
    world.put({ 'plan.json': spoiled });
    world.emulator.clearRequests();
    const ran = await world.cli(['apply', 'plan.json', '--yes']);
    const found = judge(ran, 'apply plan.json');
    if (ran.code === 0 || world.writes() > 0)
      found.push({ what: 'a spoiled plan was applied', detail: ran.out });
    return found.map((one) => ({ ...one, detail: `${one.detail}\n--- plan.json\n${spoiled}` }));
  },

  'sap answers': (world, random, kept) => answers('sap', world, random, kept),
  'riversand answers': (world, random, kept) => answers('riversand', world, random, kept),
  ...lockAreas,
};

/** @param {string} a @param {string} b */
function same(a, b) {
  try {
    return JSON.stringify(JSON.parse(a)) === JSON.stringify(JSON.parse(b));
  } catch {
    return false;
  }
}

/** The service lies: once or from some answer on. @param {string} target @param {World} world @param {() => number} random @param {Kept} kept */
async function answers(target, world, random, kept) {
  restore(world, kept);
  const before = strangers(world);
  const change = random() < 0.6;
  if (change) world.put(files.after);
  const applies = random() < 0.75;
  const once = random() < 0.6;
  const from = Math.floor(random() * (change ? 24 : 7));
  let count = 0;
  /** @type {any[]} */
  const lies = [];
  world.proxy.spoil = (answer) => {
    const nth = count++;
    if (once ? nth !== from : nth < from || random() < 0.5) return answer;
    const lie = lieAbout(answer, random);
    lies.push({ nth, method: answer.method, path: answer.path, ...lie });
    return lie;
  };
  const line = applies
    ? `apply --yes -t ${target}`
    : pick(random, [`plan -t ${target} -o json`, `plan -t ${target}`, `drift -t ${target}`]);
  const ran = await world.cli(line.split(' '));
  const found = judge(ran, line);
  if (applies && change && random() < 0.3) {
    // The next apply is lied to as well.
    count = 0;
    found.push(...judge(await world.cli(line.split(' ')), `${line}, again`));
  }
  world.proxy.spoil = undefined;
  if (strangers(world) !== before) found.push({ what: 'a stranger was touched', detail: line });
  if (!applies && world.writes() > 0) found.push({ what: 'plan wrote', detail: line });
  if (!change && once && world.writes() > 0)
    found.push({ what: 'a write although nothing had to be done', detail: `${line}\n${ran.out}` });
  if (applies && change && found.length === 0) found.push(...(await converges(target, world, before)));
  return found.map((one) => ({
    ...one,
    detail: `${one.detail}\n--- lies ${JSON.stringify(lies).slice(0, 3000)}`,
  }));
}

/** After the lies one honest apply ends where an apply without lies ends. @param {string} target @param {World} world @param {string} before */
async function converges(target, world, before) {
  await world.emulator.clock.advance(120_000);
  const ran = await world.cli(['apply', '--yes', '-t', target]);
  await world.emulator.clock.advance(120_000);
  const plan = await world.cli(['plan', '-t', target, '--exit-code']);
  const found = judge(ran, 'the next apply');
  if (ran.code !== 0 || plan.code !== 0)
    found.push({
      what: 'the next apply does not converge',
      detail: `${ran.out}${ran.err}${plan.out}${plan.err}`,
    });
  if (strangers(world) !== before)
    found.push({ what: 'a stranger was touched', detail: 'by the next apply' });
  const now = seen(world);
  const names = now.sap.map((/** @type {any} */ job) => job.name);
  if (
    new Set(names).size !== names.length ||
    new Set(now.objects).size !== now.objects.length ||
    new Set(now.batch).size !== now.batch.length
  )
    found.push({ what: 'a duplicate', detail: JSON.stringify(now) });
  for (const job of now.sap) {
    if (new Set(job.schedules).size !== job.schedules.length)
      found.push({ what: 'a duplicate', detail: JSON.stringify(job) });
  }
  return found;
}

const statuses = [
  200, 200, 201, 204, 301, 302, 400, 401, 403, 404, 404, 409, 412, 418, 429, 500, 502, 503, 599,
];
const headers = [
  { 'content-type': 'text/html' },
  { 'content-type': '' },
  { 'retry-after': '-5' },
  { 'retry-after': 'soon' },
  { 'retry-after': '99999999999' },
  { date: 'never' },
  { date: 'Thu, 01 Jan 1970 00:00:00 GMT' },
  { date: 'Fri, 31 Dec 9999 23:59:59 GMT' },
  { throttling: 'x' },
  { throttling: '1e9' },
  { 'content-encoding': 'gzip' },
  { location: 'http://127.0.0.1:9/' },
  { 'set-cookie': 'a=b' },
  { 'www-authenticate': 'Basic' },
];

/** @param {any} answer @param {() => number} random */
function lieAbout(answer, random) {
  const how = random();
  if (how < 0.05) return { ...answer, cut: true };
  if (how < 0.15) {
    const status = pick(random, statuses);
    // These say that nothing was done. After a write that would be a lie that no client could see through.
    const denies = answer.method !== 'GET' && [401, 429, 503].includes(status);
    return { ...answer, status: denies ? 500 : status };
  }
  if (how < 0.25) return { ...answer, headers: { ...answer.headers, ...pick(random, headers) } };
  if (how < 0.3)
    return {
      ...answer,
      body: '<html><body>Sign in</body></html>',
      headers: { ...answer.headers, 'content-type': 'text/html' },
    };
  if (how < 0.65) return { ...answer, body: spoilText(answer.body, random) };
  try {
    return { ...answer, body: JSON.stringify(spoilJson(JSON.parse(answer.body), random)) ?? '' };
  } catch {
    return { ...answer, body: spoilText(answer.body, random) };
  }
}

/** Small and repeatable (mulberry32). @param {number} seed */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Case after case of one area until `enough` says so. Every case has a seed of its own, so that one can be repeated alone.
 * @param {Parameters<typeof openWorld>[0]} product
 * @param {{ area: string; seed: number; enough: (cases: number) => boolean; onTrouble?: (seed: number, trouble: Trouble) => void }} options
 */
export async function fuzzArea(product, { area, seed, enough, onTrouble }) {
  const one = areas[area];
  if (one === undefined)
    throw new Error(`there is no area ${area}; known are ${Object.keys(areas).join(', ')}`);
  /** @type {(Trouble & { seed: number })[]} */
  const troubles = [];
  /** @type {Trouble[]} */
  const loose = [];
  const onLoose = (/** @type {unknown} */ error) =>
    void loose.push({
      what: 'uncaught',
      detail: error instanceof Error ? String(error.stack) : String(error),
    });
  process.on('unhandledRejection', onLoose);
  process.on('uncaughtException', onLoose);
  let cases = 0;
  try {
    while (!enough(cases)) {
      const world = await openWorld(product);
      try {
        const kept = await prepare(world);
        for (let nth = 0; nth < CASES_PER_WORLD && !enough(cases); nth++) {
          const own = seed + cases++;
          const found = [...(await one(world, randomFrom(own), kept)), ...loose.splice(0)];
          if (Object.keys(Object.prototype).length > 0) {
            found.push({ what: 'prototype polluted', detail: Object.keys(Object.prototype).join() });
            for (const key of Object.keys(Object.prototype))
              delete (/** @type {any} */ (Object.prototype)[key]);
          }
          for (const trouble of found) {
            troubles.push({ seed: own, ...trouble });
            onTrouble?.(own, trouble);
          }
          if (found.some(({ what }) => what === 'hang') || !existsSync(world.folder)) break;
        }
      } finally {
        await world.close();
      }
    }
  } finally {
    process.off('unhandledRejection', onLoose);
    process.off('uncaughtException', onLoose);
  }
  return { area, cases, troubles };
}
