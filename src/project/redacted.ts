import type { JsonObject } from '../core/json.ts';
import type { Redactor } from '../core/redactor.ts';

/**
 * A document without secrets. Done before rendering: escaping and wrapping would otherwise change how a secret looks,
 * so that the redactor no longer finds it.
 */
export function redacted<T extends object>(
  document: T,
  { invocation: { redactor } }: { invocation: { redactor: Redactor } },
): T {
  const plain = JSON.parse(JSON.stringify(document)) as JsonObject;
  return redactor.json(plain) as unknown as T;
}
