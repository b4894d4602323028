export type { Environment } from './environment.ts';
export { type FileAccess, nodeFileAccess } from './file-access.ts';
export { type FolderSourceOptions, folderSource } from './folder-source.ts';
export { type GitSourceOptions, gitSource } from './git-source.ts';
export { compileGlobs } from './glob.ts';
export { defaultLimits, type Limits } from './limits.ts';
export {
  type LoadOptions,
  type LoadResult,
  loadManifests,
  sortFindings,
  uniqueFindings,
} from './load-manifests.ts';
export type { LoadedManifest } from './loaded-manifest.ts';
export { createManifestCache, type ManifestCache } from './manifest-cache.ts';
export type { OverlayPatch } from './overlay.ts';
export { type RememberedFolder, rememberFolder } from './remember-folder.ts';
export { createResolveMemo, type ResolveMemo } from './resolve-memo.ts';
export { type ResolvedTarget, type ResolveInput, resolveTarget, type TargetRules } from './resolve-target.ts';
export type { ManifestSource, SourceFile, SourceListing } from './source.ts';
