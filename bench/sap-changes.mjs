/** Random SAP manifests and random changes of them, for sap-simulation.mjs. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MODES = ['cron', 'crontab', 'time', 'repeatInterval', 'repeatAt'];

/** The numbers of a linear congruential generator, and what is made of them. @param {number} seed */
export function atRandom(seed) {
  let state = seed >>> 0;
  const fraction = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
  const below = (limit) => Math.floor(fraction() * limit);
  const pick = (list) => list[below(list.length)];
  return {
    fraction,
    below,
    pick,
    /** From every minute to once a week. */
    cron: () =>
      pick([
        () => `* * * * * ${below(3) === 0 ? '*' : `*/${pick([2, 3, 5, 7, 10])}`} ${below(60)}`,
        () => `* * * * * ${below(60)} ${below(60)}`,
        () => `* * * * ${below(24)} ${below(60)} ${below(60)}`,
        () => `* * * mon:fri ${below(12)}:${12 + below(12)} ${below(60)},${below(60)} ${below(60)}`,
        () => `* * ${1 + below(28)}:-1 * */${2 + below(5)} ${below(60)} 0`,
        () => `* * * ${pick(['mon', 'wed', 'sun'])} ${below(24)} ${below(60)} 0`,
      ])(),
    crontab: () =>
      pick([
        () => `${below(60)} * * * *`,
        () => `*/${pick([2, 5, 15, 20])} * * * *`,
        () => `${below(60)} ${below(24)} * * ${pick(['*', '1-5', '0'])}`,
      ])(),
    interval: () =>
      pick([
        () => `${(below(4) === 0 ? 20 : 200) + below(100)} seconds`,
        () => `${2 + below(90)} minutes`,
        () => `${30 + below(90)} minutes`,
        () => `${1 + below(30)} hours`,
        () => '1 day',
      ])(),
    dailyTime: () => {
      const two = (value) => String(value).padStart(2, '0');
      return `${two(below(24))}.${two(below(60))}:${two(below(60))}`;
    },
  };
}

/** The jobs as somebody's manifests say them; instants are epoch ms. */
export function createManifests(random, count, start) {
  const { below, pick } = random;
  let made = 0;
  let jobs = new Map();
  const iso = (at) => new Date(Math.floor(at / 1000) * 1000).toISOString();

  function mode(name, now) {
    if (name === 'cron') return { cron: random.cron() };
    if (name === 'crontab') return { crontab: random.crontab() };
    if (name === 'time') return { time: iso(now + 10_000 + below(3 * DAY)) };
    if (name === 'repeatAt') return { repeatAt: random.dailyTime() };
    return { repeatInterval: random.interval() };
  }
  const bound = (now) => ({
    ...(below(4) === 0 ? { startTime: iso(now + below(4 * DAY) - 2 * DAY) } : {}),
    ...(below(6) === 0 ? { endTime: iso(now + 3 * DAY + below(8 * DAY)) } : {}),
  });
  /** Each description is used once, so that a schedule can be told from all others. */
  function schedule(now) {
    const name = pick([...MODES, 'cron', 'repeatInterval']);
    return {
      description: `schedule-${made++}`,
      active: below(8) > 0,
      data: { size: below(100) },
      ...mode(name, now),
      ...(name === 'time' ? {} : bound(now)),
    };
  }
  function job(now) {
    const name = `job-${made++}`;
    const schedules = Object.fromEntries(
      Array.from({ length: 1 + below(3) }, () => [`key-${made++}`, schedule(now)]),
    );
    const value = {
      name,
      action: 'https://app.example.com/run',
      active: below(10) > 0,
      ...(below(8) === 0 ? bound(now) : {}),
      schedules,
    };
    jobs.set(name, value);
  }
  for (let index = 0; index < count; index++) job(start);

  const anyJob = () => pick([...jobs.values()]);
  function any(wanted = () => true) {
    for (let tries = 0; tries < 50; tries++) {
      const owner = anyJob();
      const keys = Object.keys(owner.schedules).filter((key) => wanted(owner.schedules[key]));
      if (keys.length > 0) return { owner, key: pick(keys) };
    }
    return undefined;
  }
  const isMode = (name) => MODES.includes(name);

  function edit(change, wanted) {
    const found = any(wanted);
    if (found === undefined) return;
    const { owner, key } = found;
    owner.schedules[key] = change(owner.schedules[key]);
  }
  function withMode(old, name, now) {
    const rest = Object.fromEntries(Object.entries(old).filter(([field]) => !isMode(field)));
    if (name === 'time') {
      delete rest.startTime;
      delete rest.endTime;
    }
    return { ...rest, ...mode(name, now) };
  }
  const modeOf = (one) => MODES.find((name) => one[name] !== undefined);

  const edits = {
    data: () => edit((old) => ({ ...old, data: { size: below(1_000_000) } })),
    'timing value': (now) => edit((old) => withMode(old, modeOf(old), now)),
    mode: (now) => edit((old) => withMode(old, pick(MODES.filter((name) => name !== modeOf(old))), now)),
    'mode and switch': (now) =>
      edit((old) => ({ ...withMode(old, pick(MODES), now), active: old.active === false })),
    switch: () => edit((old) => ({ ...old, active: old.active === false })),
    'interval switch': () =>
      edit(
        (old) => ({ ...old, active: old.active === false }),
        (one) => one.repeatInterval !== undefined,
      ),
    bounds: (now) =>
      edit(
        ({ startTime: _start, endTime: _end, ...old }) => ({ ...old, ...bound(now) }),
        (one) => one.time === undefined,
      ),
    'job switch': () => {
      const owner = anyJob();
      owner.active = owner.active === false;
    },
    'job bounds': (now) => {
      const owner = anyJob();
      delete owner.startTime;
      delete owner.endTime;
      Object.assign(owner, bound(now));
    },
    'job value': () => {
      anyJob().action = `https://app.example.com/run/${below(100)}`;
    },
    rename: () => rename(false),
    moved: () => rename(true),
    'schedule deleted': () => {
      const found = any();
      if (found !== undefined) delete found.owner.schedules[found.key];
    },
    'schedule added': (now) => {
      anyJob().schedules[`key-${made++}`] = schedule(now);
    },
    'job deleted': () => {
      if (jobs.size > 5) jobs.delete(anyJob().name);
    },
    'job added': job,
    'several at once': (now) => {
      const owner = anyJob();
      owner.active = true;
      for (const key of Object.keys(owner.schedules)) {
        const old = owner.schedules[key];
        owner.schedules[key] = below(2) === 0 ? withMode(old, pick(MODES), now) : { ...old, active: true };
      }
    },
  };
  function rename(moved) {
    const found = any();
    if (found === undefined) return;
    const { owner, key } = found;
    const { movedFrom: _before, ...old } = owner.schedules[key];
    delete owner.schedules[key];
    owner.schedules[`key-${made++}`] = moved
      ? { ...old, data: { size: below(1_000_000) }, movedFrom: key }
      : old;
  }

  return {
    jobs: () => [...jobs.values()],
    jobOf: (address) => jobs.get(address.replace(/^SapJob\//, '')),
    save: () => structuredClone([...jobs]),
    restore(saved) {
      jobs = new Map(saved);
    },
    /** Changes something, and says what. */
    change(now) {
      const what = pick(Object.keys(edits));
      edits[what](now);
      return what;
    },
  };
}
