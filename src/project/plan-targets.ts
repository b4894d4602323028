import { ReconcileError } from '../core/errors.ts';
import type { PlanDocument, PlanTarget } from '../core/plan-document.ts';
import { planIntegrity } from '../core/saved-plan.ts';
import { planTarget } from '../engine/plan.ts';
import type { PlannedTarget } from '../engine/types.ts';
import { readVersion } from './package-files.ts';
import type { Prepared, PreparedTarget } from './prepare.ts';

/** Plans one target, with a line of progress; the caller closes the result. */
export async function planPrepared(prepared: Prepared, target: PreparedTarget): Promise<PlannedTarget> {
  prepared.progress.show(`${target.input.name}: reading the service`);
  try {
    const planned = await planTarget(target.input);
    if (target.only !== undefined && !target.only.matched()) {
      await planned.close();
      throw nothingMatches(target);
    }
    return planned;
  } finally {
    prepared.progress.clear();
  }
}

function nothingMatches({ input, only }: PreparedTarget): ReconcileError {
  return new ReconcileError(
    `--only ${only?.patterns.join(' ')} matches nothing that target "${input.name}" wants or owns.`,
    {
      code: 'USAGE_ONLY_MATCHES_NOTHING',
      category: 'invalid',
      remedy: 'Give an address such as SapJob/salesReportJob, or a glob such as "SapJob/report*".',
    },
  );
}

/** The plans of several targets as one document. */
export function planDocument(prepared: Prepared, targets: PlanTarget[], now: number): PlanDocument {
  return {
    formatVersion: '1',
    tool: toolStamp(),
    createdAt: new Date(now).toISOString(),
    source: prepared.source,
    targets,
  };
}

/** The finished, redacted document with the hash that shows whether a saved copy was edited. */
export function withIntegrity(document: PlanDocument): PlanDocument {
  return { ...document, integrity: planIntegrity(document) };
}

export function toolStamp(): { name: string; version: string } {
  return { name: 'reconcile-jobs', version: readVersion() };
}
