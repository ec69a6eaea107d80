import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

import type { BaseEventLoop } from '@asyncio-ts/loop';
import { type Coroutine, createFuture } from '@asyncio-ts/futures';

import type { BaseProtocol } from './base-protocol.js';
import { nodeWait } from './node-wait.js';
import type { SocketNames } from './socket-address.js';
import type { SocketTransport, SocketTransportOptions } from './socket-transport.js';
import { TlsHandshake } from './tls-handshake.js';
import type { TlsSide } from './tls-options.js';
import { transportOver } from './tls-transport.js';

/**
 * @internal Gives a connected socket its protocol: TLS first, if it is wanted; then the protocol is told, reading begins, and
 * then the connection is given out.
 *
 * @param socket - paused, and nobody else's; destroyed if this fails or is cancelled
 */
export function* attach<P extends BaseProtocol>(
  loop: BaseEventLoop,
  factory: () => P,
  socket: Socket,
  tls: TlsSide | null,
  names?: SocketNames,
): Generator<unknown, [SocketTransport, P], unknown> {
  let protocol: P;
  try {
    protocol = factory();
  } catch (error) {
    socket.destroy();
    throw error;
  }
  const secured = tls === null ? socket : yield* handshake(loop, socket, tls);
  const options = names === undefined ? {} : { names };
  return [yield* attached(loop, secured, protocol, tls, options), protocol];
}

/**
 * @internal Makes a transport and waits until reading has begun.
 *
 * @param made - is told of the transport at once
 */
export function* attached(
  loop: BaseEventLoop,
  socket: Socket,
  protocol: BaseProtocol,
  tls: TlsSide | null,
  options: SocketTransportOptions,
  made?: (transport: SocketTransport) => void,
): Generator<unknown, SocketTransport, unknown> {
  const waiter = createFuture<void>(loop);
  const transport = transportOver(loop, socket, protocol, tls, {
    ...options,
    ready: () => {
      if (!waiter.done()) waiter.setResult(undefined);
    },
  });
  made?.(transport);
  try {
    yield* waiter;
  } catch (error) {
    transport.close();
    throw error;
  }
  return transport;
}

function handshake(loop: BaseEventLoop, socket: Socket, tls: TlsSide): Coroutine<TLSSocket> {
  return nodeWait<TLSSocket>(loop, (outcome) => {
    const made = new TlsHandshake(loop, socket, tls, outcome);
    return () => made.abort();
  });
}
