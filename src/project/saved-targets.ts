import { type Finding, ReconcileError } from '../core/errors.ts';
import { isObject, type Json } from '../core/json.ts';
import type { PlanDocument, PlanTarget } from '../core/plan-document.ts';
import type { Redactor } from '../core/redactor.ts';
import { isRefusedTarget } from '../core/refused-target.ts';
import { isSealed } from '../core/resource.ts';
import { planDifferences } from '../core/saved-plan.ts';
import { createSealer } from '../core/seal.ts';
import type { PlannedTarget } from '../engine/types.ts';
import type { PreparedTarget } from './prepare.ts';
import { redacted } from './redacted.ts';

/** The targets of a saved plan that are meant: those named, else all, in the plan's order. None that apply would refuse. */
export function savedTargets({ targets }: PlanDocument, names: readonly string[]): PlanTarget[] {
  const known = targets.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0 || known.length === 0) {
    throw new ReconcileError(
      known.length === 0
        ? 'The plan holds no target.'
        : `The plan has no target ${unknown.map((name) => `"${name}"`).join(', ')}.`,
      {
        code: 'USAGE_UNKNOWN_TARGET',
        category: 'invalid',
        remedy:
          known.length === 0 ? 'Save a plan that has one.' : `Targets in the plan: ${known.join(', ')}.`,
      },
    );
  }
  const chosen = (names.length === 0 ? known : [...new Set(names)]).flatMap(
    (name) => targets.find((target) => target.name === name) ?? [],
  );
  assertNoneRefused(chosen);
  return chosen;
}

function assertNoneRefused(targets: readonly PlanTarget[]): void {
  const findings = targets.filter(isRefusedTarget).flatMap(refusalsOf);
  if (findings.length === 0) return;
  throw new ReconcileError('The plan holds what a safety rule refuses; nothing was written.', {
    code: 'REFUSED',
    category: 'refused',
    findings,
    remedy: 'Allow it as said above, or leave it out, and save a new plan.',
  });
}

function refusalsOf({ changes, diagnostics }: PlanTarget): Finding[] {
  const blocks = changes.flatMap((change) =>
    [{ path: '', blocked: change.blocked }, ...change.parts].flatMap(({ path, blocked }) =>
      blocked === undefined
        ? []
        : [{ ...blocked, remedy: `To allow it: ${blocked.override}`, address: `${change.address}${path}` }],
    ),
  );
  return [...diagnostics.filter(({ severity }) => severity === 'error'), ...blocks].map(
    ({ code, message, remedy, address }) => ({
      code,
      severity: 'error' as const,
      message: address === undefined ? message : `${address}: ${message}`,
      ...(remedy === undefined ? {} : { remedy }),
    }),
  );
}

/** Plans again only what the saved plan touches: the rest may have moved on (SEMANTICS 8, gate 6). */
export function onlySaved(target: PreparedTarget, saved: PlanTarget): PreparedTarget {
  const addresses = new Set(saved.changes.map(({ address }) => address));
  return { input: { ...target.input, selects: (address) => addresses.has(address) } };
}

/**
 * Gate 6: the saved plan still fits. What is carried out afterwards is the plan as of now, which does the same.
 * Throws PLAN_OTHER_INSTANCE, PLAN_SECRETS_UNVERIFIABLE or PLAN_STALE with every difference.
 */
export function assertStillFits(
  saved: PlanTarget,
  planned: PlannedTarget,
  source: PlanDocument['source'],
  context: { invocation: { redactor: Redactor } },
): void {
  const now = planned.document;
  if (saved.provider !== now.provider || saved.url !== now.url || saved.instance !== now.instance)
    throw otherInstance(saved, now);
  assertSecretsKnown(saved, planned);
  if (saved.digest === now.digest) return;
  const [shown] = redacted([now], context);
  throw new ReconcileError(
    `The plan for target "${saved.name}" no longer fits; nothing was written to this target.`,
    {
      code: 'PLAN_STALE',
      category: 'stale',
      findings: planDifferences(saved, shown ?? now),
      remedy:
        source.commit === undefined || source.dirty === true
          ? 'Plan again, look at it, and apply the new plan.'
          : `Plan again and apply the new plan. If the manifests have moved on since ${source.commit.slice(0, 12)}, --ref ${source.commit.slice(0, 12)} takes them as of then.`,
    },
  );
}

/** The plan as of now, with the runs that the saved one announced: a provider holds itself to what was approved. */
export function asApproved(saved: PlanTarget, planned: PlannedTarget): PlannedTarget {
  const impacts = new Map(saved.changes.map(({ address, impact }) => [address, impact]));
  const changes = planned.changes.map((change) => {
    const impact = impacts.get(change.address);
    return impact === undefined ? change : { ...change, impact };
  });
  return { ...planned, changes };
}

function otherInstance(saved: PlanTarget, now: PlanTarget): ReconcileError {
  return new ReconcileError(
    `The plan for target "${saved.name}" was made for another service instance: ${saved.provider} at ${saved.url}; now the target is ${now.provider} at ${now.url}${saved.url === now.url ? ', with credentials of another instance' : ''}.`,
    {
      code: 'PLAN_OTHER_INSTANCE',
      category: 'refused',
      remedy: 'Use the config and the credentials the plan was made with, or save a new plan.',
    },
  );
}

/** Secrets are not in the file. Without their HMACs, under one and the same key, other ones could be sent than were approved. */
function assertSecretsKnown(saved: PlanTarget, { document, input }: PlannedTarget): void {
  const { keyId } = createSealer(input.stateKey);
  const seals = [...document.changes, ...saved.changes].flatMap(({ desired }) => sealsIn(desired));
  if (seals.length === 0) return;
  if (keyId !== undefined && seals.every((seal) => seal.startsWith(`${keyId}:`))) return;
  throw new ReconcileError(
    `The plan for target "${saved.name}" holds secrets that cannot be checked: ${keyId === undefined ? 'there is no RECONCILE_STATE_KEY' : 'it was made without RECONCILE_STATE_KEY, or with another one'}.`,
    {
      code: 'PLAN_SECRETS_UNVERIFIABLE',
      category: 'refused',
      remedy:
        'Set RECONCILE_STATE_KEY to the same value for plan and apply, and save a new plan; or apply without a saved plan.',
    },
  );
}

/** Whether a plan was saved without RECONCILE_STATE_KEY though it holds secrets, so that no apply will take it. */
export function holdsUncheckedSecrets({ changes }: PlanTarget): boolean {
  return changes.some(({ desired }) => sealsIn(desired).some((seal) => !seal.includes(':')));
}

function sealsIn(value: Json | undefined): string[] {
  if (isSealed(value)) return [value.$sealed];
  if (Array.isArray(value)) return value.flatMap(sealsIn);
  return isObject(value) ? Object.values(value).flatMap(sealsIn) : [];
}
