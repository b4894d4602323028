import type { Finding } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { TimeIssue } from '../../time/index.ts';

type More = { expected?: string; remedy?: string; offset?: number };

export function error(code: string, pointer: string, message: string, more: More = {}): Finding {
  return { code, severity: 'error', message, pointer, ...more };
}

export function warning(code: string, pointer: string, message: string, more: More = {}): Finding {
  return { code, severity: 'warning', message, pointer, ...more };
}

export function timeFinding(issue: TimeIssue, pointer: string): Finding {
  const { code, message, offset, expected } = issue;
  const remedy = [issue.hint, issue.suggestion === undefined ? undefined : `Write: ${issue.suggestion}`]
    .filter((text) => text !== undefined)
    .join(' ');
  return error(code, pointer, message, {
    offset,
    ...(expected === undefined ? {} : { expected }),
    ...(remedy === '' ? {} : { remedy }),
  });
}

/** Placeholders and empty texts are nothing to judge. */
export function isNothing(value: Json | undefined): boolean {
  return value === undefined || value === null || value === '';
}
