import type { JsonObject } from '../../src/core/json.ts';
import type { FaultEffect } from '../../src/emulator/index.ts';
import { sapProvider } from '../../src/providers/sap/provider.ts';
import { startSapWorld } from '../support/sap-target.ts';
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
  start: startSap,
};

async function startSap(): Promise<Service> {
  const world = await startSapWorld();
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
  return {
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
}

conformance(sapJob);
