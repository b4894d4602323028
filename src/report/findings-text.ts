import type { Finding } from '../core/errors.ts';
import type { RenderOptions } from './palette.ts';
import { counted, oneLine, sentence } from './text.ts';

/** All findings, sorted by place, each `file:line:col CODE message`, with what was expected and how to mend it. */
export function renderFindingsText(findings: readonly Finding[], options: RenderOptions): string {
  return sortFindings(findings)
    .flatMap((finding) => [...findingLines(finding, options)])
    .map((line) => `${line}\n`)
    .join('');
}

/** By file, line and column; the ones without a place first. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(
    (a, b) =>
      compare(a.place?.file ?? '', b.place?.file ?? '') ||
      (a.place?.line ?? 0) - (b.place?.line ?? 0) ||
      (a.place?.col ?? 0) - (b.place?.col ?? 0) ||
      compare(a.code, b.code) ||
      compare(a.message, b.message),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The first line is for programs and editors (problem matchers) and is never wrapped. */
export function findingLines(finding: Finding, { palette, width }: RenderOptions): string[] {
  const paint =
    finding.severity === 'error'
      ? palette.alarm
      : finding.severity === 'warning'
        ? palette.warn
        : palette.faint;
  const { place } = finding;
  const where = place === undefined ? '' : `${oneLine(place.file)}:${place.line}:${place.col} `;
  const tag = finding.severity === 'error' ? '' : `${finding.severity}: `;
  const what = place !== undefined || finding.address === undefined ? '' : `${oneLine(finding.address)}: `;
  return [
    `${palette.strong(where)}${paint(finding.code)} ${tag}${what}${oneLine(finding.message)}`,
    ...(finding.expected === undefined
      ? []
      : sentence('  expected: ', finding.expected, width, palette.faint)),
    ...(finding.remedy === undefined ? [] : sentence('  → ', finding.remedy, width, palette.accent)),
  ];
}

/** `2 errors, 1 warning`, or `no findings`. */
export function countFindings(findings: readonly Finding[]): string {
  const count = (severity: Finding['severity']): number =>
    findings.filter((one) => one.severity === severity).length;
  const parts = [
    { count: count('error'), noun: 'error' },
    { count: count('warning'), noun: 'warning' },
    { count: count('info'), noun: 'note' },
  ].filter((part) => part.count > 0);
  return parts.length === 0 ? 'no findings' : parts.map((part) => counted(part.count, part.noun)).join(', ');
}
