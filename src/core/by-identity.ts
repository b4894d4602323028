interface Identified {
  kind: string;
  identity: string;
}

/** Things found by kind and identity. In two steps: a text made of both for each question costs more than the question. */
export class ByIdentity<Item extends Identified> {
  readonly #kinds = new Map<string, Map<string, Item>>();

  constructor(items: Iterable<Item> = []) {
    for (const item of items) this.set(item);
  }

  get size(): number {
    let size = 0;
    for (const items of this.#kinds.values()) size += items.size;
    return size;
  }

  get({ kind, identity }: Identified): Item | undefined {
    return this.#kinds.get(kind)?.get(identity);
  }

  has({ kind, identity }: Identified): boolean {
    return this.#kinds.get(kind)?.has(identity) === true;
  }

  set(item: Item): void {
    const known = this.#kinds.get(item.kind);
    if (known === undefined) this.#kinds.set(item.kind, new Map([[item.identity, item]]));
    else known.set(item.identity, item);
  }

  delete({ kind, identity }: Identified): void {
    this.#kinds.get(kind)?.delete(identity);
  }

  values(): Item[] {
    return [...this.#kinds.values()].flatMap((items) => [...items.values()]);
  }
}
