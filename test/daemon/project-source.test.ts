// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references look like that
import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/core/redactor.ts';
import { watchFolder } from '../../src/daemon/sources/folder-watch.ts';
import { createProjectReader, type ProjectReader } from '../../src/daemon/sources/project-source.ts';
import type { Reading } from '../../src/daemon/sources/source.ts';
import { fakeStoreClock } from '../support/fake-store-clock.ts';

const at = Date.parse('2026-03-03T12:00:00Z');
const env: Record<string, string> = { KEY: 'one', TOKEN: 'a-secret-of-the-team' };

function readerIn(folder: string): ProjectReader {
  const redactor = createRedactor();
  return createProjectReader({
    context: { cwd: folder, io: { env, now: () => at }, invocation: { redactor } },
    gathered: {
      surroundings: {
        now: () => at,
        sleep: async () => undefined,
        random: () => 0.5,
        log: () => undefined,
        redact: (secret) => redactor.add(secret),
        env,
        concurrency: 1,
      },
      store: {
        clock: fakeStoreClock(),
        claim: { owner: 'ann', host: 'here', pid: 1, command: 'watch', timeout: 0 },
      },
    },
  });
}

/** What a pass takes from a reading. */
function told({ targets, findings }: Reading) {
  const all = [...targets].map(([name, { watch, findings: of, input }]) => [
    name,
    {
      watch,
      findings: of,
      resources: input?.resources,
      policy: input?.policy,
      connection: input?.connection,
    },
  ]);
  // Texts can be compared without the functions that some of it carries.
  return JSON.parse(JSON.stringify({ findings, targets: Object.fromEntries(all) })) as unknown;
}

/** A project that is watched, and two readers of it: one told of changes, one that always reads everything. */
async function withProject(work: (project: ReturnType<typeof openProject>) => Promise<void>): Promise<void> {
  const project = openProject();
  try {
    await work(project);
  } finally {
    await project.close();
  }
}

