import type { Server, Socket } from 'node:net';
import { inspect } from 'node:util';

import type { AnySocketAddress, SocketAddress } from './socket-address.js';

/**
 * A socket as a transport or a server shows it: to look at, not to read from or write to.
 *
 * Mirrors Python's `asyncio.trsock.TransportSocket`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { createServer, Protocol } from '@asyncio-ts/transports';
 *
 * const loop = new BaseEventLoop();
 * await runUntilComplete(loop, function* () {
 *   const server = yield* createServer(loop, () => new Protocol(), '127.0.0.1', 0);
 *   const [host, port] = server.sockets[0].getsockname();
 *   console.log(host, port > 0); // 127.0.0.1 true
 *   server.close();
 * });
 * ```
 */
export class TransportSocket {
  /** Node's own object: for options (`setKeepAlive`), and for what is not mirrored here. */
  readonly node: Socket | Server;
  private readonly _sockname: AnySocketAddress | null;
  private readonly _peername: AnySocketAddress | null;

  constructor(
    node: Socket | Server,
    sockname: AnySocketAddress | null,
    peername: AnySocketAddress | null = null,
  ) {
    this.node = node;
    this._sockname = sockname;
    this._peername = peername;
  }

  /**
   * The address of this side, as it was when the connection was made; of a Unix socket the path: `getsockname<string>()`.
   */
  getsockname<A extends AnySocketAddress = SocketAddress>(): A {
    return (this._sockname ?? ['', 0]) as A;
  }

  /**
   * The address of the other side, or null for a listening socket.
   *
   * @example
   * ```ts
   * import type { Socket } from 'node:net';
   * import type { Transport } from '@asyncio-ts/transports';
   *
   * export function keepAlive(transport: Transport): void {
   *   const socket = transport.getExtraInfo('socket');
   *   console.log('with', socket?.getpeername());
   *   (socket?.node as Socket | undefined)?.setKeepAlive(true, 60_000);
   * }
   * ```
   */
  getpeername<A extends AnySocketAddress = SocketAddress>(): A | null {
    return this._peername as A | null;
  }

  [inspect.custom](): string {
    const names = [`laddr=${inspect(this._sockname)}`];
    if (this._peername !== null) names.push(`raddr=${inspect(this._peername)}`);
    return `<TransportSocket ${names.join(' ')}>`;
  }
}
