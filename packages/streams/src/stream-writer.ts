import type { PeerCertificate, TLSSocket } from 'node:tls';
import type { Writable } from 'node:stream';
import type { WritableStream } from 'node:stream/web';
import { inspect } from 'node:util';

import type { BaseEventLoop, Loop } from '@asyncio-ts/loop';
import { type Coroutine, GeneratorCoroutine } from '@asyncio-ts/futures';
import {
  type AnySocketAddress,
  type CipherInfo,
  type SocketAddress,
  type SSLContext,
  startTls,
  type TlsTimeouts,
  type Transport,
  type TransportSocket,
} from '@asyncio-ts/transports';

import { ClosingProtocol } from './closing-protocol.js';
import { Drain } from './drain.js';
import { type ToNodeStreamOptions, type ToStreamOptions, WriterWritable } from './node-streams.js';
import { runningLoop } from './running-loop.js';
import type { WebWritable } from './sink.js';
import { SinkTransport } from './sink-transport.js';
import type { StreamReader } from './stream-reader.js';
import { watchUnclosed } from './unclosed.js';
import { writableStreamOf } from './web-streams.js';
import type { WriterProtocol } from './writer-protocol.js';

/** How a connection goes on with TLS. */
export interface WriterStartTlsOptions extends TlsTimeouts {
  /** The name the server's certificate is verified against, and asked for. A server has no use for it. */
  readonly serverHostname?: string | null;
}

/** How a stream of another make is written. */
export interface StreamWriterFromOptions {
  /** The loop whose coroutines write; default: the running one. */
  readonly loop?: BaseEventLoop;
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
  _transport: Transport;
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

  /**
   * Writes to a stream of another make: a `Writable` of Node (a file, a child's input, a response), or a `WritableStream`.
   *
   * `drain()` waits while the stream holds more than its high-water mark, `close()` ends it, `waitClosed()` waits until
   * everything was taken; what it fails with, both fail with. Small writes of one turn are given to it as one `writev`. It
   * belongs to the writer from now on.
   *
   * @param stream - takes bytes; nobody else writes to it
   * @throws TypeError for what is no stream, or is locked.
   *
   * @example
   * ```ts
   * import { createWriteStream } from 'node:fs';
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { runUntilComplete } from '@asyncio-ts/futures';
   * import { StreamWriter } from '@asyncio-ts/streams';
   *
   * await runUntilComplete(new BaseEventLoop(), async () => {
   *   await using writer = StreamWriter.from(createWriteStream('/dev/null'));
   *   for (let i = 0; i < 1000; i++) {
   *     writer.write(Buffer.from(`line ${i}\n`));
   *     await writer.drain();
   *   }
   * });
   * ```
   */
  static from(
    stream: Writable | WebWritable,
    { loop = runningLoop('use a stream') }: StreamWriterFromOptions = {},
  ): StreamWriter {
    const protocol = new ClosingProtocol(loop);
    return new StreamWriter(new SinkTransport(loop, stream, null, protocol), protocol, null, loop);
  }

  /**
   * This writer as a `Writable` of Node. Its writes wait as `drain()` does. Ending it half-closes the connection (closes it,
   * over TLS) and is done when everything is sent; destroyed before, it aborts the connection, unless `keepOpen`; when the
   * connection is lost it is destroyed with the error.
   *
   * @example
   * ```ts
   * import { createReadStream } from 'node:fs';
   * import { pipeline } from 'node:stream/promises';
   * import type { StreamWriter } from '@asyncio-ts/streams';
   *
   * export const send = (path: string, writer: StreamWriter): Promise<void> =>
   *   pipeline(createReadStream(path), writer.toWritable());
   * ```
   */
  toWritable(options: ToNodeStreamOptions = {}): Writable {
    return new WriterWritable(this, options);
  }

