import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import type { PlanDocument, PlanTarget } from '../../src/core/plan-document.ts';
import { getAt } from '../../src/core/pointer.ts';
import { noon, type Ran, runCli } from '../cli/fake-io.ts';
import { type ProjectFolder, projectFolder } from '../cli/project-folder.ts';
import { type Batch, type Fields, intervalMs, type RiversandDialect } from './riversand-model.ts';
import { clientSecret, RiversandServer, tenantId } from './riversand-server.ts';

export const token = 'object-token-3141592';

export interface BatchSpec {
  appId: string;
  jobDefId: string;
  recurrenceInterval: string;
  startAt?: string;
  enabled?: boolean;
  poolId?: string;
  jobInputPayload?: Fields;
  recreateOn?: Fields;
}
export interface ObjectSpec {
  intervalInMins: number;
  taskUrl: string;
  displayName?: string;
  enabled?: boolean;
  startTime?: string;
  stopTime?: string;
  taskPayload?: Fields;
  authContext?: Fields;
}
export interface Wanted {
  batch?: Readonly<Record<string, BatchSpec>>;
  objects?: Readonly<Record<string, ObjectSpec>>;
}

/** A project folder, a service that is not the emulator, and the program between them. */
export class RiversandProject {
  readonly server: RiversandServer;
  private readonly folder: ProjectFolder;
  private waits = Promise.resolve();
  private readonly beats = new Set<{ ms: number; next: number; task: () => void }>();

  private constructor(server: RiversandServer, folder: ProjectFolder) {
    this.server = server;
    this.folder = folder;
  }

  static async start(
    dialect: Partial<RiversandDialect> = {},
    policy: Fields = {},
  ): Promise<RiversandProject> {
    const server = await new RiversandServer(noon, dialect).start();
    const config = {
      apiVersion: 'reconcile/v1',
      kind: 'Config',
      manifests: ['jobs/*.yaml'],
      targets: {
        dev: {
          provider: 'riversand',
          url: server.url,
          credentials: {
            tenantId,
            userId: 'ann',
            userRoles: ['admin'],
            clientId: 'client',
            clientSecret: ['$', '{secret:CLIENT_SECRET}'].join(''),
          },
          policy: {
            prune: true,
            allowDeleteAll: true,
            allowEmpty: true,
            maxDeletes: { percent: 100, count: 500 },
            ...policy,
          },
        },
      },
    };
    const folder = await projectFolder({
      'reconcile.yaml': JSON.stringify(config),
      'jobs/all.yaml': '# none\n',
    });
    return new RiversandProject(server, folder);
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await this.folder.remove();
  }

  want({ batch = {}, objects = {} }: Wanted): Promise<void> {
    const document = (kind: string, name: string, spec: unknown): string =>
      `---\n${JSON.stringify({ apiVersion: 'reconcile/v1', kind, metadata: { name }, spec })}\n`;
    const text = [
      ...Object.entries(batch).map(([name, spec]) => document('RiversandBatchJob', name, spec)),
      ...Object.entries(objects).map(([name, spec]) => document('RiversandSchedule', name, spec)),
    ].join('');
    return this.folder.write({ 'jobs/all.yaml': text || '# none\n' });
  }

  /** Time passes when the program waits. */
  async run(...argv: string[]): Promise<Ran> {
    const { model } = this.server;
    const ran = await runCli(argv, {
      cwd: this.folder.path,
      env: { CLIENT_SECRET: clientSecret, RECONCILE_STATE_KEY: 'a key of the tests' },
      now: () => model.now,
      every: (ms, task) => {
        const beat = { ms, next: model.now + ms, task };
        this.beats.add(beat);
        return () => void this.beats.delete(beat);
      },
      // One after the other, so that no wait overtakes a renewal of the lock.
      sleep: (ms) => {
        this.waits = this.waits.then(() => this.wait(ms));
        return this.waits;
      },
    });
    expect(ran.out + ran.err).not.toContain(clientSecret);
    expect(ran.out + ran.err).not.toContain(token);
    return ran;
  }

  /** Time passes, and what happens every so often happens in it. */
  private async wait(ms: number): Promise<void> {
    const { model } = this.server;
    for (let left = ms; left > 0; left -= 10_000) {
      model.pass(Math.min(left, 10_000));
      const due = [...this.beats].filter(({ next }) => next <= model.now);
      for (const beat of due) {
        beat.next = model.now + beat.ms;
        await this.renewed(model.now, beat.task);
      }
    }
  }

