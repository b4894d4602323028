import type { Context } from 'hono';
import { isRecord, type JsonRecord } from './json.ts';

/** A control request that cannot be understood; answered 400 with the text. */
export class ControlError extends Error {}

export interface ControlEnv {
  Bindings: { text: string };
}

/** Does what was asked; what it throws is the caller's fault. */
export async function understood<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new ControlError(error instanceof Error ? error.message : String(error));
  }
}

export function parse(c: Context<ControlEnv>): unknown {
  try {
    return JSON.parse(c.env.text);
  } catch {
    throw new ControlError('The body is not JSON');
  }
}

export function readObject(c: Context<ControlEnv>): JsonRecord {
  const body = parse(c);
  if (!isRecord(body)) throw new ControlError('A JSON object is expected');
  return body;
}
