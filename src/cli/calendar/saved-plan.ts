import { resolve } from 'node:path';
import { ReconcileError } from '../../core/errors.ts';
import type { PlanChange, PlanDocument, PlanTarget } from '../../core/plan-document.ts';
import { parseAddress } from '../../core/resource.ts';
import { createOnly } from '../../project/only.ts';
import { readPlanDocument } from '../../project/read-plan.ts';
import { findKind } from '../../providers/registry.ts';
import type { Context } from '../context.ts';
import { type Scheduled, scheduledOf } from './scheduled.ts';
import { nothingMatches, type Source, type SourceOptions } from './source.ts';

/** What a saved plan wants, offline. A plan lists changes only: what stays as it is, is not in it. */
export async function savedPlanSource(
  context: Context,
  file: string,
  options: SourceOptions,
): Promise<Source> {
  const only = createOnly(options.only);
  const plan = await readPlanDocument(resolve(context.cwd, file), file);
  const target = choose(plan, options.target);
  const changes = target.changes.filter(({ address }) => only?.selects(address) ?? true);
  if (only !== undefined && !only.matched()) throw nothingMatches(only);
  const { noop } = target.summary;
  return {
    title: `target ${target.name}, as planned`,
    scheduled: changes.flatMap(scheduledOfChange),
    now: context.io.now(),
    notes:
      noop === 0
        ? []
        : [
            `The plan holds what changes; ${noop === 1 ? '1 unchanged resource is' : `${noop} unchanged resources are`} not in it.`,
          ],
  };
}

function scheduledOfChange({ address, desired }: PlanChange): Scheduled[] {
  const parsed = parseAddress(address);
  const kind = parsed === undefined ? undefined : findKind(parsed.kind)?.kind;
  if (parsed === undefined || kind === undefined || desired === undefined) return [];
  return scheduledOf(kind, { address, ...kind.normalize(parsed.name, desired) });
}

function choose({ targets }: PlanDocument, names: readonly string[]): PlanTarget {
  const known = targets.map(({ name }) => name).join(', ');
  const [wanted] = names;
  const found = wanted === undefined ? targets : targets.filter(({ name }) => name === wanted);
  const [target, ...others] = found;
  if (target !== undefined && others.length === 0) return target;
  const code = wanted === undefined ? 'USAGE_WHICH_TARGET' : 'USAGE_UNKNOWN_TARGET';
  const message =
    wanted === undefined
      ? `The plan has ${targets.length} targets; which one is meant?`
      : `The plan has no target "${wanted}".`;
  throw new ReconcileError(message, {
    code,
    category: 'invalid',
    remedy: known === '' ? 'Save a plan that has a target.' : `Add -t with one of: ${known}.`,
  });
}
