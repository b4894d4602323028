import { canonicalText, type Json } from '../core/json.ts';
import type { PlanChange, PlanTarget } from '../core/plan-document.ts';
import { PlanMemo } from '../core/plan-memo.ts';
import { applyTarget } from '../engine/apply.ts';
import { planTarget } from '../engine/plan.ts';
import { type PlannedBefore, planAgain } from '../engine/plan-again.ts';
import type { PlannedTarget, TargetInput } from '../engine/types.ts';
import type { Passes, SeenTarget } from './passes.ts';

export interface EnginePassesOptions {
  /** Changes of one target that are applied side by side. */
  concurrency: number;
  /** Takes what is secret out of a plan before anybody sees it. */
  redacted(document: PlanTarget): PlanTarget;
  /** Do the manifests hold edits that their commit does not? Asked before an apply alone: git looks at every file for it. */
  isDirty(): Promise<boolean>;
  /** The target gets on: for the watch over passes that hang. */
  progress(target: string): void;
}

/** Passes made with the engine: planning opens no session that could write, applying takes the lock first. */
export function enginePasses({ concurrency, redacted, isDirty, progress }: EnginePassesOptions): Passes {
  /** Per target: what the last plan was made over, and the session that it was read with. None after an apply. */
  const plans = new Map<string, PlannedBefore>();

  /** Over the last observation if it is young enough; else over a new one. */
  async function plan(
    input: TargetInput,
    { maxAge, signal }: Parameters<Passes['plan']>[1],
  ): Promise<{ planned: PlannedTarget; again: boolean }> {
    const before = plans.get(input.name);
    plans.delete(input.name);
    const { surroundings } = input;
    const reading = {
      ...input,
      readOnly: true,
      ...(signal === undefined ? {} : { surroundings: { ...surroundings, signal } }),
    };
    const isYoung = before !== undefined && surroundings.now() - before.observed.observedAt < maxAge;
    const again = isYoung ? await planAgain(reading, before) : undefined;
    if (again === undefined) await before?.session.close();
    const memo = again === undefined || before === undefined ? new PlanMemo() : before.memo;
    const planned = again ?? (await planTarget(reading, memo));
    const { observed, session } = planned;
    plans.set(input.name, { input: reading, observed, memo, session });
    return { planned, again: again !== undefined };
  }

  async function forget(name: string): Promise<void> {
    const before = plans.get(name);
    plans.delete(name);
    await before?.session.close();
  }

  return {
    async plan(input, how) {
      const { planned, again } = await plan(input, how);
      progress(input.name);
      return seenOf(planned, again, redacted);
    },
    async apply(input, { document, addresses, signal }) {
      await forget(input.name);
      const wanted = new Set(addresses);
      const planned = await planUnderLock({ ...input, dirty: await isDirty() }, wanted, signal);
      if (planned === undefined) return 'moved';
      try {
        if (signal.aborted) return 'moved';
        const decided = document.changes.filter(({ address }) => wanted.has(address));
        if (workOf(decided) !== workOf(redacted(planned.document).changes)) return 'moved';
        return await applyTarget(planned, {
          concurrency,
          onError: 'continue',
          signal,
          onProgress: () => progress(input.name),
        });
      } finally {
        await planned.close();
      }
    },
    async close() {
      for (const name of plans.keys()) await forget(name);
    },
  };
}

/** Undefined when the signal came while somebody else had the lock. */
async function planUnderLock(
  input: TargetInput,
  wanted: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<PlannedTarget | undefined> {
  const { claim } = input;
  try {
    return await planTarget({
      ...input,
      readOnly: false,
      selects: (address) => wanted.has(address),
      ...(claim === undefined ? {} : { claim: { ...claim, signal } }),
    });
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

function seenOf(
  planned: PlannedTarget,
  again: boolean,
  redacted: EnginePassesOptions['redacted'],
): SeenTarget {
  return {
    document: redacted(planned.document),
    drift: planned.drift,
    desired: planned.input.resources,
    live: planned.live,
    inventory: planned.state.inventory,
    observedAt: planned.observed.observedAt,
    again,
  };
}

/** What a plan would do and to what: what may differ between two plans of the same work (runs, requests) is left out. */
function workOf(changes: readonly PlanChange[]): string {
  const work = changes.map(({ address, action, reason, patch, operations, liveFingerprint }) => ({
    address,
    action,
    reason,
    patch,
    operations: operations.map(({ id, summary }) => `${id} ${summary}`),
    liveFingerprint: liveFingerprint ?? null,
  }));
  return canonicalText(work as unknown as Json);
}
