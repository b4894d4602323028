/**
 * The verbs of batch scheduling (`proxyObject.type`), all in one place. The manual documents `process` and `list`; its page about
 * switching schedules on and off is not public, so `enable` and `disable` are inferred from its naming pattern
 * `schedule-batch-{METHOD}`. There is no documented delete.
 */
export const VERBS = {
  process: { type: 'schedule-batch-process', documented: true },
  list: { type: 'schedule-batch-list', documented: true },
  enable: { type: 'schedule-batch-enable', documented: false },
  disable: { type: 'schedule-batch-disable', documented: false },
} as const satisfies Readonly<Record<string, { type: string; documented: boolean }>>;

export type Verb = keyof typeof VERBS;
