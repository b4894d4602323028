import type { Kind, Provider } from '../core/provider.ts';
import { riversandProvider } from './riversand/provider.ts';
import { sapProvider } from './sap/provider.ts';

/** All providers. A new one is a folder of its own and a line here. */
export const providers: readonly Provider[] = [sapProvider, riversandProvider];

export function findProvider(name: string): Provider | undefined {
  return providers.find((provider) => provider.name === name);
}

/** The kind and the provider it belongs to. Kinds are unique over all providers. */
export function findKind(kind: string): { provider: Provider; kind: Kind } | undefined {
  for (const provider of providers) {
    const found = provider.kinds.find((candidate) => candidate.kind === kind);
    if (found !== undefined) return { provider, kind: found };
  }
  return undefined;
}
