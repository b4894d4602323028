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
import { afterEach, describe, expect, it, vi } from 'vitest';
import { watchFolder } from '../../src/daemon/sources/folder-watch.ts';

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** Quiet comes as soon as the event loop has nothing else to do: only what the operating system tells is waited for. */
const clock = {
  now: () => 0,
  random: () => 0.5,
  after(_ms: number, task: () => void) {
    const timer = setImmediate(task);
    return () => clearImmediate(timer);
  },
};

function watched(prepare: (folder: string) => void = () => undefined) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'folder-watch-')));
  open.push(() => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, 'project');
  mkdirSync(folder);
  prepare(folder);
  const paths = new Set<string>();
  const errors: string[] = [];
  let changes = 0;
  open.push(
    watchFolder({
      folder,
      clock,
      onNoise: (path) => void paths.add(path.slice(folder.length + 1)),
      onChange: () => {
        changes += 1;
      },
      onError: (message) => void errors.push(message),
    }),
  );
  return {
    root,
    folder,
    errors,
    at: (...names: string[]) => join(folder, ...names),
    /** Does something, and waits until it was told of. */
    async tells(path: string, something: () => void) {
      paths.clear();
      const before = changes;
      something();
      await vi.waitFor(() => {
        expect([...paths]).toContain(path);
        expect(changes).toBeGreaterThan(before);
      }, 10_000);
    },
    paths,
  };
}

describe('the watch over a folder', () => {
  it('tells of a save in place, a new file and a file that is gone', async () => {
    const { at, tells } = watched((folder) => writeFileSync(join(folder, 'a.yaml'), 'one'));
    await tells('a.yaml', () => writeFileSync(at('a.yaml'), 'two'));
    await tells('b.yaml', () => writeFileSync(at('b.yaml'), 'new'));
    await tells('a.yaml', () => rmSync(at('a.yaml')));
  });

  it('tells of an atomic save, and goes on telling of the file that came by it', async () => {
    const { at, tells } = watched((folder) => writeFileSync(join(folder, 'a.yaml'), 'one'));
    for (const text of ['two', 'three']) {
      await tells('a.yaml', () => {
        writeFileSync(at('a.yaml~'), text);
        renameSync(at('a.yaml~'), at('a.yaml'));
      });
    }
    await tells('a.yaml', () => writeFileSync(at('a.yaml'), 'four'));
  });

  it('tells of each swap of a mounted ConfigMap', async () => {
    const { at, tells } = watched((folder) => {
      mkdirSync(join(folder, '..1'));
      writeFileSync(join(folder, '..1', 'a.yaml'), 'one');
      symlinkSync('..1', join(folder, '..data'));
      symlinkSync(join('..data', 'a.yaml'), join(folder, 'a.yaml'));
    });
    for (const version of ['2', '3']) {
      await tells('..data', () => {
        mkdirSync(at(`..${version}`));
        writeFileSync(at(`..${version}`, 'a.yaml'), version);
        symlinkSync(`..${version}`, at('..data_tmp'));
        renameSync(at('..data_tmp'), at('..data'));
        rmSync(at(`..${Number(version) - 1}`), { recursive: true });
      });
    }
  });

  it('follows folders that come, are replaced by others of the same name, and go', async () => {
    const { at, root, tells } = watched();
    await tells('jobs', () => mkdirSync(at('jobs', 'deep'), { recursive: true }));
    await tells(join('jobs', 'deep', 'a.yaml'), () => writeFileSync(at('jobs', 'deep', 'a.yaml'), 'one'));
    mkdirSync(join(root, 'other', 'deep'), { recursive: true });
    await tells('jobs', () => {
      renameSync(at('jobs'), join(root, 'old'));
      renameSync(join(root, 'other'), at('jobs'));
    });
    await tells(join('jobs', 'deep', 'b.yaml'), () => writeFileSync(at('jobs', 'deep', 'b.yaml'), 'two'));
    await tells('jobs', () => rmSync(at('jobs'), { recursive: true }));
  });

  it('outlives the folder being deleted and made again', async () => {
    const { folder, at, tells, paths, errors } = watched((project) => mkdirSync(join(project, 'jobs')));
    rmSync(folder, { recursive: true });
    await vi.waitFor(() => expect(paths.size).toBeGreaterThan(0), 10_000);
    // Found again, and told of as a whole.
    await tells('', () => mkdirSync(join(folder, 'jobs'), { recursive: true }));
    await tells(join('jobs', 'a.yaml'), () => writeFileSync(at('jobs', 'a.yaml'), 'one'));
    expect(errors).toEqual([]);
  });

  it('says nothing of the state, of git and of packages', async () => {
    const ignored = ['.git', '.reconcile', 'node_modules'];
    const { at, tells, paths } = watched((folder) => {
      for (const name of ignored) mkdirSync(join(folder, name));
    });
    await tells('a.yaml', () => {
      for (const name of ignored) writeFileSync(at(name, 'x'), 'x');
      writeFileSync(at('a.yaml'), 'seen');
    });
    expect([...paths]).toEqual(['a.yaml']);
  });
});
