import type { Finding } from '../core/errors.ts';
import type { PlanDocument, PlanTarget } from '../core/plan-document.ts';
import type { PlannedTarget } from '../engine/types.ts';
import type { FileAccess } from '../manifest/index.ts';
import { planDocument, planPrepared } from '../project/plan-targets.ts';
import { type Prepared, prepareTargets } from '../project/prepare.ts';
import { redacted } from '../project/redacted.ts';
import { type Annotation, annotateFindings, annotatePlan } from './annotations.ts';
import { planningContext, type Session } from './session.ts';

/** Most requests in flight; the rate budget decides how many really go out. */
const CONCURRENCY = 8;

export interface PlannedProject {
  prepared: Prepared;
  /** Those that could be planned. Their sessions are closed, unless they were asked to stay open. */
  planned: PlannedTarget[];
  /** Redacted. */
  document: PlanDocument;
  /** Of config and manifests. */
  warnings: Finding[];
  annotations: Annotation[];
  failures: { target: string; error: unknown }[];
}

/** Plans all targets of the step. One that cannot be planned does not keep the others from being shown. */
export async function planProject(
  session: Session,
  options: { configFiles?: FileAccess; several: 'all' | 'ask'; keepOpen: boolean },
): Promise<PlannedProject> {
  const warnings: Finding[] = [];
  const { configFiles, several, keepOpen } = options;
  const context = planningContext(session, {
    warnings,
    ...(configFiles === undefined ? {} : { configFiles }),
  });
  const prepared = await prepareTargets(context, {
    target: session.inputs.targets,
    only: [],
    concurrency: CONCURRENCY,
    several,
    readOnly: !keepOpen,
  });
  const planned: PlannedTarget[] = [];
  const failures: PlannedProject['failures'] = [];
  for (const target of prepared.targets) {
    try {
      const one = await planPrepared(prepared, target);
      if (!keepOpen) await one.close();
      planned.push(one);
    } catch (error) {
      failures.push({ target: target.input.name, error });
    }
  }
  const document = redacted(
    planDocument(
      prepared,
      planned.map((one) => one.document),
      session.io.now(),
    ),
    context,
  );
  const shown = redacted(warnings, context);
  return {
    prepared,
    planned,
    document,
    warnings: shown,
    annotations: [...annotateFindings(shown), ...annotateAll(document.targets, planned)],
    failures,
  };
}

function annotateAll(targets: readonly PlanTarget[], planned: readonly PlannedTarget[]): Annotation[] {
  return targets.flatMap((target, index) => annotatePlan(target, planned[index]?.input.resources ?? []));
}
