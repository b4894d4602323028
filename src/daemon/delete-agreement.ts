import type { PlanChange } from '../core/plan-document.ts';

/** The deletions of a plan: of whole objects by their address, of parts by address and path. */
function deletionsOf(change: PlanChange): string[] {
  const whole = change.action === 'delete' || change.action === 'deactivate' || change.action === 'replace';
  const parts = change.parts.filter(({ action }) => action === 'delete' || action === 'deactivate');
  return [
    ...(whole ? [`${change.address} ${change.action}`] : []),
    ...parts.map(({ path, action }) => `${change.address}${path} ${action}`),
  ];
}

/**
 * Nothing is deleted for what a single pass saw: a file that was just being written, a listing that came half. Two passes
 * in a row, each with its own reading of manifests and service, have to agree.
 */
export class DeleteAgreement {
  #last: ReadonlySet<string> = new Set();

  /**
   * Takes the plan of a pass; gives the addresses with deletions that the pass before did not have. A plan made `again` over
   * the same observation confirms nothing, but it can be confirmed.
   */
  compare(changes: readonly PlanChange[], again: boolean): string[] {
    const now = new Set(changes.flatMap(deletionsOf));
    const unconfirmed = changes.filter((change) =>
      deletionsOf(change).some((deletion) => again || !this.#last.has(deletion)),
    );
    this.#last = now;
    return unconfirmed.map(({ address }) => address);
  }
}
