import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileStore } from '../../src/state/file.ts';
import type { TargetState } from '../../src/state/store.ts';
import { entryOf, job } from '../support/memory-world.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'state-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const path = (): string => join(root, '.reconcile', 'state', 'dev.json');
const stateWith = (serial: number, change: Partial<TargetState> = {}): TargetState => ({
  formatVersion: '1',
  target: 'dev',
  lineage: 'l-1',
  instance: 'https://x client=a',
  serial,
  inventory: {
    'MemoryJob/a': entryOf(job('a', { url: 'u', schedules: { 'odd/key ~1': { every: 60 } } }), {
      'odd/key ~1': 's1',
    }),
  },
  journal: null,
  ...change,
});

describe('the file backend', () => {
  it('reads back what it wrote', async () => {
    const store = fileStore({ root });
    expect(await store.read('dev')).toBeNull();
    await store.write(stateWith(1));
    expect(await store.read('dev')).toEqual(stateWith(1));
    expect(await fileStore({ root }).read('dev')).toEqual(stateWith(1));
  });

  it('is readable for its owner alone', async () => {
    await fileStore({ root }).write(stateWith(1));
    expect(statSync(path()).mode & 0o077).toBe(0);
  });

  it('refuses to overwrite what somebody else wrote meanwhile', async () => {
    const one = fileStore({ root });
    const two = fileStore({ root });
    await one.write(stateWith(1));
    await two.write(stateWith(2));
    await expect(one.write(stateWith(2))).rejects.toMatchObject({
      code: 'STATE_CONFLICT',
      category: 'locked',
    });
    await expect(one.write(stateWith(3, { lineage: 'other' }))).rejects.toMatchObject({
      code: 'STATE_CONFLICT',
    });
    await expect(one.write(stateWith(1, { lineage: 'other' }))).rejects.toMatchObject({
      code: 'STATE_CONFLICT',
    });
    expect((await one.read('dev'))?.serial).toBe(2);
  });

  it('keeps the copy from before the first write, and no scraps', async () => {
    const first = fileStore({ root });
    await first.write(stateWith(1));
    const later = fileStore({ root });
    await later.write(stateWith(2));
    await later.write(stateWith(3));
    expect(JSON.parse(readFileSync(`${path()}.bak`, 'utf8'))).toMatchObject({ serial: 1 });
    expect(readdirSync(join(root, '.reconcile', 'state')).sort()).toEqual(['dev.json', 'dev.json.bak']);
  });

  it('one path per target', async () => {
    const store = fileStore({ root });
    await store.write(stateWith(1));
    await store.write(stateWith(1, { target: 'prod', lineage: 'l-2' }));
    expect((await store.read('dev'))?.lineage).toBe('l-1');
    expect((await store.read('prod'))?.lineage).toBe('l-2');
  });
});

describe('damaged, foreign and newer states are errors, never a guess', () => {
  const good = async (): Promise<string> => {
    await fileStore({ root }).write(stateWith(1));
    return readFileSync(path(), 'utf8');
  };

  it.each([
    ['empty', () => '', 'STATE_DAMAGED'],
    ['not JSON', () => '{', 'STATE_DAMAGED'],
    ['a list', () => '[]', 'STATE_DAMAGED'],
    ['another target', (text: string) => text.replace('"dev"', '"prod"'), 'STATE_DAMAGED'],
    [
      'a newer format',
      (text: string) => text.replace('"formatVersion": "1"', '"formatVersion": "2"'),
      'STATE_FORMAT',
    ],
    ['no serial', (text: string) => text.replace('"serial": 1', '"serial": null'), 'STATE_DAMAGED'],
    ['half an entry', (text: string) => text.replace('"identity"', '"identiti"'), 'STATE_DAMAGED'],
    ['a part without an id', (text: string) => text.replace('"id": "s1"', '"id": 1'), 'STATE_DAMAGED'],
  ])('%s', async (_name, spoil, code) => {
    const text = await good();
    writeFileSync(path(), spoil(text));
    await expect(fileStore({ root }).read('dev')).rejects.toMatchObject({ code, remedy: expect.any(String) });
  });

  it('property: a truncated state never reads as a smaller one', async () => {
    const text = await good();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: text.trimEnd().length - 1 }), async (length) => {
        writeFileSync(path(), text.slice(0, length));
        await expect(fileStore({ root }).read('dev')).rejects.toMatchObject({ code: 'STATE_DAMAGED' });
      }),
      { numRuns: 60 },
    );
  });
});
