/** Shorter pieces are gathered in blocks, so that a peer who sends single bytes costs no object for each. */
const SMALL = 1024;
const FIRST_BLOCK = 2 * 1024;
const NEXT_BLOCK = 16 * 1024;

const NOTHING = Buffer.alloc(0);

/**
 * Bytes that came in pieces and leave in other pieces, first in, first out.
 *
 * A piece is kept as it is, and what leaves is a view of it where it lies in one piece; only what straddles pieces is
 * copied. So reading lines out of large chunks copies next to nothing, and nothing is copied twice.
 *
 *   _head [ taken | _at ........ ]   _rest [ ........ ] [ ... ] [ block: _used | free ]
 */
export class ByteQueue {
  /** How many bytes there are. */
  size = 0;
  /** Invariant: null exactly when `size` is zero. */
  private _head: Buffer | null = null;
  private _at = 0;
  private _rest: Buffer[] = [];
  /** Memory of ours that small pieces are gathered in. Invariant: unless null, the last of `_rest` is its filled part. */
  private _block: Buffer | null = null;
  private _used = 0;

  /** Appends a piece; it is not copied, and must not be changed any more. */
  push(piece: Buffer): void {
    const { length } = piece;
    if (length === 0) return;
    this.size += length;
    if (this._head === null) {
      this._head = piece;
    } else if (length < SMALL) {
      this._gather(piece);
    } else {
      this._rest.push(piece);
      this._block = null;
    }
  }

  /** Puts back what was taken, in front of everything. */
  unshift(piece: Buffer): void {
    if (piece.length === 0) return;
    this.size += piece.length;
    if (this._head !== null) this._rest.unshift(this._head.subarray(this._at));
    this._head = piece;
    this._at = 0;
  }

  private _gather(piece: Buffer): void {
    const rest = this._rest;
    let block = this._block;
    if (block !== null && this._used + piece.length <= block.length) {
      rest.pop();
    } else {
      block = Buffer.allocUnsafe(block === null ? FIRST_BLOCK : NEXT_BLOCK);
      this._block = block;
      this._used = 0;
    }
    block.set(piece, this._used);
    this._used += piece.length;
    rest.push(block.subarray(0, this._used));
  }

  /** Takes the first `length` bytes; there are as many. Measured by the row `tcp-line`. */
  take(length: number): Buffer {
    const head = this._head;
    if (head === null || length === 0) return NOTHING;
    const at = this._at;
    const end = at + length;
    if (end < head.length) {
      this._at = end;
      this.size -= length;
      return head.subarray(at, end);
    }
    if (end > head.length) return this._takeAcross(length);
    this.size -= length;
    this._next();
    return at === 0 ? head : head.subarray(at, end);
  }

  private _takeAcross(length: number): Buffer {
    const taken = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      const piece = this._takePart(length - filled);
      taken.set(piece, filled);
      filled += piece.length;
    }
    return taken;
  }

  /** Takes up to `most` bytes of the first piece, as a view of it. */
  takePiece(most: number): Buffer {
    const head = this._head;
    return head === null ? NOTHING : this.take(Math.min(most, head.length - this._at));
  }

  /** As much of so many bytes as lies in one piece. */
  private _takePart(length: number): Buffer {
    return this.take(Math.min(length, (this._head as Buffer).length - this._at));
  }

  private _next(): void {
    const rest = this._rest;
    this._at = 0;
    if (rest.length === 0) {
      this._head = null;
      return;
    }
    this._head = rest.shift() as Buffer;
    if (rest.length === 0) this._block = null;
  }

  /** Takes everything. */
  takeAll(): Buffer {
    return this.take(this.size);
  }

  /** Drops the first `length` bytes. */
  drop(length: number): void {
    for (let left = length; left > 0;) left -= this._takePart(left).length;
  }

  clear(): void {
    this._head = this._block = null;
    this._rest = [];
    this._at = this.size = 0;
  }

  /** Where a byte first is, at or after `from`; -1: nowhere. */
  indexOfByte(byte: number, from: number): number {
    const head = this._head;
    if (head === null) return -1;
    let start = head.length - this._at;
    if (from < start) {
      const found = head.indexOf(byte, this._at + from);
      if (found >= 0) return found - this._at;
    }
    for (const piece of this._rest) {
      const next = start + piece.length;
      if (from < next) {
        const found = piece.indexOf(byte, Math.max(0, from - start));
        if (found >= 0) return start + found;
      }
      start = next;
    }
    return -1;
  }

  /** Where a sequence of bytes first is, at or after `from`; -1: nowhere. It may straddle pieces. */
  indexOf(sequence: Buffer, from: number): number {
    if (sequence.length === 1) return this.indexOfByte(sequence[0] as number, from);
    if (this._head === null) return -1;
    const overlap = sequence.length - 1;
    let start = -this._at;
    for (let i = -1; i < this._rest.length; i++) {
      const piece = i < 0 ? this._head : (this._rest[i] as Buffer);
      const next = start + piece.length;
      if (from < next) {
        const found = piece.indexOf(sequence, Math.max(0, from - start));
        if (found >= 0) return start + found;
        if (next < this.size) {
          const across = this._indexAcross(
            sequence,
            Math.max(from, next - overlap),
            next + overlap,
          );
          if (across >= 0) return across;
        }
      }
      start = next;
    }
    return -1;
  }

  private _indexAcross(sequence: Buffer, from: number, to: number): number {
    const found = this.peek(Math.max(0, from), Math.min(to, this.size)).indexOf(sequence);
    return found < 0 ? -1 : found + Math.max(0, from);
  }

  /** A copy of the bytes from `from` up to `to`; nothing is taken. */
  peek(from: number, to: number): Buffer {
    const copy = Buffer.allocUnsafe(Math.max(0, to - from));
    let start = -this._at;
    for (let i = -1; i < this._rest.length && start < to; i++) {
      const piece = i < 0 ? (this._head as Buffer) : (this._rest[i] as Buffer);
      const next = start + piece.length;
      if (from < next) {
        const begin = Math.max(from, start);
        copy.set(piece.subarray(begin - start, Math.min(to, next) - start), begin - from);
      }
      start = next;
    }
    return copy;
  }
}
