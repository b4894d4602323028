import type { OperationResult } from '../../core/provider.ts';
import { createBatch, disableBatch, disableOldBatch, enableBatch, recreateBatch } from './execute-batch.ts';
import { createObject, deleteObject, disableObject, updateObject } from './execute-object.ts';
import type { Step } from './operations.ts';
import { type Doing, internal } from './writing.ts';

const steps: Readonly<Record<Step, (doing: Doing) => Promise<OperationResult>>> = {
  'create-batch': createBatch,
  'recreate-batch': recreateBatch,
  'enable-batch': enableBatch,
  'disable-batch': disableBatch,
  'disable-old-batch': disableOldBatch,
  'create-object': createObject,
  'update-object': updateObject,
  'disable-object': disableObject,
  'delete-object': deleteObject,
};

/** Carries out one operation and looks until it shows: an answer alone is never believed. */
export async function execute(doing: Doing): Promise<OperationResult> {
  const { step } = doing.operation;
  if (!isStep(step)) throw internal(`The Riversand provider knows no step "${step}".`);
  return steps[step](doing);
}

function isStep(step: string): step is Step {
  return Object.hasOwn(steps, step);
}
