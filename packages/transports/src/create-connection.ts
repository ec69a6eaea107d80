import type { Socket } from 'node:net';

import { type BaseEventLoop, ValueError } from '@asyncio-ts/loop';
import { type Coroutine, GeneratorCoroutine } from '@asyncio-ts/futures';

import { attach } from './attach.js';
import type { BaseProtocol } from './base-protocol.js';
import { checkedPort } from './checked-port.js';
import { type AddressOptions, connectAny } from './connect-any.js';
import { connected } from './connect.js';
import type { SocketTransport } from './socket-transport.js';
import { tlsClient, type TlsClientOptions } from './tls-options.js';

/** How a connection is made. */
export interface CreateConnectionOptions extends AddressOptions, TlsClientOptions {
  /** A socket that is connected, or about to be, to be used instead of host and port. It must not be read by others. */
  readonly sock?: Socket | null;
}

/**
 * Connects to a TCP server.
 *
 * Mirrors Python's `loop.create_connection`. The addresses of the host are tried one after another, or as happy eyeballs. With
 * `ssl` the connection speaks TLS, and the server is verified.
 *
 * @param loop - where the protocol is called
 * @param protocolFactory - makes the protocol of the connection
 * @param host - a name or a number
 * @param port - its port
 * @returns the transport, once `protocol.connectionMade` was called, and the protocol
 * @throws OSError (`ConnectionRefusedError`, ...) when nobody takes the connection; SSLCertVerificationError and SSLError when
 * TLS fails; ConnectionAbortedError when its handshake takes too long; ValueError when it is not said where to.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { createConnection, createServer, Protocol } from '@asyncio-ts/transports';
 *
 * const loop = new BaseEventLoop();
 * await runUntilComplete(loop, function* () {
 *   const server = yield* createServer(loop, () => new Protocol(), '127.0.0.1', 0);
 *   const [, port] = server.sockets[0].getsockname();
 *   const [transport] = yield* createConnection(loop, () => new Protocol(), '127.0.0.1', port);
 *   transport.write(Buffer.from('hello'));
 *   transport.close();
 *   server.close();
 * });
 * ```
 */
export function createConnection<P extends BaseProtocol>(
  loop: BaseEventLoop,
  protocolFactory: () => P,
  host: string | null = null,
  port: number | null = null,
  options: CreateConnectionOptions = {},
): Coroutine<[transport: SocketTransport, protocol: P]> {
  return new GeneratorCoroutine(
    connection(loop, protocolFactory, host, port, options),
    'createConnection',
  );
}

function* connection<P extends BaseProtocol>(
  loop: BaseEventLoop,
  factory: () => P,
  host: string | null,
  port: number | null,
  options: CreateConnectionOptions,
): Generator<unknown, [SocketTransport, P], unknown> {
  const missing = 'You must set serverHostname when using ssl without a host';
  const tls = tlsClient(options, { host: host === '' ? null : host, missing });
  const given = options.sock ?? null;
  if (host === null && port === null) {
    if (given === null) {
      throw new ValueError('host and port was not specified and no sock specified');
    }
    return yield* attach(loop, factory, yield* connected(loop, given), tls);
  }
  if (given !== null) {
    throw new ValueError('host/port and sock can not be specified at the same time');
  }
  const socket = yield* connectAny(loop, host ?? 'localhost', checkedPort(port), options);
  return yield* attach(loop, factory, socket, tls);
}
