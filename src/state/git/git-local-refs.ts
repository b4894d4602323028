import { gitFailed } from './git-objects.ts';
import { type Moved, parseRefs, type RefHost, type RefUpdate, settle } from './git-refs.ts';
import type { Git } from './git-run.ts';

/** Refs of a repository without a remote: `git update-ref` with the old values is the compare-and-swap, for all at once. */
export function localRefs(git: Git, sleep: (ms: number) => Promise<void>): RefHost {
  async function read(refs: readonly string[]): Promise<Map<string, string>> {
    const answer = await git(['for-each-ref', '--format=%(objectname) %(refname)', ...refs]);
    if (answer.code !== 0) throw gitFailed('its refs cannot be read', answer);
    return parseRefs(answer.out, refs);
  }

  async function move(updates: readonly RefUpdate[]): Promise<Moved> {
    for (let attempt = 1; ; attempt += 1) {
      const { code, err } = await git(['update-ref', '--stdin'], { input: updates.map(command).join('') });
      if (code === 0) return { status: 'done' };
      const { conflict, left } = settle(updates, await read(updates.map(({ ref }) => ref)));
      const [first] = left;
      if (first === undefined) return { status: 'done' };
      if (conflict !== undefined) return { status: 'conflict', ...conflict };
      // Another process holds the ref's lock file for a moment.
      if (attempt === 5) return { status: 'refused', ref: first.ref, why: err };
      await sleep(100 * attempt);
    }
  }

  return { name: 'this repository', remote: false, read, move };
}

function command({ ref, old, next }: RefUpdate): string {
  if (next === null) return old === null ? '' : `delete ${ref} ${old}\n`;
  return old === null ? `create ${ref} ${next}\n` : `update ${ref} ${next} ${old}\n`;
}
