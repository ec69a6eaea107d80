import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

import { type BaseEventLoop, brief, ValueError } from '@asyncio-ts/loop';
import { type Coroutine, GeneratorCoroutine } from '@asyncio-ts/futures';

import { attach } from './attach.js';
import type { BaseProtocol } from './base-protocol.js';
import { connect, connected } from './connect.js';
import type { SocketTransport } from './socket-transport.js';
import { tlsClient, type TlsClientOptions } from './tls-options.js';

/** How a connection to a Unix socket is made. */
export interface CreateUnixConnectionOptions extends TlsClientOptions {
  /** A socket that is connected, or about to be, to be used instead of the path. It must not be read by others. */
  readonly sock?: Socket | null;
}

/** The path of a Unix socket: a string or a `file:` URL. On Linux a string that begins with `'\0'` is an abstract name. */
export type UnixPath = string | URL;

/**
 * Connects to a Unix socket.
 *
 * Mirrors Python's `loop.create_unix_connection`.
 *
 * @param loop - where the protocol is called
 * @param protocolFactory - makes the protocol of the connection
 * @param path - where the server listens; null with the option `sock`
 * @returns the transport, once `protocol.connectionMade` was called, and the protocol; its `peername` is the path
 * @throws OSError (`ConnectionRefusedError`, `code: 'ENOENT'`, ...) when nobody takes the connection; ValueError unless there
 * is either a path or a socket, and for `ssl` without `serverHostname`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { createUnixConnection, createUnixServer, Protocol } from '@asyncio-ts/transports';
 *
 * const loop = new BaseEventLoop();
 * await runUntilComplete(loop, function* () {
 *   const server = yield* createUnixServer(loop, () => new Protocol(), `/tmp/example-${process.pid}.sock`);
 *   const path = server.sockets[0].getsockname<string>();
 *   const [transport] = yield* createUnixConnection(loop, () => new Protocol(), path);
 *   console.log(transport.getExtraInfo<string>('peername') === path); // true
 *   transport.close();
 *   server.close();
 * });
 * ```
 */
export function createUnixConnection<P extends BaseProtocol>(
  loop: BaseEventLoop,
  protocolFactory: () => P,
  path: UnixPath | null = null,
  options: CreateUnixConnectionOptions = {},
): Coroutine<[transport: SocketTransport, protocol: P]> {
  return new GeneratorCoroutine(
    connection(loop, protocolFactory, path, options),
    'createUnixConnection',
  );
}

function* connection<P extends BaseProtocol>(
  loop: BaseEventLoop,
  factory: () => P,
  path: UnixPath | null,
  options: CreateUnixConnectionOptions,
): Generator<unknown, [SocketTransport, P], unknown> {
  const missing = 'You have to pass serverHostname when using ssl';
  const tls = tlsClient(options, { host: null, missing });
  const sock = options.sock ?? null;
  if (path === null) {
    if (sock === null) throw new ValueError('no path and sock were specified');
    const socket = yield* connected(loop, sock);
    if (socket.remoteAddress !== undefined) {
      throw new ValueError(`A UNIX Domain Stream Socket was expected, got ${brief(sock)}`);
    }
    return yield* attach(loop, factory, socket, tls, { sockname: '', peername: '' });
  }
  if (sock !== null) {
    throw new ValueError('path and sock can not be specified at the same time');
  }
  const peername = checkedPath(path);
  const socket = yield* connect(loop, { path: peername });
  return yield* attach(loop, factory, socket, tls, { sockname: '', peername });
}

/** @internal The path as a string. */
export function checkedPath(path: unknown): string {
  if (path instanceof URL) return fileURLToPath(path);
  if (typeof path === 'string' && path !== '') return path;
  throw new TypeError(`Cannot use ${brief(path)} as a path: a string or a file: URL was expected`);
}
