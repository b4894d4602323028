import { openFaultWorld } from './fault-worlds.mjs';

const MINUTE = 60_000;
/** How long a write of a schedule object stays invisible in these worlds, ms. */
const SHOWS_AFTER = 5000;

/** @param {any} state @param {string} name */
const jobOf = (state, name) => state.jobs.find((/** @type {any} */ job) => job.name === name);
/** @param {any} state @param {string} name @param {string} description */
const scheduleOf = (state, name, description) =>
  jobOf(state, name)?.schedules.find((/** @type {any} */ one) => one.description === description);
/** @param {any} state */
const tenantOf = (state) => state.riversand.tenants[0];
/** @param {any} state @param {string} id */
const objectOf = (state, id) =>
  tenantOf(state).scheduleObjects.find((/** @type {any} */ one) => one.id === id);

/** @param {any} state @param {string} name @param {string} cron */
function retime(state, name, cron) {
  const found = scheduleOf(state, name, 'b') ?? scheduleOf(state, name, 'x');
  if (found === undefined) return false;
  delete found.timing;
  delete found.nextRunAt;
  found.cron = cron;
  return true;
}

/** Somebody's `schedule-batch-process`: what was there goes. @param {any} state @param {string} jobDefId */
function recreate(state, jobDefId) {
  const tenant = tenantOf(state);
  const old = tenant.batchSchedules.find((/** @type {any} */ one) => one.jobDefId === jobDefId);
  if (old === undefined) return false;
  tenant.batchSchedules = tenant.batchSchedules.filter((/** @type {any} */ one) => one.jobDefId !== jobDefId);
  tenant.batchSchedules.push({ ...old, id: `${old.id}9`, recurrenceInterval: 'PT7M', enabled: true });
  return true;
}

/** @param {any[]} list @param {(one: any) => boolean} which */
function without(list, which) {
  const left = list.filter((one) => !which(one));
  return { left, found: left.length < list.length };
}

/** @param {any} state @param {string} name */
function dropJob(state, name) {
  const { left, found } = without(state.jobs, (job) => job.name === name);
  state.jobs = left;
  return found;
}

/** @param {any} state @param {string} name @param {string} description */
function dropSchedule(state, name, description) {
  const job = jobOf(state, name);
  if (job === undefined) return false;
  const { left, found } = without(job.schedules, (one) => one.description === description);
  job.schedules = left;
  return found;
}

/** @param {any} state @param {string} id */
function dropObject(state, id) {
  const tenant = tenantOf(state);
  const { left, found } = without(tenant.scheduleObjects, (one) => one.id === id);
  tenant.scheduleObjects = left;
  return found;
}

/**
 * What somebody does: `edit` changes the service's state and says whether there was anything to change. With `kept`, that is
 * a field that no manifest mentions: `kept` says whether it is still as it was left, `reads` and `writes` name the requests
 * that read the whole object and write it. `drops`: the job that goes, with what is on it.
 * @type {Record<'sap' | 'riversand', Record<string, { edit(state: any): boolean; kept?(state: any): boolean; reads?: RegExp; writes?: RegExp; drops?: string }>>}
 */
