import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { judge, restore, strangers } from './fuzz-judge.mjs';
import { pick, spoilJson, spoilJsonText, spoilText } from './fuzz-mutate.mjs';
import { files } from './fuzz-world.mjs';

/** @typedef {import('./fuzz-judge.mjs').World} World */
/** @typedef {import('./fuzz-judge.mjs').Trouble} Trouble */
/** @typedef {import('./fuzz-judge.mjs').Kept} Kept */
/** @typedef {() => number} Random */

/** Longer ones nobody reads. */
const LONGEST_TEXT = 20_000;
const HOUR = 3_600_000;
const lines = [
  'plan',
  'plan -o json',
  'drift',
  'status',
  'status -o json',
  'history',
  'apply --yes',
  'apply --yes',
  'apply --yes --lock-timeout 1s -o json',
  'unlock --yes',
  'unlock --yes -o json',
  'forget SapJob/report --yes',
  'unprotect SapJob/report --yes',
];

/** @param {World} world @param {number} age ms since the last sign of life */
function lockOf(world, age) {
  const at = (/** @type {number} */ ms) => new Date(world.emulator.clock.now() - age + ms).toISOString();
  return {
    id: '3f0c2f0e-6c1d-4d43-9a53-9f6f0a1f2b3c',
    target: 'sap',
    owner: 'bob',
    host: 'there',
    pid: 17,
    command: 'reconcile apply -t sap',
    startedAt: at(-HOUR),
    renewedAt: at(0),
    expiresAt: at(60_000),
    term: 60_000,
  };
}

/** A lock as a text, most of the time damaged. @param {any} sound @param {any} lock @param {Random} random */
function spoiledLock(sound, lock, random) {
  const text = `${JSON.stringify(sound, null, 1)}\n`;
  const how = random();
  if (how < 0.1) return text;
  if (how < 0.15) return '';
  if (how < 0.2) return text.slice(0, Math.floor(random() * text.length));
  if (how < 0.25)
    return JSON.stringify({ ...sound, formatVersion: pick(random, ['2', 2, null, '', {}, '1.1']) });
  if (how < 0.3)
    return Buffer.from(Array.from({ length: 300 }, () => Math.floor(random() * 256))).toString('latin1');
  if (how < 0.35) return `${text}${'x'.repeat(3_000_000)}`;
  const odd = pick(random, odds);
  if (how < 0.55) {
    lock[pick(random, Object.keys(lock))] = odd;
    return JSON.stringify(sound);
  }
  return spoilJsonText(text, random);
}

const odds = [
  'riversand',
  '../../outside',
  '/tmp/outside',
  'a/b',
  'x'.repeat(300),
  'y'.repeat(500_000),
  '\u001b[2J\u001b[31m',
  'a\nb',
  '\u0000',
  '',
  0,
  -1,
  1e308,
  null,
  [],
  {},
  true,
  '9999-12-31T23:59:59Z',
  '+275760-09-13T00:00:00.000Z',
  '0000-01-01',
  'soon',
  '2026',
];

/**
 * Whose is the target, by an eye of its own? `free`: sound and over, `held`: sound and alive, `damaged`: nobody can say.
 * @param {any} lock @param {number} now
 */
function verdictOn(lock, now) {
  const isText = (/** @type {string} */ key) => typeof lock[key] === 'string';
  const isWhole =
    typeof lock === 'object' &&
    lock !== null &&
    ['id', 'target', 'owner', 'host', 'command', 'startedAt', 'renewedAt', 'expiresAt'].every(isText) &&
    lock.target === 'sap' &&
    (lock.formatVersion === undefined || lock.formatVersion === '1') &&
    Number.isFinite(Date.parse(lock.expiresAt));
  if (!isWhole) return 'damaged';
  return Date.parse(lock.expiresAt) < now ? 'free' : 'held';
}

/** @param {string} text @returns {any} */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What holds for every command over damaged books. @param {Awaited<ReturnType<World['cli']>>} ran @param {string} line @returns {Trouble[]} */
function judgeText(ran, line) {
  const said = `${ran.out}${ran.err}`;
  const found = judge(ran, line);
  const detail = `${line}: exit ${ran.code}, ${said.length} characters\n${said.slice(0, 1500)}`;
  if (said.length > LONGEST_TEXT && ran.code !== 0)
    found.push({ what: 'an error that nobody reads', detail });
  if (said.includes('\u001b')) found.push({ what: 'control characters in the output', detail });
  // Of the config, and said in every case.
  const own = said.replace(/.*PATCH_MATCHES_NOTHING.*\n.*\n/g, '');
  const failed = ran.code !== 0 && ran.code !== 2;
  if (failed && !/\b[A-Z]+(_[A-Z]+)+\b|\b(LOCKED|UNOWNED|REFUSED)\b/.test(own))
    found.push({ what: 'an error without a code', detail });
  if (failed && !/→|"remedy"|to allow it/i.test(own))
    found.push({ what: 'an error that does not say what to do', detail });
  return found;
}

