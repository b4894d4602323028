import { ReconcileError } from '../../core/errors.ts';
import { isPageSizeRefused } from './refusal.ts';

export interface Page<Row> {
  /** How many there are in all, as the service saw it when it gave this page. */
  total: number;
  rows: Row[];
}

export interface PageSource<Row> {
  /** For people: `jobs`. */
  what: string;
  fetch(offset: number, size: number): Promise<Page<Row>>;
  idOf(row: Row): string;
  /** Told after each page. */
  progress?(read: number, total: number): void;
}

export interface Listing<Row> {
  rows: Row[];
  /** False: objects came or went while the pages were read, and some may be missing. */
  complete: boolean;
}

/** What the service gives at most; OpenAPI's 200 is older. */
const LARGEST_PAGE = 100;
/** More would not help: the budget of the HTTP client lets through what the service bears. */
const AT_ONCE = 16;
const MOST_PASSES = 5;

/**
 * Reads all pages: the first tells the total, the others follow side by side. Objects that are deleted meanwhile move later ones to
 * earlier pages; so where the totals do not agree, the pages are read again from the tail, which misses none of those
 * that stay. Throws LISTING_UNSOUND when that does not settle: never a partial list.
 */
export async function readAll<Row>(source: PageSource<Row>): Promise<Row[]> {
  const pages = await readForward(source);
  if (await pages.settle()) return pages.rows();
  for (let pass = 1; pass < MOST_PASSES; pass++) {
    if (await pages.readBackward()) return pages.rows();
  }
  throw new ReconcileError(
    `The list of ${source.what} changes faster than it can be read: it is not complete.`,
    {
      code: 'LISTING_UNSOUND',
      category: 'transient',
      remedy: 'Try again when fewer jobs are made and deleted at the same time.',
    },
  );
}

/** The same without reading again, for lists that are held against a count of their own. */
export async function readOnce<Row>(source: PageSource<Row>): Promise<Listing<Row>> {
  const pages = await readForward(source);
  const complete = await pages.settle();
  return { rows: pages.rows(), complete };
}

async function readForward<Row>(source: PageSource<Row>): Promise<Pages<Row>> {
  const { page, size } = await firstPage(source);
  const pages = new Pages(source, size);
  pages.add(page);
  let end = page.total;
  let next = size;
  const readOn = async (): Promise<void> => {
    while (next < end) {
      const offset = next;
      next += size;
      const { rows, total } = await source.fetch(offset, size).catch((error: unknown) => {
        end = 0;
        throw error;
      });
      pages.add({ rows, total });
      // Behind the last row: objects went meanwhile, or the first total was wrong, however large it was.
      if (rows.length === 0) end = Math.min(end, offset);
    }
  };
  const others = Math.min(AT_ONCE, Math.ceil((end - next) / size));
  await Promise.all(Array.from({ length: Math.max(0, others) }, readOn));
  return pages;
}

/** Halves the size until the service takes it; a service that gives less than asked sets the size itself. */
async function firstPage<Row>({ fetch, what }: PageSource<Row>): Promise<{ page: Page<Row>; size: number }> {
  for (let size = LARGEST_PAGE; ; size = Math.floor(size / 2)) {
    try {
      const page = await fetch(0, size);
      if (page.rows.length === 0 && page.total > 0) throw emptyPage(what, page.total);
      const short = page.rows.length < Math.min(size, page.total);
      return { page, size: short ? page.rows.length : size };
    } catch (error) {
      if (size <= 1 || !isPageSizeRefused(error)) throw error;
    }
  }
}

function emptyPage(what: string, total: number): ReconcileError {
  return new ReconcileError(`The service says there are ${total} ${what} but gives none.`, {
    code: 'LISTING_UNSOUND',
    category: 'rejected',
    reading: true,
    remedy:
      'Nothing was decided on this answer. Try again; if it stays so, look at the state of the service.',
  });
}

class Pages<Row> {
  readonly #source: PageSource<Row>;
  readonly #size: number;
  readonly #totals: number[] = [];
  #seen = new Map<string, Row>();
  #doubles = false;

  constructor(source: PageSource<Row>, size: number) {
    this.#source = source;
    this.#size = size;
  }

  add(page: Page<Row>): void {
    this.#totals.push(page.total);
    for (const row of page.rows) {
      const id = this.#source.idOf(row);
      if (this.#seen.has(id)) this.#doubles = true;
      this.#seen.set(id, row);
    }
    this.#source.progress?.(this.#seen.size, page.total);
  }

  rows(): Row[] {
    return [...this.#seen.values()];
  }

  /** Are all there? Objects that were only added are found behind the last page. */
  async settle(): Promise<boolean> {
    const first = this.#totals[0] ?? 0;
    const onlyGrew =
      !this.#doubles && this.#totals.every((total) => total >= first) && this.#seen.size >= first;
    return onlyGrew && (await this.#readTail(Math.max(...this.#totals)));
  }

  /** Reads everything again from the last page to the first. True when nothing that stayed can be missing. */
  async readBackward(): Promise<boolean> {
    const total = this.#totals.at(-1) ?? 0;
    this.#seen = new Map();
    this.#totals.length = 0;
    for (let offset = this.#lastOffset(total); offset >= 0; offset -= this.#size) {
      const page = await this.#source.fetch(offset, this.#size);
      this.add(page);
      // Nothing where the page itself says that there is something: it is not to be believed.
      if (page.rows.length === 0 && page.total > offset) return false;
      // A total that was far too large: on with what it is now.
      offset = Math.min(offset, this.#lastOffset(page.total) + this.#size);
    }
    const newest = this.#totals.at(-1) ?? 0;
    return this.#readTail(newest);
  }

  #lastOffset(total: number): number {
    return Math.max(0, Math.floor((total - 1) / this.#size) * this.#size);
  }

  async #readTail(total: number): Promise<boolean> {
    let newest = total;
    while (this.#seen.size < newest) {
      const before = this.#seen.size;
      const page = await this.#source.fetch(Math.floor(before / this.#size) * this.#size, this.#size);
      this.add(page);
      if (page.total < newest || this.#seen.size === before) return false;
      newest = page.total;
    }
    return true;
  }
}

/** Runs `work` for all items, `limit` at a time; stops starting new ones after the first failure and throws it. */
export async function forEachLimited<Item>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failed = false;
  const run = async () => {
    while (!failed && next < items.length) {
      const item = items[next++] as Item;
      await work(item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, run));
}
