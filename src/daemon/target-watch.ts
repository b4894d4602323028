import type { TargetOutcome } from '../core/outcome.ts';
import type { PlanTarget } from '../core/plan-document.ts';
import { errorOf } from '../engine/outcomes.ts';
import type { TargetInput } from '../engine/types.ts';
import { backoff } from './backoff.ts';
import type { DaemonClock } from './clock.ts';
import { type Decision, decide, type WatchMode } from './decide.ts';
import { DeleteAgreement } from './delete-agreement.ts';
import { driftsOf } from './drifts.ts';
import type { EventType } from './events.ts';
import { type DriftOf, FightDetector } from './fight-detector.ts';
import type { TargetMemory, WatchMemory } from './memory.ts';
import type { Passes, SeenTarget } from './passes.ts';
import type { ReadTarget, Reading } from './source.ts';
import type { Condition, PassRecord, Pause, TargetStatus } from './status.ts';
import { createWindows, type Windows } from './windows.ts';
import type { Trigger, WorkQueue } from './work-queue.ts';
import { countByStatus, summaryOf } from './wording.ts';

export interface TargetWatchDeps {
  name: string;
  clock: DaemonClock;
  passes: Passes;
  memory: WatchMemory;
  queue: Pick<WorkQueue, 'add' | 'addAfter' | 'forget' | 'phase'>;
  /** As of now; throws when the source as a whole cannot be read. */
  read(): Promise<Reading>;
  /** ms after which a pass is given up. */
  timeLimit: number;
  /** From the command line; wins over the config. */
  mode?: WatchMode;
  interval?: number;
  happened(event: { target: string; type: EventType; message: string; who: string; commit?: string }): void;
  /** The status has changed. */
  changed(): void;
}

/** A pass that saw a deletion for the first time looks again this soon, ms. */
const SECOND_LOOK = 5_000;

/** One target of the daemon: its passes, and what people see of it. */
export class TargetWatch {
  readonly #deps: TargetWatchDeps;
  readonly #agreement = new DeleteAgreement();
  readonly #fights = new FightDetector();
  #memory: TargetMemory = {};
  #windows: Windows = createWindows([]);
  #status: TargetStatus;
  #good: { input: TargetInput; commit?: string } | undefined;
  #seen: SeenTarget | undefined;
  #applying: { abort: AbortController; wanted: string } | undefined;

