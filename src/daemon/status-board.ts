import type { JsonObject } from '../core/json.ts';
import type { EventType } from './events/events.ts';
import type { Condition, TargetStatus } from './status.ts';

/** Something to be told: to the audit log, the pages and, where it is news, to people. */
export interface Happening {
  type: EventType;
  message: string;
  /** Who or what: triggers, a person's word. */
  who: string;
  commit?: string;
  /** For the audit log. */
  details?: JsonObject;
}

export interface StatusBoardOptions {
  status: TargetStatus;
  now(): number;
  happened(happening: Happening & { target: string }): void;
  changed(): void;
}

/** The status of one target. Changes are told once: a condition that holds on is no news. */
export class StatusBoard {
  readonly #options: StatusBoardOptions;
  #status: TargetStatus;

  constructor(options: StatusBoardOptions) {
    this.#options = options;
    this.#status = options.status;
  }

  get status(): TargetStatus {
    return this.#status;
  }

  /** Sets what is given; `undefined` takes a field away. */
  update(fields: { [Key in keyof TargetStatus]?: TargetStatus[Key] | undefined }): void {
    const entries = Object.entries({ ...this.#status, ...fields }).filter(([, value]) => value !== undefined);
    this.#status = Object.fromEntries(entries) as unknown as TargetStatus;
    this.#options.changed();
  }

  /** `isNews`: tell it even if the condition is the same as before (another plan, say). */
  become(condition: Condition, happening: Happening | undefined, isNews = false): void {
    const before = this.#status.condition;
    if (before !== condition) this.update({ condition, since: this.#options.now() });
    if (before === 'failed' && condition !== 'failed')
      this.tell({ type: 'recovered', message: 'works again', who: happening?.who ?? 'watch' });
    if (happening !== undefined && (before !== condition || isNews)) this.tell(happening);
  }

  tell(happening: Happening): void {
    this.#options.happened({ target: this.#status.name, ...happening });
  }
}
