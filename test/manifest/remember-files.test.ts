import { describe, expect, test } from 'vitest';
import type { FileAccess, FolderEntry, ReadAnswer } from '../../src/manifest/source/file-access.ts';
import { rememberFiles } from '../../src/manifest/source/remember-files.ts';

/** Files in a variable; each call is noted, and can be held. */
function setUp() {
  const calls: string[] = [];
  const texts = new Map<string, string>();
  const entries = new Map<string, FolderEntry[]>();
  let gate: Promise<void> | undefined;
  const files = {
    async list(folder: string) {
      calls.push(`list ${folder}`);
      const found = entries.get(folder);
      await gate;
      if (found === undefined) throw new Error('not there');
      return found;
    },
    async read(path: string): Promise<ReadAnswer> {
      calls.push(`read ${path}`);
      const found = texts.get(path);
      await gate;
      if (found === undefined) throw new Error('not there');
      return { bytes: Buffer.from(found) };
    },
  };
  const remembered = rememberFiles(files as unknown as FileAccess);
  return {
    calls,
    texts,
    entries,
    remembered,
    hold(): () => void {
      let open = (): void => undefined;
      gate = new Promise((done) => {
        open = done;
      });
      return () => {
        gate = undefined;
        open();
      };
    },
    async read(path: string): Promise<string> {
      const answer = await remembered.read(path, 100);
      return 'bytes' in answer ? Buffer.from(answer.bytes).toString() : 'too large';
    },
  };
}

describe('files that are remembered', () => {
  test('are read once, and again after a notice of them alone', async () => {
    const { calls, texts, remembered, read } = setUp();
    texts.set('/p/a', 'one').set('/p/b', 'one');
    for (const path of ['/p/a', '/p/b', '/p/a', '/p/b']) await read(path);
    texts.set('/p/a', 'two').set('/p/b', 'two');
    remembered.changed('/p/a');
    expect([await read('/p/a'), await read('/p/b')]).toEqual(['two', 'one']);
    expect(calls).toEqual(['read /p/a', 'read /p/b', 'read /p/a']);
  });

  test('are read again below a folder that took the place of another one, also when that comes twice', async () => {
    const { texts, remembered, read } = setUp();
    for (const version of ['one', 'two', 'three']) {
      for (const path of ['/p/jobs/deep/a', '/p/jobs/a', '/p/jobs-of-others/a']) texts.set(path, version);
      remembered.changed('/p/jobs');
      expect([await read('/p/jobs/deep/a'), await read('/p/jobs/a')]).toEqual([version, version]);
      expect(await read('/p/jobs-of-others/a')).toBe('one');
    }
  });

  test('are not remembered when the notice came while they were read', async () => {
    const { texts, remembered, read, hold } = setUp();
    texts.set('/p/a', 'old');
    const release = hold();
    const early = read('/p/a');
    texts.set('/p/a', 'new');
    remembered.changed('/p/a');
    release();
    expect([await early, await read('/p/a')]).toEqual(['old', 'new']);
  });

  test('that cannot be read are tried again', async () => {
    const { texts, read } = setUp();
    await expect(read('/p/a')).rejects.toThrow('not there');
    texts.set('/p/a', 'there');
    expect(await read('/p/a')).toBe('there');
  });

  test('are not remembered as soon as a folder has a link, until everything was forgotten', async () => {
    const { calls, texts, entries, remembered, read } = setUp();
    texts.set('/p/a', 'one');
    entries.set('/p', [{ name: 'a', type: 'link' }]);
    await read('/p/a');
    await remembered.list('/p');
    for (const _ of [1, 2]) await read('/p/a');
    expect(calls.filter((call) => call.startsWith('read'))).toHaveLength(3);
    entries.set('/p', [{ name: 'a', type: 'file' }]);
    remembered.forget();
    await remembered.list('/p');
    for (const _ of [1, 2]) await read('/p/a');
    expect(calls.filter((call) => call.startsWith('read'))).toHaveLength(4);
  });
});
