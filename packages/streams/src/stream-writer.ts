import { inspect } from 'node:util';

import type { Loop } from '@asyncio-ts/loop';
import { type Coroutine, type Future, GeneratorCoroutine } from '@asyncio-ts/futures';
import type { SocketAddress, Transport, TransportSocket } from '@asyncio-ts/transports';

import { Drain, type DrainSource } from './drain.js';
import type { StreamReader } from './stream-reader.js';
import { watchUnclosed } from './unclosed.js';

/** @internal What a writer needs of its protocol. */
export interface WriterProtocol extends DrainSource {
  /** @returns what is done when the connection is lost; null: it is. @throws the error it was lost with. */
  _closeWaiter(): Future<void> | null;
}

/**
 * Writes to a connection as to a file.
 *
 * Mirrors Python's `asyncio.StreamWriter`. `await using writer = ...` closes it at the end of the block and waits for that.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { openConnection, startServer } from '@asyncio-ts/streams';
 *
 * const answer = await runUntilComplete(new BaseEventLoop(), async () => {
 *   const server = await startServer(
 *     async (reader, writer) => {
 *       writer.write(await reader.readline());
 *       await writer.drain();
 *       writer.close();
 *     },
 *     '127.0.0.1',
 *     0,
 *   );
 *   const [reader, writer] = await openConnection('127.0.0.1', server.sockets[0].getsockname()[1]);
 *   writer.write(Buffer.from('hello\n'));
 *   const line = await reader.readline();
 *   writer.close();
 *   server.close();
 *   await server.waitClosed();
 *   return line.toString();
 * });
 * console.log(answer); // hello
 * ```
 */
export class StreamWriter implements AsyncDisposable {
  /** @internal */
  readonly _transport: Transport;
  /** @internal */
  readonly _protocol: WriterProtocol;
  /** @internal */
  readonly _reader: StreamReader | null;
  /** @internal */
  readonly _loop: Loop;

  constructor(
    transport: Transport,
    protocol: WriterProtocol,
    reader: StreamReader | null,
    loop: Loop,
  ) {
    this._transport = transport;
    this._protocol = protocol;
    this._reader = reader;
    this._loop = loop;
    if (reader !== null) reader._writer = this;
    watchUnclosed(this, transport);
  }

  /** The transport underneath. */
  get transport(): Transport {
    return this._transport;
  }

  /**
   * Writes some bytes; never waits. Follow it with `drain()`, so that a slow peer does not fill the memory.
   *
   * The memory of up to 16 KiB may be reused at once; a longer piece must be left alone until it is sent.
   *
   * @throws TypeError for anything but bytes: encode a string with `Buffer.from(text)`; RuntimeError after `writeEof`.
   */
  write(data: Uint8Array): void {
    this._transport.write(data);
  }

  /** Writes several pieces, one after another; never waits. */
  writelines(pieces: Iterable<Uint8Array>): void {
    this._transport.writelines(pieces);
  }

  /** Says that nothing more will be written; what arrives can be read as before. */
  writeEof(): void {
    this._transport.writeEof();
  }

  /** Whether `writeEof` is possible. */
  canWriteEof(): boolean {
    return this._transport.canWriteEof();
  }

  /**
   * Waits until it is right to write more: not at all while the transport holds less than its high-water mark, else until it
   * holds no more than the low one.
   *
   * @throws the error the connection was lost with; ConnectionResetError when it is closed.
   */
  drain(): Coroutine<void> {
    return new Drain(this);
  }

  /** Closes the connection: what was written is flushed first. Closing twice is harmless. */
  close(): void {
    this._transport.close();
  }

  /** Whether it is closed or closing. */
  isClosing(): boolean {
    return this._transport.isClosing();
  }

  /** Waits until the connection is lost. @throws the error it was lost with, if there was one. */
  waitClosed(): Coroutine<void> {
    return new GeneratorCoroutine<void>(this._closed(), 'waitClosed');
  }

  private *_closed(): Generator<unknown, void, unknown> {
    const waiter = this._protocol._closeWaiter();
    if (waiter !== null) yield* waiter;
  }

  /** Something only the transport knows: `'peername'`, `'sockname'`, `'socket'`. */
  getExtraInfo(name: 'peername' | 'sockname'): SocketAddress | null;
  getExtraInfo(name: 'socket'): TransportSocket | null;
  getExtraInfo(name: string, fallback?: unknown): unknown;
  getExtraInfo(name: string, fallback: unknown = null): unknown {
    return this._transport.getExtraInfo(name, fallback);
  }

  /** Closes it and waits for that. */
  [Symbol.asyncDispose](): Coroutine<void> {
    this.close();
    return this.waitClosed();
  }

  [inspect.custom](): string {
    const reader = this._reader === null ? '' : ` reader=${inspect(this._reader)}`;
    return `<StreamWriter transport=${inspect(this._transport)}${reader}>`;
  }
}
