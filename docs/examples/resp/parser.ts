import { defaultLimits, type Limits } from './limits.js';
import { splitInline } from './split-inline.js';

/** What arrived is not the Redis protocol; nobody knows where the next command begins. */
export class ProtocolError extends Error {
  override get name(): string {
    return 'ProtocolError';
  }
}

const CR = 13;
const LF = 10;
const DOLLAR = 36;
const STAR = 42;
const ZERO = 48;

/** As many digits are read without looking whether the number is too large. */
const PLAIN_DIGITS = 9;
const MOST_ARGUMENTS = 1024 * 1024;
const NOTHING = Buffer.alloc(0);

/**
 * Reads commands out of the bytes of one client: `feed` it with what arrived, then ask for the `next` command until there is
 * none. A command comes as an array of arguments (`*2\r\n$3\r\nGET\r\n$1\r\na\r\n`), or inline, as a person types it (`GET a`).
 *
 * Arguments are byte strings: each character stands for one byte ('latin1'). They may hold anything, compare and hash as
 * strings do, and V8 keeps them in one byte per character.
 */
export class RespParser {
  private readonly _limits: Limits;
  private _bytes: Buffer = NOTHING;
  private _at = 0;
  /** Memory of ours, whose beginning `_bytes` is; null: `_bytes` is a chunk as it came. */
  private _store: Buffer | null = null;
  /** The command that is being read; null: the next one has not begun. */
  private _args: string[] | null = null;
  /** How many arguments of it are missing. */
  private _missing = 0;
  /** The length of the argument that comes next; -1: it is not known yet. */
  private _length = -1;
  /** How long the arguments are so far, altogether. */
  private _size = 0;

  constructor(limits: Limits = defaultLimits) {
    this._limits = limits;
  }

  /** Whether there is something that was not given out: a part of a command, or more. */
  get hasInput(): boolean {
    return this._args !== null || this._at < this._bytes.length;
  }

  /** How many bytes wait here. */
  get unread(): number {
    return this._bytes.length - this._at;
  }

  /** Takes what arrived. A part of a command that is kept grows by doubling: however small the chunks, no quadratic work. */
  feed(chunk: Buffer): void {
    const kept = this.unread;
    if (kept === 0) {
      this._bytes = chunk;
      this._store = null;
      this._at = 0;
      return;
    }
    let store = this._store;
    let filled = this._bytes.length;
    if (store === null || filled + chunk.length > store.length) {
      const size = kept + chunk.length;
      const larger = Buffer.allocUnsafe(store === null ? size : 2 * size);
      this._bytes.copy(larger, 0, this._at);
      store = this._store = larger;
      filled = kept;
      this._at = 0;
    }
    store.set(chunk, filled);
    this._bytes = store.subarray(0, filled + chunk.length);
  }

  /**
   * The next command, its name first; null: it is not all there yet.
   *
   * @throws ProtocolError when there will never be one.
   */
  next(): string[] | null {
    while (this._args === null) {
      if (this._at === this._bytes.length) return null;
      if (this._bytes[this._at] === STAR) {
        if (!this._begin()) return null;
      } else {
        const words = this._readInline();
        if (words === null || words.length > 0) return words;
      }
    }
    return this._readArguments(this._args);
  }

  private _readInline(): string[] | null {
    const end = this._bytes.indexOf(LF, this._at);
    const length = (end < 0 ? this._bytes.length : end) - this._at;
    if (length > this._limits.inline) throw new ProtocolError('too big inline request');
    if (end < 0) return null;
    const line = this._bytes.toString('latin1', this._at, end);
    this._at = end + 1;
    const words = splitInline(line);
    if (words === null) throw new ProtocolError('unbalanced quotes in request');
    return words;
  }

  /** Reads how many arguments there are. @returns false: it is not all there */
  private _begin(): boolean {
    const count = this._readNumber('mbulk');
    if (count === null) return false;
    if (!(count <= MOST_ARGUMENTS)) throw new ProtocolError('invalid multibulk length');
    // None at all is no command, and no error.
    if (count > 0) {
      this._args = [];
      this._missing = count;
      this._size = 0;
    }
    return true;
  }

  private _readArguments(args: string[]): string[] | null {
    for (;;) {
      if (this._length < 0 && !this._readLength()) return null;
      const end = this._at + this._length;
      // Two more bytes end the argument; Redis does not look which.
      if (end + 2 > this._bytes.length) return null;
      args.push(this._bytes.toString('latin1', this._at, end));
      this._at = end + 2;
      this._length = -1;
      if (--this._missing === 0) {
        this._args = null;
        return args;
      }
    }
  }

  /** Reads how long the next argument is. @returns false: it is not all there */
  private _readLength(): boolean {
    if (this._at === this._bytes.length) return false;
    const first = this._bytes[this._at] as number;
    if (first !== DOLLAR) {
      throw new ProtocolError(`expected '$', got '${String.fromCharCode(first)}'`);
    }
    const length = this._readNumber('bulk');
    if (length === null) return false;
    if (!(length >= 0 && length <= this._limits.bulk)) {
      throw new ProtocolError('invalid bulk length');
    }
    this._size += length;
    if (this._size > this._limits.request) throw new ProtocolError('too big request');
    this._length = length;
    return true;
  }

  /** The number behind the first byte of a line. @returns null: the line is not all there; NaN: it is no number */
  private _readNumber(what: 'bulk' | 'mbulk'): number | null {
    const bytes = this._bytes;
    const start = this._at + 1;
    let at = start;
    let value = 0;
    for (; at < bytes.length; at++) {
      const digit = (bytes[at] as number) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = 10 * value + digit;
    }
    const digits = at - start;
    if (digits === 0 || digits > PLAIN_DIGITS || at + 1 >= bytes.length || bytes[at] !== CR) {
      return this._readOddNumber(what);
    }
    this._at = at + 2;
    return value;
  }

  private _readOddNumber(what: 'bulk' | 'mbulk'): number | null {
    const end = this._bytes.indexOf(CR, this._at);
    const length = (end < 0 ? this._bytes.length : end) - this._at;
    if (length > this._limits.inline) throw new ProtocolError(`too big ${what} count string`);
    if (end < 0 || end + 1 === this._bytes.length) return null;
    const text = this._bytes.toString('latin1', this._at + 1, end);
    this._at = end + 2;
    return /^-?\d{1,19}$/.test(text) ? Number(text) : NaN;
  }
}
