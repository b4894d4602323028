import type { TargetOutcome } from '../core/outcome.ts';
import type { PlanTarget } from '../core/plan-document.ts';
import { errorOf } from '../engine/outcomes.ts';
import type { TargetInput } from '../engine/types.ts';
import { backoff } from './backoff.ts';
import type { DaemonClock } from './clock.ts';
import { type Decision, decide, type WatchMode } from './decide.ts';
import { DeleteAgreement } from './delete-agreement.ts';
import { driftsOf } from './drifts.ts';
import { applyDetails, failureDetails, refusalDetails } from './events/details.ts';
import { type Fight, FightDetector } from './fight-detector.ts';
import type { WatchMemory } from './memory.ts';
import { optional } from './optional.ts';
import { Orders } from './orders.ts';
import type { Passes, SeenTarget } from './passes.ts';
import type { Reading, ReadTarget } from './sources/source.ts';
import type { PassRecord, Pause, TargetStatus } from './status.ts';
import { type Happening, StatusBoard } from './status-board.ts';
import { createWindows, type Windows } from './windows.ts';
import { countByStatus, summaryOf } from './wording.ts';
import type { Trigger, WorkQueue } from './work-queue.ts';

export interface TargetWatchDeps {
  name: string;
  clock: DaemonClock;
  passes: Passes;
  memory: WatchMemory;
  queue: Pick<WorkQueue, 'add' | 'addAfter' | 'forget' | 'phase'>;
  /** Config and manifests as of now; throws when the source as a whole cannot be read. */
  read(how: { thorough: boolean }): Promise<Reading>;
  /** From the command line; they win over the config. */
  mode?: WatchMode;
  interval?: number;
  happened(happening: Happening & { target: string }): void;
  /** The status has changed. */
  changed(): void;
}

/** A pass that saw a deletion for the first time, or has just written, looks again this soon, ms. */
const SECOND_LOOK = 5_000;

/** What only says that the manifests are others: what the service looked like a moment ago may serve for their plan. */
const aboutManifests: ReadonlySet<Trigger> = new Set(['files', 'git', 'hook']);

/** One target of the daemon: its passes, and what people see of it. */
export class TargetWatch {
  readonly orders: Orders;
  readonly #deps: TargetWatchDeps;
  readonly #board: StatusBoard;
  readonly #agreement = new DeleteAgreement();
  readonly #fights = new FightDetector();
  #windows: Windows = createWindows([]);
  #good: { input: TargetInput; commit?: string } | undefined;
  #seen: SeenTarget | undefined;
  readonly #stopped = new AbortController();
  #applying: { abort: AbortController; wanted: string } | undefined;

  constructor(deps: TargetWatchDeps) {
    const { name, clock, happened, changed, memory, queue } = deps;
    this.#deps = deps;
    this.#board = new StatusBoard({ status: initialStatus(deps), now: clock.now, happened, changed });
    this.orders = new Orders({
      target: name,
      clock,
      memory,
      board: this.#board,
      wakeAtPauseEnd: (at) => {
        queue.forget(name, 'pause-end');
        if (at !== undefined) queue.addAfter(name, 'pause-end', Math.max(0, at - clock.now()));
      },
    });
  }

