import type { JsonObject } from '../../src/core/json.ts';
import type { EmulatorSeed, FaultEffect } from '../../src/emulator/index.ts';
import { sapProvider } from '../../src/providers/sap/provider.ts';
import { type SapWorld, startSapWorld } from '../support/sap-target.ts';
import { conformance } from './suite.ts';
import type { Service, Subject } from './world.ts';

const action = (name: string, version: string): string => `https://app.example.com/${name}/${version}`;
const schedule = { cron: '* * * * 6 10 20' };

const effects: Record<string, FaultEffect> = {
  refused: { status: 400, body: { code: 400, message: 'no' } },
  broken: { status: 500, body: { code: 500, message: 'broken' } },
  reset: { reset: true },
  'done, answer lost': { commitThenDrop: true },
  truncated: { truncate: true },
  HTML: { html: true },
  'rate limited': { status: 429, headers: { 'retry-after': '1' } },
};

const sapJob: Subject = {
  name: 'SapJob',
  kind: 'SapJob',
  spec: (name, version) => ({ action: action(name, version), schedules: { daily: schedule } }),
  changed: '/action',
  removal: 'gone',
  write: { method: 'POST', path: '/scheduler/jobs', body: {} },
  faults: Object.keys(effects),
  start: async () => (await startSap()).service,
};

/** The schedules of Cloud Foundry tasks that were made in the dashboard. */
const sapTask: Subject = {
  name: 'SapTask',
  kind: 'SapTask',
  spec: (_name, version) => ({
    schedules: { daily: version === 'one' ? schedule : { cron: '* * * * 7 11 21' } },
  }),
  changed: '/schedules/daily/cron',
  preExisting: 'parts',
  removal: 'released',
  write: { method: 'POST', path: '/scheduler/jobs/1/schedules', body: {} },
  faults: Object.keys(effects),
  async start() {
    const tasks = ['a', 'b', 'c', 'theirs'].map((name) => ({ name, jobType: 'CF_TASK' as const }));
    const { service, world } = await startSap(tasks);
    const task = (name: string) => (world.emulator.state().jobs ?? []).find((job) => job.name === name);
    return {
      ...service,
      addForeign: async (name) => {
        const body = { ...schedule, description: 'daily', active: true };
        await world.byHand('POST', `/scheduler/jobs/${task(name)?._id}/schedules`, body);
      },
      changeByHand: async (name) => {
        const id = task(name)?.schedules?.[0]?.scheduleId;
        const path = `/scheduler/jobs/${task(name)?._id}/schedules/${id}`;
        await world.byHand('PUT', path, { cron: '* * * * 8 12 22' });
      },
    };
  },
};

/** One object, which is always there. */
const sapSettings: Subject = {
  name: 'SapSettings',
  kind: 'SapSettings',
  spec: (_name, version) => ({ asyncExecTimeout: version === 'one' ? 3600 : 7200 }),
  changed: '/asyncExecTimeout',
  preExisting: 'fields',
  single: true,
  removal: 'released',
  write: { method: 'PUT', path: '/scheduler/globalParameters', body: {} },
  faults: Object.keys(effects),
  async start() {
    const { service, world } = await startSap();
    const set = async (seconds: number): Promise<void> => {
      await world.byHand('PUT', '/scheduler/globalParameters', { ASYNC_EXEC_TIMEOUT: seconds });
    };
    const value = (): number | undefined => world.emulator.state().instances?.[0]?.asyncExecTimeout;
    return {
      ...service,
      addForeign: () => set(3600),
      changeByHand: () => set(1800),
      // There is no other object under any other name.
      look: async (name) => (name === 'a' ? { asyncExecTimeout: value() ?? null } : undefined),
      count: async () => 1,
    };
  },
};

async function startSap(seeded: EmulatorSeed['jobs'] = []): Promise<{ service: Service; world: SapWorld }> {
  const world = await startSapWorld({ seed: { jobs: seeded } });
  const { connection, surroundings } = world.input([]);
  const jobs = (name: string) => (world.emulator.state().jobs ?? []).filter((job) => job.name === name);
  const body = (name: string): JsonObject => ({
    name,
    description: '',
    action: action(name, 'one'),
    active: true,
    httpMethod: 'POST',
    endTime: null,
    schedules: [{ ...schedule, description: 'daily', active: true }],
  });
  const service: Service = {
    provider: sapProvider,
    connection,
    surroundings,
    writes: () => world.writes().length,
    addForeign: async (name) => {
      await world.byHand('POST', '/scheduler/jobs', body(name));
    },
    look: async (name) => JSON.parse(JSON.stringify(jobs(name)[0] ?? null)) ?? undefined,
    count: async (name) => {
      const found = jobs(name);
      return found.length === 1 ? (found[0]?.schedules?.length ?? 0) : found.length;
    },
    changeByHand: async (name) => {
      await world.byHand('PUT', `/scheduler/jobs/${jobs(name)[0]?._id}`, { action: action(name, 'by-hand') });
    },
    fault(sort, what, nth) {
      const effect = effects[what] ?? {};
      const methods = sort === 'read' ? ['GET'] : ['P*', 'DELETE'];
      world.emulator.faults.set(
        methods.map((method) => ({ match: { method, path: '/scheduler/**', nth }, effect })),
      );
    },
    heal() {
      const struck = world.emulator.faults.list().some((rule) => rule.hits > 0);
      world.emulator.faults.clear();
      return struck;
    },
    close: world.close,
  };
  return { service, world };
}

conformance(sapJob);
conformance(sapTask);
conformance(sapSettings);
