import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { PlanDocument } from '../../src/core/plan-document.ts';
import { noon, type Ran, runCli } from '../cli/fake-io.ts';
import { type ProjectFolder, projectFolder } from '../cli/project-folder.ts';
import type { Dialect } from './sap-dialect.ts';
import { type Fields, instant, type Job, type Mode } from './sap-model.ts';
import { clientSecret, SapServer } from './sap-server.ts';

export interface ScheduleSpec {
  mode: Mode;
  value: string;
  active?: boolean;
  data?: Fields;
  startTime?: string;
  endTime?: string;
  description?: string;
}
export interface JobSpec {
  name: string;
  description?: string;
  active?: boolean;
  httpMethod?: string;
  schedules: Record<string, ScheduleSpec>;
  lifecycle?: Fields;
}

export function schedule(mode: Mode, value: string, more: Partial<ScheduleSpec> = {}): ScheduleSpec {
  return { mode, value, ...more };
}

function manifest({ name, schedules, lifecycle, ...spec }: JobSpec): string {
  const parts = Object.entries(schedules).map(([key, { mode, value, ...rest }]) => [
    key,
    { ...rest, [mode]: value },
  ]);
  return JSON.stringify({
    apiVersion: 'reconcile/v1',
    kind: 'SapJob',
    metadata: { name },
    ...(lifecycle === undefined ? {} : { lifecycle }),
    spec: { action: 'https://app.example.com/run', ...spec, schedules: Object.fromEntries(parts) },
  });
}

/** A project folder, a service that is not the emulator, and the program between them. */
export class SapProject {
  readonly server: SapServer;
  readonly folder: ProjectFolder;

  private constructor(server: SapServer, folder: ProjectFolder) {
    this.server = server;
    this.folder = folder;
  }

  static async start(dialect: Partial<Dialect> = {}, policy: Fields = {}): Promise<SapProject> {
    const server = await new SapServer(noon, dialect).start();
    const all = {
      prune: true,
      allowDeleteAll: true,
      allowEmpty: true,
      maxDeletes: { percent: 100, count: 500 },
      ...policy,
    };
    const config = {
      apiVersion: 'reconcile/v1',
      kind: 'Config',
      manifests: ['jobs/*.yaml'],
      targets: {
        dev: {
          provider: 'sap',
          credentials: { serviceKey: ['$', '{secret:SERVICE_KEY}'].join('') },
          policy: all,
        },
      },
    };
    const folder = await projectFolder({
      'reconcile.yaml': JSON.stringify(config),
      'jobs/all.yaml': '# none\n',
    });
    return new SapProject(server, folder);
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await this.folder.remove();
  }

  /** The manifests are these jobs and no others. */
  want(jobs: readonly JobSpec[]): Promise<void> {
    const text = jobs.map((job) => `---\n${manifest(job)}\n`).join('');
    return this.folder.write({ 'jobs/all.yaml': text || '# none\n' });
  }

  /** Time passes when the program waits. */
  async run(...argv: string[]): Promise<Ran> {
    const { model } = this.server;
    const ran = await runCli(argv, {
      cwd: this.folder.path,
      env: { SERVICE_KEY: this.server.key() },
      now: () => model.now,
      sleep: async (ms) => {
        model.now += ms;
      },
    });
    expect(ran.out + ran.err).not.toContain(clientSecret);
    expect(ran.out + ran.err).not.toMatch(/access-token-\d/);
    return ran;
  }

  /** Plans; whatever comes of it, nothing was written. */
  async plan(): Promise<Ran & { document?: PlanDocument }> {
    const before = this.server.writes().length;
    const ran = await this.run('plan', '-o', 'json', '--exit-code');
    expect(this.server.writes().slice(before), 'plan writes nothing').toEqual([]);
    return ran.code === 0 || ran.code === 2 || ran.code === 4
      ? { ...ran, document: JSON.parse(ran.out) as PlanDocument }
      : ran;
  }

  apply(): Promise<Ran> {
    return this.run('apply', '--yes');
  }

