/**
 * What is wrong, or doubtful, in a time expression. `code` is stable (TIME_…); `offset` is the 0-based position of the
 * first wrong character in the expression; `suggestion` is the nearest valid text for the whole expression.
 */
export type TimeIssue = {
  code: string;
  message: string;
  expected?: string;
  hint?: string;
  offset: number;
  length?: number;
  suggestion?: string;
};

/** The result of reading a time expression: a value with warnings, or one issue that says why it cannot be read. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly TimeIssue[] }
  | { readonly ok: false; readonly issue: TimeIssue };

export function read<T>(value: T, warnings: readonly TimeIssue[] = []): Parsed<T> {
  return { ok: true, value, warnings };
}

/** A refusal. Optional texts that are undefined are left out, so that issues compare and print cleanly. */
export function refuse(issue: {
  code: string;
  message: string;
  offset: number;
  length?: number | undefined;
  expected?: string | undefined;
  hint?: string | undefined;
  suggestion?: string | undefined;
}): { ok: false; issue: TimeIssue } {
  return { ok: false, issue: toIssue(issue) };
}

export function toIssue(issue: Parameters<typeof refuse>[0]): TimeIssue {
  const { code, message, offset } = issue;
  const full: TimeIssue = { code, message, offset };
  if (issue.length !== undefined) full.length = issue.length;
  if (issue.expected !== undefined) full.expected = issue.expected;
  if (issue.hint !== undefined) full.hint = issue.hint;
  if (issue.suggestion !== undefined) full.suggestion = issue.suggestion;
  return full;
}

/** Refuses texts longer than any sensible expression, before a pattern is tried on them. */
export function refuseLong(text: string, limit = 200): { ok: false; issue: TimeIssue } | null {
  if (text.length <= limit) return null;
  const message = `The expression has ${text.length} characters; none is longer than ${limit}.`;
  return refuse({ code: 'TIME_TOO_LONG', message, offset: limit });
}
