/**
 * SAP jobs, changed at random times under the virtual clock; the runs that the service really fired are compared with
 * those that the plans announced:
 *   npm run build && node bench/sap-simulation.mjs [changes] [jobs] [seed] [latency ms] [days]
 * Ideal, for each schedule: the runs of what was there until the write, the runs of what the plan shows after it. An
 * interval follows the first run that the plan shows. What somebody changed by hand has no ideal until it is healed.
 * Announced is what a plan lists as missed or extra, and the one run that it says the write disturbs.
 * Ends with 1 if a run was missed, doubled or fired at once that no plan had announced.
 */
import { pathToFileURL } from 'node:url';
import { atRandom, createManifests } from './sap-changes.mjs';

const DAY = 86_400_000;
const START = Date.parse('2026-03-01T12:00:00.000Z');
/** A run that a write disturbs was due within this time of it, ms. */
const DISTURBED = 120_000;
const LIFECYCLE = {
  protect: false,
  onRemove: 'delete',
  ignore: [],
  sensitive: [],
  exclusive: false,
  allowImmediate: false,
  allowReplace: false,
};

/** @param product the public library: `lib/index.js`, or `src/index.ts` in tests */
export async function simulate(product, { changes, jobs, days = 10, seed = 1, latency = 0 }) {
  const { time } = product;
  const random = atRandom(seed);
  const manifests = createManifests(random, jobs, START);
  /** Started runs by id of their schedule. */
  const started = new Map();
  let emulator;
  emulator = await product.startEmulator({
    now: () => START,
    // Waiting takes time on the clock of the service, and on no other.
    sleep: (ms) => emulator.clock.advance(ms),
    onRun: ({ scheduleId, startedAt }) => {
      const runs = started.get(scheduleId) ?? [];
      runs.push(startedAt);
      started.set(scheduleId, runs);
    },
  });
  emulator.clock.freeze();
  const { provider, kind } = product.findKind('SapJob');
  const store = product.memoryStore();
  const tracks = new Map();
  const result = { kinds: {}, plans: 0, refused: {}, failed: {}, waited: 0 };
  const failures = [];

  function target() {
    return {
      name: 'simulation',
      provider,
      connection: {
        target: 'simulation',
        url: emulator.url,
        credentials: { serviceKey: emulator.credentials },
      },
      policy: {
        ...product.defaultPolicy,
        prune: true,
        maxDeletes: { percent: 100, count: 10_000 },
        heal: ['fields', 'active'],
      },
      resources: manifests.jobs().map((job) => toResource(product, kind, job)),
      store,
      surroundings: {
        now: () => emulator.clock.now(),
        sleep: (ms) => emulator.clock.advance(ms),
        random: random.fraction,
        log: () => undefined,
        redact: () => undefined,
        env: {},
        concurrency: 8,
      },
      readOnly: false,
    };
  }

  /** Plans and applies all manifests. False when a safety rule refused. */
  async function apply() {
    emulator.clearRequests();
    const planned = await product.planTarget(target());
    result.plans++;
    try {
      const outcome = await product.applyTarget(planned, {
        concurrency: 4,
        onError: 'continue',
        onProgress: ({ type }) => {
          if (type === 'wait') result.waited++;
        },
      });
      const failed = new Set();
      for (const change of outcome.outcomes) {
        if (change.status === 'succeeded' || change.status === 'noop') continue;
        count(result.failed, change.error?.code ?? change.status);
        failures.push(change);
        failed.add(change.address);
      }
      await follow(planned.changes, failed);
      return true;
    } catch (error) {
      if (error.code !== 'REFUSED') throw error;
      for (const { code } of error.findings) count(result.refused, code);
      return false;
    } finally {
      await planned.close();
    }
  }

  /** What each schedule is to do from now on, as the plan shows it. */
  async function follow(plan, failed) {
    const writes = emulator.requests().filter(isWrite);
    const { inventory } = await store.read('simulation');
    for (const change of plan) {
      const entry = inventory[change.address];
      const job = manifests.jobOf(change.address);
      const jobId = change.live?.id ?? entry?.id;
      const parts = new Map(change.parts.map((part) => [part.key, part]));
      const ofJob = writes.filter(
        ({ method, path, body }) =>
          path === `/scheduler/jobs/${jobId}` ||
          (method === 'POST' && path === '/scheduler/jobs' && change.address === `SapJob/${body?.name}`),
      );
      const known = [...tracks.values()].filter((track) => track.address === change.address);
      for (const part of change.parts) {
        const id = entry?.parts[part.key]?.id;
        const schedule = job?.schedules[part.key];
        const track =
          known.find(({ ids }) => ids.has(part.live?.id) || (id !== undefined && ids.has(id))) ??
          (schedule === undefined ? undefined : tracks.get(schedule.description)) ??
          (schedule === undefined ? undefined : newTrack(change.address, schedule.description));
        if (track === undefined) continue;
        if (id !== undefined) track.ids.add(id);
        if (!known.includes(track)) known.push(track);
      }
      for (const track of known) {
        const key = Object.keys(job?.schedules ?? {}).find(
          (name) => job.schedules[name].description === track.name,
        );
        const part =
          [...parts.values()].find(({ live }) => live !== undefined && track.ids.has(live.id)) ??
          parts.get(key);
        const own = writes.filter(
          ({ path, method, body }) =>
            [...track.ids].some((id) => path.endsWith(`/${id}`)) ||
            (method === 'POST' && path.endsWith('/schedules') && body?.description === track.name),
        );
        const relevant = [...ofJob, ...own].sort((a, b) => a.id - b.id);
        if (relevant.length === 0) continue;
        const at = splitOf(part, own, relevant);
        track.writes.push(...relevant.map(({ at: text }) => Date.parse(text)));
        if (failed.has(change.address)) {
          track.free(at);
          continue;
        }
        announce(track, part, at);
        track.next(at, after(track, part, job, key, at), {
          at: iso(at),
          action: part?.action,
          reason: part?.reason,
          schedule: job?.schedules[key],
          job: { active: job?.active, startTime: job?.startTime, endTime: job?.endTime },
          impact: part?.impact,
        });
      }
    }
  }

  /** The instant at which the old schedule gives way to the new one. */
  function splitOf(part, own, relevant) {
    const gone = own.find(({ method }) => method === 'DELETE');
    const decisive = part?.action === 'replace' && gone !== undefined ? gone : relevant.at(-1);
    return Date.parse(decisive.at);
  }

  function announce(track, part, at) {
    const { impact } = part ?? {};
    if (impact === undefined) return;
    for (const text of impact.missed) track.missed.add(Date.parse(text));
    for (const text of impact.extra) track.extra.add(Date.parse(text));
    if (impact.disturbs === true) track.disturbed.push(at);
  }

  /** The runs that the plan leads to expect after the write; undefined: there is nothing to hold it against. */
  function after(track, part, job, key, at) {
    const schedule = job?.schedules[key];
    if (schedule === undefined || schedule.active === false || job.active === false) return () => [];
    const bounds = time.intersectBounds(boundsOf(schedule), boundsOf(job));
    const timing = timingOf(schedule);
    if (timing.mode === 'time') {
      // What is over stays over; one whose start comes after its time waits for that start.
      const waited =
        track
          .last()?.(at + 366 * DAY)
          .some((due) => due > at) === true;
      if (timing.at <= at && !waited) return () => [];
      timing.at = Math.max(timing.at, bounds.startTime ?? timing.at);
    }
    const immediate = part?.impact?.immediate === true;
    let anchor;
    if (timing.mode === 'repeatInterval') {
      const shown = part?.impact?.after[0];
      anchor = immediate ? at : shown === undefined ? track.anchor : Date.parse(shown);
      if (part?.impact !== undefined && shown === undefined) return () => [];
      if (anchor === undefined) return undefined;
      track.anchor = anchor;
    }
    const from = immediate ? at : at + 1;
    const shown = (part?.impact?.after ?? []).map((text) => Date.parse(text));
    const runs = (until) =>
      time.fireTimes(timing, {
        ...bounds,
        from,
        until: until + 1,
        ...(anchor === undefined ? {} : { anchor }),
      });
    return Object.assign(runs, { shown: immediate ? [] : shown.filter((instant) => instant > at) });
  }

  function timingOf(schedule) {
    if (schedule.cron !== undefined)
      return { mode: 'cron', cron: time.parseSapCron(schedule.cron).value, text: schedule.cron };
    if (schedule.crontab !== undefined) {
      const { cron } = time.crontabToSapCron(schedule.crontab).value;
      return { mode: 'cron', cron: time.parseSapCron(cron).value, text: cron };
    }
    if (schedule.time !== undefined) return { mode: 'time', at: Date.parse(schedule.time) };
    if (schedule.repeatAt !== undefined)
      return { mode: 'repeatAt', secondOfDay: time.parseRepeatAt(schedule.repeatAt).value.secondOfDay };
    return {
      mode: 'repeatInterval',
      seconds: time.parseRepeatInterval(schedule.repeatInterval).value.seconds,
    };
  }

  function newTrack(address, name) {
    const track = createTrack(address, name);
    tracks.set(name, track);
    return track;
  }

  /** What a person does behind our back, through the service's own API. */
  async function byHand() {
    const { inventory } = await store.read('simulation');
    const owned = Object.entries(inventory).filter(
      ([address, { released }]) => released === undefined && manifests.jobOf(address) !== undefined,
    );
    const [address, entry] = random.pick(owned);
    const keys = Object.keys(entry.parts);
    const manifest = manifests.jobOf(address);
    const key = keys.length === 0 ? undefined : random.pick(keys);
    const job = `/scheduler/jobs/${entry.id}`;
    const path = `${job}/schedules/${entry.parts[key]?.id}`;
    const whole = {
      description: '',
      action: 'https://app.example.com/run',
      httpMethod: 'POST',
      endTime: manifest.endTime ?? null,
    };
    const schedule = manifest.schedules[key];
    const choices = [
      ['job off or on', 'PUT', job, { ...whole, active: manifest.active === false }],
      ['job deleted', 'DELETE', job],
      ...(schedule === undefined
        ? []
        : [
            ['schedule deleted', 'DELETE', path],
            ['data', 'PUT', path, { data: { by: 'hand' } }],
            ['data', 'PUT', path, { data: { by: 'hand' } }],
            ['schedule off or on', 'PUT', path, { active: schedule.active === false }],
            ['schedule off or on', 'PUT', path, { active: schedule.active === false }],
            ...(schedule.cron === undefined ? [] : [['cron', 'PUT', path, { cron: random.cron() }]]),
            ...(schedule.repeatInterval === undefined
              ? []
              : [['interval', 'PUT', path, { repeatInterval: random.interval() }]]),
          ]),
    ];
    const [what, method, url, body] = random.pick(choices);
    emulator.clearRequests();
    const status = await call(method, url, body);
    if (status >= 300) return undefined;
    const at = emulator.clock.now();
    for (const track of tracks.values()) {
      const touched = url === job ? track.address === address : track.ids.has(entry.parts[key]?.id);
      if (touched && track.address === address) track.free(at);
    }
    return `by hand: ${what}`;
  }

  async function call(method, path, body) {
    const { uaa } = emulator.credentials;
    const login = await fetch(`${uaa.url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${uaa.clientid}:${uaa.clientsecret}`)}`, connection: 'close' },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const { access_token: token } = await login.json();
    const answer = await fetch(`${emulator.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', connection: 'close' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    await answer.text();
    return answer.status;
  }

  await apply();
  // From here on: before there was nothing, nothing could be missed. Each request takes so long, one after the other.
  if (latency > 0) emulator.faults.set({ effect: { delay: latency } });
  const step = (days * DAY) / changes;
  for (let done = 0; done < changes; done++) {
    await emulator.clock.advance(Math.floor(2 * step * random.fraction()));
    // Some come shortly before a run, where a write does most harm.
    if (random.below(3) === 0) await goBeforeRun();
    const before = manifests.save();
    const what = random.below(4) === 0 ? await byHand() : manifests.change(emulator.clock.now());
    if (what === undefined) continue;
    count(result.kinds, what);
    // Somebody may take a while to see it.
    if (what.startsWith('by hand') && random.below(2) === 0)
      await emulator.clock.advance(random.below(7_200_000));
    if (await apply()) continue;
    manifests.restore(before);
    await apply();
  }
  const end = emulator.clock.now();
  await emulator.clock.advance(2 * DAY);

  async function goBeforeRun() {
    const now = emulator.clock.now();
    const track = random.pick([...tracks.values()]);
    const [next] =
      track
        .last()?.(now + DAY)
        .filter((at) => at > now) ?? [];
    const to = next === undefined ? now : next - random.below(100_000);
    if (to > now) await emulator.clock.set(to);
  }

  const verdict = judge([...tracks.values()], started, end + 2 * DAY);
  await emulator.close();
  return { changes, jobs, seed, latency, schedules: tracks.size, ...result, ...verdict, failures };
}

