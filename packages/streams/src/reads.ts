/** What a reader can be asked for, each as a coroutine object. */
import { brief, ValueError } from '@asyncio-ts/loop';
import type { Future } from '@asyncio-ts/futures';

import { Attempt } from './attempt.js';
import type { ByteQueue } from './byte-queue.js';
import { IncompleteReadError, LimitOverrunError } from './read-errors.js';

/** @internal What a read needs of its reader. */
export interface ReadSource {
  readonly _bytes: ByteQueue;
  readonly _limit: number;
  readonly _eof: boolean;
  /** @throws the stored error, if there is one. */
  _checkFailure(): void;
  /**
   * @param needed - with fewer bytes nobody is woken; default: any number will do
   * @returns what is done when there is more. @throws RuntimeError when somebody waits already.
   */
  _beginWait(what: string, needed?: number): Future<void>;
  _endWait(future: Future<unknown>): void;
  /** Bytes were taken: there may be room for more. */
  _taken(): void;
}

const NEWLINE = 10;
const NOTHING = Buffer.alloc(0);

abstract class Read<T> extends Attempt<T> {
  protected readonly _source: ReadSource;

  constructor(source: ReadSource, name: string) {
    super(name);
    this._source = source;
  }

  protected override _letGo(future: Future<unknown>): void {
    this._source._endWait(future);
  }

  protected _more(needed = 0): IteratorResult<unknown, T> {
    return this._waitFor(this._source._beginWait(this.name, needed));
  }
}

/** A line, what is left of one at the end of the stream, or null: it is not there yet. */
function takeLine(source: ReadSource, searched: number): Buffer | null {
  const bytes = source._bytes;
  const at = bytes.indexOfByte(NEWLINE, searched);
  if (at >= 0) {
    if (at > source._limit) {
      dropLine(source, 'Separator is found, but chunk is longer than limit', at + 1);
    }
    const line = bytes.take(at + 1);
    source._taken();
    return line;
  }
  if (bytes.size > source._limit) {
    dropLine(source, 'Separator is not found, and chunk exceed the limit', bytes.size);
  }
  return source._eof ? bytes.takeAll() : null;
}

function dropLine(source: ReadSource, message: string, length: number): never {
  source._bytes.drop(length);
  source._taken();
  throw new ValueError(message);
}

/** @internal */
export class LineRead extends Read<Buffer> {
  /** Invariant: no newline before here. */
  private _searched = 0;

  constructor(source: ReadSource) {
    super(source, 'readline');
    this._made();
  }

  protected override _attempt(first: boolean): IteratorResult<unknown, Buffer> {
    const source = this._source;
    if (first) source._checkFailure();
    const line = takeLine(source, this._searched);
    if (line !== null) return { value: line, done: true };
    this._searched = source._bytes.size;
    return this._more();
  }
}

/** @internal A line as a step of an async iterator. */
export class LineStep extends Read<IteratorResult<Buffer, undefined>> {
  private _searched = 0;

  constructor(source: ReadSource) {
    super(source, 'readline');
    this._made();
  }

  protected override _attempt(
    first: boolean,
  ): IteratorResult<unknown, IteratorResult<Buffer, undefined>> {
    const source = this._source;
    if (first) source._checkFailure();
    const line = takeLine(source, this._searched);
    if (line === null) {
      this._searched = source._bytes.size;
      return this._more();
    }
    if (line.length === 0) return { value: { value: undefined, done: true }, done: true };
    return { value: { value: line, done: false }, done: true };
  }
}

/** @internal */
export class UntilRead extends Read<Buffer> {
  private readonly _separators: readonly Buffer[];
  /** Invariant: no separator begins before here. */
  private _searched = 0;

  /** @param separators - not empty, none of them empty, the shortest first */
  constructor(source: ReadSource, separators: readonly Buffer[]) {
    super(source, 'readuntil');
    this._separators = separators;
    this._made();
  }

