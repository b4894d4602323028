import type { FaultEffect } from '../faults.ts';
import type { JsonRecord } from '../json.ts';
import type { RiversandTenant } from './model.ts';
import type { RiversandWorld } from './world.ts';

/** One request, as an operation sees it. */
export interface RiversandCall {
  world: RiversandWorld;
  /** For reading operations maybe an older copy. */
  tenant: RiversandTenant;
  /** Clock of the service, epoch ms. */
  now: number;
  /** `requestBody` of a batch operation, the whole body of the others. */
  body: JsonRecord;
  taskId: string;
  /** What a fault does to it. */
  effect: FaultEffect;
  sleep(ms: number): Promise<void>;
}

/** Gives the answer's body; refuses by a StatusError. */
export interface RiversandOperation {
  writes: boolean;
  handle(call: RiversandCall): JsonRecord | Promise<JsonRecord>;
}