/** One schedule over all its ids: stretches of time, each with the runs expected in it, or undefined. */
function createTrack(address, name) {
  const stretches = [];
  return {
    address,
    name,
    ids: new Set(),
    missed: new Set(),
    extra: new Set(),
    disturbed: [],
    writes: [],
    anchor: undefined,
    stretches,
    next: (from, runs, why) => stretches.push({ from, runs, why }),
    free(from) {
      stretches.push({ from, runs: undefined });
      this.anchor = undefined;
    },
    last: () => stretches.at(-1)?.runs,
  };
}

function judge(tracks, started, end) {
  const result = {
    runs: 0,
    expected: 0,
    shown: 0,
    missed: 0,
    doubled: 0,
    immediate: 0,
    extra: 0,
    announced: 0,
    notShown: 0,
  };
  const examples = [];
  for (const track of tracks) {
    const actual = [...track.ids].flatMap((id) => started.get(id) ?? []).sort((a, b) => a - b);
    for (const [index, { from, runs }] of track.stretches.entries()) {
      const until = track.stretches[index + 1]?.from ?? end;
      if (runs === undefined || until < from) continue;
      const expected = new Set(runs(until));
      const fired = actual.filter((at) => at >= from && at <= until);
      // A run at the very instant of a write still belongs to what was there before.
      const own = fired.filter((at) => (at > from && at < until) || expected.has(at));
      result.runs += own.length;
      result.expected += expected.size;
      const left = new Map();
      for (const at of own) left.set(at, (left.get(at) ?? 0) + 1);
      for (const at of expected) {
        const number = left.get(at) ?? 0;
        if (number === 0) tell('missed', track, at);
        else left.set(at, number - 1);
      }
      for (const [at, number] of left)
        for (let n = 0; n < number; n++)
          tell(expected.has(at) ? 'doubled' : track.writes.includes(at) ? 'immediate' : 'extra', track, at);
      for (const at of runs.shown ?? []) {
        if (at > until) continue;
        result.shown++;
        if (!fired.includes(at) && !expected.has(at)) result.notShown++;
      }
    }
  }
  function tell(what, track, at) {
    const known = what === 'missed' ? track.missed : track.extra;
    if (known.has(at) || track.disturbed.some((write) => Math.abs(at - write) <= DISTURBED)) {
      result.announced++;
      return;
    }
    result[what]++;
    const [begun, ended] = [
      track.stretches.findLast(({ from }) => from < at),
      track.stretches.find(({ from }) => from >= at),
    ];
    examples.push({ what, at: iso(at), name: track.name, after: begun?.why, before: ended?.why });
  }
  return { ...result, examples };
}

