import type { PlanTarget } from './plan-document.ts';

/** Whether apply would refuse this plan: a safety rule holds, and nothing would be written. */
export function isRefusedTarget(target: PlanTarget): boolean {
  return target.summary.blocked > 0 || target.diagnostics.some(({ severity }) => severity === 'error');
}
