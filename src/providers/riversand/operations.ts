import type { Change, FieldDiff, Operation } from '../../core/change.ts';
import { parsePointer } from '../../core/pointer.ts';
import { pairOf, pairText } from './pairs.ts';
import { batchPath, objectPath } from './paths.ts';

/** What an operation of this provider does; see execute.ts. */
export type Step =
  | 'create-batch'
  | 'recreate-batch'
  | 'enable-batch'
  | 'disable-batch'
  | 'disable-old-batch'
  | 'create-object'
  | 'update-object'
  | 'disable-object'
  | 'delete-object';

/** The calls that carry out a change of a batch schedule, in order; none where nothing differs in meaning (SEMANTICS 3). */
export function batchOperations(change: Change): Operation[] {
  const what = pairText(pairOf(change.desired?.spec ?? change.base?.spec ?? {}) ?? unknownPair);
  switch (change.action) {
    case 'forget':
      return [];
    case 'deactivate':
      return isKnownDisabled(change) ? [] : [disable(change, 'disable-batch', what)];
    case 'update':
      return healedFields(change.fields).length === 0 ? [] : [toggle(change, what)];
    case 'adopt':
      return healedFields(change.fields).length === 0 ? [] : recreate(change, what);
    case 'replace':
      return isRenamed(change) ? renamed(change, what) : recreate(change, what);
    default:
      return withDisable(change, what, [
        operation(change, 'create-batch', {
          summary: `create the schedule of ${what}`,
          path: batchPath,
          lateBound: ['doNotRunUntil'],
        }),
      ]);
  }
}

const unknownPair = { appId: '?', jobDefId: '?' };

/** Another pair under the same name: the old one goes out of service first, so that the two never run side by side. */
function renamed(change: Change, what: string): Operation[] {
  const old = pairText(pairOf(change.base?.spec ?? {}) ?? unknownPair);
  const stop = disable(change, 'disable-old-batch', old);
  const create = operation(change, 'create-batch', {
    summary: `create the schedule of ${what}`,
    path: batchPath,
    after: [stop.id],
    lateBound: ['doNotRunUntil'],
  });
  return [stop, ...withDisable(change, what, [create])];
}

function recreate(change: Change, what: string): Operation[] {
  return withDisable(change, what, [
    operation(change, 'recreate-batch', {
      summary: `replace the schedule of ${what}: deletes all earlier ones of the pair, then creates one with a new id and the latest deployed version of the app`,
      path: batchPath,
      destructive: true,
      lateBound: ['doNotRunUntil'],
    }),
  ]);
}

/** A new schedule is always enabled: one that is not to run is disabled at once, long before its first run is due. */
function withDisable(change: Change, what: string, steps: Operation[]): Operation[] {
  if (change.desired?.spec['enabled'] !== false) return steps;
  return [
    ...steps,
    { ...disable(change, 'disable-batch', what), after: steps.slice(-1).map((step) => step.id) },
  ];
}

function toggle(change: Change, what: string): Operation {
  if (change.desired?.spec['enabled'] === false) return disable(change, 'disable-batch', what);
  return operation(change, 'enable-batch', { summary: `enable the schedule of ${what}`, path: batchPath });
}

function disable(change: Change, step: Step, what: string): Operation {
  return operation(change, step, { summary: `disable the schedule of ${what}`, path: batchPath });
}

/** What cannot be read is judged by what was last applied, as everywhere. */
function isKnownDisabled({ base, live }: Change): boolean {
  const isUnknown = base?.unverified?.includes('/enabled') || base?.uncertain?.includes('/enabled');
  const known = base !== undefined && base.id === live?.id && !isUnknown;
  return known && base.spec['enabled'] === false;
}

export function isRenamed({ live, desired }: Pick<Change, 'live' | 'desired'>): boolean {
  return live !== undefined && desired !== undefined && live.identity !== desired.identity;
}

/** The calls that carry out a change of a schedule object. */
export function objectOperations(change: Change): Operation[] {
  const name = change.desired?.identity ?? change.base?.identity ?? change.live?.identity ?? '';
  switch (change.action) {
    case 'forget':
      return [];
    case 'create':
      return [createObject(change, name)];
    case 'delete':
      return [deleteObject(change, change.live?.identity ?? name)];
    case 'deactivate':
      if (change.live?.canonical['enabled'] === false) return [];
      return [
        operation(change, 'disable-object', {
          summary: `disable schedule object "${name}"`,
          path: objectPath('update'),
        }),
      ];
    case 'replace': {
      // The old one first: were it the other way round, a failure in between would leave two that call the same task.
      const remove = deleteObject(change, change.live?.identity ?? name);
      return [remove, { ...createObject(change, name), after: [remove.id] }];
    }
    default: {
      const healed = healedFields(change.fields);
      if (healed.length === 0) return [];
      return [
        operation(change, 'update-object', {
          summary: `update schedule object "${name}": ${healed.map(fieldName).join(', ')}`,
          path: objectPath('update'),
        }),
      ];
    }
  }
}

function createObject(change: Change, name: string): Operation {
  return operation(change, 'create-object', {
    summary: `create schedule object "${name}"`,
    path: objectPath('create'),
  });
}

function deleteObject(change: Change, id: string): Operation {
  return operation(change, 'delete-object', {
    summary: `delete schedule object "${id}"`,
    path: objectPath('delete'),
    destructive: true,
  });
}

interface OperationDetails extends Pick<Operation, 'summary' | 'path'> {
  after?: readonly string[];
  destructive?: boolean;
  lateBound?: readonly string[];
}

function operation(change: Change, step: Step, details: OperationDetails): Operation {
  const { after = [], destructive = false, ...rest } = details;
  return { id: `${change.address}#:${step}`, step, method: 'POST', ...rest, after, destructive };
}

export function healedFields(fields: readonly FieldDiff[]): FieldDiff[] {
  return fields.filter((field) => field.healed);
}

function fieldName({ pointer }: FieldDiff): string {
  return parsePointer(pointer)[0] ?? pointer;
}
