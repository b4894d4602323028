export type { Environment } from './environment.ts';
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
export { createResolveMemo, type ResolveMemo } from './resolve-memo.ts';
export { type ResolvedTarget, type ResolveInput, resolveTarget, type TargetRules } from './resolve-target.ts';
export { type FileAccess, nodeFileAccess } from './source/file-access.ts';
export { type FolderSourceOptions, folderSource } from './source/folder-source.ts';
export { type GitSourceOptions, gitSource } from './source/git-source.ts';
export { type RememberedFolder, rememberFolder } from './source/remember-folder.ts';
export type { ManifestSource, SourceFile, SourceListing } from './source/source.ts';
