export { type Composed, composeImport } from './compose-import.ts';
export { type Layout, layouts } from './file-names.ts';
export { type PlacedFile, placeFiles } from './place-files.ts';
export { suggestExcludes } from './suggest-excludes.ts';
