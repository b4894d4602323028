import type { Finding } from '../core/errors.ts';
import { countFindings, sortFindings } from './findings-text.ts';
import { code, prose, table } from './markdown.ts';

/** All findings as a table. */
export function renderFindingsMarkdown(findings: readonly Finding[]): string {
  if (findings.length === 0) return '**Valid:** no findings.\n';
  const rows = sortFindings(findings).map(({ place, severity, code: id, message, expected, remedy }) => [
    place === undefined ? '' : code(`${place.file}:${place.line}:${place.col}`),
    severity,
    code(id),
    [message, expected === undefined ? '' : `Expected: ${expected}`, remedy ?? '']
      .filter((text) => text !== '')
      .map(prose)
      .join('<br>'),
  ]);
  return `**${countFindings(findings)}**\n\n${table(['place', 'severity', 'code', 'finding'], rows)}\n`;
}
