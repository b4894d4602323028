import { describe, expect, it } from 'vitest';
import type { Change } from '../../../src/core/change.ts';
import { equalJson, type JsonObject } from '../../../src/core/json.ts';
import type { OperationResult } from '../../../src/core/provider.ts';
import { findKind, findProvider, providers } from '../../../src/providers/registry.ts';
import { createSapClient } from '../../../src/providers/sap/client.ts';
import { execute } from '../../../src/providers/sap/execute.ts';
import { readResource } from '../../../src/providers/sap/read-job.ts';
import { sapReads } from '../../../src/providers/sap/reads.ts';
import { FakeService } from './fake-service.ts';
import { asReplaced, entryOf, job, kindOf, NOW, plan } from './support.ts';

describe('registry', () => {
  it('knows each kind once, and whose it is', () => {
    const names = providers.flatMap(({ kinds }) => kinds.map(({ kind }) => kind));
    expect(new Set(names).size).toBe(names.length);
    expect(findKind('SapTask')).toMatchObject({ provider: { name: 'sap' }, kind: { kind: 'SapTask' } });
    expect([findKind('Nothing'), findProvider('nothing')]).toEqual([undefined, undefined]);
    expect(findProvider('sap')).toBe(providers[0]);
  });
});

describe('reads', () => {
  it('let through what observes, and nothing that writes', () => {
    const allows = (method: string, path: string) =>
      sapReads.some((rule) => rule.method === method && rule.path.test(path));
    for (const path of [
      '/scheduler/jobs',
      '/scheduler/jobs/7',
      '/scheduler/jobs/7/schedules',
      '/scheduler/jobs/7/schedules/a/runs',
      '/scheduler/globalParameters',
    ]) {
      expect([
        allows('GET', path),
        allows('PUT', path),
        allows('POST', path),
        allows('DELETE', path),
      ]).toEqual([true, false, false, false]);
    }
    for (const path of [
      '/scheduler/jobs/name',
      '/scheduler/jobs/7/../8',
      '/scheduler/jobs/7/schedules/a/runs/r',
      '/x/scheduler/jobs',
    ]) {
      expect(allows('GET', path)).toBe(false);
    }
  });
});

describe('values a field goes back to when it leaves the manifest', () => {
  const sapJob = kindOf('SapJob');

  it('are what the service has when nobody says anything', () => {
    const pointers = [
      '/description',
      '/startTime',
      '/endTime',
      '/ansConfig/onError',
      '/calmConfig/enabled',
      '/active',
      '/httpMethod',
    ];
    expect(pointers.map((pointer) => sapJob.resetValue(pointer, false, 'x'))).toEqual([
      '',
      null,
      null,
      false,
      false,
      true,
      'POST',
    ]);
    expect(
      ['/description', '/data', '/startTime', '/cron'].map((pointer) =>
        sapJob.resetValue(pointer, true, 'x'),
      ),
    ).toEqual(['', null, null, null]);
    expect(kindOf('SapSettings').resetValue('/asyncExecTimeout', false, 'x')).toBe(604_800);
    expect(kindOf('SapTask').resetValue('/data', true, 'x')).toBeNull();
  });

  it('are already in canonical form, so that a reset is not planned twice', () => {
    const fields = ['description', 'startTime', 'endTime', 'ansConfig', 'calmConfig', 'active', 'httpMethod'];
    const reset: JsonObject = Object.fromEntries(
      fields.map((field) => [field, sapJob.resetValue(`/${field}`, false, 'x')]),
    );
    expect(equalJson(sapJob.normalize('x', reset).canonical, reset)).toBe(true);
  });
});

describe('from plan to service and back', () => {
  async function cycle(fake: FakeService, before: JsonObject, after: JsonObject) {
    const read = async () => {
      const live = await readResource(createSapClient(fake), { kind: 'SapJob', identity: 'report' });
      if (live === null) throw new Error('not there');
      return live;
    };
    const old = job('report', before);
    await carry(fake, plan([old], [], {})[0]);
    const live = await read();
    const ids = Object.fromEntries(live.parts.map(({ id, spec }) => [String(spec['description']), id]));
    const desired = job('report', after);
    const [change] = plan([desired], [live], { [desired.address]: entryOf(old, live, ids) });
    await carry(fake, change, live);
    const now = await read();
    return plan([desired], [now], { [desired.address]: entryOf(desired, now, ids) });
  }

  async function carry(fake: FakeService, change: Change | undefined, live = change?.live): Promise<void> {
    if (change === undefined) throw new Error('nothing to do');
    const results = new Map<string, OperationResult>();
    for (const operation of change.operations) {
      const context = { change, live, results, now: () => NOW, reader: fake };
      results.set(operation.id, await execute(operation, context, fake));
    }
  }

  it('everything that leaves the manifest is reset once', async () => {
    const fake = new FakeService();
    const full = {
      description: 'x',
      startTime: '2026-01-01T00:00:00Z',
      endTime: '2031-01-01T00:00:00Z',
      ansConfig: { onError: true, onDelay: true },
      calmConfig: { enabled: true },
      schedules: {
        a: {
          cron: '* * * * 9 0 0',
          data: { x: 1 },
          startTime: '2027-01-01T00:00:00Z',
          endTime: '2030-01-01T00:00:00Z',
        },
      },
    };
    expect(await cycle(fake, full, { schedules: { a: { cron: '* * * * 9 0 0' } } })).toEqual([]);
    expect(fake.jobs[0]?.row).toMatchObject({
      description: '',
      startTime: null,
      endTime: null,
      ansConfig: { onSuccess: false, onError: false, onDelay: false },
      calmConfig: { enabled: false },
    });
  });

  it('a job too large for one request comes in pieces, and is whole', async () => {
    const fake = new FakeService();
    const data = { text: 'x'.repeat(60_000) };
    const large = { schedules: { a: { cron: '* * * * 9 0 0', data }, b: { repeatAt: '9.00', data } } };
    expect(await cycle(fake, large, { ...large, description: 'new' })).toEqual([]);
    expect(fake.jobs[0]?.schedules).toHaveLength(2);
  });

  it('a job that is replaced is gone before it comes again', async () => {
    const fake = new FakeService();
    const made = fake.add('report', {}, [{ cron: '* * * * 9 0 0', description: 'a' }]);
    const live = await readResource(createSapClient(fake), { kind: 'SapJob', identity: 'report' });
    const desired = job('report', {
      schedules: { a: { cron: '* * * * 9 0 0' }, b: { repeatInterval: '2 hours' } },
    });
    const draft: Change = {
      address: desired.address,
      kind: 'SapJob',
      action: 'replace',
      reason: 'edited',
      fields: [],
      parts: desired.parts.map(asReplaced),
      desired,
      live: live ?? undefined,
      target: desired.spec,
      operations: [],
      warnings: [],
    } as Change;
    await carry(fake, { ...draft, operations: kindOf('SapJob').operations(draft, NOW) });
    expect(fake.writes).toEqual([`DELETE /scheduler/jobs/${made.id}`, 'POST /scheduler/jobs']);
    expect(fake.jobs[0]?.schedules.map(({ description }) => description)).toEqual(['a', 'b']);
    expect(fake.jobs[0]?.schedules[1]).toMatchObject({ startTime: '2026-11-22T14:00:00Z' });
  });
});
