/**
 * Batch schedules, edited at random times under the virtual clock, each compared with its ideal run list:
 *   npm run build && node bench/riversand-simulation.mjs [schedules] [edits] [seed] [latency ms]
 * Ideal: every instant of `startAt + k * recurrenceInterval` while the schedule is enabled, by the manifest in force.
 * A manifest is in force from the moment its write takes effect in the service. Announced is what the plan lists as missed or
 * extra, and nothing else; `spared` are runs that a plan announced as missed and that came all the same. Ends with 1 if a run
 * was missed or doubled that the plan had not announced.
 */
import { pathToFileURL } from 'node:url';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const START = Date.parse('2026-03-01T12:00:00.000Z');
const LIFECYCLE = {
  protect: false,
  onRemove: 'delete',
  ignore: [],
  sensitive: [],
  exclusive: false,
  allowImmediate: false,
  allowReplace: false,
};

/** The numbers of a linear congruential generator, from 0 to below 1. */
function createRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

/** @param product the public library: `lib/index.js`, or `src/index.ts` in tests */
export async function simulate(product, { schedules, edits, days = 5, seed = 1, latency = 250 }) {
  const random = createRandom(seed);
  const below = (limit) => Math.floor(random() * limit);
  let emulator;
  emulator = await product.startEmulator({
    now: () => START,
    // Waiting takes time on the clock of the service, and on no other.
    sleep: (ms) => emulator.clock.advance(ms),
  });
  emulator.clock.freeze();

  const { provider, kind } = product.findKind('RiversandBatchJob');
  const specs = Array.from({ length: schedules }, (_, index) => randomSpec(index, below));
  const store = product.memoryStore();
  /** Of each schedule: the specs in the order they came into force. */
  const histories = specs.map(() => []);
  const announced = specs.map(() => ({ missed: new Set(), extra: new Set() }));
  const failures = [];
  const kinds = {};
  let replaced = 0;

  /** Plans and applies all manifests, and writes down what the plan announced. */
  async function apply(changed) {
    const planned = await product.planTarget({
      name: 'simulation',
      provider,
      connection: {
        target: 'simulation',
        url: emulator.riversand.url,
        credentials: emulator.riversand.credentials,
      },
      policy: product.defaultPolicy,
      resources: specs.map((spec, index) => toResource(product, kind, index, spec)),
      store,
      surroundings: {
        now: () => emulator.clock.now(),
        sleep: (ms) => emulator.clock.advance(ms),
        random,
        log: () => undefined,
        redact: () => undefined,
        env: {},
        concurrency: 8,
      },
      readOnly: false,
    });
    try {
      for (const { address, impact, action } of planned.changes) {
        const own = announced[indexOf(address)];
        for (const at of impact?.missed ?? []) own.missed.add(Date.parse(at));
        for (const at of impact?.extra ?? []) own.extra.add(Date.parse(at));
        if (action === 'replace') replaced++;
      }
      emulator.clearRequests();
      const outcome = await product.applyTarget(planned, { concurrency: 4, onError: 'continue' });
      for (const change of outcome.changes ?? outcome.outcomes ?? []) {
        if (change.status !== 'succeeded') failures.push(change);
      }
      for (const index of changed) {
        const at = firstWrite(emulator.requests(), specs[index]);
        if (at !== undefined) histories[index].push({ at, spec: structuredClone(specs[index]) });
        else if (histories[index].length === 0)
          failures.push({ address: `job-${index}`, status: 'never written' });
      }
    } finally {
      await planned.close();
    }
  }

  await apply(specs.map((_, index) => index));
  // From here on: before there was nothing, nothing could be missed. Each request takes so long, one after the other.
  if (latency > 0) emulator.faults.set({ effect: { delay: latency } });
  const times = Array.from({ length: edits }, () => START + Math.floor(random() * days * DAY)).sort(
    (a, b) => a - b,
  );
  for (const at of times) {
    if (at > emulator.clock.now()) await emulator.clock.set(at);
    const index = below(schedules);
    const what = edit(specs[index], below, at);
    kinds[what] = (kinds[what] ?? 0) + 1;
    await apply([index]);
  }
  const end = emulator.clock.now() + 2 * DAY;
  await emulator.clock.set(end);

  const actual = specs.map(() => []);
  for (const { appId, jobDefId, startedAt } of emulator.riversand.runs()) {
    const index = specs.findIndex((spec) => spec.appId === appId && spec.jobDefId === jobDefId);
    if (startedAt !== null) actual[index].push(Date.parse(startedAt));
  }
  const result = { runs: 0, ideal: 0, missed: 0, extra: 0, announcedMissed: 0, announcedExtra: 0, spared: 0 };
  const examples = [];
  for (const [index, history] of histories.entries()) {
    const ideal = idealRuns(history, end);
    const { missed, extra } = compare(ideal, actual[index]);
    result.runs += actual[index].length;
    result.ideal += ideal.length;
    const ran = new Set(actual[index]);
    const due = new Set(ideal);
    result.spared += [...announced[index].missed].filter((at) => due.has(at) && ran.has(at)).length;
    for (const at of missed) tally('missed', 'announcedMissed', announced[index].missed, index, at);
    for (const at of extra) tally('extra', 'announcedExtra', announced[index].extra, index, at);
  }
  function tally(what, whatAnnounced, known, index, at) {
    if (known.has(at)) {
      result[whatAnnounced]++;
      return;
    }
    result[what]++;
    const [write] = histories[index].filter((entry) => entry.at < at).slice(-1);
    const history = histories[index].map((entry) => ({
      at: iso(entry.at),
      spec: JSON.stringify(entry.spec),
    }));
    examples.push({ what, at: iso(at), new: write === histories[index][0], history });
  }
  await emulator.close();
  return { ...result, schedules, edits, kinds, replaced, failures, examples };
}

