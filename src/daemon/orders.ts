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
  #opened: Promise<void> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: OrdersOptions) {
    this.#options = options;
  }

  get pause(): Pause | undefined {
    return this.#memory.pause;
  }

  get approval(): Approval | undefined {
    return this.#memory.approval;
  }

  /** Reads what was said before; once. */
  open(): Promise<void> {
    this.#opened ??= this.#read().catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  async setPause(pause: Pause): Promise<void> {
    const { pause: before } = await this.#remember((memory) => ({ ...memory, pause }));
    this.#options.wakeAtPauseEnd(pause.until);
    const until =
      pause.until === undefined
        ? ''
        : ` until ${new Date(pause.until).toISOString().replace(/\.\d+Z$/, 'Z')}`;
    this.#options.board.tell({
      type: 'paused',
      message: `paused${until}: ${pause.reason}`,
      who: pause.by,
      details: { before: before === undefined ? null : { ...before }, after: { ...pause } },
    });
  }

  /** False when there was no pause. */
  async endPause(who: string): Promise<boolean> {
    const { pause } = await this.#remember(({ pause: _over, ...rest }) => rest);
    if (pause === undefined) return false;
    this.#options.wakeAtPauseEnd(undefined);
    this.#options.board.tell({
      type: 'resumed',
      message: `no longer paused (${pause.reason})`,
      who,
      details: { before: { ...pause }, after: null },
    });
    return true;
  }

  /** Called by every pass: a pause whose end has come is over. */
  async endPauseInTime(): Promise<void> {
    const until = this.#memory.pause?.until;
    if (until !== undefined && until <= this.#options.clock.now()) await this.endPause('clock');
  }

  async approve(approval: Approval): Promise<void> {
    await this.#remember((memory) => ({ ...memory, approval }));
    const message = `the plan ${approval.digest.slice(0, 12)} was approved`;
    this.#options.board.tell({ type: 'approved', message, who: approval.by });
  }

  /** An approval is for one apply; what differs afterwards wants another one. */
  async useApproval(digest: string): Promise<void> {
    if (this.#memory.approval?.digest !== digest) return;
    await this.#remember((memory) => {
      const { approval, ...rest } = memory;
      return approval?.digest === digest ? rest : memory;
    });
  }

  async #read(): Promise<void> {
    this.#memory = await this.#options.memory.read(this.#options.target);
    this.#show();
    this.#options.wakeAtPauseEnd(this.#memory.pause?.until);
  }

  /**
   * One change after the other, each over what the one before has left: people and passes speak at the same time, and
   * neither may take back what the other has said. Gives what was remembered before.
   */
  #remember(change: (memory: TargetMemory) => TargetMemory): Promise<TargetMemory> {
    const turn = this.#last.then(async () => {
      await this.open();
      const before = this.#memory;
      const memory = change(before);
      await this.#options.memory.write(this.#options.target, memory);
      this.#memory = memory;
      this.#show();
      return before;
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #show(): void {
    const { pause, approval } = this.#memory;
    this.#options.board.update({ pause, approval });
  }
}
