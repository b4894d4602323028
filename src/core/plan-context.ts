import type { Json } from './json.ts';
import type { Look } from './look.ts';
import type { Pointer } from './pointer.ts';
import type { Policy } from './policy.ts';
import type { Kind } from './provider.ts';
import type { Sealer } from './seal.ts';

/** What every step of planning needs to know. Pure data and pure functions. */
export interface PlanContext {
  policy: Policy;
  /** The service's clock, epoch ms. */
  now: number;
  sealer: Sealer;
  /** How far to look at coming runs; `defaultLook` when absent. */
  look?: Look;
  kind(name: string): Kind;
}

/** Is drift in this field put back? What somebody switched off may be an emergency stop (SEMANTICS 5). */
export function healRule(context: PlanContext, kind: Kind) {
  const { heal } = context.policy;
  return (pointer: Pointer, desired: Json | undefined, live: Json | undefined): boolean => {
    if (pointer === `/${kind.activeField}` && desired === true && live === false)
      return heal.includes('active');
    return heal.includes('fields');
  };
}
