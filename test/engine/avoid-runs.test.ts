import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogArchive } from '../../src/cli/log-archive.ts';
import type { Change } from '../../src/core/change.ts';
import { nextGap } from '../../src/engine/avoid-runs.ts';
import { applyTarget, planTarget } from '../../src/engine/index.ts';
import type { ApplyOptions } from '../../src/engine/types.ts';
import { liveJob, livePart, memoryKind } from '../support/memory-kind.ts';
import { type SapWorld, START, sapJob, startSapWorld } from '../support/sap-target.ts';

const action = 'https://app.example.com/report';
const SECOND = 1000;

let world: SapWorld;
let folder: string;
beforeEach(async () => {
  world = await startSapWorld();
  folder = mkdtempSync(join(tmpdir(), 'logs-'));
});
afterEach(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

async function apply(
  resources: Parameters<SapWorld['input']>[0],
  options: Partial<ApplyOptions>,
  waits: string[] = [],
) {
  const input = world.input(resources, {
    policyChange: { prune: true, allowDeleteAll: true, allowEmpty: true },
  });
  const sleep = async (ms: number) => world.emulator.clock.advance(ms);
  const planned = await planTarget({ ...input, surroundings: { ...input.surroundings, sleep } });
  const outcome = await applyTarget(planned, {
    concurrency: 4,
    onError: 'continue',
    onProgress: (event) => event.type === 'wait' && waits.push(event.message),
    ...options,
  });
  await planned.close();
  return outcome.outcomes;
}

const minutely = (description: string) =>
  sapJob('a', { action, schedules: { x: { cron: '* * * * * */10 0', description } } });

describe('apply --avoid-runs', () => {
  it('waits until the runs of what it writes are far enough away, and says so', async () => {
    await apply([minutely('one')], {});
    await world.emulator.clock.set(START + 9 * 60 * SECOND + 30 * SECOND);
    const waits: string[] = [];
    const outcomes = await apply(
      [minutely('two')],
      { avoidRuns: { within: 90 * SECOND, timeout: 600 * SECOND } },
      waits,
    );
    expect(outcomes).toMatchObject([{ status: 'succeeded' }]);
    expect(waits).toEqual([expect.stringContaining('waiting until 2026-03-01T12:11:30Z')]);
    const written = world.emulator.requests().findLast((request) => request.method === 'PUT');
    expect(written).toBeDefined();
    expect(world.emulator.clock.now()).toBe(START + 11 * 60 * SECOND + 30 * SECOND);
  });

  it('gives up with a clear outcome and without a write', async () => {
    await apply([minutely('one')], {});
    world.writes();
    await world.emulator.clock.set(START + 9 * 60 * SECOND + 30 * SECOND);
    const outcomes = await apply([minutely('two')], {
      avoidRuns: { within: 400 * SECOND, timeout: 300 * SECOND },
    });
    expect(outcomes).toMatchObject([{ status: 'failed', error: { code: 'NO_GAP' } }]);
    expect(world.writes()).toEqual([]);
  });

  it('property: the gap is the first moment that is far enough from every run', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -50, max: 300 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 40 }),
        (instants, within) => {
          const runs = [...instants].sort((a, b) => a - b);
          const part = livePart('p', { every: 1 });
          const change = {
            action: 'update',
            fields: [],
            parts: [{ action: 'update', live: part }],
            live: liveJob('a', {}, [part]),
          } as unknown as Change;
          const kind = {
            ...memoryKind,
            runs: ({ from, until }: { from: number; until: number }) =>
              runs.filter((at) => at >= from && at < until),
          };
          const gap = nextGap(change, kind, { within, now: 0, until: 200 });
          const free = (at: number): boolean => runs.every((run) => Math.abs(run - at) >= within);
          const first = Array.from({ length: 201 }, (_, at) => at).find(free);
          expect(gap).toBe(first);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('apply --archive-logs', () => {
  const two = sapJob('a', {
    action,
    schedules: { x: { cron: '* * * * * */5 0' }, y: { cron: '* * * * 23 10 0' } },
  });
  const other = sapJob('b', { action, schedules: {} });
  const files = () =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ndjson'));

  it('saves every run log of a schedule, page by page, before it goes', async () => {
    await apply([two, other], {});
    await world.emulator.clock.set(START + 30 * 3_600_000);
    const expected = world.emulator
      .state()
      .jobs?.find((job) => job.name === 'a')
      ?.schedules?.find((item) => item.description === 'x')?.logs;
    expect(expected?.length).toBeGreaterThan(300);
    await apply([sapJob('a', { action, schedules: { y: { cron: '* * * * 23 10 0' } } }), other], {
      archiveLogs: createLogArchive(folder),
    });
    const [file] = files();
    const lines = readFileSync(join(folder, file ?? ''), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(new Set(lines.map((line) => line.runId))).toEqual(new Set(expected?.map((run) => run.runId)));
    expect(lines[0]).toMatchObject({ address: 'SapJob/a', schedule: 'x' });
  });

  it('saves the logs of all schedules of a job that is deleted', async () => {
    await apply([two, other], {});
    await world.emulator.clock.set(START + 24 * 3_600_000);
    await apply([other], { archiveLogs: createLogArchive(folder) });
    expect(files()).toHaveLength(2);
    expect(world.emulator.state().jobs?.map((job) => job.name)).toEqual(['b']);
  });

  it('a failure to save stops the delete', async () => {
    await apply([two, other], {});
    await world.emulator.clock.set(START + 3_600_000);
    world.writes();
    world.emulator.faults.set({
      match: { method: 'GET', path: '/scheduler/jobs/*/schedules/*/runs' },
      effect: { status: 400, body: { code: 400, message: 'no' } },
    });
    const outcomes = await apply([other], { archiveLogs: createLogArchive(folder) });
    expect(outcomes).toMatchObject([{ action: 'delete', status: 'failed' }]);
    expect(world.writes()).toEqual([]);
    expect(files()).toEqual([]);
  });
});