const doings = {
  sap: {
    'sets the alerts of a job': {
      edit(state) {
        const job = jobOf(state, 'ours');
        job.ansConfig = { onSuccess: true, onError: true };
        return true;
      },
      kept: (state) => jobOf(state, 'ours')?.ansConfig?.onSuccess === true,
      reads: /^GET \/scheduler\/jobs\/\d+$/,
      writes: /^PUT \/scheduler\/jobs\/\d+$/,
    },
    'sets the data of a schedule that changes': {
      edit(state) {
        const found = scheduleOf(state, 'ours', 'b');
        if (found === undefined) return false;
        found.data = { by: 'hand' };
        return true;
      },
      kept: (state) => scheduleOf(state, 'ours', 'b')?.data?.by === 'hand',
      reads: /^GET \/scheduler\/jobs\/\d+(\/schedules\/[^/]+)?$/,
      writes: /^PUT \/scheduler\/jobs\/\d+\/schedules\/[^/]+$/,
    },
    'sets the data of a schedule that stays': {
      edit(state) {
        scheduleOf(state, 'keep', 'x').data = { by: 'hand' };
        return true;
      },
      kept: (state) => scheduleOf(state, 'keep', 'x')?.data?.by === 'hand',
    },
    'edits the description of a job': {
      edit(state) {
        jobOf(state, 'ours').description = 'by hand';
        return true;
      },
    },
    'edits a cron that changes': { edit: (state) => retime(state, 'ours', '* * * * 5 5 5') },
    'edits a cron that stays': { edit: (state) => retime(state, 'keep', '* * * * 5 5 5') },
    'deletes the job that changes': { edit: (state) => dropJob(state, 'ours'), drops: 'ours' },
    'deletes the job that goes': { edit: (state) => dropJob(state, 'goes') },
    'deletes a job that stays': { edit: (state) => dropJob(state, 'keep'), drops: 'keep' },
    'deletes the schedule whose mode changes': { edit: (state) => dropSchedule(state, 'ours', 'a') },
    'deletes a schedule that changes': { edit: (state) => dropSchedule(state, 'ours', 'b') },
    'deletes the schedule that goes': { edit: (state) => dropSchedule(state, 'ours', 'c') },
    'deletes the job that was just made': { edit: (state) => dropJob(state, 'comes') },
  },
  riversand: {
    'sets the payload of an object that changes': {
      edit(state) {
        objectOf(state, 'poll').data.jsonData.scheduleTaskPayload = { by: 'hand' };
        return true;
      },
      kept: (state) => objectOf(state, 'poll')?.data.jsonData.scheduleTaskPayload?.by === 'hand',
      reads: /get$/,
      writes: /update$/,
    },
    'edits the interval of an object': {
      edit(state) {
        objectOf(state, 'poll').data.jsonData.scheduleConfiguration.intervalInMins = 55;
        return true;
      },
    },
    'switches an object on': {
      edit(state) {
        objectOf(state, 'stop').properties.enabled = true;
        return true;
      },
    },
    'deletes an object that changes': { edit: (state) => dropObject(state, 'poll') },
    'deletes an object that stays': { edit: (state) => dropObject(state, 'keep') },
    'deletes the object that goes': { edit: (state) => dropObject(state, 'goes') },
    'deletes the object that was just made': { edit: (state) => dropObject(state, 'young') },
    'schedules a batch anew that changes': { edit: (state) => recreate(state, 'interval') },
    'schedules a batch anew that stays': { edit: (state) => recreate(state, 'keep') },
    'schedules a batch anew that was just made': { edit: (state) => recreate(state, 'born') },
  },
};

/**
 * Somebody does something to what is ours right after the nth answer of an apply, for every n and every doing; `take` may
 * leave points out. Then one more apply: all is as wanted, nothing is doubled, and what no manifest mentions is as it was
 * left by hand, unless it came between the last read of its object and a write, which the services cannot tell.
 * @param {any} product
 * @param {{ service: 'sap' | 'riversand'; take?: (point: number) => boolean; only?: string; onFailure?: (text: string) => void }} options
 */
