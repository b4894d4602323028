import type { DaemonClock } from './clock.ts';
import type { TargetMemory, WatchMemory } from './memory.ts';
import type { Approval, Pause } from './status.ts';
import type { StatusBoard } from './status-board.ts';

export interface OrdersOptions {
  target: string;
  clock: DaemonClock;
  memory: WatchMemory;
  board: StatusBoard;
  /** Wakes the target at an instant, epoch ms; undefined takes that back. */
  wakeAtPauseEnd(at: number | undefined): void;
}

/** What people have said about a target: a pause, an approval. It outlives restarts. */
export class Orders {
  readonly #options: OrdersOptions;
  #memory: TargetMemory = {};

  constructor(options: OrdersOptions) {
    this.#options = options;
  }

  get pause(): Pause | undefined {
    return this.#memory.pause;
  }

  get approval(): Approval | undefined {
    return this.#memory.approval;
  }

  async open(): Promise<void> {
    this.#memory = await this.#options.memory.read(this.#options.target);
    this.#show();
    this.#options.wakeAtPauseEnd(this.#memory.pause?.until);
  }

  async setPause(pause: Pause): Promise<void> {
    await this.#remember({ ...this.#memory, pause });
    this.#options.wakeAtPauseEnd(pause.until);
    const until = pause.until === undefined ? '' : ` until ${new Date(pause.until).toISOString()}`;
    this.#options.board.tell({ type: 'paused', message: `paused${until}: ${pause.reason}`, who: pause.by });
  }

  /** False when there was no pause. */
  async endPause(who: string): Promise<boolean> {
    const { pause, ...rest } = this.#memory;
    if (pause === undefined) return false;
    await this.#remember(rest);
    this.#options.wakeAtPauseEnd(undefined);
    this.#options.board.tell({ type: 'resumed', message: `no longer paused (${pause.reason})`, who });
    return true;
  }

  /** Called by every pass: a pause whose end has come is over. */
  async endPauseInTime(): Promise<void> {
    const until = this.#memory.pause?.until;
    if (until !== undefined && until <= this.#options.clock.now()) await this.endPause('clock');
  }

  async approve(approval: Approval): Promise<void> {
    await this.#remember({ ...this.#memory, approval });
    const message = `the plan ${approval.digest.slice(0, 12)} was approved`;
    this.#options.board.tell({ type: 'approved', message, who: approval.by });
  }

  /** An approval is for one apply; what differs afterwards wants another one. */
  async useApproval(digest: string): Promise<void> {
    if (this.#memory.approval?.digest !== digest) return;
    const { approval: _used, ...rest } = this.#memory;
    await this.#remember(rest);
  }

  async #remember(memory: TargetMemory): Promise<void> {
    await this.#options.memory.write(this.#options.target, memory);
    this.#memory = memory;
    this.#show();
  }

  #show(): void {
    const { pause, approval } = this.#memory;
    this.#options.board.update({ pause, approval });
  }
}
