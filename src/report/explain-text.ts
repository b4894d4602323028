import type { TimeIssue } from '../time/issue.ts';
import { showInstant } from './instant.ts';
import type { RenderOptions } from './palette.ts';
import { oneLine, padEnd, sentence } from './text.ts';

/** What a time expression means, as plain data. */
export interface ExplanationView {
  expression: string;
  as: string;
  words: string;
  next: readonly string[];
  equivalent: Readonly<Record<string, string>>;
}

/** An explained expression for people; all times are UTC. */
export function renderExplanationText(
  view: ExplanationView,
  remarks: { warnings: readonly TimeIssue[]; notes: readonly string[] },
  options: RenderOptions,
): string {
  const { palette, width } = options;
  const lines = [
    `${palette.strong(oneLine(view.expression))} ${palette.faint(`(${view.as})`)}`,
    ...sentence('  ', view.words, width, palette.good),
    '',
    view.next.length === 0 ? palette.warn('No run to come.') : `Next runs ${palette.faint('(UTC)')}:`,
    ...view.next.map((instant) => `  ${showInstant(instant)}`),
    ...equivalentLines(view.equivalent, options),
    ...remarkLines(remarks, options),
  ];
  return `${lines.join('\n')}\n`;
}

function equivalentLines(equivalent: ExplanationView['equivalent'], { palette }: RenderOptions): string[] {
  const entries = Object.entries(equivalent);
  if (entries.length === 0) return [];
  const longest = Math.max(...entries.map(([notation]) => notation.length));
  return [
    '',
    'The same in other notations:',
    ...entries.map(([notation, text]) => `  ${palette.faint(padEnd(notation, longest))}  ${oneLine(text)}`),
  ];
}

function remarkLines(
  { warnings, notes }: { warnings: readonly TimeIssue[]; notes: readonly string[] },
  { palette, width }: RenderOptions,
): string[] {
  const lines = [
    ...warnings.flatMap((issue) => [
      ...sentence(`${palette.warn(`warning ${issue.code}`)} `, issue.message, width),
      ...(issue.hint === undefined ? [] : sentence('  ', issue.hint, width)),
      ...(issue.suggestion === undefined ? [] : [`  → ${palette.accent(oneLine(issue.suggestion))}`]),
    ]),
    ...notes.flatMap((note) => sentence('', note, width, palette.faint)),
  ];
  return lines.length === 0 ? [] : ['', ...lines];
}

/** A refused expression with a caret under the first wrong character, and the nearest valid form. */
export function renderTimeIssueText(
  expression: string,
  as: string,
  issue: TimeIssue,
  { palette, width }: RenderOptions,
): string {
  // The caret must stand right below, so everything before it is made one column wide.
  const flat = oneLine(expression);
  const before = oneLine(expression.slice(0, issue.offset)).length;
  const marks = '^'.repeat(Math.max(1, Math.min(issue.length ?? 1, flat.length - before)));
  const lines = [
    ...sentence(`${palette.alarm(`error ${issue.code}`)} `, issue.message, width),
    `  ${flat}`,
    `  ${' '.repeat(before)}${palette.alarm(marks)}`,
    palette.faint(`  read as ${as}; name another notation with --as`),
    ...(issue.expected === undefined ? [] : sentence('  expected: ', issue.expected, width)),
    ...(issue.hint === undefined ? [] : sentence('  ', issue.hint, width)),
    ...(issue.suggestion === undefined
      ? []
      : [`  → nearest valid form: ${palette.accent(oneLine(issue.suggestion))}`]),
  ];
  return `${lines.join('\n')}\n`;
}
