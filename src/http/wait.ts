import { parseHttpDate } from './skew.ts';

const firstBackoff = 500;
const longestBackoff = 20_000;

/** Full jitter: anywhere between nothing and the exponentially growing bound, so that clients do not march in step. */
export function backoffMs(attempt: number, random: () => number): number {
  return Math.round(random() * bound(attempt));
}

function bound(attempt: number): number {
  return Math.min(longestBackoff, firstBackoff * 2 ** Math.max(0, attempt - 1));
}

/**
 * After a refusal that does not say how long: no shorter than half of the bound, so that all attempts together outlast the
 * minute within which a limit is said to lift.
 */
export function refusedBackoffMs(attempt: number, random: () => number): number {
  return Math.round((bound(attempt) * (1 + random())) / 2);
}

/** `Retry-After` in ms: seconds, or a date, which is read by the service's own clock where it told it. */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const text = headers['retry-after']?.trim();
  if (text === undefined) return undefined;
  if (/^\d{1,9}(\.\d{1,9})?$/.test(text)) return Math.ceil(Number(text) * 1000);
  const date = parseHttpDate(text);
  if (date === undefined) return undefined;
  return Math.max(0, date - (parseHttpDate(headers['date']) ?? now));
}

/** SAP's `throttling` header: by how many ms the service delayed this answer, because a limit is near. */
export function throttlingMs(headers: Readonly<Record<string, string>>): number | undefined {
  const text = headers['throttling']?.trim();
  if (text === undefined || !/^\d{1,9}(\.\d{1,9})?$/.test(text)) return undefined;
  return Math.ceil(Number(text));
}
