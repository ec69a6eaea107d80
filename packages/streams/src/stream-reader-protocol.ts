import type { BaseEventLoop } from '@asyncio-ts/loop';
import { currentLoop } from '@asyncio-ts/futures';
import type { Transport } from '@asyncio-ts/transports';

import { type ClientConnectedCallback, runCallback } from './connected-callback.js';
import { ClosingProtocol } from './closing-protocol.js';
import type { StreamReader } from './stream-reader.js';
import { StreamWriter } from './stream-writer.js';

/** How a protocol of streams is made. */
export interface StreamReaderProtocolOptions {
  /** The loop it works in; default: the running one. */
  readonly loop?: BaseEventLoop;
}

/**
 * Feeds what a transport receives to a reader.
 *
 * Mirrors Python's `asyncio.StreamReaderProtocol`.
 *
 * @example
 * ```ts
 * import { type BaseEventLoop } from '@asyncio-ts/loop';
 * import { createConnection } from '@asyncio-ts/transports';
 * import { StreamReader, StreamReaderProtocol, StreamWriter } from '@asyncio-ts/streams';
 *
 * export async function connect(loop: BaseEventLoop, port: number) {
 *   const reader = new StreamReader({ loop });
 *   const protocol = new StreamReaderProtocol(reader, null, { loop });
 *   const [transport] = await createConnection(loop, () => protocol, '127.0.0.1', port);
 *   return [reader, new StreamWriter(transport, protocol, reader, loop)] as const;
 * }
 * ```
 */
export class StreamReaderProtocol extends ClosingProtocol {
  declare readonly _loop: BaseEventLoop;
  private _reader: WeakRef<StreamReader> | null;
  /** Until the connection stands, nobody else may hold the reader of a server's connection. */
  private _newReader: StreamReader | null;
  private readonly _callback: ClientConnectedCallback | null;
  private _overSsl = false;

  /**
   * @param streamReader - who is fed
   * @param clientConnectedCallback - called with reader and writer when the connection stands; null: nobody
   * @throws RuntimeError when there is no loop.
   */
  constructor(
    streamReader: StreamReader,
    clientConnectedCallback: ClientConnectedCallback | null = null,
    options: StreamReaderProtocolOptions = {},
  ) {
    super(options.loop ?? currentLoop('the protocol'));
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
    this._overSsl = overSsl(transport);
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
    // TLS ends as a whole, and would warn.
    return !this._overSsl;
  }

  override connectionLost(error: Error | null): void {
    const reader = this._reader?.deref();
    if (error === null) reader?.feedEof();
    else reader?.setException(error);
    super.connectionLost(error);
    this._reader = this._newReader = null;
  }

  /** @internal */
  override get _serverSide(): boolean {
    return this._callback !== null;
  }

  /** @internal */
  override _replaceTransport(transport: Transport): void {
    this._overSsl = overSsl(transport);
    this._reader?.deref()?._replaceTransport(transport);
  }

  /** @internal */
  _takeUnread(): Buffer | null {
    return this._reader?.deref()?._takeUnread() ?? null;
  }
}

function overSsl(transport: Transport): boolean {
  return transport.getExtraInfo('sslcontext') !== null;
}
