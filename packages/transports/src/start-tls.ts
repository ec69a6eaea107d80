import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

import { type BaseEventLoop, brief } from '@asyncio-ts/loop';
import { type Coroutine, createFuture, type Future, GeneratorCoroutine } from '@asyncio-ts/futures';

import { attached } from './attach.js';
import type { BaseProtocol } from './base-protocol.js';
import type { BaseTransport } from './base-transport.js';
import type { Outcome } from './node-wait.js';
import { ConnectionAbortedError } from './os-error.js';
import { type Client, SocketTransport } from './socket-transport.js';
import type { SSLContext } from './ssl-context.js';
import { TlsHandshake } from './tls-handshake.js';
import { checkedContext, tlsSide, type TlsSide, type TlsTimeouts } from './tls-options.js';

/** How TLS begins on a connection that stands. */
export interface StartTlsOptions extends TlsTimeouts {
  /** Whether this is the server's side. Default: false. */
  readonly serverSide?: boolean;
  /** The name the server's certificate is verified against, and asked for. */
  readonly serverHostname?: string | null;
}

/**
 * Begins to speak TLS on a connection that stands, at either side. What was written before goes out unencrypted, before it;
 * what the peer has sent and the protocol has not seen, or a `StreamReader` keeps unread, counts as TLS already.
 *
 * Mirrors Python's `loop.start_tls`. The protocol is not told: it goes on with the new transport. When the handshake fails, or
 * is cancelled, the connection is lost and the protocol is told so.
 *
 * @param transport - of a connection; afterwards it must not be written to
 * @param protocol - whose connection it is
 * @param sslContext - what to speak
 * @returns the transport to write to from now on
 * @throws SSLCertVerificationError when the peer is refused; SSLError when it does not speak TLS; ConnectionAbortedError when
 * the handshake takes too long; ConnectionResetError when the peer is gone; TypeError for a transport or context of another kind.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { type Coroutine } from '@asyncio-ts/futures';
 * import { createDefaultContext, type Protocol, startTls, type Transport } from '@asyncio-ts/transports';
 *
 * export function secure(loop: BaseEventLoop, transport: Transport, protocol: Protocol): Coroutine<Transport> {
 *   const context = createDefaultContext();
 *   return startTls(loop, transport, protocol, context, { serverHostname: 'mail.example' });
 * }
 * ```
 */
export function startTls(
  loop: BaseEventLoop,
  transport: BaseTransport,
  protocol: BaseProtocol,
  sslContext: SSLContext,
  options: StartTlsOptions = {},
): Coroutine<SocketTransport> {
  return new GeneratorCoroutine(
    starting(loop, transport, protocol, sslContext, options),
    'startTls',
  );
}

function* starting(
  loop: BaseEventLoop,
  transport: BaseTransport,
  protocol: BaseProtocol,
  sslContext: SSLContext,
  options: StartTlsOptions,
): Generator<unknown, SocketTransport, unknown> {
  const { serverSide = false, serverHostname = null } = options;
  const context = checkedContext(sslContext, 'sslContext');
  if (!(transport instanceof SocketTransport)) {
    throw new TypeError(`Cannot start TLS over ${brief(transport)}: it is no connection`);
  }
  const side = tlsSide(context, serverSide, serverHostname, options);
  return yield* new Upgrade(loop, transport, protocol, side).run();
}

/** @internal A protocol that keeps what was received until somebody asks for it. */
export interface KeepingProtocol {
  /** Gives away what nobody has asked for; null: nothing. */
  _takeUnread?(): Buffer | null;
}

/** A connection on its way to TLS. Whoever closes or aborts the old transport meanwhile ends it. */
class Upgrade implements Client, Outcome<TLSSocket> {
  private readonly _loop: BaseEventLoop;
  private readonly _old: SocketTransport;
  private readonly _protocol: BaseProtocol;
  private readonly _side: TlsSide;
  private readonly _secured: Future<TLSSocket>;
  private readonly _handshake: TlsHandshake;
  private _new: SocketTransport | null = null;

  constructor(loop: BaseEventLoop, old: SocketTransport, protocol: BaseProtocol, side: TlsSide) {
    this._loop = loop;
    this._old = old;
    this._protocol = protocol;
    this._side = side;
    this._secured = createFuture(loop);
    this._handshake = new TlsHandshake(loop, this._socketOf(old), side, this);
  }

  /** What the protocol keeps came before what it was not given yet. */
  private _socketOf(old: SocketTransport): Socket {
    const socket = old._handOver(this);
    const unread = (this._protocol as KeepingProtocol)._takeUnread?.() ?? null;
    if (unread !== null && !socket.readableEnded) socket.unshift(unread);
    return socket;
  }

  *run(): Generator<unknown, SocketTransport, unknown> {
    const { _loop, _old, _protocol, _side } = this;
    let secure: TLSSocket;
    try {
      secure = yield* this._secured;
    } catch (error) {
      this._giveUp(null);
      throw error;
    }
    const options = { ..._old._inheritance(), tell: false };
    return yield* attached(_loop, secure, _protocol, _side, options, (made) => {
      this._new = made;
      _old._handedOver();
    });
  }

  done(secure: TLSSocket): void {
    this._loop._deliver(() => {
      if (this._secured.done()) secure.destroy();
      else this._secured.setResult(secure);
    });
  }

  failed(error: Error): void {
    this._loop._deliver(() => {
      this._giveUp(error);
      if (!this._secured.done()) this._secured.setException(error);
    });
  }

  private _giveUp(error: Error | null): void {
    this._handshake.abort();
    this._old._takeBack(this._protocol, error);
  }

  isClosing(): boolean {
    return this._new !== null && this._new.isClosing();
  }

  close(): void {
    if (this._new === null) this.abort();
    else this._new.close();
  }

  abort(): void {
    if (this._new !== null) {
      this._new.abort();
      return;
    }
    this._giveUp(null);
    if (!this._secured.done()) {
      const message = 'Cannot start TLS: the connection was closed during the handshake';
      this._secured.setException(new ConnectionAbortedError(message));
    }
  }
}
