export { applyTarget } from './apply.ts';
export { planTarget } from './plan.ts';
export type { ApplyEvent, ApplyOptions, PlannedTarget, TargetInput } from './types.ts';
