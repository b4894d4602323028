import type { Action, Reason } from '../core/change.ts';
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

const headings: Record<Action, string> = {
  create: 'Create',
  update: 'Update in place',
  replace: 'Replace',
  delete: 'DELETE',
  deactivate: 'Deactivate',
  adopt: 'Adopt: take over without a write',
  forget: 'Forget: already gone from the service',
};

export function headingOf(action: Action): string {
  return headings[action];
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
