/**
 * Ways in which a real service may differ from the documented examples. Each is seen in the documentation, in public
 * clients, or is one that an unannounced version could bring; `usual` is the documented way wherever there is one.
 */
export interface Dialect {
  // The list of jobs
  counts: boolean;
  listIds: 'both' | 'different' | 'jobId' | '_id';
  nextUrl: 'slash' | 'plain' | 'absolute' | 'null' | 'missing';
  total: 'exact' | 'missing' | 'moving';
  maxPage: number;
  order: 'id' | 'reversed' | 'shuffled';
  /** The list ends early although there is more, and says so nowhere but in `total` and the counts. */
  listCap?: number;
  // Search for schedules
  search: 'works' | '404' | '404-html' | '400' | '500' | '501' | '503';
  searchTotal: boolean;
  searchNextUrl: boolean;
  /** A page never holds more than this, whatever was asked for. */
  searchCap: number;
  searchFields: 'same' | 'scheduleDescription' | 'prefixed' | 'noModes';
  searchParent: 'full' | 'id' | 'idText' | 'jobId' | 'jobIdText' | 'name' | 'oddId' | 'none';
  /** Schedules (by description) that the search does not know yet. */
  searchLacks: readonly string[];
  /** Descriptions as an outdated search still has them: real → shown. */
  searchStale: Readonly<Record<string, string>>;
  // Reading one job
  byName: 'object' | 'results' | '404' | 'empty';
  singleId: '_id' | 'jobId' | 'text';
  // Shapes
  data: 'object' | 'text' | 'missing-when-empty';
  dates: 'iso' | 'plain' | 'echo';
  absent: 'null' | 'missing';
  description: 'same' | 'empty-as-null' | 'empty-as-missing';
  active: 'boolean' | 'text';
  nextRunAt: 'iso' | 'plain' | 'null' | 'missing';
  // Writes
  created: 'full' | 'noSchedules' | 'locationOnly' | 'nothing' | 'textIds' | 'numberText';
  putAnswer: 'success' | 'empty' | '204' | 'object';
  deleteAnswer: 'success' | '204';
  /** What a PUT on a schedule does with fields it is not given. */
  putSchedule: 'merge' | 'replace';
  nullFields: 'clear' | 'ignore' | 'refuse-startTime' | 'refuse-modes';
  errors: 'flat' | 'nested';
}

export const usual: Dialect = {
  counts: true,
  listIds: 'both',
  nextUrl: 'slash',
  total: 'exact',
  maxPage: 100,
  order: 'id',
  search: 'works',
  searchTotal: true,
  searchNextUrl: true,
  searchCap: 100,
  searchFields: 'same',
  searchParent: 'full',
  searchLacks: [],
  searchStale: {},
  byName: 'object',
  singleId: '_id',
  data: 'object',
  dates: 'iso',
  absent: 'null',
  description: 'same',
  active: 'boolean',
  nextRunAt: 'iso',
  created: 'full',
  putAnswer: 'success',
  deleteAnswer: 'success',
  putSchedule: 'merge',
  nullFields: 'clear',
  errors: 'flat',
};

type Choices = { readonly [K in keyof Dialect]?: readonly Dialect[K][] };

/** Every way that a correct service may take; a product must get along with all of them in any combination. */
export const ways = {
  counts: [true, false],
  listIds: ['both', 'different', 'jobId', '_id'],
  nextUrl: ['slash', 'plain', 'absolute', 'null'],
  total: ['exact', 'moving'],
  maxPage: [100, 50, 10],
  order: ['id', 'reversed'],
  search: ['works', '404', '404-html', '400', '501'],
  searchNextUrl: [true, false],
  searchCap: [100, 50, 10],
  searchFields: ['same', 'scheduleDescription'],
  searchParent: ['full', 'id', 'idText'],
  byName: ['object', 'results', '404', 'empty'],
  singleId: ['_id', 'jobId', 'text'],
  data: ['object', 'text', 'missing-when-empty'],
  dates: ['iso', 'plain', 'echo'],
  absent: ['null', 'missing'],
  description: ['same', 'empty-as-null', 'empty-as-missing'],
  active: ['boolean', 'text'],
  nextRunAt: ['iso', 'plain', 'null', 'missing'],
  created: ['full', 'noSchedules', 'locationOnly', 'nothing', 'textIds'],
  putAnswer: ['success', 'empty', '204', 'object'],
  deleteAnswer: ['success', '204'],
  putSchedule: ['merge', 'replace'],
  errors: ['flat', 'nested'],
} satisfies Choices;
