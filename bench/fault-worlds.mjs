/**
 * Both services, each with manifests of before and after that need every sort of write, and things of others beside them.
 * `product`: what is measured, so that tests can pass the sources and the benchmark the built program.
 */

const START = Date.parse('2026-03-01T12:00:00Z');
const HOUR = 3_600_000;
const TENANT = 'my_tenant';
/** More waits than any apply can need: it hangs. */
const MOST_WAITS = 5000;
/** Virtual time that one apply may take, ms: limits of the client times the number of its requests. */
const LONGEST = 12 * HOUR;

const action = 'https://app.example.com/report';
/** @param {number} hour */
const cron = (hour) => ({ cron: `* * * * ${hour} 10 20` });
const anchor = { startAt: '2026-01-01T00:07:00Z' };
/** @param {string} name @param {object} spec */
const job = (name, spec) => ({ kind: 'SapJob', name, spec: { action, ...spec } });
/** @param {string} name @param {object} spec */
const batch = (name, spec) => ({
  kind: 'RiversandBatchJob',
  name,
  spec: { appId: 'shop', jobDefId: name, ...anchor, ...spec },
});
/** @param {string} name @param {object} spec */
const object = (name, spec) => ({
  kind: 'RiversandSchedule',
  name,
  spec: { taskUrl: 'https://app.example.com/run', ...spec },
});

const manifests = {
  sap: {
    before: [
      job('keep', { schedules: { x: cron(5) } }),
      job('ours', { schedules: { a: cron(1), b: cron(2), c: cron(3) } }),
      job('goes', { schedules: { y: cron(6) } }),
    ],
    after: [
      job('keep', { schedules: { x: cron(5) } }),
      job('ours', {
        description: 'new',
        schedules: { a: { repeatAt: '6.15am' }, b: cron(9), d: cron(4) },
      }),
      job('comes', { schedules: { z: cron(7) } }),
    ],
  },
  riversand: {
    before: [
      batch('keep', { recurrenceInterval: 'PT3H' }),
      batch('interval', { recurrenceInterval: 'PT20M' }),
      batch('payload', { recurrenceInterval: 'PT30M' }),
      batch('off', { recurrenceInterval: 'PT40M' }),
      batch('on', { recurrenceInterval: 'PT50M', enabled: false }),
      batch('goes', { recurrenceInterval: 'PT5H' }),
      object('keep', { intervalInMins: 3 }),
      object('poll', { intervalInMins: 5 }),
      object('stop', { intervalInMins: 6 }),
      object('goes', { intervalInMins: 8 }),
    ],
    after: [
      batch('keep', { recurrenceInterval: 'PT3H' }),
      batch('interval', { recurrenceInterval: 'PT1H' }),
      batch('payload', { recurrenceInterval: 'PT30M', jobInputPayload: { all: true }, enabled: false }),
      batch('off', { recurrenceInterval: 'PT40M', enabled: false }),
      batch('on', { recurrenceInterval: 'PT50M' }),
      batch('born', { recurrenceInterval: 'PT2H' }),
      object('keep', { intervalInMins: 3 }),
      object('poll', { intervalInMins: 10 }),
      object('stop', { intervalInMins: 6, enabled: false }),
      object('young', { intervalInMins: 7 }),
    ],
  },
};

/** What may go away, and nothing else. */
const leaving = ['SapJob/goes', 'RiversandBatchJob/goes', 'RiversandSchedule/goes'];

/** @param {any} product @param {{ kind: string; name: string; spec: any }} manifest */
function resourceOf(product, { kind, name, spec }) {
  const kinds = [...product.sapProvider.kinds, ...product.riversandProvider.kinds];
  const rules = kinds.find((candidate) => candidate.kind === kind);
  return {
    kind,
    name,
    address: `${kind}/${name}`,
    identity: rules.identity(name, spec),
    labels: {},
    lifecycle: product.defaultLifecycle,
    secrets: [...rules.secret],
    place: { file: 'jobs.yaml', line: 1, col: 1 },
    ...rules.normalize(name, spec),
  };
}

/** @param {any} emulator */
function sapLines(emulator) {
  return (emulator.state().jobs ?? []).map((/** @type {any} */ one) => {
    const schedules = (one.schedules ?? []).map(
      (/** @type {any} */ item) =>
        `${item.description}: ${item.cron ?? item.repeatAt ?? item.repeatInterval} ${item.active}`,
    );
    return { name: one.name, id: one._id, text: [one.description, ...schedules.sort()].join(' | ') };
  });
}

/** @param {any} emulator */
function riversandLines(emulator) {
  const tenant = emulator.state().riversand?.tenants?.[0] ?? {};
  return [
    ...(tenant.batchSchedules ?? []).map((/** @type {any} */ one) => ({
      name: `batch ${one.jobDefId}`,
      id: one.id,
      text: `${one.recurrenceInterval} ${one.enabled} ${JSON.stringify(one.jobInputPayload)}`,
    })),
    ...(tenant.scheduleObjects ?? []).map((/** @type {any} */ one) => ({
      name: `object ${one.id}`,
      id: one.id,
      text: `${one.properties?.enabled} ${JSON.stringify(one.data).match(/intervalInMins":(\d+)/)?.[1]}`,
    })),
  ];
}

