/** A queue that gives back the smallest `at` first; equal ones in the order they came. */
export interface WakeQueue<T> {
  push(at: number, item: T): void;
  /** The earliest entry, which stays in the queue. */
  peek(): { at: number; item: T } | undefined;
  pop(): { at: number; item: T } | undefined;
  clear(): void;
}

interface Entry<T> {
  at: number;
  order: number;
  item: T;
}

/** A binary heap. */
export function createWakeQueue<T>(): WakeQueue<T> {
  const entries: Entry<T>[] = [];
  let order = 0;

  function before(a: number, b: number): boolean {
    const left = entries[a];
    const right = entries[b];
    if (left === undefined || right === undefined) return false;
    return left.at < right.at || (left.at === right.at && left.order < right.order);
  }
  function swap(a: number, b: number): void {
    const left = entries[a];
    const right = entries[b];
    if (left === undefined || right === undefined) return;
    entries[a] = right;
    entries[b] = left;
  }
  function rise(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(index, parent)) return;
      swap(index, parent);
      index = parent;
    }
  }
  function sink(): void {
    let index = 0;
    for (;;) {
      let smallest = index;
      for (const child of [2 * index + 1, 2 * index + 2]) if (before(child, smallest)) smallest = child;
      if (smallest === index) return;
      swap(index, smallest);
      index = smallest;
    }
  }
  return {
    push(at, item) {
      entries.push({ at, order: order++, item });
      rise(entries.length - 1);
    },
    peek: () => entries[0],
    pop() {
      const first = entries[0];
      const last = entries.pop();
      if (first !== undefined && last !== undefined && entries.length > 0) {
        entries[0] = last;
        sink();
      }
      return first;
    },
    clear() {
      entries.length = 0;
    },
  };
}