  get status(): TargetStatus {
    const phase = this.#deps.queue.phase(this.#deps.name);
    if (phase !== 'running') return { ...this.#board.status, phase };
    return { ...this.#board.status, phase: this.#applying === undefined ? 'planning' : 'applying' };
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

  /** Begins no further operation of an apply under way. */
  interrupt(): void {
    this.#applying?.abort.abort();
  }

  /** Reads no further, and begins no further operation. */
  stop(): void {
    this.#stopped.abort();
    this.interrupt();
  }

  async pause(pause: Pause): Promise<void> {
    await this.orders.setPause(pause);
    this.interrupt();
    this.#deps.queue.add(this.#deps.name, 'hand');
  }

  async resume(by: string): Promise<void> {
    if (await this.orders.endPause(by)) this.#deps.queue.add(this.#deps.name, 'hand');
  }

  /** False when the plan is another one by now, or has nothing to approve. */
  async approve(digest: string, by: string): Promise<boolean> {
    const { plan, condition } = this.#board.status;
    if (plan?.digest !== digest || plan.changes.length === 0 || condition === 'refused') return false;
    await this.orders.approve({ digest, by, at: this.#deps.clock.now() });
    this.#deps.queue.add(this.#deps.name, 'approval');
    return true;
  }

  /** One pass: read, plan, decide, apply. Never throws. */
  async pass(triggers: ReadonlySet<Trigger>): Promise<void> {
    const { clock, queue, name } = this.#deps;
    const record: PassRecord = {
      startedAt: clock.now(),
      endedAt: clock.now(),
      triggers: [...triggers],
      requests: 0,
      writes: 0,
    };
    if (triggers.has('hand')) this.#fights.reset();
    try {
      await this.orders.open();
      await this.#steps(record);
    } catch (error) {
      // What was cut off by the end of the daemon is no failure.
      if (this.#stopped.signal.aborted) return;
      this.#failed(error, record);
    }
    record.endedAt = clock.now();
    const edge = this.#windows.nextEdge(clock.now());
    const open = this.#windows.isOpen(clock.now());
    this.#board.update({ lastPass: record, window: { open, ...optional('nextEdge', edge) } });
    queue.addAfter(name, 'interval', this.#board.status.interval);
    queue.forget(name, 'window');
    if (edge !== undefined) queue.addAfter(name, 'window', edge - clock.now());
  }

  async #steps(record: PassRecord): Promise<void> {
    const thorough = !record.triggers.every((trigger) => aboutManifests.has(trigger));
    const { input, stale, commit } = this.#take(await this.#reading({ thorough }));
    const who = record.triggers.join(', ');
    Object.assign(record, optional('commit', commit));
    if (input === undefined) {
      const message = 'there are no good manifests yet';
      this.#board.become('failed', { type: 'pass-failed', message, who });
      this.#board.update({ waiting: { for: 'stale' } });
      return;
    }
    const maxAge = thorough ? 0 : this.#board.status.interval;
    const seen = await this.#deps.passes.plan(input, { maxAge, signal: this.#stopped.signal });
    record.requests += seen.document.requests;
    this.#seen = seen;
    await this.orders.endPauseInTime();
    const decision = this.#decide(seen, stale);
    this.#show(seen, decision, { who, ...optional('commit', commit) });
    this.#board.update({ failures: 0, error: undefined });
    if (this.#stopped.signal.aborted) return;
    if (decision.apply.length > 0) await this.#apply(input, seen, decision, record);
    if (decision.waiting.for === 'agreement') this.#after('confirm', SECOND_LOOK);
  }

  /** A source that cannot be read is no reason to be blind: the last good manifests go on being compared. */
  async #reading(how: { thorough: boolean }): Promise<Reading> {
    try {
      return await this.#deps.read(how);
    } catch (error) {
      if (this.#good === undefined) throw error;
      const { code, message } = errorOf(error);
      return { targets: new Map(), findings: [{ code, message, severity: 'error' }] };
    }
  }

  /** The reading's wish if it is sound, else the last good one. */
  #take(reading: Reading): { input: TargetInput | undefined; stale: boolean; commit?: string } {
    const target = reading.targets.get(this.#deps.name);
    const findings = [...reading.findings, ...(target?.findings ?? [])];
    const wrong = findings.find(({ severity }) => severity === 'error');
    if (target?.input !== undefined && wrong === undefined) {
      this.#configure(target);
      this.#good = { input: target.input, ...optional('commit', reading.commit) };
      const wasStale = this.#board.status.staleSince !== undefined;
      this.#board.update({ staleSince: undefined, findings });
      if (wasStale)
        this.#board.tell({ type: 'fresh', message: 'the manifests are sound again', who: 'source' });
      return { input: target.input, stale: false, ...optional('commit', reading.commit) };
    }
    this.#goStale(wrong?.message ?? 'the target is gone from the config');
    this.#board.update({ findings });
    return { input: this.#good?.input, stale: true, ...optional('commit', this.#good?.commit) };
  }

  #goStale(why: string): void {
    if (this.#board.status.staleSince !== undefined) return;
    this.#board.update({ staleSince: this.#deps.clock.now() });
    const message = `the manifests cannot be used, the last good ones are kept: ${why}`;
    this.#board.tell({ type: 'stale', message, who: 'source' });
  }

  #configure({ watch, input }: ReadTarget): void {
    const { mode = watch.mode, interval = watch.interval } = this.#deps;
    this.#windows = createWindows(watch.windows);
    this.#board.update({
      mode,
      interval,
      selfHeal: watch.selfHeal,
      ...(input === undefined ? {} : { provider: input.provider.name, prune: input.policy.prune }),
    });
  }

  #decide(seen: SeenTarget, stale: boolean): Decision {
    const now = this.#deps.clock.now();
    this.#fights.observe(driftsOf(seen), now);
    const fights = this.#fights.fights(now);
    this.#showFights(fights);
    const open = this.#windows.isOpen(now);
    return decide({
      plan: seen.document,
      stale,
      mode: this.#board.status.mode,
      selfHeal: this.#board.status.selfHeal,
      paused: this.orders.pause !== undefined,
      window: { open, ...optional('opens', open ? undefined : this.#windows.nextOpening(now)) },
      ...optional('approved', this.orders.approval?.digest),
      unconfirmed: this.#agreement.compare(seen.document.changes, seen.again),
      fights,
    });
  }

  async #apply(
    input: TargetInput,
    seen: SeenTarget,
    { apply: addresses }: Decision,
    record: PassRecord,
  ): Promise<void> {
    const abort = new AbortController();
    this.#applying = { abort, wanted: wantedBy(input) };
    this.#deps.changed();
    try {
      const wish = { document: seen.document, addresses, signal: abort.signal };
      const outcome = await this.#deps.passes.apply(input, wish);
      if (outcome === 'moved') {
        this.#after('retry', backoff(1, this.#deps.clock.random));
        return;
      }
      record.requests += outcome.requests;
      record.writes += outcome.writes;
      const { approval } = this.orders;
      const who = approval?.digest === seen.document.digest ? approval.by : 'watch';
      await this.orders.useApproval(seen.document.digest);
      this.#applied(outcome, seen, record, who);
    } finally {
      this.#applying = undefined;
    }
  }

  #applied(outcome: TargetOutcome, seen: SeenTarget, { commit, triggers }: PassRecord, who: string): void {
    const { clock } = this.#deps;
    const done = new Set(
      outcome.outcomes.flatMap(({ status, address }) => (status === 'succeeded' ? address : [])),
    );
    for (const drift of driftsOf(seen)) if (done.has(drift.address)) this.#fights.healed(drift, clock.now());
    const summary = countByStatus(outcome);
    const message = summaryOf(outcome);
    const failed = outcome.error !== undefined || (summary.failed ?? 0) > 0;
    const error = outcome.error ?? outcome.outcomes.find((one) => one.error !== undefined)?.error;
    this.#board.update({ lastApply: { at: clock.now(), summary, ...optional('commit', commit) } });
    this.#board.tell({
      type: failed ? 'apply-failed' : 'applied',
      message,
      who,
      ...optional('commit', commit),
      details: applyDetails(seen.document, outcome, triggers),
    });
    if (!failed) {
      this.#after('confirm', SECOND_LOOK);
      return;
    }
    this.#board.become('failed', undefined);
    this.#board.update({ failures: this.#board.status.failures + 1, ...optional('error', error) });
    this.#retry();
  }

  #show(
    { document: plan, observedAt }: SeenTarget,
    { waiting }: Decision,
    about: { who: string; commit?: string },
  ): void {
    const isOther = this.#board.status.plan?.digest !== plan.digest;
    this.#board.update({ plan, observedAt, url: plan.url, waiting, ...optional('commit', about.commit) });
    const count = plan.changes.length;
    if (waiting.for === 'refused')
      this.#board.become(
        'refused',
        { type: 'refused', message: refusalOf(plan), ...about, details: refusalDetails(plan) },
        isOther,
      );
    else if (count === 0) this.#board.become('inStep', { type: 'in-step', message: 'in step', ...about });
    else {
      const message = `${count} ${count === 1 ? 'difference' : 'differences'}`;
      this.#board.become('differs', { type: 'differences', message, ...about }, isOther);
    }
  }