  constructor(deps: TargetWatchDeps) {
    this.#deps = deps;
    this.#status = {
      name: deps.name,
      provider: '',
      url: '',
      mode: deps.mode ?? 'observe',
      interval: deps.interval ?? 60_000,
      selfHeal: false,
      prune: false,
      phase: 'idle',
      condition: 'unknown',
      since: deps.clock.now(),
      waiting: { for: 'nothing' },
      findings: [],
      window: { open: true },
      fights: [],
      failures: 0,
    };
  }

  /** Reads what outlives a restart. */
  async open(): Promise<void> {
    this.#memory = await this.#deps.memory.read(this.#deps.name);
    this.#showMemory();
    const { pause } = this.#memory;
    if (pause?.until !== undefined) this.#wakeAt(pause.until, 'pause-end');
  }

  get status(): TargetStatus {
    const phase = this.#deps.queue.phase(this.#deps.name);
    if (phase !== 'running') return { ...this.#status, phase };
    return { ...this.#status, phase: this.#applying === undefined ? 'planning' : 'applying' };
  }

  /** The last pass's view; undefined before the first. */
  get seen(): SeenTarget | undefined {
    return this.#seen;
  }

  /** The input of the last good reading: for questions of the pages to the service. */
  get input(): TargetInput | undefined {
    return this.#good?.input;
  }

  /** New manifests while an apply runs: what is in flight ends, the rest is planned again. */
  supersede(reading: Reading): void {
    const input = reading.targets.get(this.#deps.name)?.input;
    if (this.#applying === undefined || input === undefined) return;
    if (wantedBy(input) !== this.#applying.wanted) this.#applying.abort.abort();
  }

  /** One pass: read, plan, decide, apply. Never throws. */
  async pass(triggers: ReadonlySet<Trigger>): Promise<void> {
    const startedAt = this.#deps.clock.now();
    const record: PassRecord = { startedAt, endedAt: startedAt, triggers: [...triggers], requests: 0, writes: 0 };
    if (triggers.has('hand')) this.#fights.reset();
    try {
      await this.#withTimeLimit(this.#steps(triggers, record));
      this.#update({ failures: 0, error: undefined });
    } catch (error) {
      this.#failed(error, [...triggers]);
    }
    record.endedAt = this.#deps.clock.now();
    this.#update({ lastPass: record });
    const { addAfter } = this.#queue();
    addAfter('interval', this.#status.interval);
    const edge = this.#windows.nextEdge(this.#deps.clock.now());
    this.#update({ window: { open: this.#windows.isOpen(this.#deps.clock.now()), ...optional('nextEdge', edge) } });
    if (edge !== undefined) this.#wakeAt(edge, 'window');
  }

  async pause(pause: Pause): Promise<void> {
    await this.#remember({ ...this.#memory, pause });
    this.#deps.queue.forget(this.#deps.name, 'pause-end');
    if (pause.until !== undefined) this.#wakeAt(pause.until, 'pause-end');
    const until = pause.until === undefined ? '' : ` until ${new Date(pause.until).toISOString()}`;
    this.#tell('paused', `paused${until}: ${pause.reason}`, pause.by);
    if (this.#applying !== undefined) this.#applying.abort.abort();
  }

  async resume(by: string): Promise<void> {
    if (this.#memory.pause === undefined) return;
    const { pause: _over, ...rest } = this.#memory;
    await this.#remember(rest);
    this.#deps.queue.forget(this.#deps.name, 'pause-end');
    this.#tell('resumed', 'resumed', by);
    this.#deps.queue.add(this.#deps.name, 'hand');
  }

  /** False when the plan is another one by now. */
  async approve(digest: string, by: string): Promise<boolean> {
    const { plan } = this.#status;
    if (plan?.digest !== digest || plan.changes.length === 0) return false;
    await this.#remember({ ...this.#memory, approval: { digest, by, at: this.#deps.clock.now() } });
    this.#tell('approved', `the plan ${digest.slice(0, 12)} was approved`, by);
    this.#deps.queue.add(this.#deps.name, 'approval');
    return true;
  }

  async #steps(triggers: ReadonlySet<Trigger>, record: PassRecord): Promise<void> {
    const reading = await this.#deps.read();
    const { input, stale, commit } = this.#take(reading);
    if (input === undefined) return this.#invalid();
    Object.assign(record, optional('commit', commit));
    const seen = await this.#deps.passes.plan(input);
    record.requests += seen.document.requests;
    this.#seen = seen;
    await this.#endPauseInTime();
    const decision = this.#decide(seen, stale);
    this.#show(seen.document, decision, [...triggers].join(', '), commit);
    if (decision.apply.length > 0) await this.#apply(input, seen, decision, record, commit);
    // What was left for later is looked at again soon: the second look at deletions, the service after an apply.
    if (decision.waiting.for === 'agreement') this.#queue().addAfter('confirm', SECOND_LOOK);
  }

  /** The reading's wish if it is sound, else the last good one. */
  #take(reading: Reading): { input: TargetInput | undefined; stale: boolean; commit?: string } {
    const target = reading.targets.get(this.#deps.name);
    const findings = [...reading.findings, ...(target?.findings ?? [])];
    if (target !== undefined) this.#configure(target);
    const isSound = target?.input !== undefined && !findings.some(({ severity }) => severity === 'error');
    if (isSound && target?.input !== undefined) {
      this.#good = { input: target.input, ...optional('commit', reading.commit) };
      if (this.#status.staleSince !== undefined) this.#tell('fresh', 'the manifests are sound again', 'source');
      this.#update({ staleSince: undefined, findings });
      return { input: target.input, stale: false, ...optional('commit', reading.commit) };
    }
    this.#goStale(findings.find(({ severity }) => severity === 'error')?.message ?? 'the target is gone');
    this.#update({ findings });
    return { input: this.#good?.input, stale: true, ...optional('commit', this.#good?.commit) };
  }

  #goStale(why: string): void {
    if (this.#status.staleSince !== undefined) return;
    this.#update({ staleSince: this.#deps.clock.now() });
    this.#tell('stale', `the last good manifests are kept: ${why}`, 'source');
  }

  #configure({ watch, input }: ReadTarget): void {
    const { mode = watch.mode, interval = watch.interval } = this.#deps;
    this.#windows = createWindows(watch.windows);
    this.#update({
      mode,
      interval,
      selfHeal: watch.selfHeal,
      ...(input === undefined ? {} : { provider: input.provider.name, prune: input.policy.prune }),
    });
  }

  #invalid(): void {
    this.#condition('failed', 'pass-failed', 'there are no good manifests yet', 'source');
    this.#update({ waiting: { for: 'stale' } });
  }

  #decide(seen: SeenTarget, stale: boolean): Decision {
    const now = this.#deps.clock.now();
    const drifts = driftsOf(seen);
    this.#fights.observe(drifts, now);
    const fights = this.#fights.fights(now);
    this.#showFights(fights);
    const open = this.#windows.isOpen(now);
    const { approval, pause } = this.#memory;
    return decide({
      plan: seen.document,
      stale,
      mode: this.#status.mode,
      selfHeal: this.#status.selfHeal,
      paused: pause !== undefined,
      window: { open, ...optional('opens', open ? undefined : this.#windows.nextOpening(now)) },
      ...optional('approved', approval?.digest),
      unconfirmed: this.#agreement.compare(seen.document.changes),
      fights,
    });
  }

  async #apply(
    input: TargetInput,
    seen: SeenTarget,
    { apply: addresses }: Decision,
    record: PassRecord,
    commit: string | undefined,
  ): Promise<void> {
    const abort = new AbortController();
    this.#applying = { abort, wanted: wantedBy(input) };
    this.#deps.changed();
    try {
      const wish = { document: seen.document, addresses, signal: abort.signal };
      const outcome = await this.#deps.passes.apply(input, wish);
      if (outcome === 'moved') {
        this.#queue().addAfter('retry', backoff(1, this.#deps.clock.random));
        return;
      }
      record.requests += outcome.requests;
      record.writes += outcome.writes;
      this.#applied(outcome, seen, addresses, commit);
    } finally {
      this.#applying = undefined;
    }
  }

  #applied(
    outcome: TargetOutcome,
    seen: SeenTarget,
    addresses: readonly string[],
    commit: string | undefined,
  ): void {
    const now = this.#deps.clock.now();
    const done = new Set(
      outcome.outcomes.filter(({ status }) => status === 'succeeded').map(({ address }) => address),
    );
    const drifts: DriftOf[] = driftsOf(seen);
    for (const drift of drifts) if (done.has(drift.address)) this.#fights.healed(drift, now);
    const summary = countByStatus(outcome);
    this.#update({ lastApply: { at: now, summary, ...optional('commit', commit) } });
    const failed = outcome.error !== undefined || (summary.failed ?? 0) > 0;
    const text = summaryOf(outcome);
    this.#tell(failed ? 'apply-failed' : 'applied', text, 'watch', commit);
    if (failed) {
      const first = outcome.error ?? outcome.outcomes.find(({ error }) => error !== undefined)?.error;
      this.#condition('failed', undefined, text, 'watch');
      this.#update({ failures: this.#status.failures + 1, ...optional('error', first) });
      this.#retry();
      return;
    }
    if (addresses.length === seen.document.changes.length) this.#condition('inStep', undefined, text, 'watch');
    // The next pass confirms what was written.
    this.#queue().addAfter('confirm', SECOND_LOOK);
  }

  #show(plan: PlanTarget, decision: Decision, who: string, commit: string | undefined): void {
    const before = this.#status.plan?.digest;
    this.#update({ plan, url: plan.url, waiting: decision.waiting, ...optional('commit', commit) });
    if (decision.waiting.for === 'refused') {
      const isOther = before !== plan.digest;
      this.#condition('refused', 'refused', `a safety rule refuses the plan`, who, commit, isOther);
      return;
    }
    if (plan.changes.length === 0) {
      this.#condition('inStep', 'in-step', 'in step', who, commit);
      return;
    }
    const count = plan.changes.length;
    const text = `${count} ${count === 1 ? 'difference' : 'differences'}`;
    this.#condition('differs', 'differences', text, who, commit, before !== plan.digest);
  }

  #showFights(fights: TargetStatus['fights']): void {
    const known = new Set(this.#status.fights.map(({ address }) => address));
    const now = new Set(fights.map(({ address }) => address));
    for (const { address, over, rounds } of fights) {
      if (known.has(address)) continue;
      const what = `${address} (${over.join(', ')}) was put back ${rounds} times within an hour and changed again each time`;
      this.#tell('fight', `somebody changes back what is set here: ${what}; it is left alone now`, 'watch');
    }
    for (const address of known) {
      if (!now.has(address)) this.#tell('fight-over', `${address} is looked after again`, 'watch');
    }
    this.#update({ fights });
  }

  #failed(error: unknown, triggers: readonly Trigger[]): void {
    const shown = errorOf(error);
    this.#condition('failed', 'pass-failed', shown.message.split('\n')[0] ?? '', triggers.join(', '));
    this.#update({ error: shown, failures: this.#status.failures + 1 });
    this.#retry();
  }

  #retry(): void {
    this.#queue().addAfter('retry', backoff(this.#status.failures, this.#deps.clock.random));
  }

  /** Sets the condition; an event is made only when it is another one, or the plan is. */
  #condition(
    condition: Condition,
    type: EventType | undefined,
    message: string,
    who: string,
    commit?: string,
    isOther = false,
  ): void {
    const before = this.#status.condition;
    if (before !== condition) this.#update({ condition, since: this.#deps.clock.now() });
    if (before === 'failed' && condition !== 'failed') this.#tell('recovered', 'works again', who, commit);
    if (type !== undefined && (before !== condition || isOther)) this.#tell(type, message, who, commit);
  }

  async #endPauseInTime(): Promise<void> {
    const { pause, ...rest } = this.#memory;
    if (pause?.until === undefined || pause.until > this.#deps.clock.now()) return;
    await this.#remember(rest);
    this.#tell('resumed', 'the pause is over', 'clock');
  }

  async #remember(memory: TargetMemory): Promise<void> {
    await this.#deps.memory.write(this.#deps.name, memory);
    this.#memory = memory;
    this.#showMemory();
  }

  #showMemory(): void {
    const { pause, approval } = this.#memory;
    this.#update({ pause, approval });
  }

  #wakeAt(at: number, trigger: Trigger): void {
    this.#queue().addAfter(trigger, Math.max(0, at - this.#deps.clock.now()));
  }

  #queue(): { addAfter(trigger: Trigger, ms: number): void } {
    return { addAfter: (trigger, ms) => this.#deps.queue.addAfter(this.#deps.name, trigger, ms) };
  }

  #tell(type: EventType, message: string, who: string, commit?: string): void {
    this.#deps.happened({ target: this.#deps.name, type, message, who, ...optional('commit', commit) });
  }

  /** Sets what is given; `undefined` takes a field away. */
  #update(fields: { [Key in keyof TargetStatus]?: TargetStatus[Key] | undefined }): void {
    const entries = Object.entries({ ...this.#status, ...fields }).filter(([, value]) => value !== undefined);
    this.#status = Object.fromEntries(entries) as unknown as TargetStatus;
    this.#deps.changed();
  }

  async #withTimeLimit(steps: Promise<void>): Promise<void> {
    const { clock, timeLimit } = this.#deps;
    let cancel = (): void => undefined;
    const late = new Promise<never>((_, reject) => {
      cancel = clock.after(timeLimit, () => {
        this.#applying?.abort.abort();
        reject(tooLong(timeLimit));
      });
    });
    try {
      await Promise.race([steps, late]);
    } finally {
      cancel();
    }
  }
}

function wantedBy(input: TargetInput): string {
  return JSON.stringify(input.resources.map(({ address, spec, lifecycle }) => [address, spec, lifecycle]));
}

function optional<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { [K in Key]?: Value });
}
