/** Which version of the manifests something was made of. Neither field where they are not in git. */
export interface SourceVersion {
  /** Commit of the manifests. */
  commit?: string;
  /** True: they had edits that this commit does not hold. Records made before this was known say nothing. */
  dirty?: boolean;
}

/** For records: a clean commit needs no word about it. */
export function sourceVersion({ commit, dirty }: SourceVersion): SourceVersion {
  if (commit === undefined) return {};
  return dirty === true ? { commit, dirty } : { commit };
}

/** `0123456789ab`, or `0123456789ab-dirty` as git says it. Undefined where no commit is known. */
export function showVersion({ commit, dirty }: SourceVersion): string | undefined {
  if (commit === undefined) return undefined;
  return `${commit.slice(0, 12)}${dirty === true ? '-dirty' : ''}`;
}