  /** The lock is a file: its renewal takes real time, which nobody but the file can tell. */
  private async renewed(at: number, renew: () => void): Promise<void> {
    for (let looks = 0; looks < 50_000; looks += 1) {
      // Does nothing as long as the one before is under way.
      renew();
      const text = await readFile(join(this.folder.path, '.reconcile/state/dev.lock'), 'utf8').catch(
        () => '',
      );
      const found = /"renewedAt": *"([^"]+)"/.exec(text)?.[1];
      if (text === '' || (found !== undefined && Date.parse(found) >= at)) return;
    }
  }

  /** Plans; whatever comes of it, nothing was written. */
  async plan(): Promise<Ran & { target?: PlanTarget }> {
    const before = this.server.writes().length;
    const ran = await this.run('plan', '-o', 'json', '--exit-code');
    expect(this.server.writes().slice(before), 'plan writes nothing').toEqual([]);
    if (ran.code !== 0 && ran.code !== 2 && ran.code !== 4) return ran;
    const [target] = (JSON.parse(ran.out) as PlanDocument).targets;
    return target === undefined ? ran : { ...ran, target };
  }

  apply(): Promise<Ran> {
    return this.run('apply', '--yes');
  }

  /** Plan, apply, and all that must hold afterwards. */
  async converge(wanted: Wanted): Promise<void> {
    await this.want(wanted);
    const { model } = this.server;
    const planned = await this.plan();
    expect([0, 2], planned.err + planned.out).toContain(planned.code);
    const from = model.now;
    const ran = model.runs.length;
    const applied = await this.apply();
    expect(applied.code, applied.err + applied.out).toBe(0);
    const atOnce = model.runs.slice(ran).filter(({ pair, at }) => !isDue(wanted, pair, at));
    expect(atOnce, `nothing runs but what is due after ${new Date(from).toISOString()}`).toEqual([]);
    this.expectLive(wanted);
    const again = await this.plan();
    expect(again.code, `nothing is left to do\n${again.err}${again.out}`).toBe(0);
  }

  async expectNoWrites(): Promise<void> {
    const before = this.server.writes().length;
    const second = await this.apply();
    expect(second.code, second.err + second.out).toBe(0);
    expect(this.server.writes().slice(before), 'a second apply writes nothing').toEqual([]);
  }

  /** What the service holds is what the manifests say; what is not wanted any more is off. */
  expectLive({ batch = {}, objects = {} }: Wanted): void {
    const { model } = this.server;
    for (const spec of Object.values(batch)) {
      const rows = model.of(spec.appId, spec.jobDefId);
      expect(rows, `one schedule of ${spec.appId}, ${spec.jobDefId}`).toHaveLength(1);
      const [row] = rows as [Batch];
      expect(intervalMs(row.recurrenceInterval)).toBe(intervalMs(spec.recurrenceInterval));
      expect(row).toMatchObject({
        enabled: spec.enabled ?? true,
        poolId: spec.poolId ?? 'rsbatch',
        payload: spec.jobInputPayload ?? {},
      });
      expect(row.first, 'the first run lay ahead').toBeGreaterThan(row.createdAt);
      if (spec.startAt === undefined) continue;
      const off = row.first - Date.parse(spec.startAt);
      expect(off % intervalMs(row.recurrenceInterval), 'the phase is kept').toBe(0);
      expect(off).toBeGreaterThanOrEqual(0);
    }
    const pairs = new Set(Object.values(batch).map(({ appId, jobDefId }) => `${appId}/${jobDefId}`));
    const left = model.batch.filter(({ appId, jobDefId }) => !pairs.has(`${appId}/${jobDefId}`));
    expect(left.filter(({ enabled, appId }) => enabled && !appId.startsWith('theirs'))).toEqual([]);
    for (const [id, spec] of Object.entries(objects)) {
      expect(model.objects.get(id)).toMatchObject({
        name: spec.displayName ?? id,
        properties: { enabled: spec.enabled ?? true },
        data: {
          attributes: { scheduleTaskUrl: { values: [{ value: spec.taskUrl }] } },
          jsonData: {
            scheduleConfiguration: {
              intervalInMins: spec.intervalInMins,
              ...(spec.authContext && { authContext: spec.authContext }),
            },
          },
        },
      });
    }
    for (const [id, { taskPayload }] of Object.entries(objects)) {
      if (taskPayload === undefined) continue;
      const sent = getAt(model.objects.get(id) as JsonObject, '/data/jsonData/scheduleTaskPayload') ?? {};
      expect(sent, 'no payload and an empty one are the same').toEqual(taskPayload);
    }
    const strange = [...model.objects.keys()].filter((id) => !(id in objects) && !id.startsWith('theirs'));
    expect(strange).toEqual([]);
  }
}

/** On the grid of the manifest that wants this pair, or of none that we know. */
function isDue({ batch = {} }: Wanted, pair: string, at: number): boolean {
  const spec = Object.values(batch).find(({ appId, jobDefId }) => `${appId}/${jobDefId}` === pair);
  if (spec?.startAt === undefined) return true;
  return (at - Date.parse(spec.startAt)) % intervalMs(spec.recurrenceInterval) === 0;
}