  protected override _attempt(first: boolean): IteratorResult<unknown, Buffer> {
    const source = this._source;
    const bytes = source._bytes;
    if (first) {
      this._checkSeparators();
      source._checkFailure();
    }
    const [start, end] = this._find();
    if (end >= 0) {
      if (start > source._limit) {
        throw new LimitOverrunError('Separator is found, but chunk is longer than limit', start);
      }
      const found = bytes.take(end);
      source._taken();
      return { value: found, done: true };
    }
    if (this._searched > source._limit) {
      throw new LimitOverrunError(
        'Separator is not found, and chunk exceed the limit',
        this._searched,
      );
    }
    if (source._eof) throw new IncompleteReadError(bytes.takeAll(), null);
    return this._more();
  }

  private _checkSeparators(): void {
    const [first] = this._separators;
    if (first === undefined) {
      throw new ValueError('Cannot read until nothing: give at least one separator');
    }
    if (first.length === 0) {
      throw new ValueError('Cannot read until an empty separator: give at least one byte');
    }
  }

  /** The separator that ends first: where it begins and ends; -1: none is there. */
  private _find(): readonly [start: number, end: number] {
    const { size } = this._source._bytes;
    let start = -1;
    let end = -1;
    let longest = 0;
    for (const separator of this._separators) {
      const { length } = separator;
      longest = length;
      const at = this._source._bytes.indexOf(separator, this._searched);
      if (at >= 0 && (end < 0 || at + length < end)) {
        start = at;
        end = at + length;
      }
    }
    if (end < 0) this._searched = Math.max(this._searched, size + 1 - longest);
    return [start, end];
  }
}

/** @internal */
export class ExactRead extends Read<Buffer> {
  private readonly _length: number;

  constructor(source: ReadSource, length: number) {
    super(source, 'readexactly');
    this._length = length;
    this._made();
  }

  protected override _attempt(first: boolean): IteratorResult<unknown, Buffer> {
    const source = this._source;
    const bytes = source._bytes;
    const length = this._length;
    if (first) {
      checkCount(length, 'readexactly');
      if (length < 0) {
        throw new ValueError('Cannot read exactly a negative number of bytes');
      }
      source._checkFailure();
    }
    if (bytes.size < length) {
      if (source._eof) throw new IncompleteReadError(bytes.takeAll(), length);
      return this._more(length);
    }
    const taken = bytes.take(length);
    source._taken();
    return { value: taken, done: true };
  }
}

/** @internal Whatever there is, up to a length. */
export class SomeRead extends Read<Buffer> {
  private readonly _length: number;

  constructor(source: ReadSource, length: number) {
    super(source, 'read');
    this._length = length;
    this._made();
  }

  protected override _attempt(first: boolean): IteratorResult<unknown, Buffer> {
    const source = this._source;
    const bytes = source._bytes;
    if (first) {
      checkCount(this._length, 'read');
      source._checkFailure();
      if (this._length === 0) return { value: NOTHING, done: true };
      if (bytes.size === 0 && !source._eof) return this._more();
    }
    const taken = bytes.take(Math.min(this._length, bytes.size));
    source._taken();
    return { value: taken, done: true };
  }
}

/** @internal Everything up to the end of the stream. */
export class AllRead extends Read<Buffer> {
  private readonly _pieces: Buffer[] = [];

  constructor(source: ReadSource) {
    super(source, 'read');
    this._made();
  }

  protected override _attempt(): IteratorResult<unknown, Buffer> {
    const source = this._source;
    source._checkFailure();
    if (source._bytes.size > 0) {
      this._pieces.push(source._bytes.takeAll());
      source._taken();
    }
    if (!source._eof) return this._more();
    return { value: Buffer.concat(this._pieces.splice(0)), done: true };
  }

  /** @internal However it ends before the end of the stream: whoever reads next gets what was gathered. */
  override _closed(): void {
    for (const piece of this._pieces.splice(0).reverse()) this._source._bytes.unshift(piece);
    super._closed();
  }
}

function checkCount(count: number, method: string): void {
  if (Number.isInteger(count)) return;
  throw new TypeError(`Cannot ${method} ${brief(count)} bytes: an integer was expected`);
}
