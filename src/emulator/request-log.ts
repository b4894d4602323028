import { isRecord } from './json.ts';

/** One request as the emulator saw it. Credentials are left out. */
export interface LoggedRequest {
  id: number;
  /** Clock of the emulated service, ISO. */
  at: string;
  method: string;
  path: string;
  query: Record<string, string>;
  /** What was answered; 0: the connection was cut instead. */
  status: number;
  /** What a Riversand request asks for, where all paths and methods are alike: `schedule-batch-list`, `create`. */
  verb?: string;
  /** Subdomain or id of the tenant, once known. */
  tenant?: string;
  body?: unknown;
  /** Id of the fault rule that took part. */
  fault?: string;
}

export interface RequestFilter {
  method?: string | undefined;
  /** A part of the path, or a pattern with `*`. */
  path?: string | undefined;
  status?: number | undefined;
  verb?: string | undefined;
  /** Only requests with a greater id. */
  since?: number | undefined;
}

export interface RequestLog {
  add(entry: Omit<LoggedRequest, 'id'>): LoggedRequest;
  list(filter?: RequestFilter): LoggedRequest[];
  clear(): void;
}

const MAX_ENTRIES = 50_000;

export function createRequestLog(): RequestLog {
  let entries: LoggedRequest[] = [];
  let nextId = 1;
  return {
    add(entry) {
      const logged = { id: nextId++, ...entry };
      entries.push(logged);
      if (entries.length > 2 * MAX_ENTRIES) entries = entries.slice(-MAX_ENTRIES);
      return logged;
    },
    list(filter = {}) {
      const path = filter.path === undefined ? undefined : toPattern(filter.path);
      return entries.filter(
        (entry) =>
          (filter.method === undefined || entry.method === filter.method.toUpperCase()) &&
          (path === undefined || path.test(entry.path)) &&
          (filter.status === undefined || entry.status === filter.status) &&
          (filter.verb === undefined || entry.verb === filter.verb) &&
          (filter.since === undefined || entry.id > filter.since),
      );
    },
    clear() {
      entries = [];
    },
  };
}

function toPattern(path: string): RegExp {
  if (!path.includes('*')) return new RegExp(escapeSigns(path));
  return globToRegExp(path);
}

function escapeSigns(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** `*` stands for anything within one part of a path, `**` also across parts. */
export function globToRegExp(glob: string): RegExp {
  const source = glob
    .split(/(\*+)/)
    .map((part) => (/^\*+$/.test(part) ? (part === '*' ? '[^/]*' : '.*') : escapeSigns(part)));
  return new RegExp(`^${source.join('')}$`);
}

const SECRET_NAME =
  /secret|password|passwort|token|assertion|credential|authorization|api[-_]?key|private[-_]?key/i;

/** Takes credentials out of a body before it is logged. */
export function withoutCredentials(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutCredentials);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      SECRET_NAME.test(key) ? '(removed)' : withoutCredentials(entry),
    ]),
  );
}
