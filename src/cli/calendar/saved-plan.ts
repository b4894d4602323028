import { resolve } from 'node:path';
import type { Impact } from '../../core/change.ts';
import { ReconcileError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { PlanChange, PlanDocument, PlanTarget } from '../../core/plan-document.ts';
import { formatPointer, setAt } from '../../core/pointer.ts';
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
  return {
    title: `target ${target.name}, as planned`,
    scheduled: changes.flatMap(scheduledOfChange),
    now: context.io.now(),
    notes: notesOf({ ...target, changes }),
  };
}

function scheduledOfChange(change: PlanChange): Scheduled[] {
  const { address, desired } = change;
  const parsed = parseAddress(address);
  const kind = parsed === undefined ? undefined : findKind(parsed.kind)?.kind;
  if (parsed === undefined || kind === undefined || desired === undefined) return [];
  const wanted = asItWillBe(change, desired);
  const field = kind.parts?.field;
  return scheduledOf(kind, { address, ...kind.normalize(parsed.name, wanted) }).map((one) => {
    const path = field === undefined ? '' : formatPointer([field, one.schedule]);
    const due = dueIn(path === '' ? change.impact : change.parts.find((part) => part.path === path)?.impact);
    return due === undefined ? one : { ...one, due };
  });
}

/** Desired, but for what somebody else changed and the plan leaves as it is: a schedule that was switched off stays off. */
function asItWillBe({ fields }: PlanChange, desired: JsonObject): JsonObject {
  const left = fields.filter(({ healed, live }) => !healed && live !== undefined);
  return left.reduce((spec, { path, live }) => setAt(spec, path, live), desired);
}

/** The first run after the change: the plan has seen the service, and knows what start will be sent. */
function dueIn(impact: Impact | undefined): number | undefined {
  const [first] = impact?.after ?? [];
  return first === undefined ? undefined : Date.parse(first);
}

/** What somebody should know who takes this for all that will run. */
function notesOf({ changes, summary: { noop } }: PlanTarget): string[] {
  const kept = changes.filter(
    ({ action, liveFingerprint }) => action === 'forget' && liveFingerprint !== undefined,
  );
  const refused = changes.filter(isRefusedChange);
  return [
    ...(noop === 0
      ? []
      : [
          `The plan holds what changes; ${noop === 1 ? '1 unchanged resource is' : `${noop} unchanged resources are`} not in it.`,
        ]),
    ...(kept.length === 0
      ? []
      : [
          `Left in the service, where they go on, and not shown: ${kept.map(({ address }) => address).join(', ')}.`,
        ]),
    ...(refused.length === 0
      ? []
      : [
          `Apply refuses this plan; shown is what it wants: ${refused.map(({ address }) => address).join(', ')}.`,
        ]),
  ];
}

function isRefusedChange({ blocked, parts }: PlanChange): boolean {
  return blocked !== undefined || parts.some((part) => part.blocked !== undefined);
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
