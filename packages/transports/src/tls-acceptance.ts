import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

import type { BaseEventLoop } from '@asyncio-ts/loop';

import type { BaseProtocol } from './base-protocol.js';
import { type CallOwner, LoopCall } from './loop-call.js';
import type { Outcome } from './node-wait.js';
import { openResources, type Resource } from './open-resources.js';
import type { Client, SocketTransportOptions, TransportOwner } from './socket-transport.js';
import { TlsHandshake } from './tls-handshake.js';
import type { TlsSide } from './tls-options.js';
import { TlsTransport } from './tls-transport.js';

/** @internal The server of a connection. */
export interface TlsAcceptor extends TransportOwner, CallOwner {
  readonly _loop: BaseEventLoop;
  _handshakeFailed(error: Error): void;
}

/** @internal A connection of a server, from when it was accepted until its TLS handshake is done. */
export class TlsAcceptance implements Client, Resource, Outcome<TLSSocket> {
  private readonly _server: TlsAcceptor;
  private readonly _protocol: BaseProtocol;
  private readonly _side: TlsSide;
  private readonly _options: SocketTransportOptions;
  private readonly _handshake: TlsHandshake;
  private _ended = false;

  constructor(
    server: TlsAcceptor,
    socket: Socket,
    protocol: BaseProtocol,
    side: TlsSide,
    options: SocketTransportOptions,
  ) {
    this._options = options;
    this._server = server;
    this._protocol = protocol;
    this._side = side;
    server._attach(this);
    openResources(server._loop).add(this);
    server._loop._outside++;
    this._handshake = new TlsHandshake(server._loop, socket, side, this);
  }

  done(secure: TLSSocket): void {
    this._deliver('TLS handshake', () => {
      if (this._ended) {
        secure.destroy();
        return;
      }
      new TlsTransport(this._server._loop, secure, this._protocol, this._side, this._options);
      this._end();
    });
  }

  failed(error: Error): void {
    this._deliver('TLS handshake', () => {
      if (this._ended) return;
      this._end();
      this._server._handshakeFailed(error);
    });
  }

  private _deliver(what: string, fn: () => void): void {
    this._server._loop._deliverRunnable(new LoopCall(this._server, what, fn));
  }

  private _end(): void {
    this._ended = true;
    openResources(this._server._loop).delete(this);
    this._server._loop._outside--;
    this._server._detach(this);
  }

  isClosing(): boolean {
    return this._ended;
  }

  close(): void {
    this.abort();
  }

  abort(): void {
    if (this._ended) return;
    this._handshake.abort();
    this._end();
  }

  _loopClosed(): void {
    this._ended = true;
    this._handshake.abort();
  }
}
