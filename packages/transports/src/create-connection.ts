import { Socket } from 'node:net';

import { type BaseEventLoop, brief, ValueError } from '@asyncio-ts/loop';
import { coroutine, type Coroutine, createFuture, GeneratorCoroutine } from '@asyncio-ts/futures';
import { ExceptionGroup } from '@asyncio-ts/tasks';

import type { BaseProtocol } from './base-protocol.js';
import { ignoreErrors } from './node-listeners.js';
import { nodeWait } from './node-wait.js';
import { asOSError, OSError } from './os-error.js';
import { type Address, type AddressFamily, resolve } from './resolve.js';
import { SocketTransport } from './socket-transport.js';

/** How a connection is made. */
export interface CreateConnectionOptions {
  /** IPv4 (4), IPv6 (6) or both (0). Default: 0. */
  readonly family?: AddressFamily;
  /** A socket that is connected, or about to be, to be used instead of host and port. It must not be read by others. */
  readonly sock?: Socket | null;
  /** The address of this side, a host's name or number and a port. Default: the system chooses. */
  readonly localAddr?: readonly [host: string, port: number] | null;
  /** When no address takes the connection, fail with an ExceptionGroup of all errors. Default: false. */
  readonly allErrors?: boolean;
}

/**
 * Connects to a TCP server.
 *
 * Mirrors Python's `loop.create_connection`. The addresses of the host are tried one after another.
 *
 * @param loop - where the protocol is called
 * @param protocolFactory - makes the protocol of the connection
 * @param host - a name or a number
 * @param port - its port
 * @returns the transport, once `protocol.connectionMade` was called, and the protocol
 * @throws OSError (`ConnectionRefusedError`, ...) when nobody takes the connection; ValueError when it is not said where to.
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
  const given = options.sock ?? null;
  if (host === null && port === null) {
    if (given === null) {
      throw new ValueError('host and port was not specified and no sock specified');
    }
    return yield* attach(loop, factory, yield* connected(loop, given));
  }
  if (given !== null) {
    throw new ValueError('host/port and sock can not be specified at the same time');
  }
  const socket = yield* connectAny(loop, host ?? 'localhost', checkedPort(port), options);
  return yield* attach(loop, factory, socket);
}

/** @internal A port number, or 0. */
export function checkedPort(port: number | null): number {
  if (port === null) return 0;
  if (typeof port === 'number' && Number.isInteger(port) && port >= 0 && port <= 65_535) {
    return port;
  }
  throw new ValueError(`Cannot use port ${brief(port)}: it must be an integer from 0 to 65535`);
}

/** The protocol is told, reading has begun, and then the connection is given out. */
function* attach<P extends BaseProtocol>(
  loop: BaseEventLoop,
  factory: () => P,
  socket: Socket,
): Generator<unknown, [SocketTransport, P], unknown> {
  let protocol: P;
  try {
    protocol = factory();
  } catch (error) {
    socket.destroy();
    throw error;
  }
  const waiter = createFuture<void>(loop);
  const transport = new SocketTransport(loop, socket, protocol, {
    ready: () => {
      if (!waiter.done()) waiter.setResult(undefined);
    },
  });
  try {
    yield* waiter;
  } catch (error) {
    transport.close();
    throw error;
  }
  return [transport, protocol];
}

function* connectAny(
  loop: BaseEventLoop,
  host: string,
  port: number,
  options: CreateConnectionOptions,
): Generator<unknown, Socket, unknown> {
  const { family = 0, localAddr = null, allErrors = false } = options;
  const addresses = yield* resolve(loop, host, family);
  const locals = localAddr === null ? null : yield* resolve(loop, localAddr[0], family);
  const errors: Error[] = [];
  for (const address of addresses) {
    const local = locals?.find((candidate) => candidate.family === address.family);
    if (locals !== null && local === undefined) {
      errors.push(new OSError(`no matching local address with family ${address.family} found`));
      continue;
    }
    try {
      return yield* connect(loop, address, port, local, checkedPort(localAddr?.[1] ?? null));
    } catch (error) {
      if (!(error instanceof OSError)) throw error;
      errors.push(error);
    }
  }
  throw merged(errors, allErrors);
}

/** @internal One error as it is; several that say the same as the first of them; else one that says them all. */
function merged(errors: readonly Error[], allErrors: boolean): Error {
  if (allErrors) return new ExceptionGroup('create_connection failed', errors);
  const first = errors[0] as Error;
  if (errors.every((error) => error.message === first.message)) return first;
  const texts = errors.map((error) => error.message).join(', ');
  return new OSError(`Multiple exceptions: ${texts}`);
}

const connect = coroutine(function* connect(
  loop: BaseEventLoop,
  { host, family }: Address,
  port: number,
  local: Address | undefined,
  localPort: number,
): Generator<unknown, Socket, unknown> {
  const socket = new Socket({ allowHalfOpen: true });
  socket.pause();
  const begin = (): void => {
    socket.connect({
      host,
      port,
      family,
      noDelay: true,
      ...(local === undefined ? {} : { localAddress: local.host, localPort }),
    });
  };
  return yield* connecting(loop, socket, begin);
});

/** A socket somebody gives: it may be on its way still. */
const connected = coroutine(function* connected(
  loop: BaseEventLoop,
  socket: Socket,
): Generator<unknown, Socket, unknown> {
  if (!(socket instanceof Socket)) {
    throw new ValueError(`A Stream Socket was expected, got ${brief(socket)}`);
  }
  socket.pause();
  ignoreErrors(socket);
  socket.setNoDelay(true);
  if (socket.connecting) yield* connecting(loop, socket, () => undefined);
  if (socket.destroyed || socket.pending) {
    throw new ValueError(`Cannot use ${brief(socket)} for a connection: it is not connected`);
  }
  return socket;
});

function connecting(loop: BaseEventLoop, socket: Socket, begin: () => void): Coroutine<Socket> {
  return nodeWait<Socket>(loop, (outcome) => {
    const failed = (error: Error): void => outcome.failed(asOSError(error));
    socket.on('error', failed);
    socket.once('connect', () => {
      ignoreErrors(socket);
      socket.off('error', failed);
      outcome.done(socket);
    });
    begin();
    return () => socket.destroy();
  });
}
