/** Tells which of two comes first: less than zero, zero or more than zero, as for `Array.prototype.sort`. */
export type Compare<T> = (a: T, b: T) => number;

interface Entry<T> {
  readonly item: T;
  /** Of equals, the one with the smaller number comes first. */
  readonly order: number;
}

/**
 * A binary heap: the smallest comes out first, of equals the one that came in first.
 *
 * A comparison that throws leaves it as it was: nothing is put, nothing is lost.
 */
export class Heap<T> implements Iterable<T> {
  /** Invariant: no entry comes before its parent, at `(index - 1) >> 1`. */
  private readonly _entries: Entry<T>[] = [];
  private readonly _compare: Compare<T>;
  private _pushed = 0;

  constructor(compare: Compare<T>) {
    this._compare = compare;
  }

  /** How many are in it. */
  get length(): number {
    return this._entries.length;
  }

  /** Puts one in. */
  push(item: T): void {
    const entries = this._entries;
    const entry = { item, order: this._pushed };
    const from = entries.length;
    let at = from;
    while (at > 0 && this._isBefore(entry, this._at(parent(at)))) at = parent(at);
    // Only now, when nothing can throw any more, are its ancestors moved.
    for (let to = from; to !== at; to = parent(to)) entries[to] = this._at(parent(to));
    entries[at] = entry;
    this._pushed++;
  }

  /** Takes the smallest out; the caller knows that there is one. */
  pop(): T {
    const entries = this._entries;
    const smallest = this._at(0);
    const last = entries.length - 1;
    if (last > 0) this._moveToTop(this._at(last), last);
    entries.pop();
    return smallest.item;
  }

  /** Takes the top's place, which is free, and lets the smaller ones rise: of the first `length` entries. */
  private _moveToTop(entry: Entry<T>, length: number): void {
    const entries = this._entries;
    const top = this._at(0);
    let hole = 0;
    try {
      for (;;) {
        const child = this._smallerChild(hole, length);
        if (child === null || !this._isBefore(this._at(child), entry)) break;
        entries[hole] = this._at(child);
        hole = child;
      }
      entries[hole] = entry;
    } catch (error) {
      for (; hole > 0; hole = parent(hole)) entries[hole] = this._at(parent(hole));
      entries[0] = top;
      throw error;
    }
  }

  private _smallerChild(of: number, length: number): number | null {
    const left = 2 * of + 1;
    const right = left + 1;
    if (left >= length) return null;
    return right < length && this._isBefore(this._at(right), this._at(left)) ? right : left;
  }

  private _isBefore(a: Entry<T>, b: Entry<T>): boolean {
    const order = this._compare(a.item, b.item);
    return order === 0 ? a.order < b.order : order < 0;
  }

  private _at(index: number): Entry<T> {
    return this._entries[index] as Entry<T>;
  }

  /** In the order of the heap: the smallest is first, the rest is not sorted. */
  *[Symbol.iterator](): Generator<T, void> {
    for (const entry of this._entries) yield entry.item;
  }
}

function parent(index: number): number {
  return (index - 1) >> 1;
}
