/**
 * First in, first out, in a ring whose size is a power of two: nothing is ever shifted.
 *
 *        head                    tail
 *          v                      v
 *   [ .  . a  b  c  d  e  f  g  h .  . ]      length = tail - head
 *
 * Head and tail only count up, round all of 32 bits, and are masked where they index: each end then writes one number.
 *
 * @example
 * ```ts
 * import { ReadyQueue } from '@asyncio-ts/loop';
 *
 * const queue = new ReadyQueue<{ name: string }>();
 * queue.push({ name: 'first' });
 * queue.push({ name: 'second' });
 * console.log(queue.shift().name, queue.length); // first 1
 * queue.clear();
 * ```
 */
export class ReadyQueue<T extends object> {
  private _items: (T | undefined)[];
  /** Invariant: `_items.length - 1`, all ones in binary. */
  private _mask: number;
  private _head = 0;
  private _tail = 0;

  constructor(capacity = 64) {
    this._items = new Array<T | undefined>(capacity).fill(undefined);
    this._mask = capacity - 1;
  }

  /** How many items wait. */
  get length(): number {
    return (this._tail - this._head) | 0;
  }

  /** Adds an item at the end. */
  push(item: T): void {
    if (this.length > this._mask) this._grow();
    const tail = this._tail;
    this._items[tail & this._mask] = item;
    this._tail = (tail + 1) | 0;
  }

  /** Takes the oldest item. The caller has looked at `length`. */
  shift(): T {
    const head = this._head;
    const at = head & this._mask;
    const item = this._items[at] as T;
    this._items[at] = undefined;
    this._head = (head + 1) | 0;
    return item;
  }

  /** Forgets all items. */
  clear(): void {
    this._items = new Array<T | undefined>(64).fill(undefined);
    this._mask = 63;
    this._head = this._tail = 0;
  }

  private _grow(): void {
    const old = this._items;
    const size = old.length;
    const items = new Array<T | undefined>(size * 2).fill(undefined, size);
    for (let i = 0; i < size; i++) items[i] = old[(this._head + i) & this._mask];
    this._items = items;
    this._mask = size * 2 - 1;
    this._head = 0;
    this._tail = size;
  }
}