export async function handMatrix(product, { service, take = () => true, only, onFailure }) {
  /** @type {((request: any) => void) | undefined} */
  let onRequest;
  const world = await openFaultWorld(product, service, { log: (request) => onRequest?.(request) });
  const report = { points: 0, overwritten: 0, failures: /** @type {string[]} */ ([]) };
  const { emulator } = world;
  try {
    await world.apply(await world.restore());
    const requests = emulator.requests().length;
    await emulator.clock.advance(2 * MINUTE);
    const goal = { seen: world.seen(), untouchable: strangers(world), requests };
    let point = 0;
    for (const [what, doing] of Object.entries(doings[service])) {
      if (only !== undefined && !what.includes(only)) continue;
      for (let nth = 1; ; nth++) {
        const isTaken = take(point++);
        if (!isTaken && nth > goal.requests) break;
        if (!isTaken) continue;
        const found = /** @type {string[]} */ ([]);
        const store = await world.restore();
        const at = { edit: -1, time: 0, seen: 0 };
        onRequest = () => {
          at.seen += 1;
          if (at.seen !== nth) return;
          const state = emulator.state();
          if (!doing.edit(state)) return;
          at.edit = emulator.requests().length;
          at.time = emulator.clock.now();
          emulator.setState(state);
        };
        const first = await world.apply(store).catch((/** @type {any} */ error) => error);
        onRequest = undefined;
        if (at.seen < nth) break;
        if (at.edit < 0) continue;
        report.points += 1;
        const isCovered = doing.kept === undefined || !isBetween(world, doing, at);
        await emulator.clock.advance(2 * MINUTE);
        const second = await world.apply(store).catch((/** @type {any} */ error) => error);
        await emulator.clock.advance(2 * MINUTE);
        const left = await world.plan(store).catch((/** @type {any} */ error) => [error]);
        const wrong = (second.outcomes ?? [second]).filter((/** @type {any} */ one) => one.error ?? one.code);
        if (wrong.length > 0) found.push(`the next apply: ${told(wrong)}`);
        if (left.length > 0) found.push(`something is left to do: ${told(left)}`);
        const wanted = goal.seen.map((/** @type {string} */ line) =>
          doing.drops !== undefined && line.startsWith(`${doing.drops}:`) ? withoutTheirs(line) : line,
        );
        if (JSON.stringify(world.seen()) !== JSON.stringify(wanted))
          found.push(`it ends as ${JSON.stringify(world.seen())}\n  wanted ${JSON.stringify(wanted)}`);
        if (JSON.stringify(strangers(world)) !== JSON.stringify(goal.untouchable))
          found.push(`what is not ours was touched: ${strangers(world)}`);
        if (doing.kept?.(emulator.state()) === false) {
          if (isCovered) found.push('what was set by hand is lost');
          else report.overwritten += 1;
        }
        if (/\b(HANG|INTERNAL)\b/.test(`${first?.message} ${first?.code}`)) found.push(String(first.stack));
        for (const text of found) {
          report.failures.push(`${service}, somebody ${what}, after request ${nth}: ${text}`);
          onFailure?.(report.failures.at(-1) ?? '');
        }
      }
    }
  } finally {
    await world.close();
  }
  return report;
}

/** Who deletes a job deletes all schedules on it. @param {string} line */
const withoutTheirs = (line) => line.replace(' | somebody else: * * * * 23 59 58 true', '');

/** @param {any} world */
const strangers = (world) => world.untouchable().filter((/** @type {string} */ line) => /theirs/.test(line));

/** @param {any[]} list */
const told = (list) =>
  JSON.stringify(
    list.map((one) => `${one.action ?? ''} ${one.address ?? ''} ${one.error?.message ?? one.message ?? ''}`),
  );

/**
 * Was the object written after the edit without having been read in between, or before it by a write that showed only later?
 * @param {any} world @param {any} doing @param {{ edit: number; time: number }} at
 */
function isBetween({ emulator }, { reads, writes }, { edit, time }) {
  const all = emulator
    .requests()
    .map((/** @type {any} */ { method, path, at }) => ({ line: `${method} ${path}`, at: Date.parse(at) }));
  const isWrite = (/** @type {any} */ { line }) => writes?.test(line) === true;
  const isUnderWay = (/** @type {any} */ one) => isWrite(one) && one.at + SHOWS_AFTER > time;
  if (writes !== undefined && all.slice(0, edit).some(isUnderWay)) return true;
  const later = all.slice(edit);
  const write = later.findIndex(isWrite);
  return write >= 0 && !later.slice(0, write).some((/** @type {any} */ { line }) => reads?.test(line));
}
