import type { Change } from '../core/change.ts';
import { fingerprint } from '../core/fingerprint.ts';
import type { Intent, IntentOperation, IntentStatus } from '../core/journal.ts';
import type { JsonObject } from '../core/json.ts';
import type { OperationOutcome } from '../core/outcome.ts';
import type { PlanContext } from '../core/plan-context.ts';
import { pointersWithin } from '../core/scope.ts';
import { sealAt } from '../core/seal.ts';
import type { SourceVersion } from '../core/source-version.ts';
import { remakeOf } from '../core/unmade.ts';
import { intendedEntry } from './record.ts';
import type { StateWriter } from './state-writer.ts';

interface IntentDeps {
  writer: StateWriter;
  context(): PlanContext;
  now(): number;
  source: SourceVersion;
}

/** What a change is about to do, for the journal. Holds no secret: what is secret is sealed. */
export function intentOf(change: Change, deps: IntentDeps): Intent {
  const { kind: name, live, desired, base, movedFrom } = change;
  const kind = deps.context().kind(name);
  const entry = intendedEntry(change, deps);
  const remake = remakeOf(change, kind, deps.context().sealer);
  return {
    action: change.action,
    kind: name,
    name: desired?.name ?? base?.name ?? '',
    identity: desired?.identity ?? live?.identity ?? base?.identity ?? '',
    ...(movedFrom === undefined ? {} : { movedFrom }),
    before: {
      ...(live === undefined ? {} : { id: live.id }),
      parts: live === undefined ? [] : [...live.parts.map(({ id }) => id), ...(kind.instances?.(live) ?? [])],
    },
    ...(entry === undefined ? {} : { entry }),
    ...(remake === undefined ? {} : { remake }),
    operations: change.operations.map((operation): IntentOperation => {
      const { id, summary, part } = operation;
      const hash = hashOf(change, part, deps.context());
      return {
        id,
        summary,
        ...(part === undefined ? {} : { part }),
        ...(hash === undefined ? {} : { hash }),
        status: 'pending',
      };
    }),
  };
}

function hashOf(change: Change, key: string | undefined, { sealer }: PlanContext): string | undefined {
  const part = change.parts.find((candidate) => candidate.key === key);
  const target: JsonObject | undefined = key === undefined ? change.target : part?.target;
  if (target === undefined) return undefined;
  const secrets = [...(change.desired?.secrets ?? []), ...(change.base?.secrets ?? [])];
  return fingerprint(sealAt(target, pointersWithin(secrets, part?.path ?? ''), sealer));
}

const statusOf: Readonly<Partial<Record<OperationOutcome['status'], IntentStatus>>> = {
  succeeded: 'succeeded',
  noop: 'noop',
  failed: 'failed',
};

/** The intent with what became of its operations so far. */
export function withResults(intent: Intent, outcomes: readonly OperationOutcome[]): Intent {
  const known = new Map(outcomes.map(({ id, status }) => [id, statusOf[status]]));
  return {
    ...intent,
    operations: intent.operations.map((operation) => ({
      ...operation,
      status: known.get(operation.id) ?? operation.status,
    })),
  };
}
