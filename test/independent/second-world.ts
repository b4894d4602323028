import { type Ran, runCli } from '../cli/fake-io.ts';
import { type ProjectFolder, projectFolder } from '../cli/project-folder.ts';
import { type Manners, SecondService } from './second-service.ts';

export const begin = Date.parse('2026-11-22T12:03:20Z');

export interface World {
  service: SecondService;
  folder: ProjectFolder;
  cli(line: string, env?: Record<string, string>): Promise<Ran>;
  /** Writes `jobs/all.yaml`. */
  manifests(text: string): Promise<void>;
  config(policy: string, more?: string): Promise<void>;
  close(): Promise<void>;
}

/** A project with one target on the second stand-in; sleeping moves the clock of both. */
export async function secondWorld(manners: Partial<Manners> = {}, policy = '{prune: true}'): Promise<World> {
  const service = await new SecondService(begin, manners).start();
  const folder = await projectFolder({});
  const world: World = {
    service,
    folder,
    cli: (line, env = {}) =>
      runCli(line.split(' '), {
        cwd: folder.path,
        env: { SERVICE_KEY: service.key, ...env },
        now: () => service.now,
        sleep: async (ms) => {
          service.now += ms;
        },
      }),
    manifests: (text) => folder.write({ 'jobs/all.yaml': text }),
    config: (wanted, more = '') =>
      folder.write({
        'reconcile.yaml': `apiVersion: reconcile/v1
kind: Config
manifests: ["jobs/*.yaml"]
targets:
  dev:
    provider: sap
    credentials: {serviceKey: "\${secret:SERVICE_KEY}"}
    policy: ${wanted}
${more}`,
      }),
    close: async () => {
      await service.stop();
      await folder.remove();
    },
  };
  await world.config(policy);
  return world;
}

/** A job with these schedules, one line each. */
export function job(
  name: string,
  schedules: Readonly<Record<string, string>>,
  extra = '',
  spec = '',
): string {
  const lines = Object.entries(schedules).map(([key, text]) => `    ${JSON.stringify(key)}: ${text}\n`);
  return `apiVersion: reconcile/v1
kind: SapJob
metadata: {name: ${name}}
${extra}spec:
  description: A job
  action: https://app.example.com/run
${spec}  schedules:${lines.length === 0 ? ' {}\n' : `\n${lines.join('')}`}`;
}
