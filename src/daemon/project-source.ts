import type { Config } from '../config/index.ts';
import type { Finding } from '../core/errors.ts';
import { createManifestCache, type LoadResult, uniqueFindings } from '../manifest/index.ts';
import { loadProject } from '../project/load-project.ts';
import { openStore } from '../project/open-store.ts';
import { resolveOne } from '../project/prepare.ts';
import type { Gathered, ProjectContext } from '../project/project-context.ts';
import type { StateStore } from '../state/store.ts';
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

/**
 * Reads a project again and again, parsing only files that have changed. `ref`: the manifests as of a commit, instead of
 * those in the folder.
 */
export function createProjectReader({ context, gathered }: ProjectReaderOptions) {
  const cache = createManifestCache();
  /** Which files each target was made of when it was last sound: a file that breaks later is their trouble alone. */
  const filesOf = new Map<string, ReadonlySet<string>>();
  let opened: { key: string; store: StateStore } | undefined;

  return async function read(ref?: string): Promise<Reading> {
    const { config, loaded, findings } = await loadProject(context, {
      cache,
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
  };

  /** The same store for as long as the config says the same. */
  async function storeOf(config: Config): Promise<StateStore> {
    const key = JSON.stringify([config.root, config.state]);
    if (opened?.key !== key) {
      const { env } = context.io;
      const { clock } = gathered.store;
      opened = { key, store: await openStore(config, { clock, env }) };
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
    });
    const all = uniqueFindings([...broken.filter((finding) => concerns(name, finding)), ...findings]);
    const isSound = prepared !== undefined && !all.some(({ severity }) => severity === 'error');
    if (isSound) filesOf.set(name, new Set(prepared.input.resources.map(({ place }) => place.file)));
    return { name, watch: target.watch, findings: all, ...(isSound ? { input: prepared.input } : {}) };
  }

  /** A file that no target is known to be made of may belong to any. */
  function concerns(target: string, { place }: Finding): boolean {
    const file = place?.file;
    if (file === undefined || filesOf.get(target)?.has(file) === true) return true;
    return ![...filesOf].some(([other, files]) => other !== target && files.has(file));
  }
}
