import type { Change } from '../core/change.ts';
import { isRefused } from '../core/plan-resource.ts';
import type { Provider } from '../core/provider.ts';
import type { Address } from '../core/resource.ts';
import { applyTarget } from './apply.ts';
import { planTarget } from './plan.ts';
import type { TargetInput } from './types.ts';

export interface Adopted {
  /** Recorded as ours from now on. */
  adopted: Address[];
  /** There, but not as its manifest says; with what differs or is in the way. */
  notAdopted: { address: Address; why: string }[];
  requests: number;
}

/**
 * Records ownership of everything that is just as its manifest says, and writes nothing to the service: the session has no
 * way to. What differs is left to `plan` and `apply`.
 */
export async function adoptTarget(input: TargetInput): Promise<Adopted> {
  const planned = await planTarget({
    ...input,
    provider: readingOnly(input.provider),
    policy: { ...input.policy, adopt: 'equal' },
    readOnly: false,
  });
  try {
    const unowned = planned.changes.filter(isAdoption);
    const changes = unowned.filter((change) => !isRefused(change) && change.operations.length === 0);
    const outcome = await applyTarget(
      // What the plan would do besides is not carried out here.
      { ...planned, changes, input: { ...planned.input, resources: [], selects: () => true } },
      { concurrency: 1, onError: 'continue' },
    );
    const failed = new Map(
      outcome.outcomes
        .filter(({ status }) => status !== 'succeeded')
        .map(({ address, error }) => [address, error?.message ?? 'it could not be recorded']),
    );
    return {
      adopted: changes.map(({ address }) => address).filter((address) => !failed.has(address)),
      notAdopted: [
        ...unowned
          .filter((change) => !changes.includes(change))
          .map((change) => ({ address: change.address, why: whyNot(change) })),
        ...[...failed].map(([address, why]) => ({ address, why })),
      ],
      requests: planned.session.reader.requests,
    };
  } finally {
    await planned.close();
  }
}

/** The state is written, and so locked; the service is not. */
function readingOnly(provider: Provider): Provider {
  return { ...provider, open: (connection, _mode, around) => provider.open(connection, 'read', around) };
}

/** An object, or parts of one, that nobody owns yet. */
function isAdoption(change: Change): boolean {
  return change.action === 'adopt' || change.parts.some(({ reason }) => reason === 'unowned');
}

function whyNot({ blocked, parts, fields }: Change): string {
  const block = blocked ?? parts.find((part) => part.blocked !== undefined)?.blocked;
  if (block !== undefined && block.code !== 'UNOWNED') return block.message;
  const differing = [
    ...fields.map(({ pointer }) => pointer),
    ...parts.flatMap((part) =>
      part.fields.length === 0 ? [part.path] : part.fields.map(({ pointer }) => `${part.path}${pointer}`),
    ),
  ];
  return `it differs from its manifest: ${differing.join(', ')}`;
}
