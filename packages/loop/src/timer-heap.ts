/** What the heap needs to know of its items: when, and which came first among equals. */
export interface Deadline {
  readonly _when: number;
  readonly _order: number;
}

/** Four children a node: half the levels of a binary heap, and the children share a cache line. */
const ARITY = 4;

/**
 * A heap of deadlines, nearest first; equal deadlines leave in the order of their creation.
 *
 * It does not know what a timer is, and does not remove from the middle: whoever cancels marks the item and lets it
 * surface, or calls `rebuild` when too many dead ones lie in it.
 */
export class TimerHeap<T extends Deadline> {
  private _items: T[] = [];

  get length(): number {
    return this._items.length;
  }

  peek(): T | undefined {
    return this._items[0];
  }

  push(item: T): void {
    const items = this._items;
    let i = items.length;
    items.push(item);
    while (i > 0) {
      const parent = ((i - 1) / ARITY) | 0;
      const above = items[parent] as T;
      if (!before(item, above)) break;
      items[i] = above;
      i = parent;
    }
    items[i] = item;
  }

  pop(): T | undefined {
    const items = this._items;
    const top = items[0];
    const last = items.pop();
    if (items.length > 0) this._sink(0, last as T);
    return top;
  }

  /** Keeps only the items for which `keep` answers true. */
  rebuild(keep: (item: T) => boolean): void {
    const items = (this._items = this._items.filter(keep));
    for (let i = ((items.length - 2) / ARITY) | 0; i >= 0 && items.length > 1; i--) {
      this._sink(i, items[i] as T);
    }
  }

  clear(): void {
    this._items = [];
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this._items[Symbol.iterator]();
  }

  private _sink(start: number, item: T): void {
    const items = this._items;
    const length = items.length;
    let i = start;
    for (;;) {
      let child = i * ARITY + 1;
      if (child >= length) break;
      let least = items[child] as T;
      let at = child;
      const end = Math.min(child + ARITY, length);
      while (++child < end) {
        const other = items[child] as T;
        if (before(other, least)) {
          least = other;
          at = child;
        }
      }
      if (!before(least, item)) break;
      items[i] = least;
      i = at;
    }
    items[i] = item;
  }
}

function before(a: Deadline, b: Deadline): boolean {
  return a._when < b._when || (a._when === b._when && a._order < b._order);
}
