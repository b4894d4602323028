import type { Finding } from '../../src/core/errors.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Kind } from '../../src/core/provider.ts';

/** A kind that leaves specs as they are, for tests that are not about a provider. */
export function plainKind(kind: string, overrides: Partial<Kind> = {}): Kind {
  return {
    kind,
    schemaFile: `${kind}.schema.json`,
    preExisting: false,
    deletable: true,
    replace: 'guarded',
    unreadable: [],
    atomic: [],
    alternatives: [],
    secret: [],
    activeField: 'active',
    resetValue: () => null,
    identity: (name: string) => name,
    normalize: (_name: string, spec: JsonObject) => ({ spec, canonical: spec, parts: [] }),
    validate: (): Finding[] => [],
    correlate: () => ({ matched: new Map(), ambiguous: [] }),
    classify: () => ({ how: 'in-place' }),
    settled: () => undefined,
    impact: () => undefined,
    operations: () => [],
    ...overrides,
  };
}
