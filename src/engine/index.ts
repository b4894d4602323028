export { type Adopted, adoptTarget } from './adopt.ts';
export { applyTarget } from './apply.ts';
export { type ImportObservation, observeForImport } from './import.ts';
export { planTarget } from './plan.ts';
export type { ApplyEvent, ApplyOptions, PlannedTarget, TargetInput } from './types.ts';