function iso(at) {
  return new Date(at).toISOString();
}

/** Intervals from a minute to two days, short ones more often; anchors to the second, ten days around. */
function randomSpec(index, below) {
  return {
    // Names with the sign that joins the parts of an id.
    appId: `app_${index % 20}`,
    jobDefId: `job_${index}`,
    recurrenceInterval: randomInterval(below),
    startAt: randomStart(below, START),
    jobInputPayload: { size: below(100) },
    enabled: below(10) > 0,
  };
}

function randomInterval(below) {
  const minutes = Math.max(1, Math.floor(2880 ** (below(1_000) / 1_000)));
  if (minutes >= 1440) return 'P1D';
  if (minutes % 60 === 0) return `PT${minutes / 60}H`;
  return below(2) === 0
    ? `PT${minutes}M`
    : `PT${Math.floor(minutes / 60)}H${(minutes % 60) + 1}M${below(60)}S`;
}

function randomStart(below, around) {
  return iso(around + (below(20 * 86_400) - 10 * 86_400) * 1000);
}

function edit(spec, below, now) {
  const [name, change] = [
    ['payload', () => ({ jobInputPayload: { size: below(1_000_000) } })],
    ['interval', () => ({ recurrenceInterval: randomInterval(below) })],
    ['start', () => ({ startAt: randomStart(below, now) })],
    ['enabled', () => ({ enabled: !spec.enabled })],
    ['recreateOn', () => ({ recreateOn: { release: below(1_000_000) } })],
    ['interval and enabled', () => ({ recurrenceInterval: randomInterval(below), enabled: !spec.enabled })],
  ][below(6)];
  Object.assign(spec, change());
  return name;
}

function toResource({ formatAddress }, kind, index, spec) {
  const name = `job-${index}`;
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

function indexOf(address) {
  return Number(/\d+$/.exec(address)?.[0]);
}

/** When the first write for a pair reached the service. */
function firstWrite(requests, { appId, jobDefId }) {
  for (const { verb, at, body } of requests) {
    if (verb === undefined || verb === 'schedule-batch-list') continue;
    const { jobIdentifier } = body.proxyObject.data.jsonData.requestBody;
    if (jobIdentifier.appId === appId && jobIdentifier.jobDefId === jobDefId) return Date.parse(at);
  }
  return undefined;
}

function milliseconds(interval) {
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] =
    /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(interval) ?? [];
  return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

/** A run at the very instant of a write still belongs to what was there before. */
function idealRuns(history, end) {
  const runs = [];
  for (const [index, { at: from, spec }] of history.entries()) {
    const until = history[index + 1]?.at ?? end;
    if (!spec.enabled) continue;
    const anchor = Date.parse(spec.startAt);
    const interval = milliseconds(spec.recurrenceInterval);
    const first = anchor > from ? anchor : anchor + (Math.floor((from - anchor) / interval) + 1) * interval;
    for (let at = first; at <= until; at += interval) runs.push(at);
  }
  return runs;
}

/** Both in order; a run that is there twice is one too many. */
function compare(ideal, actual) {
  const left = new Map();
  for (const at of actual) left.set(at, (left.get(at) ?? 0) + 1);
  const missed = [];
  for (const at of ideal) {
    const count = left.get(at) ?? 0;
    if (count === 0) missed.push(at);
    else left.set(at, count - 1);
  }
  const extra = [...left].flatMap(([at, count]) => new Array(count).fill(at));
  return { missed, extra };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [schedules = 200, edits = 200, seed = 1, latency = 250] = process.argv.slice(2).map(Number);
  const started = performance.now();
  const product = await import('../lib/index.js');
  const { examples, failures, ...numbers } = await simulate(product, { schedules, edits, seed, latency });
  console.log(
    JSON.stringify({ ...numbers, seconds: Math.round((performance.now() - started) / 100) / 10 }, null, 2),
  );
  for (const failure of failures.slice(0, 5)) console.log('failed:', JSON.stringify(failure));
  for (const example of examples.slice(0, 5)) console.log(JSON.stringify(example, null, 2));
  if (failures.length + numbers.missed + numbers.extra > 0) process.exitCode = 1;
}
