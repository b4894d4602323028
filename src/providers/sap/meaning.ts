import { isObject, type Json } from '../../core/json.ts';
import { isSealed } from '../../core/resource.ts';
import {
  formatInstant,
  formatRepeatAt,
  formatRepeatInterval,
  formatSapCron,
  parseRepeatAt,
  parseRepeatInterval,
  parseSapCron,
  parseSapDate,
} from '../../time/index.ts';

/**
 * Values by meaning. Every function is total and idempotent: what it cannot read (odd live values, sealed secrets)
 * it gives back as it is.
 */

const SECOND = 1000;

/** A date in any shape → epoch ms; undefined when there is none or it cannot be read. */
export function readDate(value: Json | undefined): number | undefined {
  if (typeof value !== 'string' && !isObject(value)) return undefined;
  const parsed = parseSapDate(value);
  return parsed.ok ? parsed.value.at : undefined;
}

/** A date in any shape → ISO instant in UTC, to the second: the service's own times are no finer. `''` is no date. */
export function canonicalDate(value: Json): Json {
  if (value === '') return null;
  return typeof value === 'string' ? remembered(dates, value, dateText) : dateText(value);
}

function dateText<Value extends Json>(value: Value): Value | string {
  const at = readDate(value);
  return at === undefined ? value : formatInstant(Math.floor(at / SECOND) * SECOND);
}

export function canonicalCron(value: Json): Json {
  if (typeof value !== 'string') return value;
  return remembered(crons, value, (text) => {
    const parsed = parseSapCron(text);
    return parsed.ok ? formatSapCron(parsed.value) : text;
  });
}

export function canonicalRepeatInterval(value: Json): Json {
  if (typeof value !== 'string') return value;
  const parsed = parseRepeatInterval(value);
  return parsed.ok ? formatRepeatInterval(parsed.value.seconds) : value;
}

export function canonicalRepeatAt(value: Json): Json {
  if (typeof value !== 'string') return value;
  const parsed = parseRepeatAt(value);
  return parsed.ok ? formatRepeatAt(parsed.value.secondOfDay) : value;
}

/**
 * The payload. The service gives it as an object or as the JSON text of one; no payload is seen as `""`, `null` and
 * `{}`, which all send the same empty body and so mean the same: null.
 */
export function canonicalData(value: Json): Json {
  if (typeof value === 'string') {
    if (value.trim() === '') return null;
    const parsed = parseJson(value);
    return parsed === null || isObject(parsed) || Array.isArray(parsed) ? canonicalData(parsed) : value;
  }
  if (isObject(value) && !isSealed(value) && Object.keys(value).length === 0) return null;
  return value;
}

/** Switches are seen as text, too. */
export function canonicalSwitch(value: Json): Json {
  if (value === 'true') return true;
  if (value === 'false') return false;
  return value;
}

export function canonicalText(value: Json): Json {
  return value ?? '';
}

export function canonicalMethod(value: Json): Json {
  return typeof value === 'string' ? value.toUpperCase() : value;
}

export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Thousands of schedules share a few expressions and due times; reading those is the dear part of normalising them. */
const crons = new Map<string, string>();
const dates = new Map<string, string>();
const MOST_REMEMBERED = 5000;

function remembered(memory: Map<string, string>, text: string, compute: (text: string) => string): string {
  const known = memory.get(text);
  if (known !== undefined) return known;
  const value = compute(text);
  if (memory.size >= MOST_REMEMBERED) memory.clear();
  memory.set(text, value);
  return value;
}
