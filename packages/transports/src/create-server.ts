import type { Server as NodeServer } from 'node:net';

import { type BaseEventLoop, brief, ValueError } from '@asyncio-ts/loop';
import { coroutine, type Coroutine } from '@asyncio-ts/futures';

import type { BaseProtocol } from './base-protocol.js';
import { checkedPort } from './checked-port.js';
import type { AddressFamily, AddressFlag } from './getaddrinfo.js';
import { givenListener, type Listener, type ListenerOptions, openListener } from './listener.js';
import { OSError } from './os-error.js';
import { type Address, resolve } from './resolve.js';
import { beginServing, Server } from './server.js';
import { tlsServer, type TlsServerOptions } from './tls-options.js';

/** How a server listens. */
export interface CreateServerOptions extends TlsServerOptions {
  /** IPv4 (4), IPv6 (6) or both (0). Default: 0. */
  readonly family?: AddressFamily;
  /** How names are looked up. Default: no flags. */
  readonly flags?: readonly AddressFlag[];
  /** A server of `node:net` that listens (`listen({ fd })` takes what systemd hands over), instead of host and port. */
  readonly sock?: NodeServer | null;
  /** How many connections the system lets wait to be accepted. Default: 100. */
  readonly backlog?: number;
  /** Accept connections at once; else `startServing` begins to. Until then connections wait. Default: true. */
  readonly startServing?: boolean;
  /** Node always allows an address that a closed server has used a moment ago; false is refused. Default: true. */
  readonly reuseAddress?: boolean | null;
  /** Several processes may listen on the same port; needs Node 22.12 or newer. Default: false. */
  readonly reusePort?: boolean | null;
  /** Let the system find out about peers that are gone. Default: false. */
  readonly keepAlive?: boolean | null;
}

/**
 * Listens for TCP connections; each gets a protocol of its own.
 *
 * Mirrors Python's `loop.create_server`.
 *
 * @param loop - where the protocols are called
 * @param protocolFactory - makes a protocol for each connection
 * @param host - a name, a number, or several of them; null or '': all interfaces, IPv4 and IPv6
 * @param port - 0: the system chooses one, the same for all hosts if it is free there
 * @throws OSError when it cannot listen; ValueError when neither host nor port nor `sock` is given.
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
 *   yield* server.use(function* () {
 *     console.log(server.sockets.length); // 1
 *   });
 * });
 * ```
 */
export const createServer: (
  loop: BaseEventLoop,
  protocolFactory: () => BaseProtocol,
  host?: string | readonly string[] | null,
  port?: number | null,
  options?: CreateServerOptions,
) => Coroutine<Server> = /* @__PURE__ */ coroutine(function* createServer(
  loop: BaseEventLoop,
  protocolFactory: () => BaseProtocol,
  host: string | readonly string[] | null = null,
  port: number | null = null,
  options: CreateServerOptions = {},
): Generator<unknown, Server, unknown> {
  const tls = tlsServer(options);
  const listenerOptions = checkedOptions(options);
  const listeners = yield* listenersOf(loop, host, port, options, listenerOptions);
  const server = new Server(loop, protocolFactory, listeners, tls);
  if (options.startServing ?? true) yield* beginServing(server);
  return server;
});

function checkedOptions(options: CreateServerOptions): ListenerOptions {
  const { backlog = 100, reuseAddress, reusePort, keepAlive } = options;
  if (reuseAddress === false) {
    throw new ValueError('Cannot listen with reuseAddress false: Node always sets SO_REUSEADDR');
  }
  if (reusePort === true && !canReusePort()) {
    throw new ValueError(
      `Cannot listen with reusePort: Node ${process.versions.node} does not know it; it needs 22.12, or 23.1 or newer`,
    );
  }
  return { backlog, keepAlive: keepAlive ?? false, reusePort: reusePort ?? false };
}

/** Older ones would ignore it without a word. */
function canReusePort(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);
}

function* listenersOf(
  loop: BaseEventLoop,
  host: string | readonly string[] | null,
  port: number | null,
  { sock = null, family = 0, flags = [] }: CreateServerOptions,
  listenerOptions: ListenerOptions,
): Generator<unknown, Listener[], unknown> {
  if (host === null && port === null) {
    if (sock === null) throw new ValueError('Neither host/port nor sock were specified');
    return [givenListener(sock, listenerOptions.backlog, false)];
  }
  if (sock !== null) {
    throw new ValueError('host/port and sock can not be specified at the same time');
  }
  const addresses = yield* addressesOf(loop, host, family, flags);
  return yield* openAll(loop, addresses, checkedPort(port), listenerOptions);
}

const EVERYWHERE: readonly Address[] = [
  { host: '0.0.0.0', family: 4 },
  { host: '::', family: 6 },
];

function* addressesOf(
  loop: BaseEventLoop,
  host: string | readonly string[] | null,
  family: AddressFamily,
  flags: readonly AddressFlag[],
): Generator<unknown, Address[], unknown> {
  const hosts = typeof host === 'string' || host === null ? [host] : host;
  if (typeof hosts !== 'object') {
    throw new TypeError(
      `Cannot listen on ${brief(hosts)}: the name of a host was expected, or several in a list`,
    );
  }
  const addresses = new Map<string, Address>();
  for (const name of hosts) {
    const found =
      name === null || name === ''
        ? EVERYWHERE.filter((address) => family === 0 || address.family === family)
        : yield* resolve(loop, name, family, flags);
    for (const address of found) addresses.set(address.host, address);
  }
  return [...addresses.values()];
}

/** All of them, or none: what was opened before one failed is closed again. */
function* openAll(
  loop: BaseEventLoop,
  addresses: readonly Address[],
  port: number,
  options: ListenerOptions,
): Generator<unknown, Listener[], unknown> {
  const listeners: Listener[] = [];
  let wanted = port;
  try {
    for (const address of addresses) {
      const listener = yield* openOne(loop, address, wanted, options, wanted !== port);
      if (listener === null) continue;
      listeners.push(listener);
      wanted = listener.socket.getsockname()[1];
    }
    if (listeners.length === 0) {
      const hosts = addresses.map((address) => address.host).join(', ');
      throw new OSError(`could not bind on any address out of [${hosts}]`);
    }
  } catch (error) {
    for (const listener of listeners) listener.close();
    throw error;
  }
  return listeners;
}

/** @returns null when the system has no such address family. */
function* openOne(
  loop: BaseEventLoop,
  address: Address,
  port: number,
  options: ListenerOptions,
  anyPort: boolean,
): Generator<unknown, Listener | null, unknown> {
  try {
    return yield* openListener(loop, address, port, options);
  } catch (error) {
    const code = error instanceof OSError ? error.code : undefined;
    if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') return null;
    // The system chose this port for another of the hosts; here it is taken.
    if (code === 'EADDRINUSE' && anyPort) return yield* openListener(loop, address, 0, options);
    throw error;
  }
}
