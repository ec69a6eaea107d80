/**
 * First in, first out, in a ring whose size is a power of two: both ends move by a mask, nothing is ever shifted.
 *
 *        head                    tail
 *          v                      v
 *   [ .  . a  b  c  d  e  f  g  h .  . ]      length = (tail - head) & mask
 */
export class ReadyQueue<T extends object> {
  private _items: (T | undefined)[];
  /** Invariant: `_items.length - 1`, all ones in binary. */
  private _mask: number;
  private _head = 0;
  /** How many items wait. */
  length = 0;

  constructor(capacity = 64) {
    this._items = new Array<T | undefined>(capacity).fill(undefined);
    this._mask = capacity - 1;
  }

  push(item: T): void {
    if (this.length > this._mask) this._grow();
    this._items[(this._head + this.length) & this._mask] = item;
    this.length++;
  }

  /** Takes the oldest item. The caller has looked at `length`. */
  shift(): T {
    const head = this._head;
    const item = this._items[head] as T;
    this._items[head] = undefined;
    this._head = (head + 1) & this._mask;
    this.length--;
    return item;
  }

  clear(): void {
    this._items = new Array<T | undefined>(64).fill(undefined);
    this._mask = 63;
    this._head = 0;
    this.length = 0;
  }

  private _grow(): void {
    const old = this._items;
    const size = old.length;
    const items = new Array<T | undefined>(size * 2).fill(undefined, size);
    for (let i = 0; i < size; i++) items[i] = old[(this._head + i) & this._mask];
    this._items = items;
    this._mask = size * 2 - 1;
    this._head = 0;
  }
}
