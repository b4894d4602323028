import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InventoryEntry } from '../../src/core/inventory.ts';
import { fileStore } from '../../src/state/file.ts';
import type { HistoryRecord, StateStore, StoreClock, TargetState } from '../../src/state/store.ts';
import { fakeStoreClock } from '../support/fake-store-clock.ts';
import { entryOf, job } from '../support/memory-world.ts';
import { putState, testClaim } from '../support/put-state.ts';

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

const open = (): StateStore => fileStore({ root, clock: fakeStoreClock() });
const put = (state: TargetState): Promise<void> => putState(open(), state);
const names = (): string[] => readdirSync(join(root, '.reconcile', 'state')).sort();

describe('the file backend', () => {
  it('reads back what it wrote', async () => {
    const store = open();
    expect(await store.read('dev')).toBeNull();
    await putState(store, stateWith(1));
    expect(await store.read('dev')).toEqual(stateWith(1));
    expect(await open().read('dev')).toEqual(stateWith(1));
  });

  it.each([
    ['the folder cannot be made', '.reconcile'],
    ['the lock cannot be written', '.reconcile/state'],
  ])('%s: an error that names the path and is no bug of ours', async (_name, inTheWay) => {
    mkdirSync(dirname(join(root, inTheWay)), { recursive: true });
    writeFileSync(join(root, inTheWay), 'a file where a folder is needed');
    await expect(put(stateWith(1))).rejects.toMatchObject({
      code: 'STATE_UNWRITABLE',
      message: expect.stringContaining(join(root, '.reconcile')),
      remedy: expect.any(String),
    });
  });

  it('keeps itself out of git, unless somebody decides otherwise', async () => {
    await put(stateWith(1));
    const file = join(root, '.reconcile', '.gitignore');
    expect(readFileSync(file, 'utf8')).toBe('*\n');
    rmSync(file);
    await put(stateWith(2));
    expect(readdirSync(join(root, '.reconcile'))).toEqual(['state']);
  });

  it('is readable for its owner alone', async () => {
    await put(stateWith(1));
    expect(statSync(path()).mode & 0o077).toBe(0);
  });

  it('keeps the copy from before the first write of a command, and no scraps', async () => {
    await put(stateWith(1));
    const lock = await open().lock('dev', testClaim);
    await lock.begin(stateWith(2));
    await lock.save(stateWith(3));
    expect(names()).toEqual(['dev.json', 'dev.json.bak', 'dev.lock']);
    await lock.release();
    expect(JSON.parse(readFileSync(`${path()}.bak`, 'utf8'))).toMatchObject({ serial: 1 });
    expect(names()).toEqual(['dev.json', 'dev.json.bak']);
  });

  it('keeps the history beside the state, one line per command; a line that a crash cut short is left out', async () => {
    const record = (serial: number): HistoryRecord => ({
      id: `a-${serial}`,
      target: 'dev',
      lineage: 'l-1',
      serial,
      at: '2026-11-22T12:00:00.000Z',
      command: 'reconcile apply -t dev',
      actor: 'ann@here',
      summary: '1 created',
      outcomes: { succeeded: 1 },
      changes: [{ address: 'MemoryJob/a', action: 'create', status: 'succeeded' }],
    });
    const first = await open().lock('dev', testClaim);
    await first.finish(stateWith(1), record(1));
    const history = join(root, '.reconcile', 'state', 'dev.history.ndjson');
    writeFileSync(history, `${readFileSync(history, 'utf8')}{"id": "a-x", "tar`);
    const second = await open().lock('dev', testClaim);
    await second.finish(stateWith(2), record(2));
    expect(await open().history('dev', 10)).toEqual([record(2), record(1)]);
    expect(await open().history('dev', 1)).toEqual([record(2)]);
    expect(names()).toEqual(['dev.history.ndjson', 'dev.json', 'dev.json.bak']);
  });
});

