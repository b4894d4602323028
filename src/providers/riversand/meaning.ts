import { isObject, type Json } from '../../core/json.ts';
import { isSealed } from '../../core/resource.ts';
import { formatInstant, formatIsoDuration, parseIsoDuration, parseRiversandTime } from '../../time/index.ts';

/** ISO 8601 with a time of day and a zone. */
const ZONED = /^\d{4}.*[Tt ]\d.*(?:[Zz]|[+-]\d{2}(?::?\d{2})?)$/;

/** Seconds of an ISO duration; undefined for what cannot be read. */
export function readSeconds(value: Json | undefined): number | undefined {
  if (typeof value !== 'string') return undefined;
  const parsed = parseIsoDuration(value);
  return parsed.ok ? parsed.value.seconds : undefined;
}

export function canonicalDuration(value: Json): Json {
  const seconds = readSeconds(value);
  return seconds === undefined ? value : formatIsoDuration(seconds);
}

export function hasZone(text: string): boolean {
  return ZONED.test(text.trim());
}

/** Epoch ms of an ISO instant with a zone; undefined for anything else. */
export function readInstant(value: Json | undefined): number | undefined {
  if (typeof value !== 'string' || !hasZone(value)) return undefined;
  const at = Date.parse(value.trim());
  return Number.isNaN(at) ? undefined : at;
}

export function canonicalInstant(value: Json): Json {
  const at = readInstant(value);
  return at === undefined ? value : formatInstant(at);
}

/** A start or stop of a schedule object: an instant, or `T17:30` for a bare time of day. Nothing is null. */
export function canonicalTime(value: Json): Json {
  if (value === null || value === '') return null;
  if (typeof value !== 'string') return value;
  const parsed = parseRiversandTime(value);
  if (!parsed.ok) return value;
  const { at, secondOfDay } = parsed.value;
  if (at !== null) return formatInstant(at);
  return new Date(secondOfDay * 1000).toISOString().slice(10, 16);
}

/** No payload and an empty one are the same. */
export function canonicalMap(value: Json): Json {
  return value === null || value === '' ? {} : value;
}

export function canonicalSwitch(value: Json): Json {
  if (value === 'true') return true;
  return value === 'false' ? false : value;
}

export function canonicalNumber(value: Json): Json {
  return typeof value === 'string' && /^\d{1,9}$/.test(value.trim()) ? Number(value) : value;
}

/** Nothing set and everything null is null: a map that says nothing. */
export function isNothing(value: Json | undefined): boolean {
  return (
    value === undefined ||
    value === null ||
    (isObject(value) && !isSealed(value) && Object.keys(value).length === 0)
  );
}
