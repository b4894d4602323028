import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { configureWatch } from '../../src/cli/commands/watch.ts';
import type { Invocation } from '../../src/cli/invocation.ts';
import { createMetrics } from '../../src/daemon/http/metrics.ts';
import { createWorld } from '../daemon/world.ts';
import { root } from './pages.ts';

const folder = join(root, 'examples/deploy');
const files = readdirSync(folder);
const textOf = (file: string): string => readFileSync(join(folder, file), 'utf8');

function optionsOfWatch(): string[] {
  const command = new Command('watch');
  configureWatch(command, {} as Invocation);
  return command.options.flatMap(({ long }) => long ?? []);
}

describe('the deploy recipes', () => {
  it.each(files.filter((file) => /\.ya?ml$/.test(file)))('%s is YAML without duplicate keys', (file) => {
    for (const document of parseAllDocuments(textOf(file))) expect(document.errors).toEqual([]);
  });

  it.each(files)('%s uses only options that watch has', (file) => {
    const code = textOf(file)
      .split('\n')
      .filter((line) => !line.trim().startsWith('#'))
      .join('\n');
    const used = [...code.matchAll(/(?<=[\s"'-]|^)(--[a-z][a-z-]+)/g)].map(([, option = '']) => option);
    expect(used.filter((option) => !optionsOfWatch().includes(option))).toEqual([]);
  });

  it('run without root, with a read-only root, without more rights than needed', () => {
    const [deployment] = parseAllDocuments(textOf('kubernetes.yaml')).map((document) => document.toJS());
    const { template } = deployment.spec;
    const [container] = template.spec.containers;
    expect(template.spec.securityContext).toMatchObject({ runAsNonRoot: true });
    expect(container.securityContext).toMatchObject({
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.livenessProbe.httpGet.path).toBe('/healthz');
    expect(container.readinessProbe.httpGet.path).toBe('/readyz');
    const mounted = container.volumeMounts.map(({ name }: { name: string }) => name).sort();
    expect(template.spec.volumes.map(({ name }: { name: string }) => name).sort()).toEqual(mounted);
    expect(textOf('reconcile.service')).toMatch(/^User=(?!root)/m);
  });

  it('alert on metrics that there are', async () => {
    const world = createWorld();
    await world.start();
    const text = await createMetrics(world.daemon, '1.2.3').text();
    const named = [...textOf('alerts.yaml').matchAll(/\breconcile_[a-z_]+/g)].map(([name]) => name);
    expect(named.length).toBeGreaterThan(5);
    for (const name of named) expect(text).toContain(`# TYPE ${name} `);
  });

  it('docs/watch.md explains every metric', async () => {
    const world = createWorld();
    await world.start();
    const text = await createMetrics(world.daemon, '1.2.3').text();
    const page = readFileSync(join(root, 'docs/watch.md'), 'utf8');
    for (const [, name] of text.matchAll(/^# TYPE (reconcile_\w+)/gm)) expect(page).toContain(`\`${name}`);
  });
});