/** All files of the project by name. @param {World} world */
function namesIn(world) {
  return readdirSync(world.folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile() && !one.parentPath.includes('.git'))
    .map((one) => join(one.parentPath, one.name).slice(world.folder.length + 1))
    .sort();
}

/** Files of the state of this target, and nothing else, may come. @param {World} world @param {readonly string[]} before */
function strays(world, before) {
  const own = /^\.reconcile\/state\/sap\.(json|json\.bak|history\.ndjson|lock)$/;
  return namesIn(world).filter((name) => !before.includes(name) && !own.test(name));
}

/** @param {Trouble[]} found @param {string} more */
const withMore = (found, more) =>
  found.map((one) => ({ ...one, detail: `${one.detail}\n--- ${more.slice(0, 3000)}` }));

/** @param {World} world @param {Random} random @param {Kept} kept @returns {Promise<Trouble[]>} */
async function locks(world, random, kept) {
  restore(world, kept);
  if (random() < 0.5) world.put(files.after);
  const others = strangers(world);
  const path = join(world.folder, '.reconcile', 'state', 'sap.lock');
  const sound = lockOf(world, pick(random, [0, 0, 30_000, HOUR]));
  const isFolder = random() < 0.02;
  const text = spoiledLock(sound, sound, random);
  if (isFolder) mkdirSync(path);
  else writeFileSync(path, text);
  const names = namesIn(world);
  const line = pick(random, lines);
  const ran = await world.cli([...line.split(' '), '-t', 'sap']);
  const found = judgeText(ran, line);
  const { now } = world.emulator.clock;
  const verdict = isFolder ? 'damaged' : verdictOn(parsed(readText(text)), now());
  const isKept = isFolder
    ? existsSync(path)
    : existsSync(path) && readFileSync(path, 'utf8') === readText(text);
  if (verdict !== 'free' && world.writes() > 0)
    found.push({ what: `a write in spite of a lock that is ${verdict}`, detail: line });
  if (verdict === 'damaged' && !isKept) found.push({ what: 'a damaged lock was overwritten', detail: line });
  if (verdict === 'held' && !isKept && !line.startsWith('unlock'))
    found.push({ what: 'a living lock was taken', detail: line });
  if (verdict === 'damaged' && /^(apply|unlock|forget|unprotect)/.test(line) && ![1, 6].includes(ran.code))
    found.push({ what: `exit ${ran.code} with a damaged lock`, detail: `${line}\n${ran.out}${ran.err}` });
  const stray = strays(world, names);
  if (stray.length > 0) found.push({ what: 'stray files', detail: stray.join() });
  if (strangers(world) !== others) found.push({ what: 'a stranger was touched', detail: line });
  if (isFolder) rmSync(path, { recursive: true });
  return withMore(found, `sap.lock\n${isFolder ? '(a folder)' : text}`);
}

/** As it is read back. @param {string} text */
const readText = (text) => Buffer.from(text).toString('utf8');

/**
 * The state of an apply that was cut short, and the service as it was then; made once for each world.
 * @type {WeakMap<World, { service: any; state: string }>}
 */
const cutShort = new WeakMap();

/** @param {World} world @param {Kept} kept */
async function makeJournal(world, kept) {
  const known = cutShort.get(world);
  if (known !== undefined) return known;
  restore(world, kept);
  world.put(files.after);
  let writes = 0;
  world.proxy.spoil = (answer) => {
    if (answer.method !== 'GET' && answer.path.startsWith('/scheduler/')) writes += 1;
    if (writes <= 1) return answer;
    return { ...answer, status: answer.method === 'GET' ? 403 : 500 };
  };
  await world.cli(['apply', '--yes', '-t', 'sap', '-q']);
  world.proxy.spoil = undefined;
  const state = readFileSync(join(world.folder, '.reconcile', 'state', 'sap.json'), 'utf8');
  if (JSON.parse(state).journal === null) throw new Error('the apply was to be cut short');
  const made = { service: world.emulator.state(), state };
  cutShort.set(world, made);
  return made;
}

