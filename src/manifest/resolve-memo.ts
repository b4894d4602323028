import { canonicalText, type Json, type JsonObject } from '../core/json.ts';
import type { Resource } from '../core/resource.ts';
import type { Built } from './build-resource.ts';
import type { Lookup } from './interpolate.ts';
import type { LoadedManifest } from './loaded-manifest.ts';

/** What manifests of one target were resolved to: a document that was not parsed again need not be resolved again. */
export interface ResolveMemo {
  /** Call first: forgets everything when the target selects or fills in something else than before. */
  rules(rules: Json): void;
  get(document: JsonObject): Built | undefined;
  /** Keeps it, if it is sound and made of nothing that can change by itself. */
  keep(document: JsonObject, built: Built, lookup: WatchedLookup): void;
  /** The last result, where nothing was found and everything was kept. */
  whole: { manifests: readonly LoadedManifest[]; resources: readonly Resource[] } | undefined;
}

/** A lookup that notes whether something was filled in from outside of the config. */
export interface WatchedLookup {
  lookup: Lookup;
  readonly sawOutside: boolean;
}

export function createResolveMemo(): ResolveMemo {
  let key: string | undefined;
  let known = new WeakMap<JsonObject, Built>();
  const memo: ResolveMemo = {
    whole: undefined,
    rules(rules) {
      const text = canonicalText(rules);
      if (text === key) return;
      key = text;
      known = new WeakMap();
      memo.whole = undefined;
    },
    get: (document) => known.get(document),
    keep(document, built, { sawOutside }) {
      // Findings have places in the config, and hints depend on the time: made anew each time.
      if (sawOutside || built.findings.length > 0 || built.resource === undefined) return;
      known.set(document, built);
    },
  };
  return memo;
}

/** Secrets and environment variables may have other values the next time; variables of the target are part of the rules. */
export function watchLookup(lookup: Lookup): WatchedLookup {
  let sawOutside = false;
  return {
    lookup: {
      allowed: lookup.allowed,
      find: (source, name) => {
        if (source !== 'var') sawOutside = true;
        return lookup.find(source, name);
      },
    },
    get sawOutside() {
      return sawOutside;
    },
  };
}
