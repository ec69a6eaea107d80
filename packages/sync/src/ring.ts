/**
 * First in, first out, in a ring of a power of two: neither end ever moves the rest. It grows by doubling and shrinks by
 * halving, so that a burst does not stay in memory.
 */
export class Ring<T> implements Iterable<T> {
  private _slots: (T | undefined)[] = new Array<undefined>(SMALLEST).fill(undefined);
  private _head = 0;
  private _length = 0;

  /** How many are in it. */
  get length(): number {
    return this._length;
  }

  /** Appends one at the end. */
  push(item: T): void {
    if (this._length === this._slots.length) this._resize(this._length * 2);
    this._slots[(this._head + this._length) & (this._slots.length - 1)] = item;
    this._length++;
  }

  /** Takes the first one out; the caller knows that there is one. */
  shift(): T {
    const slots = this._slots;
    const item = slots[this._head] as T;
    slots[this._head] = undefined;
    this._head = (this._head + 1) & (slots.length - 1);
    this._length--;
    if (slots.length > SMALLEST && this._length < slots.length / 8) this._resize(slots.length / 2);
    return item;
  }

  private _resize(capacity: number): void {
    const slots = new Array<T | undefined>(capacity).fill(undefined);
    const mask = this._slots.length - 1;
    for (let i = 0; i < this._length; i++) slots[i] = this._slots[(this._head + i) & mask];
    this._slots = slots;
    this._head = 0;
  }

  /** First to last. */
  *[Symbol.iterator](): Generator<T, void> {
    const mask = this._slots.length - 1;
    for (let i = 0; i < this._length; i++) yield this._slots[(this._head + i) & mask] as T;
  }
}

const SMALLEST = 16;