/** @param {{ method: string; path: string; verb?: string }} request */
function isWrite({ method, path, verb }) {
  if (path.startsWith('/scheduler/')) return method !== 'GET';
  return path.startsWith('/api/') && verb !== 'schedule-batch-list' && verb !== 'get';
}

/**
 * `log`: called with every request that was answered.
 * @param {any} product @param {'sap' | 'riversand'} service @param {{ log?: (request: any) => void }} [options]
 */
export async function openFaultWorld(product, service, options = {}) {
  /** @type {any} */
  let emulator;
  emulator = await product.startEmulator({
    seed: { riversand: { settings: { visibilityDelay: 5000 }, tenants: [{ tenantId: TENANT }] } },
    now: () => START,
    sleep: (/** @type {number} */ ms) => emulator.clock.advance(ms),
    ...options,
  });
  emulator.clock.freeze();
  const login = await fetch(`${emulator.url}/_emulator/riversand/credentials?tenantId=${TENANT}`);
  const credentials = service === 'sap' ? { serviceKey: emulator.credentials } : await login.json();
  const limits = { waits: 0, until: 0 };
  const input = (
    /** @type {any[]} */ resources,
    /** @type {any} */ store,
    /** @type {boolean} */ readOnly,
  ) => ({
    name: 'dev',
    provider: service === 'sap' ? product.sapProvider : product.riversandProvider,
    connection: { target: 'dev', url: emulator.url, credentials },
    policy: {
      ...product.defaultPolicy,
      prune: true,
      heal: ['fields', 'active'],
      maxDeletes: { percent: 100, count: 50 },
    },
    resources,
    store,
    readOnly,
    surroundings: {
      now: () => emulator.clock.now(),
      async sleep(/** @type {number} */ ms) {
        limits.waits += 1;
        if (limits.waits > MOST_WAITS || emulator.clock.now() > limits.until) throw new Error('HANG');
        await emulator.clock.advance(ms);
      },
      random: () => 0.5,
      log: () => undefined,
      redact: () => undefined,
      env: {},
      concurrency: 1,
    },
  });
  const [before, after] = [manifests[service].before, manifests[service].after].map((list) =>
    list.map((manifest) => resourceOf(product, manifest)),
  );

  function begin() {
    limits.waits = 0;
    limits.until = emulator.clock.now() + LONGEST;
  }

  /** @param {any} store @param {any[] | undefined} [resources] */
  async function apply(store, resources = after) {
    begin();
    const planned = await product.planTarget(input(resources ?? [], store, false));
    try {
      return await product.applyTarget(planned, { concurrency: 1, onError: 'continue' });
    } finally {
      await planned.close();
    }
  }

  /** @param {any} store */
  async function plan(store) {
    begin();
    const planned = await product.planTarget(input(after ?? [], store, true));
    await planned.close();
    return planned.changes;
  }

  const lines = () => (service === 'sap' ? sapLines(emulator) : riversandLines(emulator));
  const first = product.memoryStore();
  await apply(first, before);
  await emulator.clock.advance(HOUR);
  plantOthers(emulator, service);
  const kept = { service: emulator.state(), state: await first.read('dev'), at: emulator.clock.now() };

  return {
    emulator,
    apply,
    plan,
    /** What the service knows, without ids. */
    seen: () =>
      lines()
        .map((/** @type {any} */ { name, text }) => `${name}: ${text}`)
        .sort(),
    /** What no apply has to touch, with ids. */
    untouchable: () =>
      lines()
        .filter((/** @type {any} */ { name }) => /\b(keep|theirs)$/.test(name))
        .map((/** @type {any} */ one) => JSON.stringify(one))
        .sort(),
    leaving,
    isWrite,
    writes: () => emulator.requests().filter(isWrite).length,
    /** The world as it was prepared; gives the store. */
    async restore() {
      emulator.faults.clear();
      emulator.setState(structuredClone(kept.service));
      await emulator.clock.set(kept.at);
      emulator.clearRequests();
      return product.memoryStore([structuredClone(kept.state)]);
    },
    close: () => emulator.close(),
  };
}

/** @param {any} emulator @param {'sap' | 'riversand'} service */
function plantOthers(emulator, service) {
  const state = emulator.state();
  if (service === 'sap') {
    const byHand = { cron: '* * * * 23 59 58', description: 'somebody else', active: true };
    for (const one of state.jobs) if (one.name !== 'goes') one.schedules.push({ ...byHand });
    state.jobs.push({
      name: 'theirs',
      description: 'by hand',
      action,
      active: true,
      httpMethod: 'POST',
      schedules: [byHand],
    });
  } else {
    const [tenant] = state.riversand.tenants;
    const { id: _, ...like } = tenant.batchSchedules[0];
    tenant.batchSchedules.push({ ...like, id: `${TENANT}_shop_theirs_1700000000000`, jobDefId: 'theirs' });
    tenant.scheduleObjects.push({ ...structuredClone(tenant.scheduleObjects[0]), id: 'theirs' });
  }
  emulator.setState(state);
}
