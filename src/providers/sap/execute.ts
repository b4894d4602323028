import type { Operation } from '../../core/change.ts';
import { ReconcileError } from '../../core/errors.ts';
import type { ExecuteContext, OperationResult, Writer } from '../../core/provider.ts';
import { createSapClient } from './client.ts';
import { createJob, deactivateJob, deleteJob, updateJob, updateSettings } from './execute-job.ts';
import { activateReplacement, createReplacement, deleteReplaced } from './execute-replace.ts';
import {
  createSchedule,
  deactivateSchedule,
  deleteSchedule,
  holdSchedule,
  updateSchedule,
} from './execute-schedule.ts';
import type { Step } from './operations.ts';
import type { TenantScope } from './tenants.ts';
import type { Doing } from './writing.ts';

const steps: Readonly<Record<Step, (doing: Doing) => Promise<OperationResult>>> = {
  'create-job': createJob,
  'update-job': updateJob,
  'deactivate-job': deactivateJob,
  'delete-job': deleteJob,
  'create-schedule': createSchedule,
  'update-schedule': updateSchedule,
  'deactivate-schedule': deactivateSchedule,
  'hold-schedule': holdSchedule,
  'delete-schedule': deleteSchedule,
  'create-replacement': createReplacement,
  'delete-replaced': deleteReplaced,
  'activate-replacement': activateReplacement,
  'update-settings': updateSettings,
};

/**
 * Carries out one operation. Reads the object itself just before it writes: what is as wanted by then is not written
 * (SEMANTICS 3). A lost answer is settled by reading; a POST for a schedule is never repeated.
 */
export async function execute(
  operation: Operation,
  context: ExecuteContext,
  writer: Writer,
  tenants: TenantScope = {},
): Promise<OperationResult> {
  if (!isStep(operation.step)) {
    throw new ReconcileError(`The SAP provider knows no step "${operation.step}".`, {
      code: 'INTERNAL',
      category: 'internal',
    });
  }
  const client = createSapClient(context.reader);
  return steps[operation.step]({ operation, context, change: context.change, client, writer, tenants });
}

function isStep(step: string): step is Step {
  return Object.hasOwn(steps, step);
}
