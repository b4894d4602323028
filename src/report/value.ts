import { isObject, type Json } from '../core/json.ts';
import { isSealed, SENSITIVE } from '../core/resource.ts';
import { printable } from './text.ts';

/** A value on one line, as JSON; a secret as `(sensitive)`, an absent one as `(none)`. */
export function showValue(value: Json | undefined): string {
  if (value === undefined || value === null) return '(none)';
  if (isSealed(value) || value === SENSITIVE) return SENSITIVE;
  return printable(JSON.stringify(unsealed(value)));
}

/** A value over several lines: texts as they are, everything else as indented JSON with sorted keys. */
export function showBlock(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  if (isSealed(value)) return SENSITIVE;
  if (typeof value === 'string') return printable(value);
  return printable(JSON.stringify(sorted(unsealed(value)), null, 2));
}

function unsealed(value: Json): Json {
  if (isSealed(value)) return SENSITIVE;
  if (Array.isArray(value)) return value.map(unsealed);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unsealed(item)]));
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}

/** Neither nothing nor an empty text, list or object: worth a line of its own. */
export function hasContent(value: Json | undefined): value is Json {
  if (value === undefined || value === null || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  return !isObject(value) || Object.keys(value).length > 0;
}