  /**
   * This writer as a `WritableStream` of the web: for `pipeTo`. Its writes wait as `drain()` does. Closing it half-closes the
   * connection (closes it, over TLS), aborting it aborts the connection, unless `keepOpen`.
   *
   * @example
   * ```ts
   * import type { StreamWriter } from '@asyncio-ts/streams';
   *
   * export async function download(url: string, writer: StreamWriter): Promise<void> {
   *   const { body } = await fetch(url);
   *   await body?.pipeTo(writer.toWritableStream());
   * }
   * ```
   */
  toWritableStream(options: ToStreamOptions = {}): WritableStream<Uint8Array> {
    return writableStreamOf(this, options);
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

  /**
   * Whether `writeEof` is possible.
   *
   * @example
   * ```ts
   * import type { StreamWriter } from '@asyncio-ts/streams';
   *
   * export async function sendAll(writer: StreamWriter, parts: Uint8Array[]): Promise<void> {
   *   writer.writelines(parts);
   *   await writer.drain();
   *   if (writer.canWriteEof()) writer.writeEof();
   * }
   * ```
   */
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

  /**
   * Goes on with TLS, under the same reader and writer: `drain()` first, then the handshake. Whoever was connected to, by
   * `startServer`, is TLS's server. What was received and not read yet counts as TLS.
   *
   * Mirrors Python's `StreamWriter.start_tls`. When the handshake fails or is cancelled, the connection is lost.
   *
   * @param sslContext - what to speak
   * @throws SSLCertVerificationError when the peer is refused; SSLError when it does not speak TLS; ConnectionAbortedError when
   * the handshake takes too long; what `drain()` throws; ValueError when a context that checks names is given none.
   *
   * @example
   * ```ts
   * import type { StreamReader, StreamWriter } from '@asyncio-ts/streams';
   * import { createDefaultContext } from '@asyncio-ts/transports';
   *
   * export async function upgrade(reader: StreamReader, writer: StreamWriter): Promise<void> {
   *   writer.write(Buffer.from('STARTTLS\r\n'));
   *   if ((await reader.readline()).toString().startsWith('220')) {
   *     await writer.startTls(createDefaultContext(), { serverHostname: 'mail.example' });
   *   }
   * }
   * ```
   */
  startTls(sslContext: SSLContext, options: WriterStartTlsOptions = {}): Coroutine<void> {
    return new GeneratorCoroutine<void>(this._startingTls(sslContext, options), 'startTls');
  }

  private *_startingTls(
    sslContext: SSLContext,
    options: WriterStartTlsOptions,
  ): Generator<unknown, void, unknown> {
    const { _protocol } = this;
    const loop = this._loop as BaseEventLoop;
    yield* this.drain();
    const transport = yield* startTls(loop, this._transport, _protocol, sslContext, {
      ...options,
      serverSide: _protocol._serverSide,
    });
    this._transport = transport;
    _protocol._replaceTransport(transport);
  }

  /** Closes the connection: what was written is flushed first. Closing twice is harmless. */
  close(): void {
    this._transport.close();
  }

  /**
   * Whether it is closed or closing.
   *
   * @example
   * ```ts
   * import type { StreamWriter } from '@asyncio-ts/streams';
   *
   * export function describe(writer: StreamWriter): string {
   *   if (writer.isClosing()) return 'closing';
   *   const peer = writer.getExtraInfo('peername');
   *   return `${peer?.join(':')}, ${writer.transport.getWriteBufferSize()} bytes to go`;
   * }
   * ```
   */
  isClosing(): boolean {
    return this._transport.isClosing();
  }

  /** Waits until the connection is lost. @throws the error it was lost with, if there was one. */
  waitClosed(): Coroutine<void> {
    return new GeneratorCoroutine<void>(this._closed(), 'waitClosed');
  }

  private *_closed(): Generator<unknown, void, unknown> {
    const waiter = this._protocol._closeWaiter();
    if (waiter === null) return;
    try {
      yield* waiter;
    } finally {
      this._protocol._endCloseWait(waiter);
    }
  }

  /**
   * Something only the transport knows: `'peername'`, `'sockname'`, `'socket'`; with TLS `'sslcontext'`, `'ssl_object'`,
   * `'peercert'`, `'cipher'`, `'compression'`.
   *
   * @param name - what is asked for
   */
  getExtraInfo<A extends AnySocketAddress = SocketAddress>(name: 'peername' | 'sockname'): A | null;
  getExtraInfo(name: 'socket'): TransportSocket | null;
  getExtraInfo(name: 'sslcontext'): SSLContext | null;
  getExtraInfo(name: 'ssl_object'): TLSSocket | null;
  getExtraInfo(name: 'peercert'): PeerCertificate | null;
  getExtraInfo(name: 'cipher'): CipherInfo | null;
  /**
   * Something else, by its name.
   *
   * @param name - what is asked for
   * @param fallback - what to give when the name is unknown; default: null
   */
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
