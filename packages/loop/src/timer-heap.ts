/** What the heap needs to know of its items: when, and which came first among equals. */
export interface Deadline {
  readonly _when: number;
  readonly _order: number;
}

/** Four children a node: half the levels of a binary heap, and the children share a cache line. */
const ARITY = 4;

const SMALLEST = 16;

/**
 * A heap of deadlines, nearest first; equal deadlines leave in the order of their creation.
 *
 * It does not know what a timer is, and does not remove from the middle: whoever cancels marks the item and lets it
 * surface, or calls `rebuild` when too many dead ones lie in it.
 *
 * The deadlines lie beside the items, in an array of numbers of their own: to compare two of a hundred thousand timers by
 * their fields is to wait for memory. Measured by the row `timers`.
 *
 * @example
 * ```ts
 * import { TimerHeap } from '@asyncio-ts/loop';
 *
 * const heap = new TimerHeap<{ _when: number; _order: number; what: string }>();
 * heap.push({ _when: 2, _order: 1, what: 'later' });
 * heap.push({ _when: 1, _order: 2, what: 'sooner' });
 * console.log(heap.length, heap.nearest, heap.peek()?.what); // 2 1 sooner
 * console.log(heap.pop()?.what); // sooner
 * heap.rebuild((item) => item.what !== 'later');
 * heap.clear();
 * ```
 */
export class TimerHeap<T extends Deadline> {
  private _items: T[] = [];
  /** Invariant: `_whens[i]` is `_items[i]._when`; it may be longer. */
  private _whens = new Float64Array(SMALLEST);

  /** How many items lie in it, dead ones included. */
  get length(): number {
    return this._items.length;
  }

  /** The item with the nearest deadline; it stays. */
  peek(): T | undefined {
    return this._items[0];
  }

  /** The nearest deadline; Infinity: there is none. */
  get nearest(): number {
    return this._items.length === 0 ? Infinity : (this._whens[0] as number);
  }

  /** Adds an item. */
  push(item: T): void {
    const items = this._items;
    let i = items.length;
    items.push(item);
    if (i === this._whens.length) this._makeRoom(i * 2);
    const whens = this._whens;
    const when = item._when;
    while (i > 0) {
      const parent = ((i - 1) / ARITY) | 0;
      const above = whens[parent] as number;
      if (when > above) break;
      const itemAbove = items[parent] as T;
      if (when === above && itemAbove._order < item._order) break;
      items[i] = itemAbove;
      whens[i] = above;
      i = parent;
    }
    items[i] = item;
    whens[i] = when;
  }

  /** Takes the item with the nearest deadline. */
  pop(): T | undefined {
    const items = this._items;
    const top = items[0];
    const last = items.pop();
    if (items.length > 0) this._sink(0, last as T);
    if (this._whens.length > SMALLEST && items.length < this._whens.length / 8) {
      this._makeRoom(this._whens.length / 2);
    }
    return top;
  }

  /** Keeps only the items for which `keep` answers true. */
  rebuild(keep: (item: T) => boolean): void {
    const items = (this._items = this._items.filter(keep));
    for (let i = 0; i < items.length; i++) this._whens[i] = (items[i] as T)._when;
    for (let i = ((items.length - 2) / ARITY) | 0; i >= 0 && items.length > 1; i--) {
      this._sink(i, items[i] as T);
    }
  }

  /** Forgets all items. */
  clear(): void {
    this._items = [];
    this._whens = new Float64Array(SMALLEST);
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this._items[Symbol.iterator]();
  }

  private _makeRoom(capacity: number): void {
    const whens = new Float64Array(capacity);
    whens.set(this._whens.subarray(0, Math.min(capacity, this._items.length)));
    this._whens = whens;
  }

  private _sink(start: number, item: T): void {
    const when = item._when;
    const items = this._items;
    const whens = this._whens;
    let i = start;
    for (let least; (least = this._leastChild(i)) !== 0; i = least) {
      const below = whens[least] as number;
      if (below > when) break;
      const itemBelow = items[least] as T;
      if (below === when && item._order < itemBelow._order) break;
      items[i] = itemBelow;
      whens[i] = below;
    }
    items[i] = item;
    whens[i] = when;
  }

  /** Where the nearest child of a node is; 0: it has none. */
  private _leastChild(node: number): number {
    const items = this._items;
    const whens = this._whens;
    const first = node * ARITY + 1;
    if (first >= items.length) return 0;
    const end = Math.min(first + ARITY, items.length);
    let least = first;
    let nearest = whens[first] as number;
    for (let child = first + 1; child < end; child++) {
      const when = whens[child] as number;
      if (when > nearest) continue;
      if (when === nearest && (items[least] as T)._order < (items[child] as T)._order) continue;
      least = child;
      nearest = when;
    }
    return least;
  }
}
