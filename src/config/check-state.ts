import { isObject, type Json } from '../core/json.ts';
import type { PointedFinding } from '../manifest/schema-errors.ts';

/** One ref holds the state of one target. */
export function checkState(document: Json): PointedFinding[] {
  if (!isObject(document)) return [];
  const { state, targets } = document;
  const ref = isObject(state) ? state['ref'] : undefined;
  const names = isObject(targets) ? Object.keys(targets) : [];
  if (typeof ref !== 'string' || ref.includes('<target>') || names.length < 2) return [];
  return [
    {
      code: 'STATE_REF_SHARED',
      severity: 'error',
      message: `state.ref names one ref for ${names.length} targets (${names.join(', ')}); each needs a state of its own.`,
      expected: 'a ref with `<target>` in it',
      remedy: `Write ${ref}/<target>, for example.`,
      pointer: '/state/ref',
    },
  ];
}
