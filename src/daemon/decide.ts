import type { PlanChange, PlanTarget } from '../core/plan-document.ts';
import { isRefusedTarget } from '../core/refused-target.ts';
import type { Fight } from './fight-detector.ts';

export type WatchMode = 'observe' | 'approve' | 'auto';

/** Why differences are not applied now. */
export type Waiting =
  | { for: 'nothing' }
  | { for: 'refused' }
  | { for: 'stale' }
  | { for: 'pause' }
  | { for: 'mode' }
  | { for: 'approval' }
  | { for: 'window'; opens?: number }
  | { for: 'agreement' }
  | { for: 'self-heal' }
  | { for: 'fight' };

export interface Decision {
  /** Addresses to apply; empty: nothing. */
  apply: readonly string[];
  /** Why there is nothing to apply, or why some of it is left. */
  waiting: Waiting;
}

export interface DecideInput {
  plan: PlanTarget;
  /** The manifests could not be read as they are now; the plan is made of the last good ones. */
  stale: boolean;
  mode: WatchMode;
  /** Undo what others changed, too. */
  selfHeal: boolean;
  paused: boolean;
  window: { open: boolean; opens?: number };
  /** Digest that somebody approved. */
  approved?: string;
  /** Addresses with deletions that only this pass saw. */
  unconfirmed: readonly string[];
  fights: readonly Fight[];
}

/**
 * What a pass may do with a plan. The order of the questions is the order of what is said: a plan that a safety rule
 * refuses waits for nothing else. Pure.
 */
export function decide(input: DecideInput): Decision {
  const { plan } = input;
  const wait = (waiting: Waiting): Decision => ({ apply: [], waiting });
  if (isRefusedTarget(plan)) return wait({ for: 'refused' });
  const work = plan.changes;
  if (work.length === 0) return wait({ for: 'nothing' });
  // Old manifests against a service that moved on: nobody asked for that.
  if (input.stale) return wait({ for: 'stale' });
  if (input.paused) return wait({ for: 'pause' });
  if (input.mode === 'observe') return wait({ for: 'mode' });
  const isApproved = input.approved === plan.digest;
  if (input.mode === 'approve' && !isApproved) return wait({ for: 'approval' });
  if (!input.window.open) {
    const { opens } = input.window;
    return wait({ for: 'window', ...(opens === undefined ? {} : { opens }) });
  }
  // A person has looked at exactly this plan: fights, self-heal and a second look are answered by that.
  if (isApproved) return { apply: work.map(({ address }) => address), waiting: { for: 'nothing' } };
  const fought = new Set(input.fights.map(({ address }) => address));
  const unconfirmed = new Set(input.unconfirmed);
  const wanted = work.filter((change) => input.selfHeal || !isOnlyDrift(change));
  const calm = wanted.filter(({ address }) => !fought.has(address));
  const sure = calm.filter(({ address }) => !unconfirmed.has(address));
  return { apply: sure.map(({ address }) => address), waiting: leftFor(work, wanted, calm, sure) };
}

function leftFor(
  work: readonly PlanChange[],
  wanted: readonly PlanChange[],
  calm: readonly PlanChange[],
  sure: readonly PlanChange[],
): Waiting {
  if (sure.length < calm.length) return { for: 'agreement' };
  if (calm.length < wanted.length) return { for: 'fight' };
  return wanted.length < work.length ? { for: 'self-heal' } : { for: 'nothing' };
}

/** Only what others did is to be undone: no line of a manifest asked for it. */
function isOnlyDrift(change: PlanChange): boolean {
  if (change.reason === 'missing') return true;
  if (change.reason !== 'drift' || change.movedFrom !== undefined) return false;
  return (
    change.fields.every(({ reason }) => reason === 'drift') &&
    change.parts.every(({ reason }) => reason === 'drift' || reason === 'missing')
  );
}
