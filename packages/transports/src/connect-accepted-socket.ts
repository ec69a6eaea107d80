import type { Socket } from 'node:net';

import type { BaseEventLoop } from '@asyncio-ts/loop';
import { type Coroutine, GeneratorCoroutine } from '@asyncio-ts/futures';

import { attach } from './attach.js';
import type { BaseProtocol } from './base-protocol.js';
import { connected } from './connect.js';
import type { SocketTransport } from './socket-transport.js';
import { tlsServer, type TlsServerOptions } from './tls-options.js';

/** A `Socket` of `node:net`. */
export type NodeSocket = Socket;

/**
 * Serves a connection that somebody else has accepted: a server of `node:net`, say.
 *
 * Mirrors Python's `loop.connect_accepted_socket`.
 *
 * @param loop - where the protocol is called
 * @param protocolFactory - makes the protocol of the connection
 * @param sock - connected, and read by nobody else
 * @param options - `ssl`: speak TLS, at the server's side
 * @returns the transport, once `protocol.connectionMade` was called, and the protocol
 * @throws ValueError for what is no connected socket; the errors of TLS.
 *
 * @example
 * ```ts
 * import { once } from 'node:events';
 * import { connect, createServer, type Socket } from 'node:net';
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { connectAcceptedSocket, Protocol } from '@asyncio-ts/transports';
 *
 * const node = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
 * await once(node, 'listening');
 * const client = connect((node.address() as { port: number }).port, '127.0.0.1');
 * const [accepted] = (await once(node, 'connection')) as [Socket];
 * const loop = new BaseEventLoop();
 * const [transport] = await runUntilComplete(
 *   loop,
 *   connectAcceptedSocket(loop, () => new Protocol(), accepted),
 * );
 * transport.close();
 * client.end();
 * node.close();
 * ```
 */
export function connectAcceptedSocket<P extends BaseProtocol>(
  loop: BaseEventLoop,
  protocolFactory: () => P,
  sock: Socket,
  options: TlsServerOptions = {},
): Coroutine<[transport: SocketTransport, protocol: P]> {
  return new GeneratorCoroutine(
    connection(loop, protocolFactory, sock, options),
    'connectAcceptedSocket',
  );
}

function* connection<P extends BaseProtocol>(
  loop: BaseEventLoop,
  factory: () => P,
  sock: Socket,
  options: TlsServerOptions,
): Generator<unknown, [SocketTransport, P], unknown> {
  const tls = tlsServer(options);
  const socket = yield* connected(loop, sock);
  return yield* attach(loop, factory, socket, tls);
}
