import { canonicalText, type Json } from '../core/json.ts';
import type { DriftOf } from './fight-detector.ts';
import type { SeenTarget } from './passes.ts';

/** What others changed, per object, together with what the manifest wants of it. */
export function driftsOf(seen: Pick<SeenTarget, 'drift' | 'document'>): DriftOf[] {
  const wanted = new Map(seen.document.changes.map((change) => [change.address, change]));
  const over = new Map<string, string[]>();
  for (const drift of seen.drift) {
    const paths =
      drift.what === 'missing'
        ? [`${drift.path || 'the object'} missing`]
        : drift.fields.map(({ pointer }) => `${drift.path}${pointer}`);
    over.set(drift.address, [...(over.get(drift.address) ?? []), ...paths]);
  }
  return [...over].flatMap(([address, paths]) => {
    const change = wanted.get(address);
    // Drift that nothing is to be done about is no fight.
    if (change === undefined) return [];
    return [{ address, over: paths, wanted: canonicalText((change.desired ?? null) as Json) }];
  });
}
