import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface ProjectFolder {
  path: string;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  remove(): Promise<void>;
}

/** A folder with these files, for one test. */
export async function projectFolder(files: Readonly<Record<string, string>>): Promise<ProjectFolder> {
  const path = await mkdtemp(join(tmpdir(), 'reconcile-test-'));
  const folder: ProjectFolder = {
    path,
    write: async (more) => {
      for (const [name, text] of Object.entries(more)) {
        await mkdir(dirname(join(path, name)), { recursive: true });
        await writeFile(join(path, name), text);
      }
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
  await folder.write(files);
  return folder;
}

/** A config with one or more targets on the emulator; the service key comes from the environment. */
export function configText(targets: readonly string[] = ['dev'], policy = '{prune: true}'): string {
  const blocks = targets.map(
    (name) =>
      `  ${name}:\n    provider: sap\n    credentials: {serviceKey: "\${secret:SERVICE_KEY}"}\n    policy: ${policy}\n`,
  );
  return `apiVersion: reconcile/v1\nkind: Config\nmanifests: ["jobs/*.yaml"]\ntargets:\n${blocks.join('')}`;
}

/** A job with one schedule. */
export function jobText(name: string, cron = '* * * * 6 12 17', extra = ''): string {
  return `apiVersion: reconcile/v1
kind: SapJob
metadata: {name: ${name}}
${extra}spec:
  description: A job
  action: https://app.example.com/run
  schedules:
    daily: {cron: "${cron}"}
`;
}
