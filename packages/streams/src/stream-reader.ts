import type { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { inspect } from 'node:util';
import { isUint8Array } from 'node:util/types';

import {
  type BaseEventLoop,
  brief,
  type Loop,
  NotImplementedError,
  RuntimeError,
  ValueError,
} from '@asyncio-ts/loop';
import { type Coroutine, createFuture, currentLoop, type Future } from '@asyncio-ts/futures';
import type { ReadTransport } from '@asyncio-ts/transports';

import { ByteQueue } from './byte-queue.js';
import { viewOf } from './bytes-of.js';
import { ReaderReadable, type ToNodeStreamOptions, type ToStreamOptions } from './node-streams.js';
import type { ReadableReader } from './read-side.js';
import { AllRead, ExactRead, LineRead, LineStep, SomeRead, UntilRead } from './reads.js';
import { runningLoop } from './running-loop.js';
import { separatorsOf } from './separators.js';
import type { WebReadable } from './source.js';
import { SourceTransport } from './source-transport.js';
import { readableStreamOf } from './web-streams.js';

/**
 * How many bytes a line may have, if nobody says otherwise.
 *
 * @example
 * ```ts
 * import { DEFAULT_LIMIT, openConnection } from '@asyncio-ts/streams';
 *
 * export const longLines = (port: number) =>
 *   openConnection('127.0.0.1', port, { limit: 16 * DEFAULT_LIMIT });
 * ```
 */
export const DEFAULT_LIMIT = 64 * 1024;

/** How a reader is made. */
export interface StreamReaderOptions {
  /**
   * How long a line may be, in bytes, without its end. Reading from the connection pauses when twice as much waits to be
   * read. Default: 65536.
   */
  readonly limit?: number;
  /** The loop whose coroutines read; default: the running one. */
  readonly loop?: Loop;
}

/** How a stream of another make is read. */
export interface StreamReaderFromOptions {
  /** How long a line may be, in bytes; the stream is paused when twice as much waits to be read. Default: 65536. */
  readonly limit?: number;
  /** The loop whose coroutines read; default: the running one. */
  readonly loop?: BaseEventLoop;
}

/**
 * Reads from a connection as from a file.
 *
 * Mirrors Python's `asyncio.StreamReader`. What the reading methods return is lazy, as any coroutine: bytes are taken when
 * it is awaited. What is there already is given without giving up the turn.
 *
 * The bytes given out are views of what came from the network where possible, not copies; they are yours.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { StreamReader } from '@asyncio-ts/streams';
 *
 * const lines = await runUntilComplete(new BaseEventLoop(), async () => {
 *   const reader = new StreamReader();
 *   reader.feedData(Buffer.from('one\ntwo'));
 *   reader.feedEof();
 *   const found: string[] = [];
 *   for await (const line of reader) found.push(line.toString());
 *   return found;
 * });
 * console.log(lines); // [ 'one\n', 'two' ]
 * ```
 */
export class StreamReader implements ReadableReader, AsyncIterable<Buffer>, Disposable {
  /** @internal */
  readonly _bytes = new ByteQueue();
  /** @internal */
  readonly _limit: number;
  /** @internal The other side has written its last. */
  _eof = false;
  /** @internal Reader and writer of a connection live and die together: see `unclosed.ts`. */
  _writer: object | null = null;
  private readonly _loop: Loop;
  /** Who waits for more; at most one. */
  private _waiter: Future<void> | null = null;
  /** With fewer bytes it is not woken, and the transport not paused. */
  private _needed = 0;
  private _exception: Error | null = null;
  private _transport: ReadTransport | null = null;
  /** We paused the transport. */
  private _paused = false;

  /**
   * Reads from a stream of another make: a `Readable` of Node (a file, a child's output, a request), or a `ReadableStream` (the
   * body of a `fetch`).
   *
   * The stream is held back when nobody reads; what it fails with, each read fails with. `close()` destroys or cancels it. It
   * belongs to the reader from now on.
   *
   * @param stream - gives bytes or strings; nobody else reads from it
   * @throws TypeError for what is no stream, or is locked.
   *
   * @example
   * ```ts
   * import { Readable } from 'node:stream';
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { runUntilComplete } from '@asyncio-ts/futures';
   * import { StreamReader } from '@asyncio-ts/streams';
   *
   * const first = await runUntilComplete(new BaseEventLoop(), async () => {
   *   const reader = StreamReader.from(Readable.from(['one\nt', 'wo\n']));
   *   const line = await reader.readline();
   *   reader.close();
   *   return line.toString();
   * });
   * console.log(first.trim()); // one
   * ```
   */
  static from(
    stream: Readable | WebReadable,
    { loop = runningLoop('use a stream'), limit }: StreamReaderFromOptions = {},
  ): StreamReader {
    const reader = new StreamReader(limit === undefined ? { loop } : { loop, limit });
    new SourceTransport(loop, stream, reader);
    return reader;
  }

  /** @throws ValueError for a limit that is not positive; RuntimeError when there is no loop. */
  constructor(options: StreamReaderOptions = {}) {
    const { limit = DEFAULT_LIMIT, loop } = options;
    if (!(limit > 0)) throw new ValueError(`Cannot make a reader: limit must be > 0, got ${limit}`);
    this._limit = limit;
    this._loop = loop ?? currentLoop('the reader');
  }

  // --- reading

  /**
   * Reads up to `n` bytes, as soon as there is one.
   *
   * @param n - how many bytes at most; -1: everything up to the end of the stream. Default: -1.
   * @returns the bytes; none at the end of the stream.
   */
  read(n = -1): Coroutine<Buffer> {
    return n < 0 ? new AllRead(this) : new SomeRead(this, n);
  }

  /**
   * Reads a line, with its newline. At the end of the stream: what is left, in the end nothing.
   *
   * @throws ValueError when it is longer than the limit; the line is dropped then.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { runUntilComplete } from '@asyncio-ts/futures';
   * import { StreamReader } from '@asyncio-ts/streams';
   *
   * const loop = new BaseEventLoop();
   * const reader = new StreamReader({ loop });
   * reader.feedData(Buffer.from('a line\n4 by;all the rest'));
   * reader.feedEof();
   * await runUntilComplete(loop, async () => {
   *   console.log(String(await reader.readline()).trim()); // a line
   *   console.log(String(await reader.readexactly(4))); // 4 by
   *   console.log(String(await reader.readuntil(Buffer.from(';')))); // ;
   *   console.log(String(await reader.read())); // all the rest
   *   console.log(reader.atEof()); // true
   * });
   * ```
   */
  readline(): Coroutine<Buffer> {
    return new LineRead(this);
  }

  /**
   * Reads exactly `n` bytes.
   *
   * @throws IncompleteReadError when the stream ends before; ValueError when `n` is negative.
   */
  readexactly(n: number): Coroutine<Buffer> {
    return new ExactRead(this, n);
  }

  /**
   * Reads up to a separator, and the separator.
   *
   * @param separator - some bytes, or several choices: the one that ends first counts. Default: a newline.
   * @throws IncompleteReadError when the stream ends before; LimitOverrunError when it does not come within the limit;
   * ValueError when it is empty.
   */
  readuntil(separator?: Uint8Array | readonly Uint8Array[]): Coroutine<Buffer> {
    return new UntilRead(this, separatorsOf(separator));
  }

  /** Gives the lines, up to the end of the stream: `for await (const line of reader)`. */
  [Symbol.asyncIterator](): AsyncIterator<Buffer, undefined> {
    return { next: () => new LineStep(this) };
  }

  /** Whether the stream has ended and everything was read. */
  atEof(): boolean {
    return this._eof && this._bytes.size === 0;
  }

  /**
   * Lets go of where the bytes come from: destroys or cancels the stream that `from` was given; of a connection, closes it.
   * What is buffered can be read still, and then there is the end. Python's reader has no such method.
   *
   * @example
   * ```ts
   * import { openConnection } from '@asyncio-ts/streams';
   *
   * export async function firstLine(port: number): Promise<string> {
   *   const [reader, writer] = await openConnection('127.0.0.1', port);
   *   try {
   *     return String(await reader.readline());
   *   } finally {
   *     reader.close();
   *     writer.close();
   *   }
   * }
   * ```
   */
  close(): void {
    if (this._transport === null) this.feedEof();
    else this._transport.close();
  }

  /** As `close()`: `using reader = StreamReader.from(stream)`. */
  [Symbol.dispose](): void {
    this.close();
  }

  // --- as a stream of another make

  /**
   * This reader as a `Readable` of Node, from where it stands on. It reads no further ahead than its `highWaterMark`, and copies
   * nothing. Destroyed before the end it closes the connection, unless `keepOpen`; when the reader fails it is destroyed with
   * the error.
   *
   * @example
   * ```ts
   * import { createWriteStream } from 'node:fs';
   * import { pipeline } from 'node:stream/promises';
   * import type { StreamReader } from '@asyncio-ts/streams';
   *
   * export const save = (reader: StreamReader, path: string): Promise<void> =>
   *   pipeline(reader.toReadable(), createWriteStream(path));
   * ```
   */
  toReadable(options: ToNodeStreamOptions = {}): Readable {
    return new ReaderReadable(this, options);
  }

  /**
   * This reader as a `ReadableStream` of the web, from where it stands on: for `pipeTo`, or as the body of a `Response`. It
   * takes a piece when it is asked for one, and copies nothing; so it is no stream of type 'bytes'. Cancelled, it closes the
   * connection, unless `keepOpen`.
   *
   * @example
   * ```ts
   * import type { StreamReader } from '@asyncio-ts/streams';
   *
   * export const unpacked = (reader: StreamReader) =>
   *   reader.toReadableStream().pipeThrough(new DecompressionStream('gzip'));
   * ```
   */
  toReadableStream(options: ToStreamOptions = {}): ReadableStream<Uint8Array> {
    return readableStreamOf(this, options);
  }

  // --- its state

  /** The error that was set, or null. */
  exception(): Error | null {
    return this._exception;
  }

  // --- feeding

  /**
   * Appends bytes to be read.
   *
   * @param data - not copied: leave it alone from now on
   * @throws RuntimeError after `feedEof`; TypeError for anything but bytes.
   */
  feedData(data: Uint8Array): void {
    if (this._eof) throw new RuntimeError('Cannot call feedData(): feedEof() was called before');
    if (!isUint8Array(data)) {
      throw new TypeError(`Cannot feed ${brief(data)}: a Uint8Array or Buffer was expected`);
    }
    if (data.length === 0) return;
    this._bytes.push(viewOf(data));
    if (this._bytes.size < this._needed) return;
    if (this._waiter !== null) this._wakeUp();
    if (this._bytes.size > 2 * this._limit && !this._paused) this._pause();
  }

  /** Says that nothing more will come. */
  feedEof(): void {
    this._eof = true;
    this._wakeUp();
  }

  /**
   * Lets every reading method fail with an error from now on, the one that waits included.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { StreamReader } from '@asyncio-ts/streams';
   *
   * const reader = new StreamReader({ loop: new BaseEventLoop() });
   * reader.setException(new Error('the line is dead'));
   * console.log(String(reader.exception())); // Error: the line is dead
   * ```
   */
  setException(exception: Error): void {
    this._exception = exception;
    const waiter = this._takeWaiter();
    if (waiter !== null && !waiter.done()) waiter.setException(exception);
  }

  /**
   * Sets the transport that is paused when too much waits to be read. @throws RuntimeError when there is one.
   *
   * @example
   * ```ts
   * import type { Transport } from '@asyncio-ts/transports';
   * import { StreamReader } from '@asyncio-ts/streams';
   *
   * export function readerOf(transport: Transport): StreamReader {
   *   const reader = new StreamReader();
   *   reader.setTransport(transport); // paused when the reader holds too much
   *   return reader;
   * }
   * ```
   */
  setTransport(transport: ReadTransport): void {
    if (this._transport !== null) {
      throw new RuntimeError('Cannot set the transport of the reader: it has one already');
    }
    this._transport = transport;
  }

  /** @internal Another transport carries the connection on. */
  _replaceTransport(transport: ReadTransport): void {
    this._transport = transport;
    this._paused = false;
  }

  /** @internal Gives away what nobody has read; null: nothing. */
  _takeUnread(): Buffer | null {
    return this._bytes.size === 0 ? null : this._bytes.takeAll();
  }

  /** @internal */
  _giveBack(piece: Buffer): void {
    this._bytes.unshift(piece);
    this._wakeUp();
  }

  private _wakeUp(): void {
    const waiter = this._takeWaiter();
    if (waiter !== null && !waiter.done()) waiter.setResult(undefined);
  }

  private _takeWaiter(): Future<void> | null {
    const waiter = this._waiter;
    this._waiter = null;
    this._needed = 0;
    return waiter;
  }

  private _pause(): void {
    if (this._transport === null) return;
    try {
      this._transport.pauseReading();
      this._paused = true;
    } catch (error) {
      if (!(error instanceof NotImplementedError)) throw error;
      // It cannot be paused: then everything is kept.
      this._transport = null;
    }
  }

  private _resume(): void {
    this._paused = false;
    this._transport?.resumeReading();
  }

  // --- what a read needs

  /** @internal */
  _checkFailure(): void {
    if (this._exception !== null) throw this._exception;
  }

  /** @internal Whoever waits for more must get it, however much is there already. */
  _beginWait(what: string, needed = 0): Future<void> {
    if (this._waiter !== null) {
      throw new RuntimeError(
        `${what}() called while another coroutine is already waiting for incoming data`,
      );
    }
    if (this._paused) this._resume();
    this._needed = needed;
    return (this._waiter = createFuture<void>(this._loop));
  }

  /** @internal */
  _endWait(future: Future<unknown>): void {
    if (this._waiter === future) this._takeWaiter();
  }

  /** @internal */
  _taken(): void {
    if (this._paused && this._bytes.size <= this._limit) this._resume();
  }

  [inspect.custom](): string {
    const info = ['StreamReader'];
    if (this._bytes.size > 0) info.push(`${this._bytes.size} bytes`);
    if (this._eof) info.push('eof');
    if (this._limit !== DEFAULT_LIMIT) info.push(`limit=${this._limit}`);
    if (this._waiter !== null) info.push('waiting');
    if (this._exception !== null) info.push(`exception=${brief(this._exception)}`);
    if (this._transport !== null) info.push(`transport=${inspect(this._transport)}`);
    if (this._paused) info.push('paused');
    return `<${info.join(' ')}>`;
  }
}
