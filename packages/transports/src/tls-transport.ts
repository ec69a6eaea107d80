import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { inspect } from 'node:util';

import {
  type BaseEventLoop,
  logger,
  NotImplementedError,
  type TimerHandle,
} from '@asyncio-ts/loop';
import { TimeoutError } from '@asyncio-ts/tasks';

import type { BaseProtocol } from './base-protocol.js';
import { cipherOf } from './cipher-info.js';
import { receiveEof } from './delivery.js';
import { SocketTransport, type SocketTransportOptions } from './socket-transport.js';
import type { TlsSide } from './tls-options.js';

/**
 * A connection that speaks TLS: made by `createConnection` and `createServer` with `ssl`, and by `startTls`.
 *
 * It cannot be half-closed. `close()` tells the peer and waits for its answer, at most `sslShutdownTimeout` seconds.
 *
 * Extra information: that of a {@link SocketTransport}, `'sslcontext'` (the `SSLContext`), `'ssl_object'` (Node's `TLSSocket`),
 * `'peercert'` (as `tlsSocket.getPeerCertificate()` gives it, or null), `'cipher'` (a `CipherInfo`), `'compression'` (null).
 *
 * @example
 * ```ts
 * import { type TlsTransport } from '@asyncio-ts/transports';
 *
 * export function describe(transport: TlsTransport): string {
 *   const [name, version] = transport.getExtraInfo('cipher') ?? ['no cipher', ''];
 *   return `${name} ${version}`;
 * }
 * ```
 */
export class TlsTransport extends SocketTransport {
  private readonly _side: TlsSide;
  private _shutdownTimer: TimerHandle | null = null;
  /** We have said that we are at the end, and the peer has not. */
  private _waitsForPeer = false;

  /** @internal */
  constructor(
    loop: BaseEventLoop,
    socket: TLSSocket,
    protocol: BaseProtocol,
    side: TlsSide,
    options: SocketTransportOptions,
  ) {
    super(loop, socket, protocol, { ...options, extra: extraOf(socket, side) });
    this._side = side;
  }

  /** Never: TLS has no half-closed connections. */
  override canWriteEof(): boolean {
    return false;
  }

  /** @throws NotImplementedError always: TLS has no half-closed connections; use `close()`. */
  override writeEof(): void {
    throw new NotImplementedError('Cannot write the end of a TLS connection alone: use close()');
  }

  /** @internal Whatever the protocol says, the connection ends. */
  override _receivedEof(): void {
    try {
      if (receiveEof(this._protocol as BaseProtocol)) {
        logger.warning('returning true from eofReceived() has no effect when using ssl');
      }
    } catch (error) {
      this._fatalError(error, 'Fatal error: protocol.eofReceived() call failed.');
      return;
    }
    this.close();
  }

  protected override _shutDown(): void {
    const socket = this._socket;
    if (socket.readableEnded || socket.destroyed) {
      super._shutDown();
      return;
    }
    this._waitsForPeer = true;
    const { shutdownTimeout } = this._side;
    this._shutdownTimer = this._loop.callLater(shutdownTimeout, () => {
      this._forceClose(new TimeoutError('SSL shutdown timed out'));
    });
    socket.end();
    // What still comes is dropped; the end is behind it.
    socket.resume();
  }

  /** @internal */
  override _onEnd(): void {
    if (!this._waitsForPeer) super._onEnd();
    else this._loop._deliver(() => this._peerAnswered());
  }

  private _peerAnswered(): void {
    if (!this._waitsForPeer) return;
    this._waitsForPeer = false;
    super._shutDown();
  }

  protected override _letGo(): void {
    this._waitsForPeer = false;
    this._shutdownTimer?.cancel();
    super._letGo();
  }

  override [inspect.custom](): string {
    return super[inspect.custom]().replace('<SocketTransport', '<TlsTransport');
  }
}

function extraOf(socket: TLSSocket, side: TlsSide): Record<string, unknown> {
  const certificate = socket.getPeerCertificate() as object | null;
  return {
    sslcontext: side.context,
    ssl_object: socket,
    peercert: certificate === null || Object.keys(certificate).length === 0 ? null : certificate,
    cipher: socket.destroyed ? null : cipherOf(socket),
    compression: null,
  };
}

/** @internal Node's socket under a transport that speaks TLS, or not. */
export function transportOver(
  loop: BaseEventLoop,
  socket: Socket,
  protocol: BaseProtocol,
  tls: TlsSide | null,
  options: SocketTransportOptions,
): SocketTransport {
  return tls === null
    ? new SocketTransport(loop, socket, protocol, options)
    : new TlsTransport(loop, socket as TLSSocket, protocol, tls, options);
}
