import type { Diagnostic } from '../../core/errors.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { OutcomeError, TargetOutcome } from '../../core/outcome.ts';
import type { PlanChange, PlanTarget } from '../../core/plan-document.ts';
import { optional } from '../optional.ts';

/** What the audit log says of an apply: each change with what was there, what was wanted, and what became of it. */
export function applyDetails(
  plan: PlanTarget,
  outcome: TargetOutcome,
  triggers: readonly string[],
): JsonObject {
  const planned = new Map(plan.changes.map((change) => [change.address, change]));
  return {
    trigger: [...triggers],
    digest: plan.digest,
    writes: outcome.writes,
    changes: outcome.outcomes.map(({ address, action, status, error, operations }) => ({
      address,
      action,
      status,
      ...optional('error', briefly(error ?? operations.find((one) => one.error !== undefined)?.error)),
      ...sidesOf(planned.get(address)),
    })),
    ...optional('error', briefly(outcome.error)),
  };
}

/** All refusals of a plan. */
export function refusalDetails(plan: PlanTarget): JsonObject {
  const ofTarget = plan.diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ code, message, address }: Diagnostic) => ({ code, message, ...optional('address', address) }));
  const ofChanges = plan.changes.flatMap((change) =>
    [{ path: '', blocked: change.blocked }, ...change.parts].flatMap(({ path, blocked }) =>
      blocked === undefined
        ? []
        : [{ code: blocked.code, message: blocked.message, address: `${change.address}${path}` }],
    ),
  );
  return { digest: plan.digest, refusals: [...ofTarget, ...ofChanges] };
}

export function failureDetails(error: OutcomeError, triggers: readonly string[]): JsonObject {
  return { trigger: [...triggers], ...optional('error', briefly(error)) };
}

function briefly(error: OutcomeError | undefined): JsonObject | undefined {
  return error && { code: error.code, message: error.message };
}

/** From the plan, where secrets are hidden: per field, or the whole where there was nothing before or is nothing after. */
function sidesOf(change: PlanChange | undefined): JsonObject {
  if (change === undefined) return {};
  const { fields, desired, base, action } = change;
  if (action === 'create') return { ...optional('after', desired) };
  if (action === 'delete') return { ...optional('before', base) };
  const written = fields.filter(({ healed }) => healed);
  const side = (key: 'live' | 'desired'): JsonObject =>
    Object.fromEntries(
      written.flatMap((field): [string, Json][] => {
        const value = field[key];
        return value === undefined ? [] : [[field.path, value]];
      }),
    );
  return { before: side('live'), after: side('desired') };
}
