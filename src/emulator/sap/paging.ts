import type { JsonRecord } from '../json.ts';
import type { Reply } from './call.ts';
import { invalid } from './errors.ts';

export interface Page {
  size: number;
  offset: number;
}

export function hasPaging(query: URLSearchParams): boolean {
  return query.has('page_size') || query.has('offset');
}

/** Reads `page_size` (default 10) and `offset` (default 0). A page that is too large, or of no size, is a 400. */
export function readPage(query: URLSearchParams, maximum: number): Page {
  const size = readNumber(query.get('page_size'), 10);
  const offset = readNumber(query.get('offset'), 0);
  if (size === undefined || size < 1 || size > maximum) throw invalid('Invalid Page Size');
  if (offset === undefined || offset < 0) throw invalid('Invalid Offset');
  return { size, offset };
}

function readNumber(text: string | null, fallback: number): number | undefined {
  if (text === null || text === '') return fallback;
  return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/**
 * One page of a list. As documented, the links hold only `page_size` and `offset`: any other parameter is lost.
 * @param path of the list, as the links show it
 */
export function pageOf<T>(
  items: readonly T[],
  page: Page,
  path: string,
  show: (item: T) => JsonRecord,
): Reply {
  const { size, offset } = page;
  const link = (to: number) => `${path}?page_size=${size}&offset=${to}`;
  return {
    status: 200,
    body: {
      total: items.length,
      results: items.slice(offset, offset + size).map(show),
      prev_url: offset > 0 ? link(Math.max(0, offset - size)) : null,
      next_url: offset + size < items.length ? link(offset + size) : null,
    },
  };
}

/** The whole list at once, for calls whose paging is off unless asked for. */
export function allOf<T>(items: readonly T[], show: (item: T) => JsonRecord): Reply {
  return {
    status: 200,
    body: { total: items.length, results: items.map(show), prev_url: null, next_url: null },
  };
}
