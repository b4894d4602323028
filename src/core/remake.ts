import type { JsonObject } from './json.ts';

/**
 * What a guarded replace makes in place of the object that it deletes: the manifest's values, and what somebody else did to
 * the old one. In the state while the new one is not there, so that the next apply makes the same (SEMANTICS 5, 6, 9).
 */
export interface Remake {
  /** As it is to be sent; secrets sealed. */
  spec: JsonObject;
  parts: Readonly<Record<string, RemadePart>>;
}

interface RemadePart {
  /** The id that it had on the old object. */
  id: string;
  spec: JsonObject;
  /** What was read of the old one: its next run. */
  facts: JsonObject;
}
