import type { Action, Reason } from '../core/change.ts';
import type { PlanChange } from '../core/plan-document.ts';
import type { Palette } from './palette.ts';

/** The order in which actions are shown: what takes something away comes last. */
export const actionOrder: readonly Action[] = [
  'adopt',
  'create',
  'update',
  'replace',
  'forget',
  'deactivate',
  'delete',
];

const symbols: Record<Action, string> = {
  create: '+',
  update: '~',
  replace: '-/+',
  delete: '-',
  deactivate: '‖',
  adopt: '=',
  forget: '×',
};

export function symbolOf(action: Action): string {
  return symbols[action];
}

/** What changes are shown under one title, in the order of the titles. */
export interface ChangeGroup {
  action: Action;
  title: string;
  /** The action in a table; a title of its own for what an action may mean more than once. */
  label: string;
  includes(change: PlanChange): boolean;
}

function groupOf(
  action: Action,
  title: string,
  label: string = action,
  includes: ChangeGroup['includes'] = () => true,
): ChangeGroup {
  return { action, title, label, includes: (change) => change.action === action && includes(change) };
}

const groupsByAction: Record<Action, readonly ChangeGroup[]> = {
  create: [groupOf('create', 'Create')],
  update: [groupOf('update', 'Update in place')],
  replace: [groupOf('replace', 'Replace')],
  delete: [groupOf('delete', 'DELETE')],
  deactivate: [groupOf('deactivate', 'Deactivate')],
  adopt: [
    groupOf(
      'adopt',
      'Adopt: take over without a write',
      'adopt, without a write',
      (change) => !isChanged(change),
    ),
    groupOf('adopt', 'Adopt: take over and change', 'adopt and change', isChanged),
  ],
  forget: [
    groupOf('forget', 'Forget: already gone from the service', 'forget, already gone', (change) => {
      return !isLive(change);
    }),
    groupOf('forget', 'Let go: left in the service, no longer managed', 'let go, left in place', isLive),
  ],
};

export const changeGroups: readonly ChangeGroup[] = actionOrder.flatMap((action) => groupsByAction[action]);

/** `adopt and change`, `forget, already gone`; most actions say enough by their name. */
export function actionText(change: PlanChange): string {
  return changeGroups.find((group) => group.includes(change))?.label ?? change.action;
}

/** Whether the object itself will be another one after it, or would be if it were not refused. */
function isChanged({ fields, parts }: PlanChange): boolean {
  const onlyBooks: readonly Action[] = ['adopt', 'forget'];
  return fields.some(({ healed }) => healed) || parts.some(({ action }) => !onlyBooks.includes(action));
}

/** Only what was found in the service has a fingerprint. */
function isLive({ liveFingerprint }: PlanChange): boolean {
  return liveFingerprint !== undefined;
}

const reasons: Record<Reason, string> = {
  new: 'not there yet',
  edited: 'the manifest changed',
  drift: 'changed by somebody else since the last apply',
  conflict: 'changed in the manifest and by somebody else; the manifest wins',
  missing: 'deleted by somebody else since the last apply',
  removed: 'its manifest is gone',
  unowned: 'there already, but not ours',
};

export function reasonText(reason: Reason): string {
  return reasons[reason];
}

/** The colour of an action. */
export function painterOf(action: Action, palette: Palette): (text: string) => string {
  switch (action) {
    case 'create':
      return palette.create;
    case 'adopt':
      return palette.accent;
    case 'delete':
      return palette.alarm;
    case 'deactivate':
    case 'forget':
      return palette.remove;
    default:
      return palette.change;
  }
}

const infinitives: Record<Action, string> = {
  create: 'to create',
  update: 'to update',
  replace: 'to replace',
  delete: 'to delete',
  deactivate: 'to deactivate',
  adopt: 'to adopt',
  forget: 'to forget',
};

export function infinitiveOf(action: Action): string {
  return infinitives[action];
}
