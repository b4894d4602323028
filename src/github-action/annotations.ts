import { relative, resolve } from 'node:path';
import type { Finding } from '../core/errors.ts';
import type { PlanTarget } from '../core/plan-document.ts';
import type { Place, Resource } from '../core/resource.ts';
import { alarmsOf, refusalsOf } from '../report/alarms.ts';
import type { ActionIo } from './action-io.ts';

export interface Annotation {
  level: 'error' | 'warning' | 'notice';
  title: string;
  message: string;
  place?: Place;
}

/** GitHub shows ten of a kind and step; the rest is in the summary. */
const most = 50;
const order = ['error', 'warning', 'notice'] as const;

/** Findings at the lines they are about. */
export function annotateFindings(findings: readonly Finding[]): Annotation[] {
  return findings.map(({ severity, code, message, expected, remedy, place }) => ({
    level: severity === 'info' ? 'notice' : severity,
    title: code,
    message: [message, expected === undefined ? '' : `Expected: ${expected}`, remedy ?? '']
      .filter((text) => text !== '')
      .join(' '),
    ...(place === undefined ? {} : { place }),
  }));
}

/** What to mind about a plan, at the manifests it is about. `plan` is redacted. */
export function annotatePlan(plan: PlanTarget, resources: readonly Resource[]): Annotation[] {
  const places = new Map(resources.map(({ address, place }) => [address, place]));
  const at = (address: string | undefined): { place?: Place } => {
    const place = address === undefined ? undefined : places.get(address);
    return place === undefined ? {} : { place };
  };
  const refused = plan.changes.flatMap((change) =>
    refusalsOf([change]).map(
      ({ where, code, message, override }): Annotation => ({
        level: 'error',
        title: `${code} (${plan.name})`,
        message: `${where}: ${message} To allow it: ${override}`,
        ...at(change.address),
      }),
    ),
  );
  const remarks = plan.diagnostics
    .filter(({ severity }) => severity !== 'info')
    .map(
      ({ severity, code, message, remedy, address, path }): Annotation => ({
        level: severity === 'error' ? 'error' : 'warning',
        title: `${code} (${plan.name})`,
        message: `${address === undefined ? '' : `${address}${path ?? ''}: `}${message}${remedy === undefined ? '' : ` ${remedy}`}`,
        ...at(address),
      }),
    );
  const alarms = plan.changes.flatMap((change): Annotation[] => {
    const texts = [
      ...(change.action === 'delete' ? ['is deleted'] : []),
      ...alarmsOf(change).flatMap(({ text, loud }) => (loud && text !== 'blocked' ? [text] : [])),
      ...change.warnings,
    ];
    if (texts.length === 0) return [];
    return [
      {
        level: 'warning',
        title: `${change.action} (${plan.name})`,
        message: `${change.address}: ${texts.join(', ')}`,
        ...at(change.address),
      },
    ];
  });
  return [...refused, ...remarks, ...alarms];
}

/** Writes the annotations, errors first. Places become relative to the repository, as GitHub wants them. */
export function writeAnnotations(
  annotations: readonly Annotation[],
  {
    io,
    cwd,
    repository,
    redact,
  }: { io: ActionIo; cwd: string; repository: string; redact(text: string): string },
): void {
  const sorted = [...annotations].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
  for (const { level, title, message, place } of sorted.slice(0, most)) {
    io.annotate(level, redact(message), {
      title: redact(title),
      ...(place === undefined
        ? {}
        : {
            file: relative(repository, resolve(cwd, place.file)).replaceAll('\\', '/'),
            line: place.line,
            col: place.col,
          }),
    });
  }
  const hidden = sorted.length - most;
  if (hidden > 0) io.log(`… and ${hidden} more remarks; all are in the summary.`);
}
