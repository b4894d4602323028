/** What a target allows; defaults as in the documentation of `policy`. */
export interface Policy {
  /** Remove live objects whose manifest went away. */
  prune: boolean;
  adopt: 'never' | 'equal' | 'always';
  /** Refuse to delete more than this: percent of what is owned (once there are 10), and a count. */
  maxDeletes: { percent: number; count: number };
  allowDeleteAll: boolean;
  allowEmpty: boolean;
  /** What to put back when somebody else changed it. */
  heal: readonly ('fields' | 'active')[];
}

export const defaultPolicy: Policy = {
  prune: false,
  adopt: 'never',
  maxDeletes: { percent: 30, count: 50 },
  allowDeleteAll: false,
  allowEmpty: false,
  heal: ['fields'],
};
