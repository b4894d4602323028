import { createHash } from 'node:crypto';
import { canonicalText, type Json } from './json.ts';

/** sha256 (hex) over the canonical JSON text. */
export function fingerprint(value: Json): string {
  return createHash('sha256').update(canonicalText(value)).digest('hex');
}
