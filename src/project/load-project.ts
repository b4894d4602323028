import { isAbsolute, relative, resolve } from 'node:path';
import { type Config, createConfigEnvironment, loadConfig, type TargetConfig } from '../config/index.ts';
import { type Finding, ReconcileError } from '../core/errors.ts';
import type { Provider } from '../core/provider.ts';
import {
  folderSource,
  gitSource,
  type LoadResult,
  loadManifests,
  type ManifestCache,
  type RememberedFolder,
  resolveTarget,
} from '../manifest/index.ts';
import { findProvider, providers } from '../providers/registry.ts';
import type { ProjectContext } from './project-context.ts';

/** Config and manifests as written, with all that is wrong with them. */
export interface Project {
  /** Absent when the config has errors; the manifests are then read as far as they go without it. */
  config?: Config;
  loaded?: LoadResult;
  findings: Finding[];
}

interface LoadProjectOptions {
  /** Manifests as of this commit, instead of those in the folder. */
  ref?: string;
  cache?: ManifestCache;
  /** For those who read the manifests in the folder again and again. */
  folder?: RememberedFolder;
  /** Do not ask git whether the folder differs from the commit. */
  commitOnly?: boolean;
}

/** Reads config and manifests: from the folder, or with `ref` the manifests as of a commit. */
export async function loadProject(
  context: ProjectContext,
  { ref, cache, folder, commitOnly = false }: LoadProjectOptions = {},
): Promise<Project> {
  const { config, manifests, findings } = await loadConfig({
    cwd: context.cwd,
    ...(context.config === undefined ? {} : { file: context.config }),
    ...(context.configFiles === undefined ? {} : { files: context.configFiles }),
  });
  const found = config ?? manifests;
  if (found === undefined) return { findings };
  const { root, file, manifests: patterns } = found;
  const configFile = relative(root, file);
  const source =
    ref === undefined
      ? (folder?.source ?? folderSource)({
          root,
          patterns,
          displayRoot: displayRoot(context.cwd, root),
          skip: [file],
          ...(commitOnly ? { git: 'commit' } : {}),
        })
      : gitSource({ root, patterns, ref, skip: [configFile] });
  const loaded = await loadManifests(source, cache === undefined ? {} : { cache });
  if (config !== undefined) return { config, loaded, findings: [...findings, ...loaded.findings] };
  return { loaded, findings: [...findings, ...loaded.findings, ...bareFindings(context, loaded, root)] };
}

/** What only a target can fill in says nothing about a manifest while the config is broken. */
const targetMatters: readonly string[] = ['UNRESOLVED_VARIABLE', 'ENV_NOT_ALLOWED'];

/** Findings about the manifests as they are written, for a config that gives no targets yet: all at once, still. */
function bareFindings(context: ProjectContext, { manifests }: LoadResult, root: string): Finding[] {
  const environment = createConfigEnvironment({ root, allowFiles: [] }, context.io.env, context.configFiles);
  return providers
    .flatMap(
      ({ name, kinds }) =>
        resolveTarget({
          manifests,
          target: { name, variables: {}, select: { labels: {} }, patches: [], allowEnv: [] },
          kinds,
          environment,
          redact: (secret) => context.invocation.redactor.add(secret),
          now: context.io.now(),
          placeholders: true,
        }).findings,
    )
    .filter(({ code }) => !targetMatters.includes(code));
}

/** Findings name files as seen from the working directory, unless the project is somewhere else altogether. */
function displayRoot(cwd: string, root: string): string {
  const path = relative(cwd, root);
  return isAbsolute(path) || path.split(/[\\/]/).includes('..') ? root : resolve(cwd);
}

/** The targets meant: those named, else all, or the only one. */
export function chooseTargets(
  config: Config,
  names: readonly string[],
  several: 'all' | 'ask',
): TargetConfig[] {
  const all = Object.keys(config.targets);
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    throw new ReconcileError(`There is no target ${unknown.map((name) => `"${name}"`).join(', ')}.`, {
      code: 'USAGE_UNKNOWN_TARGET',
      category: 'invalid',
      remedy: `Targets in the config: ${all.join(', ')}.`,
    });
  }
  if (names.length === 0 && several === 'ask' && all.length > 1) {
    throw new ReconcileError('The config has several targets; which one is meant?', {
      code: 'USAGE_WHICH_TARGET',
      category: 'invalid',
      remedy: `Add -t with one of: ${all.join(', ')}. Several -t are done in their order.`,
    });
  }
  const chosen = names.length === 0 ? all : [...new Set(names)];
  return chosen.flatMap((name) => config.targets[name] ?? []);
}

/** The provider of a target; the config's schema knows the same list. */
export function providerOf(target: Pick<TargetConfig, 'name' | 'provider'>): Provider {
  const provider = findProvider(target.provider);
  if (provider === undefined) {
    throw new ReconcileError(`Target "${target.name}" names an unknown provider "${target.provider}".`, {
      code: 'UNKNOWN_PROVIDER',
      category: 'invalid',
    });
  }
  return provider;
}

/** Throws everything that is wrong at once. */
export function assertNoErrors(findings: readonly Finding[]): void {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  throw new ReconcileError(
    `The config or the manifests have ${errors.length === 1 ? 'an error' : `${errors.length} errors`}; no request was sent.`,
    { code: 'INVALID', category: 'invalid', findings },
  );
}
