import { fingerprint } from '../core/fingerprint.ts';
import type { PlanSummary, PlanTarget } from '../core/plan-document.ts';
import type { FailureReason } from './failure.ts';

/** The outputs of action.yml. All are set in every run, so that an expression never meets a missing one. */
export interface Outputs {
  changes: boolean;
  'to-create': number;
  'to-update': number;
  'to-replace': number;
  'to-delete': number;
  'plan-path': string;
  'plan-digest': string;
  'comment-url': string;
  'issue-number': string;
  drift: boolean;
  'failure-reason': FailureReason | '';
}

export const noOutputs: Outputs = {
  changes: false,
  'to-create': 0,
  'to-update': 0,
  'to-replace': 0,
  'to-delete': 0,
  'plan-path': '',
  'plan-digest': '',
  'comment-url': '',
  'issue-number': '',
  drift: false,
  'failure-reason': '',
};

/** What the plans of all targets come to. With one target the digest is its own. */
export function planOutputs(targets: readonly PlanTarget[]): Partial<Outputs> {
  const sum = (action: keyof PlanSummary): number =>
    targets.reduce((total, { summary }) => total + summary[action], 0);
  const [first, second] = targets;
  return {
    changes: targets.some(({ changes }) => changes.length > 0),
    'to-create': sum('create'),
    'to-update': sum('update'),
    'to-replace': sum('replace'),
    'to-delete': sum('delete'),
    drift: sum('drifted') > 0,
    'plan-digest':
      first === undefined || second === undefined ? (first?.digest ?? '') : fingerprint(digestsOf(targets)),
  };
}

/** Target → digest. */
export function digestsOf(targets: readonly PlanTarget[]): Record<string, string> {
  return Object.fromEntries(targets.map(({ name, digest }) => [name, digest]));
}
