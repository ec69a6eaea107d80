import type { PeerCertificate, TLSSocket } from 'node:tls';

import { NotImplementedError } from '@asyncio-ts/loop';

import type { AnySocketAddress, SocketAddress } from './socket-address.js';
import type { SSLContext } from './ssl-context.js';
import type { CipherInfo } from './cipher-info.js';
import type { TransportSocket } from './transport-socket.js';

/**
 * What every transport has: who it is connected with, its protocol, and its end.
 *
 * Mirrors Python's `asyncio.BaseTransport`. The methods are abstract in Python's manner: they throw NotImplementedError.
 *
 * @example
 * ```ts
 * import { BaseTransport } from '@asyncio-ts/transports';
 *
 * class Null extends BaseTransport {
 *   private _closed = false;
 *   override isClosing(): boolean {
 *     return this._closed;
 *   }
 *   override close(): void {
 *     this._closed = true;
 *   }
 * }
 * const transport = new Null({ peername: ['127.0.0.1', 7] });
 * console.log(transport.getExtraInfo('peername')); // [ '127.0.0.1', 7 ]
 * ```
 */
export class BaseTransport {
  /** @internal */
  protected readonly _extra: Record<string, unknown>;

  constructor(extra: Record<string, unknown> = {}) {
    this._extra = extra;
  }

  /**
   * Something only this kind of transport knows: `'peername'`, `'sockname'`, `'socket'`; with TLS `'sslcontext'`,
   * `'ssl_object'`, `'peercert'`, `'cipher'`, `'compression'`. Over a Unix socket the names are paths:
   * `getExtraInfo<string>('sockname')`.
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
    return Object.hasOwn(this._extra, name) ? this._extra[name] : fallback;
  }

  /** Whether it is closed or closing. */
  isClosing(): boolean {
    throw missing('isClosing');
  }

  /**
   * Closes it: nothing is received any more, what was written is flushed, then `protocol.connectionLost(null)` is called.
   */
  close(): void {
    throw missing('close');
  }

  /**
   * Changes who is told what arrives.
   *
   * @example
   * ```ts
   * import { Protocol, type Transport } from '@asyncio-ts/transports';
   *
   * export class Greeting extends Protocol {
   *   private _transport: Transport | null = null;
   *   override connectionMade(transport: Transport): void {
   *     this._transport = transport;
   *   }
   *   override dataReceived(): void {
   *     this._transport?.setProtocol(new Protocol()); // somebody else goes on
   *     console.log(this._transport?.getProtocol() === this); // false
   *   }
   * }
   * ```
   */
  setProtocol(_protocol: object): void {
    throw missing('setProtocol');
  }

  /** Who is told what arrives. */
  getProtocol(): object | null {
    throw missing('getProtocol');
  }
}

/** @internal */
export function missing(method: string): NotImplementedError {
  return new NotImplementedError(`Cannot call ${method}() of an abstract transport: override it`);
}
