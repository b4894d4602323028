import { isObject, type Json } from '../core/json.ts';

/** What a service says about its refusal, in its own words. */
export interface ServiceError {
  text: string;
  /** The service's own code or type. */
  code?: string;
}

/**
 * Finds the service's words in the usual shapes: `{code, message, type, detailedError}` bare or below `error` (SAP),
 * `{error, error_description}` (OAuth), `{response: {status, statusDetail: {message, messages}}}` (Riversand), `{errors: [...]}`.
 */
export function describeServiceError(body: Json | undefined, text: string): ServiceError | undefined {
  const found = isObject(body) ? fromObject(body) : undefined;
  if (found !== undefined) return found;
  const plain = htmlTitle(text) ?? text.trim();
  return plain === '' ? undefined : { text: shorten(plain, 300) };
}

function fromObject(body: { [key: string]: Json }): ServiceError | undefined {
  if (isObject(body['error'])) return fromObject(body['error']);
  if (isObject(body['response'])) return fromObject(body['response']);
  if (isObject(body['statusDetail'])) return fromObject(body['statusDetail']);
  const messages = [body['message'], body['error_description'], body['detailedError'], body['description']]
    .flatMap(wordsOf)
    .concat([body['messages'], body['errors'], body['details']].flatMap(wordsOf));
  const code = [body['type'], body['error'], body['code'], body['messageCode']].find(
    (item) => (typeof item === 'string' && item !== '') || typeof item === 'number',
  );
  const words = [...new Set(messages)].filter(
    (word, _index, all) => !all.some((other) => other !== word && other.includes(word)),
  );
  const text = words.join(': ') || (code === undefined ? '' : String(code));
  if (text === '') return undefined;
  return { text: shorten(text, 1000), ...(code === undefined ? {} : { code: String(code) }) };
}

function wordsOf(value: Json | undefined): string[] {
  if (typeof value === 'string') return value.trim() === '' ? [] : [value.trim()];
  if (Array.isArray(value)) return value.slice(0, 20).flatMap(wordsOf);
  if (!isObject(value)) return [];
  return [value['message'], value['messageCode']].flatMap(wordsOf).slice(0, 1);
}

function htmlTitle(text: string): string | undefined {
  return /<title[^>]{0,200}>([^<]{1,300})/i.exec(text)?.[1]?.trim();
}

export function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length - most} more characters)`;
}