describe('the lock file', () => {
  const lockPath = (): string => join(root, '.reconcile', 'state', 'dev.lock');

  it('of two who take over an expired lock at once one gets it; the old holder notices and stops', async () => {
    const clock = fakeStoreClock();
    const stopped: StoreClock = { ...clock, every: () => () => undefined };
    const old = await fileStore({ root, clock: stopped }).lock('dev', testClaim);
    await clock.advance(61_000);
    const results = await Promise.allSettled(
      ['a', 'b', 'c'].map((owner) =>
        fileStore({ root, clock: stopped }).lock('dev', { ...testClaim, owner }),
      ),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(() => old.assertHeld()).toThrow(expect.objectContaining({ code: 'LOCK_LOST' }));
    await expect(old.save(stateWith(1))).rejects.toMatchObject({ code: 'LOCK_LOST' });
    await old.release();
    expect(names()).toEqual(['dev.lock']);
  });

  it('a take-over that died in the act does not block the next one for ever', async () => {
    const clock = fakeStoreClock();
    const stopped: StoreClock = { ...clock, every: () => () => undefined };
    const { info } = await fileStore({ root, clock: stopped }).lock('dev', testClaim);
    await clock.advance(61_000);
    writeFileSync(`${lockPath()}.${info.id}.1`, String(clock.now()));
    const store = fileStore({ root, clock: stopped });
    await expect(store.lock('dev', testClaim)).rejects.toMatchObject({ code: 'LOCKED' });
    await clock.advance(20_000);
    const lock = await store.lock('dev', testClaim);
    await lock.release();
    expect(names()).toEqual([]);
  });

  const anHourAgo = '2026-01-01T00:00:00.000Z';
  const damages: [name: string, damage: Record<string, unknown>, code: string][] = [
    ['no term of its own', { term: undefined }, 'LOCK_DAMAGED'],
    ['another target', { target: 'prod' }, 'LOCK_DAMAGED'],
    ['a path for an id', { id: '../../outside' }, 'LOCK_DAMAGED'],
    ['an endless id', { id: 'x'.repeat(300) }, 'LOCK_DAMAGED'],
    ['an endless command', { command: 'x'.repeat(100_000) }, 'LOCK_DAMAGED'],
    ['a number for an instant', { expiresAt: 0 }, 'LOCK_DAMAGED'],
    ['an end long after its renewal', { expiresAt: '9999-12-31T23:59:59.000Z' }, 'LOCK_DAMAGED'],
    ['an end long after its renewal, which was long ago', { renewedAt: anHourAgo }, 'LOCK_DAMAGED'],
    ['half a process', { pid: 1.5 }, 'LOCK_DAMAGED'],
    ['a newer format', { formatVersion: '2' }, 'STATE_FORMAT'],
  ];

  it.each([
    ['nothing in it', () => '', 'LOCK_DAMAGED'],
    ['half of it', (text: string) => text.slice(0, 60), 'LOCK_DAMAGED'],
    ['a list', () => '[]', 'LOCK_DAMAGED'],
    ...damages.map(([name, damage, code]): [string, (text: string) => string, string] => [
      name,
      (text) => JSON.stringify({ ...(JSON.parse(text) as object), ...damage }),
      code,
    ]),
  ])("a lock with %s is nobody's to take, to break or to overwrite", async (_, spoil, code) => {
    const lock = await open().lock('dev', testClaim);
    const text = readFileSync(lockPath(), 'utf8');
    await lock.release();
    const spoiled = spoil(text);
    writeFileSync(lockPath(), spoiled);
    const refusal = { code, remedy: expect.any(String) };
    await expect(open().lock('dev', testClaim)).rejects.toMatchObject(refusal);
    await expect(open().breakLock('dev', lock.info.id)).rejects.toMatchObject(refusal);
    await expect(open().readLock('dev')).rejects.toMatchObject(refusal);
    expect(readFileSync(lockPath(), 'utf8')).toBe(spoiled);
    expect(names()).toEqual(['dev.lock']);
  });

  it('a lock of a version that wrote no format is understood', async () => {
    const lock = await open().lock('dev', testClaim);
    const { formatVersion, ...info } = JSON.parse(readFileSync(lockPath(), 'utf8')) as Record<
      string,
      unknown
    >;
    expect(formatVersion).toBe('1');
    writeFileSync(lockPath(), JSON.stringify(info));
    expect(await open().readLock('dev')).toEqual(lock.info);
    await lock.release();
    expect(names()).toEqual([]);
  });
});

/** A journal with one intent, which says this of the time before it. */
function withBefore(before: object, more: object = {}): (text: string) => string {
  const intent = {
    action: 'create',
    kind: 'MemoryJob',
    name: 'a',
    identity: 'a',
    before,
    operations: [],
    ...more,
  };
  const journal = {
    id: 'j',
    startedAt: '2026-01-01T00:00:00Z',
    actor: 'a@b',
    intents: { 'MemoryJob/a': intent },
  };
  return (text) => text.replace('"journal": null', `"journal": ${JSON.stringify(journal)}`);
}

describe('damaged, foreign and newer states are errors, never a guess', () => {
  const good = async (): Promise<string> => {
    await put(stateWith(1));
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
    [
      'half a journal',
      (text: string) => text.replace('"journal": null', '"journal": {"id": "j"}'),
      'STATE_DAMAGED',
    ],
    ['a part without an id', (text: string) => text.replace('"id": "s1"', '"id": 1'), 'STATE_DAMAGED'],
    ['an intent that does not say what was there', withBefore({ parts: [null] }), 'STATE_DAMAGED'],
    ['an intent with a number for an id', withBefore({ id: 7, parts: [] }), 'STATE_DAMAGED'],
  ])('%s', async (_name, spoil, code) => {
    const text = await good();
    writeFileSync(path(), spoil(text));
    await expect(open().read('dev')).rejects.toMatchObject({ code, remedy: expect.any(String) });
  });

  it('an entry that was to be recorded is read like one that is: what may be left out is filled in', async () => {
    const text = await good();
    const {
      secrets: _secrets,
      lifecycle,
      ...entry
    } = stateWith(1).inventory['MemoryJob/a'] as InventoryEntry;
    const spoil = withBefore({ parts: [] }, { entry });
    writeFileSync(path(), spoil(text));
    const { journal } = (await open().read('dev')) as TargetState;
    expect(journal?.intents['MemoryJob/a']?.entry).toEqual({ ...entry, secrets: [], lifecycle });
  });

  it('property: a truncated state never reads as a smaller one', async () => {
    const text = await good();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: text.trimEnd().length - 1 }), async (length) => {
        writeFileSync(path(), text.slice(0, length));
        await expect(open().read('dev')).rejects.toMatchObject({ code: 'STATE_DAMAGED' });
      }),
      { numRuns: 60 },
    );
  });
});