/** @param {World} world @param {Random} random @param {Kept} kept @returns {Promise<Trouble[]>} */
async function journals(world, random, kept) {
  const cut = await makeJournal(world, kept);
  restore(world, { ...kept, service: cut.service });
  world.put(files.after);
  const folder = join(world.folder, '.reconcile', 'state');
  const others = strangers(world);
  const state = JSON.parse(cut.state);
  const how = random();
  if (how < 0.8) state.journal = spoiledJournal(state.journal, random);
  let text = `${JSON.stringify(state, null, 1)}\n`;
  if (how >= 0.8 && how < 0.9) text = spoilText(text, random);
  // Half a line, a line of something else, a huge one.
  const history = spoilText(
    `{"id":"1","target":"sap"}\n${'z'.repeat(random() < 0.1 ? 2_000_000 : 5)}\n`,
    random,
  );
  writeFileSync(join(folder, 'sap.json'), text);
  if (how >= 0.9) writeFileSync(join(folder, 'sap.history.ndjson'), history);
  writeFileSync(join(folder, 'sap.json.bak'), 'the last good copy');
  const line = pick(random, lines);
  const ran = await world.cli([...line.split(' '), '-t', 'sap']);
  const found = judgeText(ran, line);
  const after = readFileSync(join(folder, 'sap.json'), 'utf8');
  const isKept = after === readText(text);
  const damaged = /STATE_DAMAGED|STATE_FORMAT/.test(ran.err);
  if (damaged && world.writes() > 0) found.push({ what: 'a write after a damaged journal', detail: line });
  if (damaged && !isKept) found.push({ what: 'a damaged state was overwritten', detail: line });
  if (damaged && readFileSync(join(folder, 'sap.json.bak'), 'utf8') !== 'the last good copy')
    found.push({ what: 'the last good copy was overwritten', detail: line });
  if (!isKept && readFileSync(join(folder, 'sap.json.bak'), 'utf8') !== readText(text))
    found.push({
      what: 'overwritten without a copy beside it',
      detail: `${line}: exit ${ran.code}\n${ran.out}${ran.err}`.slice(0, 1500),
    });
  if (how >= 0.9 && !readFileSync(join(folder, 'sap.history.ndjson'), 'utf8').startsWith(readText(history)))
    found.push({ what: 'history was overwritten', detail: line });
  if (strangers(world) !== others) found.push({ what: 'a stranger was touched', detail: line });
  return withMore(found, how >= 0.9 ? history : text.slice(0, text.indexOf('"inventory"')));
}

/** @param {any} journal @param {Random} random */
function spoiledJournal(journal, random) {
  const how = random();
  if (how < 0.1) return pick(random, odds);
  if (how < 0.3) {
    const intent = pick(random, Object.values(journal.intents));
    const holder =
      pick(random, [journal, intent, intent.before, intent.entry, ...intent.operations]) ?? journal;
    holder[pick(random, Object.keys(holder))] = pick(random, odds);
    return journal;
  }
  return spoilJson(journal, random);
}

/** @param {string} folder @param {string[]} args @param {string} [input] */
function git(folder, args, input = '') {
  const author = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
  return execFileSync('git', ['-C', folder, ...author, ...args], { input, encoding: 'utf8' }).trim();
}

/** A commit with these files on a ref. @param {string} folder @param {string} ref @param {Record<string, string>} contents */
function commitTo(folder, ref, contents) {
  const tree = Object.entries(contents)
    .map(([name, text]) => `100644 blob ${git(folder, ['hash-object', '-w', '--stdin'], text)}\t${name}\n`)
    .join('');
  const commit = git(folder, ['commit-tree', git(folder, ['mktree'], tree), '-m', 'x']);
  git(folder, ['update-ref', ref, commit]);
  return commit;
}

/** @param {World} world @param {Random} random @param {Kept} kept @returns {Promise<Trouble[]>} */
async function gitLocks(world, random, kept) {
  restore(world, kept);
  const { folder } = world;
  if (!existsSync(join(folder, '.git'))) git(folder, ['init', '-q']);
  rmSync(join(folder, '.git', 'reconcile'), { recursive: true, force: true });
  world.put({ 'reconcile.yaml': world.config.replace('backend: file', 'backend: git') });
  if (random() < 0.5) world.put(files.after);
  const others = strangers(world);
  const state = kept.states.find(({ name }) => name === 'sap.json')?.text ?? '';
  const base = commitTo(folder, 'refs/reconcile/state/sap', { 'state.json': state });
  const lock = lockOf(world, pick(random, [0, HOUR, HOUR]));
  const progress = pick(random, [null, null, { by: lock.id, base }]);
  const text = spoiledLock({ formatVersion: '1', lock, progress }, lock, random);
  const at = commitTo(folder, 'refs/reconcile/lock/sap', {
    [random() < 0.05 ? 'other.json' : 'lock.json']: text,
    ...(random() < 0.5 ? { 'state.json': random() < 0.5 ? state : spoilJsonText(state, random) } : {}),
  });
  const line = pick(random, lines);
  const ran = await world.cli([...line.split(' '), '-t', 'sap']);
  const found = judgeText(ran, line);
  const ref = git(folder, ['for-each-ref', '--format=%(objectname)', 'refs/reconcile/lock/sap']);
  const damaged = /LOCK_DAMAGED|STATE_FORMAT|STATE_DAMAGED|STATE_FOREIGN/.test(ran.err);
  if (damaged && world.writes() > 0) found.push({ what: 'a write in spite of a damaged lock', detail: line });
  if (damaged && ref !== at && !line.startsWith('unlock'))
    found.push({ what: 'a damaged lock was moved', detail: `${line}\n${ran.err}` });
  const now = world.emulator.clock.now();
  const whole = parsed(readText(text));
  if (whole?.lock && verdictOn(whole.lock, now) === 'held' && world.writes() > 0)
    found.push({ what: 'a write in spite of a living lock', detail: line });
  if (strangers(world) !== others) found.push({ what: 'a stranger was touched', detail: line });
  return withMore(found, `lock.json\n${text}`);
}

/** @type {Record<string, (world: World, random: Random, kept: Kept) => Promise<Trouble[]>>} */
export const lockAreas = { locks, journals, 'git locks': gitLocks };
