import type { Config } from '../../config/index.ts';
import type { Finding } from '../../core/errors.ts';
import type { Resource } from '../../core/resource.ts';
import {
  createManifestCache,
  createResolveMemo,
  type LoadResult,
  nodeFileAccess,
  type ResolveMemo,
  rememberFolder,
  uniqueFindings,
} from '../../manifest/index.ts';
import { loadProject } from '../../project/load-project.ts';
import { openStore } from '../../project/open-store.ts';
import { resolveOne } from '../../project/prepare.ts';
import type { Gathered, ProjectContext } from '../../project/project-context.ts';
import type { StateStore } from '../../state/store.ts';
import type { Reading, ReadTarget } from './source.ts';

export interface ProjectReaderOptions {
  context: ProjectContext;
  gathered: Pick<Gathered, 'surroundings' | 'store'>;
}

interface ReadInput {
  name: string;
  config: Config;
  loaded: LoadResult;
  broken: readonly Finding[];
  store: StateStore;
}

export interface ProjectReader {
  /**
   * `ref`: the manifests as of a commit, instead of those in the folder. `thorough`: opens every file and resolves every
   * manifest; else only those that are known to be others than before.
   */
  read(how: { thorough: boolean }, ref?: string): Promise<Reading>;
  /** Do the manifests in the folder, or the config, hold edits that the commit does not? */
  isDirty(): Promise<boolean>;
  /** Something happened at this path. */
  changed(path: string): void;
}

/** Reads a project again and again, parsing only files that have changed. */
export function createProjectReader({ context, gathered }: ProjectReaderOptions): ProjectReader {
  const cache = createManifestCache();
  const folder = rememberFolder(nodeFileAccess);
  const memos = new Map<string, ResolveMemo>();
  /** What each target was made of when it was last sound: a file that breaks later is their trouble alone. */
  const madeOf = new Map<string, readonly Resource[]>();
  let opened: { key: string; store: StateStore } | undefined;

  return { read, isDirty, changed: folder.changed };

  async function read({ thorough }: { thorough: boolean }, ref?: string): Promise<Reading> {
    if (thorough) {
      folder.forget();
      memos.clear();
    }
    const { config, loaded, findings } = await loadProject(context, {
      cache,
      folder,
      commitOnly: true,
      ...(ref === undefined ? {} : { ref }),
    });
    if (config === undefined || loaded === undefined) return { targets: new Map(), findings };
    const broken = loaded.findings;
    const ofConfig = findings.filter((finding) => !broken.includes(finding));
    const targets = new Map<string, ReadTarget>();
    const store = await storeOf(config);
    for (const name of Object.keys(config.targets)) {
      const target = readTarget({ name, config, loaded, broken, store });
      if (target !== undefined) targets.set(name, target);
    }
    const { commit } = loaded.source;
    return { targets, findings: ofConfig, ...(commit === undefined ? {} : { commit }) };
  }

  async function isDirty(): Promise<boolean> {
    const { loaded } = await loadProject(context, { cache, folder });
    return loaded?.source.dirty === true;
  }

  function memoOf(name: string): ResolveMemo {
    const memo = memos.get(name) ?? createResolveMemo();
    memos.set(name, memo);
    return memo;
  }

  /** The same store for as long as the config says the same. */
  async function storeOf(config: Config): Promise<StateStore> {
    const key = JSON.stringify([config.root, config.state]);
    if (opened?.key !== key) {
      const { env } = context.io;
      const { clock, claim } = gathered.store;
      const stoppable = claim.signal === undefined ? {} : { signal: claim.signal };
      opened = { key, store: await openStore(config, { clock, env, ...stoppable }) };
    }
    return opened.store;
  }

  function readTarget({ name, config, loaded, broken, store }: ReadInput): ReadTarget | undefined {
    const target = config.targets[name];
    if (target === undefined) return undefined;
    const { prepared, findings } = resolveOne({
      context,
      config,
      loaded,
      target,
      options: { only: [], readOnly: true },
      surroundings: gathered.surroundings,
      store,
      claim: gathered.store.claim,
      memo: memoOf(name),
    });
    const all = uniqueFindings([...broken.filter((finding) => concerns(name, finding)), ...findings]);
    const isSound = prepared !== undefined && !all.some(({ severity }) => severity === 'error');
    if (isSound) madeOf.set(name, prepared.input.resources);
    return { name, watch: target.watch, findings: all, ...(isSound ? { input: prepared.input } : {}) };
  }

  /** A file that no target is known to be made of may belong to any. */
  function concerns(target: string, { place }: Finding): boolean {
    const isOf = (name: string): boolean =>
      madeOf.get(name)?.some((resource) => resource.place.file === place?.file) === true;
    if (place === undefined || isOf(target)) return true;
    return ![...madeOf.keys()].some((other) => other !== target && isOf(other));
  }
}