function openProject() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'project-source-')));
  const folder = join(root, 'project');
  const path = (...names: string[]) => join(folder, ...names);
  mkdirSync(path('jobs'), { recursive: true });
  writeFileSync(path('reconcile.yaml'), config());
  const quick = readerIn(folder);
  const thorough = readerIn(folder);
  const waiting = new Map<string, () => void>();
  let sentinels = 0;
  const stop = watchFolder({
    folder,
    clock: { now: () => at, random: () => 0.5, after: () => () => undefined },
    onNoise: (noise) => {
      quick.changed(noise);
      waiting.get(noise)?.();
    },
    onChange: () => undefined,
    onError: (message) => {
      throw new Error(message);
    },
  });
  return {
    root,
    path,
    write: (name: string, text: string) => {
      mkdirSync(join(path(name), '..'), { recursive: true });
      writeFileSync(path(name), text);
    },
    /** Resolves when the folder itself is told of. */
    whole: () => new Promise<void>((done) => waiting.set(folder, done)),
    /** Both readings, once every notice of what was done until now has come. */
    async read() {
      sentinels += 1;
      const sentinel = path(`notice-${sentinels}`);
      const noticed = new Promise<void>((done) => waiting.set(sentinel, done));
      writeFileSync(sentinel, '');
      await noticed;
      return {
        quick: told(await quick.read({ thorough: false })),
        thorough: told(await thorough.read({ thorough: true })),
      };
    },
    async close() {
      await stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function config({ rows = 1, patch = '', globs = '"jobs/**/*.yaml"' } = {}): string {
  const target = (name: string, more = '') =>
    `  ${name}:\n    provider: sap\n    credentials: {token: "\${env:KEY}"}\n    variables: {rows: ${rows}}\n${more}`;
  return `apiVersion: reconcile/v1
kind: Config
manifests: [${globs}]
allowEnv: [KEY]
targets:
${target('dev', '    url: https://dev.example.com\n')}${target('prod', `    url: https://prod.example.com\n${patch}`)}`;
}

const patched = `    patches:\n      - {match: {kind: SapJob, name: a}, merge: {spec: {description: patched}}}\n`;

function manifest(name: string, description: string): string {
  return `apiVersion: reconcile/v1
kind: SapJob
metadata: {name: ${name}, labels: {team: "\${env:KEY}"}}
spec:
  description: ${description}
  action: https://app.example.com/\${var:rows}
  schedules:
    daily: {cron: "* * * * 6 12 17", data: {token: "\${secret:TOKEN}"}}
`;
}

describe('a reading that opens only what has changed', () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const where = fc.constantFrom('jobs', 'jobs/deep', 'jobs/deep/er', 'jobs/other');
  const description = fc.constantFrom(
    'one',
    'two',
    'from ${env:KEY}',
    '"${var:rows}"',
    '[',
    '${var:missing}',
  );
  const step = fc.oneof(
    fc.record({ do: fc.constant('save' as const), where, name, description }),
    fc.record({ do: fc.constant('replace' as const), where, name, description }),
    fc.record({ do: fc.constant('delete' as const), where, name }),
    fc.record({ do: fc.constant('delete folder' as const), where }),
    fc.record({ do: fc.constant('move folder' as const), from: where, to: where }),
    fc.record({ do: fc.constant('swap folders' as const), from: where, to: where }),
    fc.record({ do: fc.constant('link' as const), where, name, to: name }),
    fc.record({ do: fc.constant('config' as const), rows: fc.nat(3), patch: fc.constantFrom('', patched) }),
    fc.record({ do: fc.constant('environment' as const), value: fc.constantFrom('one', 'two') }),
    fc.record({ do: fc.constant('secret' as const), value: fc.constantFrom('first-secret', 'other-secret') }),
  );
  type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

  /** What cannot be done, such as moving a folder into itself, is left. */
  function take(one: Step, project: ReturnType<typeof openProject>): void {
    const { path, write } = project;
    const file = 'name' in one ? `${one.where}/${one.name}.yaml` : '';
    try {
      if (one.do === 'save') write(file, manifest(one.name, one.description));
      if (one.do === 'replace') {
        write(`${file}~`, manifest(one.name, one.description));
        renameSync(path(`${file}~`), path(file));
      }
      if (one.do === 'delete') rmSync(path(file));
      if (one.do === 'delete folder') rmSync(path(one.where), { recursive: true });
      if (one.do === 'move folder') renameSync(path(one.from), path(one.to));
      if (one.do === 'swap folders') {
        renameSync(path(one.from), join(project.root, 'away'));
        renameSync(path(one.to), path(one.from));
        renameSync(join(project.root, 'away'), path(one.to));
      }
      if (one.do === 'link') symlinkSync(`${one.to}.yaml`, path(file));
      if (one.do === 'config') write('reconcile.yaml', config(one));
      if (one.do === 'environment') env['KEY'] = one.value;
      if (one.do === 'secret') env['TOKEN'] = one.value;
    } catch (error) {
      if (!(error instanceof Error && 'syscall' in error)) throw error;
    }
  }

  it('property: says what a thorough one says, after any edits of files, folders, links, config and environment', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 6 }),
        async (batches) => {
          await withProject(async (project) => {
            project.write('jobs/a.yaml', manifest('a', 'first'));
            project.write('jobs/deep/b.yaml', manifest('b', 'first'));
            project.write('jobs/other/b.yaml', manifest('c', 'first'));
            await project.read();
            for (const batch of batches) {
              for (const one of batch) take(one, project);
              const { quick, thorough } = await project.read();
              expect(quick).toEqual(thorough);
            }
          });
        },
      ),
      { numRuns: 25 },
    );
  });

  it('sees the files of a folder that took the place of another one of the same name', async () => {
    await withProject(async (project) => {
      project.write('jobs/deep/a.yaml', manifest('a', 'old'));
      project.write('next/deep/a.yaml', manifest('a', 'new'));
      await project.read();
      renameSync(project.path('jobs'), project.path('before'));
      renameSync(project.path('next'), project.path('jobs'));
      const { quick, thorough } = await project.read();
      expect(JSON.stringify(quick)).toContain('"description":"new"');
      expect(quick).toEqual(thorough);
    });
  });

  it('sees the swap of a mounted ConfigMap when the folder of the pattern is a link itself', async () => {
    await withProject(async (project) => {
      rmSync(project.path('jobs'), { recursive: true });
      project.write('..one/jobs/a.yaml', manifest('a', 'old'));
      project.write('..two/jobs/a.yaml', manifest('a', 'new'));
      symlinkSync('..one', project.path('..data'));
      symlinkSync('..data/jobs', project.path('jobs'));
      expect(JSON.stringify((await project.read()).quick)).toContain('"description":"old"');
      symlinkSync('..two', project.path('..data_tmp'));
      renameSync(project.path('..data_tmp'), project.path('..data'));
      const { quick, thorough } = await project.read();
      expect(JSON.stringify(quick)).toContain('"description":"new"');
      expect(quick).toEqual(thorough);
    });
  });

  it('sees another project that took the place of the whole folder', async () => {
    await withProject(async (project) => {
      project.write('jobs/a.yaml', manifest('a', 'old'));
      await project.read();
      const next = join(project.root, 'next');
      mkdirSync(join(next, 'jobs'), { recursive: true });
      writeFileSync(join(next, 'reconcile.yaml'), config());
      writeFileSync(join(next, 'jobs/a.yaml'), manifest('a', 'new'));
      const noticed = project.whole();
      renameSync(project.path(), join(project.root, 'before'));
      renameSync(next, project.path());
      await noticed;
      const { quick, thorough } = await project.read();
      expect(JSON.stringify(quick)).toContain('"description":"new"');
      expect(quick).toEqual(thorough);
    });
  });
});
