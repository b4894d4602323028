// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references look like that
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConfigEnvironment, loadConfig } from '../../src/config/index.ts';
import type { Finding } from '../../src/core/errors.ts';
import { loadManifests, resolveTarget } from '../../src/manifest/index.ts';
import { providers } from '../../src/providers/registry.ts';
import { type Block, blocksOf, readPages } from './pages.ts';

const written = readPages()
  .filter(({ path }) => !path.startsWith('docs/reference/'))
  .flatMap(blocksOf)
  .filter(({ info, text }) => /^yaml\b/.test(info) && /^kind:/m.test(text));
const isConfig = ({ text }: Block): boolean => /^kind: Config$/m.test(text);
const manifests = written.filter((block) => !isConfig(block));
const configs = written.filter(isConfig);
const name = ({ page, line }: Block): string => `${page}:${line}`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reconcile-docs-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const now = Date.parse('2027-01-01T00:00:00Z');

async function check(text: string): Promise<readonly Finding[]> {
  const files = [{ path: 'example.yaml', bytes: new TextEncoder().encode(text) }];
  const { manifests, findings } = await loadManifests({ list: async () => ({ files, findings: [] }) });
  const kinds = providers.flatMap((provider) => provider.kinds);
  const target = {
    name: 'dev',
    variables: { appHost: 'shop.example.com', maxRows: 1000 },
    select: { labels: {} },
    patches: [],
    allowEnv: [],
    locate: () => ({ file: 'reconcile.yaml', line: 1, col: 1 }),
  };
  const environment = { env: {} };
  const resolved = resolveTarget({
    manifests,
    target,
    kinds,
    environment,
    redact: () => {},
    now,
    placeholders: true,
  });
  return [...findings, ...resolved.findings];
}

describe('manifests in the documentation', () => {
  it('are there', () => {
    expect(manifests.length).toBeGreaterThan(6);
  });

  it.each(manifests.map((block) => [name(block), block] as const))('%s is as it says', async (_, block) => {
    const findings = await check(block.text);
    const expected = /invalid=(\S+)/.exec(block.info)?.[1]?.split(',') ?? [];
    expect(findings.map(({ code }) => code)).toEqual(expected);
  });
});

describe('configs in the documentation', () => {
  it('are there', () => {
    expect(configs.length).toBeGreaterThan(8);
  });

  it.each(configs.map((block) => [name(block), block] as const))('%s is valid', async (_, block) => {
    const file = join(folder, 'reconcile.yaml');
    writeFileSync(file, block.text);
    const { config, findings } = await loadConfig({ cwd: folder, file });
    expect(findings).toEqual([]);
    const environment = createConfigEnvironment(config as NonNullable<typeof config>, {});
    for (const target of Object.values(config?.targets ?? {})) {
      const { findings: later } = resolveTarget({
        manifests: [],
        target,
        kinds: providers.flatMap((provider) => provider.kinds),
        environment,
        redact: () => {},
        now,
        placeholders: true,
      });
      expect(later.filter(({ severity }) => severity === 'error')).toEqual([]);
    }
  });

  it('show every way to log in', () => {
    const shown = configs.filter(({ page }) => page === 'docs/config.md').map(({ text }) => text);
    for (const method of ['vcap', 'serviceKey', 'basic', 'oauth', 'x509', 'ias', 'token'])
      expect(
        shown.some((text) => new RegExp(`\\b${method}:`).test(text)),
        method,
      ).toBe(true);
  });
});
