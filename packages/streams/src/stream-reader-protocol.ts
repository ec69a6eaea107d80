import type { BaseEventLoop } from '@asyncio-ts/loop';
import { createFuture, type Future } from '@asyncio-ts/futures';
import type { Transport } from '@asyncio-ts/transports';

import { type ClientConnectedCallback, runCallback } from './connected-callback.js';
import { FlowControlMixin } from './flow-control-mixin.js';
import type { StreamReader } from './stream-reader.js';
import { StreamWriter, type WriterProtocol } from './stream-writer.js';

/** How a protocol of streams is made. */
export interface StreamReaderProtocolOptions {
  /** The loop it works in. */
  readonly loop: BaseEventLoop;
}

/**
 * Feeds what a transport receives to a reader.
 *
 * Mirrors Python's `asyncio.StreamReaderProtocol`.
 */
export class StreamReaderProtocol extends FlowControlMixin implements WriterProtocol {
  declare readonly _loop: BaseEventLoop;
  private _reader: WeakRef<StreamReader> | null;
  /** Until the connection stands, nobody else may hold the reader of a server's connection. */
  private _newReader: StreamReader | null;
  private readonly _callback: ClientConnectedCallback | null;
  private _closeWaiters: Set<Future<void>> | null = null;
  /** Why the connection was lost; undefined: it is not. */
  private _lostWith: Error | null | undefined = undefined;

  /**
   * @param streamReader - who is fed
   * @param clientConnectedCallback - called with reader and writer when the connection stands; null: nobody
   */
  constructor(
    streamReader: StreamReader,
    clientConnectedCallback: ClientConnectedCallback | null,
    options: StreamReaderProtocolOptions,
  ) {
    super(options.loop);
    this._reader = new WeakRef(streamReader);
    this._newReader = clientConnectedCallback === null ? null : streamReader;
    this._callback = clientConnectedCallback;
  }

  override connectionMade(transport: Transport): void {
    const reader = this._newReader ?? this._reader?.deref();
    if (reader === undefined) {
      transport.abort();
      return;
    }
    reader.setTransport(transport);
    this._newReader = null;
    if (this._callback === null) return;
    const writer = new StreamWriter(transport, this, reader, this._loop);
    runCallback(this._loop, this._callback, reader, writer, transport);
  }

  override dataReceived(data: Buffer): void {
    this._reader?.deref()?.feedData(data);
  }

  override eofReceived(): boolean {
    this._reader?.deref()?.feedEof();
    return true;
  }

  override connectionLost(error: Error | null): void {
    const reader = this._reader?.deref();
    if (error === null) reader?.feedEof();
    else reader?.setException(error);
    this._lostWith = error;
    for (const waiter of this._closeWaiters ?? []) {
      if (waiter.done()) continue;
      if (error === null) waiter.setResult(undefined);
      else waiter.setException(error);
    }
    this._closeWaiters = null;
    super.connectionLost(error);
    this._reader = this._newReader = null;
  }

  /** @internal */
  _closeWaiter(): Future<void> | null {
    if (this._lostWith === null) return null;
    if (this._lostWith !== undefined) throw this._lostWith;
    const waiter = createFuture<void>(this._loop);
    (this._closeWaiters ??= new Set()).add(waiter);
    return waiter;
  }
}
