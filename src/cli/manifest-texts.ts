import type { ManifestCache } from '../manifest/index.ts';

/** Keeps the texts of all manifests that are read, by the names that findings give them. */
export function keepTexts(): { cache: ManifestCache; texts: ReadonlyMap<string, string> } {
  const texts = new Map<string, string>();
  return {
    texts,
    cache: {
      get: () => undefined,
      set: ({ path }, { text }) => void texts.set(path, text),
      keep: () => {},
      get size() {
        return texts.size;
      },
    },
  };
}
