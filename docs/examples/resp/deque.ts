/** A list that is cheap at both ends, however long: a ring that doubles when it is full. */
export class Deque<T> {
  private _ring: (T | undefined)[] = new Array<T | undefined>(8);
  private _first = 0;
  private _length = 0;

  get length(): number {
    return this._length;
  }

  pushLeft(item: T): void {
    if (this._length === this._ring.length) this._grow();
    this._first = (this._first - 1) & (this._ring.length - 1);
    this._ring[this._first] = item;
    this._length++;
  }

  pushRight(item: T): void {
    if (this._length === this._ring.length) this._grow();
    this._ring[(this._first + this._length++) & (this._ring.length - 1)] = item;
  }

  /** Undefined: it is empty. */
  popLeft(): T | undefined {
    if (this._length === 0) return undefined;
    const item = this._ring[this._first];
    this._ring[this._first] = undefined;
    this._first = (this._first + 1) & (this._ring.length - 1);
    this._length--;
    return item;
  }

  /** Undefined: it is empty. */
  popRight(): T | undefined {
    if (this._length === 0) return undefined;
    const last = (this._first + --this._length) & (this._ring.length - 1);
    const item = this._ring[last];
    this._ring[last] = undefined;
    return item;
  }

  /** The items from one index up to another, as `Array.prototype.slice` with numbers that are in range. */
  slice(from = 0, to = this._length): T[] {
    const items: T[] = [];
    for (let i = from; i < to; i++) {
      items.push(this._ring[(this._first + i) & (this._ring.length - 1)] as T);
    }
    return items;
  }

  private _grow(): void {
    const items: (T | undefined)[] = this.slice();
    items.length *= 2;
    this._ring = items;
    this._first = 0;
  }
}
