import { isObject, type Json } from '../../core/json.ts';

/** The same value as it has to be written so that nothing in it is taken for a reference: `${x}` becomes `$${x}`. */
export function escapeReferences(value: Json): Json {
  if (typeof value === 'string') return value.replaceAll('${', () => '$${');
  if (Array.isArray(value)) return value.map(escapeReferences);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, escapeReferences(item)]));
}