  /** Plan, apply, and all that must hold afterwards. `foreign`: descriptions of schedules that nobody owns. */
  async converge(
    jobs: readonly JobSpec[],
    isForeign: (job: string, schedule: string) => boolean = () => false,
  ): Promise<void> {
    await this.want(jobs);
    const planned = await this.plan();
    expect([0, 2], planned.err + planned.out).toContain(planned.code);
    const announced = announcedRuns(planned.document);
    const foreign = snapshot(this.server.model.jobs, isForeign);
    this.server.model.runs = [];
    const applied = await this.apply();
    expect(applied.code, applied.err + applied.out).toBe(0);
    expect(snapshot(this.server.model.jobs, isForeign), 'what nobody owns is untouched').toEqual(foreign);
    const unannounced = this.server.model.runs.filter(
      (run) => !announced.has(`${run.job}/${keyOf(jobs, run.job, run.schedule)}`),
    );
    expect(unannounced, `no run without announcement\n${planned.out}`).toEqual([]);
    this.expectLive(jobs, isForeign);
    await this.expectQuiet();
  }

  /** A plan without differences, and an apply without writes. */
  async expectQuiet(): Promise<void> {
    const again = await this.plan();
    expect(again.code, `nothing is left to do\n${again.err}${again.out}`).toBe(0);
    const before = this.server.writes().length;
    const second = await this.apply();
    expect(second.code, second.err + second.out).toBe(0);
    expect(this.server.writes().slice(before), 'a second apply writes nothing').toEqual([]);
  }

  /** What was applied is forgotten; the service keeps it. */
  loseState(): Promise<void> {
    return rm(join(this.folder.path, '.reconcile'), { recursive: true });
  }

  /** Everything live is taken over without a write. */
  async expectQuietAdoption(): Promise<void> {
    const before = this.server.writes().length;
    const adopted = await this.apply();
    expect(adopted.code, adopted.err + adopted.out).toBe(0);
    expect(this.server.writes().slice(before), 'adoption writes nothing').toEqual([]);
    await this.expectQuiet();
  }

  /** Compares what the service holds with what the manifests say; unmentioned `data` is nobody's, but is `{}` unless somebody set it. */
  expectLive(jobs: readonly JobSpec[], isForeign: (job: string, schedule: string) => boolean): void {
    for (const job of jobs) {
      const [only, ...others] = this.server.model.jobs.filter(({ name }) => name === job.name);
      if (only === undefined) throw new Error(`job ${job.name} is missing`);
      expect(others, `one job ${job.name}`).toEqual([]);
      expect(only.active).toBe(job.active ?? true);
      if (job.description !== undefined) expect(only.fields.description ?? '').toBe(job.description);
      expect(only.fields.httpMethod).toBe(job.httpMethod ?? 'POST');
      const owned = only.schedules.filter((each) => !isForeign(job.name, String(each.description)));
      const shown = owned.map((each) => ({
        ...each,
        value: each.mode === 'time' ? instant(each.value) : each.value,
        endTime: instant(each.endTime),
      }));
      const wanted = Object.entries(job.schedules).map(([key, { mode, value, ...each }]) => ({
        description: each.description ?? key,
        active: each.active ?? true,
        mode,
        value: mode === 'time' ? instant(value) : value,
        ...(each.data === undefined ? {} : { data: each.data }),
        ...(each.endTime === undefined ? {} : { endTime: instant(each.endTime) }),
      }));
      expect(shown.length, `number of schedules of ${job.name}: ${JSON.stringify(shown)}`).toBe(
        wanted.length,
      );
      for (const each of wanted) {
        expect(
          shown.find(({ description }) => description === each.description),
          `schedule of ${job.name}: ${JSON.stringify(shown)} ${JSON.stringify(each)}`,
        ).toMatchObject(each);
      }
    }
  }
}

/** `job/schedule key` of every run that a plan announces. */
export function announcedRuns(document: PlanDocument | undefined): Set<string> {
  const found = new Set<string>();
  for (const change of document?.targets[0]?.changes ?? []) {
    for (const part of change.parts) {
      if (part.impact?.immediate)
        found.add(`${change.address.replace('SapJob/', '')}/${part.path.replace('/schedules/', '')}`);
    }
  }
  return found;
}

export function keyOf(jobs: readonly JobSpec[], job: string, description: string): string | undefined {
  const schedules = jobs.find(({ name }) => name === job)?.schedules ?? {};
  return Object.entries(schedules).find(([key, each]) => (each.description ?? key) === description)?.[0];
}

export function snapshot(
  jobs: readonly Job[],
  isForeign: (job: string, schedule: string) => boolean,
): unknown {
  return structuredClone(
    jobs.map((job) => ({
      ...(isForeign(job.name, '') ? job : { name: job.name }),
      schedules: job.schedules.filter((each) => isForeign(job.name, String(each.description))),
    })),
  ).filter(({ name, schedules }) => isForeign(name, '') || schedules.length > 0);
}