  #showFights(fights: readonly Fight[]): void {
    const known = new Set(this.#board.status.fights.map(({ address }) => address));
    const now = new Set(fights.map(({ address }) => address));
    for (const { address, over, rounds } of fights) {
      if (known.has(address)) continue;
      const message = `somebody changes back what is set here: ${address} (${over.join(', ')}) was put back ${rounds} times within an hour; it is left alone now`;
      this.#board.tell({ type: 'fight', message, who: 'watch' });
    }
    for (const address of known) {
      if (now.has(address)) continue;
      this.#board.tell({ type: 'fight-over', message: `${address} is looked after again`, who: 'watch' });
    }
    this.#board.update({ fights });
  }

  #failed(error: unknown, { triggers }: PassRecord): void {
    const shown = errorOf(error);
    const message = shown.message.split('\n')[0] ?? '';
    const details = failureDetails(shown, triggers);
    this.#board.become('failed', { type: 'pass-failed', message, who: triggers.join(', '), details });
    this.#board.update({ error: shown, failures: this.#board.status.failures + 1 });
    this.#retry();
  }

  #retry(): void {
    this.#after('retry', backoff(this.#board.status.failures, this.#deps.clock.random));
  }

  #after(trigger: Trigger, ms: number): void {
    this.#deps.queue.addAfter(this.#deps.name, trigger, ms);
  }
}

function initialStatus({ name, clock, mode, interval }: TargetWatchDeps): TargetStatus {
  return {
    name,
    provider: '',
    url: '',
    mode: mode ?? 'observe',
    interval: interval ?? 60_000,
    selfHeal: false,
    prune: false,
    phase: 'idle',
    condition: 'unknown',
    since: clock.now(),
    waiting: { for: 'nothing' },
    findings: [],
    window: { open: true },
    fights: [],
    failures: 0,
  };
}

function refusalOf(plan: PlanTarget): string {
  const codes = [
    ...plan.diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code),
    ...plan.changes.flatMap((change) =>
      [change, ...change.parts].flatMap(({ blocked }) => blocked?.code ?? []),
    ),
  ];
  return `a safety rule refuses the plan: ${[...new Set(codes)].join(', ')}`;
}

function wantedBy(input: TargetInput): string {
  return JSON.stringify(input.resources.map(({ address, spec, lifecycle }) => [address, spec, lifecycle]));
}
