import { chmodSync } from 'node:fs';
import { createServer as createNodeServer, type Server as NodeServer } from 'node:net';

import { type BaseEventLoop, ValueError } from '@asyncio-ts/loop';
import { type Coroutine, GeneratorCoroutine } from '@asyncio-ts/futures';

import { asOSError } from './as-os-error.js';
import type { BaseProtocol } from './base-protocol.js';
import { checkedPath, type UnixPath } from './create-unix-connection.js';
import { givenListener, Listener } from './listener.js';
import { nodeWait } from './node-wait.js';
import { beginServing, Server } from './server.js';
import { tlsServer, type TlsServerOptions } from './tls-options.js';
import { isAbstract, removeStale, UnixSocketFile } from './unix-socket-file.js';

/** How a server listens on a Unix socket. */
export interface CreateUnixServerOptions extends TlsServerOptions {
  /** A server of `node:net` that listens on a Unix socket, to be used instead of the path. */
  readonly sock?: NodeServer | null;
  /** How many connections the system lets wait to be accepted. Default: 100. */
  readonly backlog?: number;
  /** Accept connections at once; else `startServing` begins to. Until then connections wait. Default: true. */
  readonly startServing?: boolean;
  /** Remove the socket file when the server is closed, unless another server has replaced it. Default: true. */
  readonly cleanupSocket?: boolean;
  /** The permissions of the socket file: `0o660`. Default: what the system gives. */
  readonly mode?: number | null;
}

/**
 * Listens on a Unix socket; each connection gets a protocol of its own.
 *
 * Mirrors Python's `loop.create_unix_server`. A socket file that is at the path already is removed: its server is taken to be
 * gone. Any other file is an error.
 *
 * @param loop - where the protocols are called
 * @param protocolFactory - makes a protocol for each connection
 * @param path - null with the option `sock`
 * @throws OSError when it cannot listen (`code: 'EADDRINUSE'`: there is a file); ValueError unless there is either a path or a
 * socket.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { createUnixServer, Protocol } from '@asyncio-ts/transports';
 *
 * const loop = new BaseEventLoop();
 * await runUntilComplete(loop, function* () {
 *   const path = `/tmp/example-server-${process.pid}.sock`;
 *   const server = yield* createUnixServer(loop, () => new Protocol(), path, { mode: 0o600 });
 *   console.log(server.sockets[0].getsockname<string>() === path); // true
 *   server.close();
 * });
 * ```
 */
export function createUnixServer(
  loop: BaseEventLoop,
  protocolFactory: () => BaseProtocol,
  path: UnixPath | null = null,
  options: CreateUnixServerOptions = {},
): Coroutine<Server> {
  return new GeneratorCoroutine(serving(loop, protocolFactory, path, options), 'createUnixServer');
}

function* serving(
  loop: BaseEventLoop,
  factory: () => BaseProtocol,
  path: UnixPath | null,
  options: CreateUnixServerOptions,
): Generator<unknown, Server, unknown> {
  const { sock = null, startServing = true } = options;
  const tls = tlsServer(options);
  if (path !== null && sock !== null) {
    throw new ValueError('path and sock can not be specified at the same time');
  }
  if (path === null && sock === null) {
    throw new ValueError('path was not specified, and no sock specified');
  }
  const listener =
    path === null ? given(options) : yield* openUnix(loop, checkedPath(path), options);
  const server = new Server(loop, factory, [listener], tls);
  if (startServing) yield* beginServing(server);
  return server;
}

function given({ sock, backlog = 100, cleanupSocket = true }: CreateUnixServerOptions): Listener {
  return givenListener(sock, backlog, true, (node, path) => stopper(node, path, cleanupSocket));
}

/** The way to close a server with its file. */
function stopper(node: NodeServer, path: string, cleanup: boolean): () => void {
  if (isAbstract(path)) return () => node.close();
  const file = new UnixSocketFile(path, cleanup);
  return () => file.close(node);
}

function openUnix(
  loop: BaseEventLoop,
  path: string,
  { backlog = 100, mode = null, cleanupSocket = true }: CreateUnixServerOptions,
): Coroutine<Listener> {
  const abstract = isAbstract(path);
  if (!abstract) removeStale(path);
  const node = createNodeServer({ allowHalfOpen: true, pauseOnConnect: true });
  return nodeWait<Listener>(loop, (outcome) => {
    const restrict = (): void => {
      if (mode !== null && !abstract) chmodSync(path, mode);
    };
    const failed = (error: Error): void => outcome.failed(bindError(error, path));
    node.once('error', failed);
    node.listen({ path, backlog, exclusive: true }, () => {
      node.off('error', failed);
      outcome.done(new Listener(node, backlog, stopper(node, path, cleanupSocket)));
    });
    // Nobody shall connect before the permissions are right.
    if (node.listening) restrict();
    return () => {
      if (node.listening) node.close();
      else node.once('listening', () => node.close());
    };
  });
}

function bindError(error: Error, path: string): Error {
  const inUse = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
  return asOSError(error, inUse ? `Address ${JSON.stringify(path)} is already in use` : undefined);
}
