import { ReconcileError } from '../../core/errors.ts';
import { type Moved, parseRefs, type RefHost, type RefUpdate, settle } from './git-refs.ts';
import type { Git, GitAnswer, GitCall } from './git-run.ts';

const noAtomic = /does not support --atomic/;
/** Two pushes met on the server; one of them has to come again. */
const metAnother =
  /cannot lock ref|failed to update ref|unable to create .*\.lock|incorrect old value|File exists/i;
/** Milliseconds for one call over the network. */
const networkLimit = 60_000;

/** Refs of a remote, over whatever git can reach. A push with explicit leases is the compare-and-swap. */
export function remoteRefs(git: Git, remote: string, sleep: (ms: number) => Promise<void>): RefHost {
  let atomic = true;
  let shallow: boolean | undefined;

  async function list(refs: readonly string[], call: GitCall = {}): Promise<GitAnswer> {
    return git(['ls-remote', remote, ...refs], { limit: networkLimit, ...call });
  }

  async function read(
    refs: readonly string[],
    { depth = 1, signal }: Parameters<RefHost['read']>[1] = {},
  ): Promise<Map<string, string>> {
    const call = signal === undefined ? {} : { signal };
    for (let attempt = 1; ; attempt += 1) {
      const answer = await list(refs, call);
      signal?.throwIfAborted();
      if (answer.code !== 0) throw unreachable(remote, refs, answer.err);
      const found = parseRefs(answer.out, refs);
      const isWhole = depth === 1 || !(await isShallow());
      if (found.size === 0 || (isWhole && (await isHere(git, found)))) return found;
      const fetched = await fetch([...found.keys()], depth, call);
      signal?.throwIfAborted();
      // A ref may have moved or gone since it was listed, or another process was fetching.
      if (fetched.code === 0 && (await isHere(git, found))) return found;
      if (attempt === 4) throw unreachable(remote, refs, fetched.err || 'the refs change all the time');
      await sleep(200 * attempt);
    }
  }

  async function fetch(refs: readonly string[], depth: number, call: GitCall): Promise<GitAnswer> {
    const args = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'];
    // A depth would make a whole clone a shallow one.
    if (await isShallow()) args.push(`--depth=${depth}`);
    return git([...args, '--no-filter', '--refmap=', remote, ...refs], { limit: 2 * networkLimit, ...call });
  }

  async function isShallow(): Promise<boolean> {
    shallow ??= (await git(['rev-parse', '--is-shallow-repository'])).out.trim() === 'true';
    return shallow;
  }

  async function push(updates: readonly RefUpdate[], limit: number): Promise<GitAnswer> {
    const args = ['-c', `remote.${remote}.mirror=false`, 'push', '--porcelain', '--no-verify'];
    args.push('--recurse-submodules=no', '--no-follow-tags');
    if (updates.length > 1) args.push('--atomic');
    args.push(...updates.map(({ ref, old }) => `--force-with-lease=${ref}:${old ?? ''}`));
    return git([...args, remote, ...updates.map(({ ref, next }) => `${next ?? ''}:${ref}`)], { limit });
  }

  async function moveOnce(updates: readonly RefUpdate[], limit: number): Promise<Moved> {
    let left = [...updates];
    for (let attempt = 1; ; attempt += 1) {
      const answer = await push(left, limit);
      if (answer.code === 0) return { status: 'done' };
      if (left.length > 1 && noAtomic.test(answer.err)) {
        atomic = false;
        return moveEach(updates, limit);
      }
      // A lost answer is settled by reading.
      const listed = await list(
        updates.map(({ ref }) => ref),
        { limit },
      );
      if (listed.code !== 0)
        return { status: 'unreachable', why: wordsOf((answer.err || listed.err).split('\n')) };
      const settled = settle(
        updates,
        parseRefs(
          listed.out,
          updates.map(({ ref }) => ref),
        ),
      );
      left = settled.left;
      const [first] = left;
      if (first === undefined) return { status: 'done' };
      if (settled.conflict !== undefined) return { status: 'conflict', ...settled.conflict };
      const why = whyRefused(answer);
      if (attempt === 4 || !metAnother.test(why)) return refusedOrUnreachable(answer, first.ref, why);
      await sleep(200 * attempt);
    }
  }

  async function moveEach(updates: readonly RefUpdate[], limit: number): Promise<Moved> {
    for (const update of updates) {
      const moved = await moveOnce([update], limit);
      if (moved.status !== 'done') return moved;
    }
    return { status: 'done' };
  }

  return {
    name: remote,
    remote: true,
    read,
    move: (updates, limit = networkLimit) => (atomic ? moveOnce(updates, limit) : moveEach(updates, limit)),
  };
}

/** Whether commits with all their files are in this repository. */
async function isHere(git: Git, found: ReadonlyMap<string, string>): Promise<boolean> {
  const { code } = await git(['rev-list', '--objects', '--no-walk', '--quiet', ...found.values()]);
  return code === 0;
}

/** The server's own words: its lines on stderr, and the reasons of `--porcelain`. */
function whyRefused({ out, err }: GitAnswer): string {
  const reasons = out
    .split('\n')
    .flatMap((line) => (line.startsWith('!\t') ? [line.split('\t')[2] ?? ''] : []));
  return wordsOf([...reasons, ...err.split('\n')]);
}

/** What stands in every failure says nothing about this one. */
const boilerplate =
  /^error: failed to push some refs|^hint:|^Please make sure you have the correct|^and the repository exists/;

function wordsOf(lines: readonly string[]): string {
  return [...new Set(lines.map((line) => line.trim()))]
    .filter((line) => line !== '' && !boilerplate.test(line))
    .join('\n');
}

/** The remote answers, but the refs are where they were. Either it said no, or the push never got there. */
function refusedOrUnreachable(answer: GitAnswer, ref: string, why: string): Moved {
  const said =
    /^!\t/m.test(answer.out) || /denied|forbidden|not allowed|permission|\b40[134]\b|read.only/i.test(why);
  return said ? { status: 'refused', ref, why } : { status: 'unreachable', why };
}

function unreachable(remote: string, refs: readonly string[], err: string): ReconcileError {
  const why = wordsOf(err.split('\n'));
  return new ReconcileError(`The state cannot be read from ${refs[0]} of ${remote}: ${why}`, {
    code: 'STATE_UNREACHABLE',
    category: 'transient',
    remedy: `Check the network and the rights to read with: git ls-remote ${remote} ${refs[0]}`,
  });
}