function boundsOf({ startTime, endTime }) {
  return {
    ...(startTime === undefined ? {} : { startTime: Date.parse(startTime) }),
    ...(endTime === undefined ? {} : { endTime: Date.parse(endTime) }),
  };
}

function isWrite({ method, path, status }) {
  return method !== 'GET' && status < 400 && status > 0 && path.startsWith('/scheduler/');
}

function toResource({ formatAddress }, kind, { name, ...spec }) {
  return {
    kind: kind.kind,
    name,
    address: formatAddress(kind.kind, name),
    identity: kind.identity(name, spec),
    labels: {},
    lifecycle: LIFECYCLE,
    ...kind.normalize(name, spec),
    secrets: [],
    place: { file: 'jobs.yaml', line: 1, col: 1 },
  };
}

function count(counts, what) {
  counts[what] = (counts[what] ?? 0) + 1;
}

function iso(at) {
  return new Date(at).toISOString();
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [changes = 500, jobs = 60, seed = 1, latency = 0, days = 10] = process.argv.slice(2).map(Number);
  const begun = performance.now();
  const product = await import('../lib/index.js');
  const { examples, failures, ...numbers } = await simulate(product, { changes, jobs, seed, latency, days });
  console.log(
    JSON.stringify({ ...numbers, seconds: Math.round((performance.now() - begun) / 100) / 10 }, null, 2),
  );
  for (const { address, error } of failures.slice(0, 5))
    console.log('failed:', address, JSON.stringify(error));
  // One of each schedule: the rest mostly follows from it.
  const shown = [...new Map([...examples].reverse().map((example) => [example.name, example])).values()];
  for (const example of shown.slice(0, 10)) console.log(JSON.stringify(example));
  if (numbers.missed + numbers.doubled + numbers.immediate + numbers.extra + numbers.notShown > 0)
    process.exitCode = 1;
}
