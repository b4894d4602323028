/** One ref to be moved, by compare-and-swap. `null`: there is none, or shall be none. */
export interface RefUpdate {
  ref: string;
  old: string | null;
  next: string | null;
}

export type Moved =
  | { status: 'done' }
  /** Somebody else moved it: it is at `found`. Nothing else was moved, unless the host cannot move several at once. */
  | { status: 'conflict'; ref: string; found: string | null }
  /** The host does not allow it: permissions, a hook, a protected branch. */
  | { status: 'refused'; ref: string; why: string }
  /** It is not known whether the move was made. */
  | { status: 'unreachable'; why: string };

/** Where the refs of the state live: a remote, or this repository alone. */
export interface RefHost {
  /** For messages: the name of the remote, or "this repository". */
  readonly name: string;
  readonly remote: boolean;
  /**
   * The commits that these refs are at; afterwards their files are in this repository. `depth`: how many commits are wanted, in shallow clones.
   * Throws ReconcileError `STATE_UNREACHABLE`, and the reason of `signal` when that ends it.
   */
  read(
    refs: readonly string[],
    how?: { depth?: number; signal?: AbortSignal },
  ): Promise<ReadonlyMap<string, string>>;
  /** Moves all or none where the host can; else one after the other, stopping at the first that fails. */
  move(updates: readonly RefUpdate[], limit?: number): Promise<Moved>;
}

/** Compares what is there with what was wanted: the only sure way to know what a failed call did. */
export function settle(
  updates: readonly RefUpdate[],
  at: ReadonlyMap<string, string>,
): { conflict?: { ref: string; found: string | null }; left: RefUpdate[] } {
  const left = updates.filter(({ ref, next }) => (at.get(ref) ?? null) !== next);
  const moved = left.find(({ ref, old }) => (at.get(ref) ?? null) !== old);
  if (moved === undefined) return { left };
  return { conflict: { ref: moved.ref, found: at.get(moved.ref) ?? null }, left };
}

/** Lines of `<id> <ref>` or `<id>\t<ref>`; the patterns of git may have matched more than was asked for. */
export function parseRefs(out: string, refs: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of out.split('\n')) {
    const [id, ref] = line.split(/\s/);
    if (id !== undefined && ref !== undefined && refs.includes(ref)) found.set(ref, id);
  }
  return found;
}
