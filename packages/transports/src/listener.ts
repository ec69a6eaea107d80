import { createServer, type ListenOptions, type Server as NodeServer, type Socket } from 'node:net';

import type { BaseEventLoop } from '@asyncio-ts/loop';
import { coroutine } from '@asyncio-ts/futures';

import { ignoreErrors } from './node-listeners.js';
import { nodeWait } from './node-wait.js';
import { asOSError } from './os-error.js';
import type { Address } from './resolve.js';
import type { SocketAddress } from './socket-address.js';
import { TransportSocket } from './transport-socket.js';

/** @internal How an address is listened on. */
export interface ListenerOptions {
  readonly backlog: number;
  readonly keepAlive: boolean;
  readonly reusePort: boolean;
}

/** @internal Who takes the connections. */
export interface Acceptor {
  _connected(socket: Socket): void;
  _acceptFailed(error: Error): void;
}

/**
 * One address that is listened on. Until somebody accepts, connections wait, no more of them than the backlog.
 */
export class Listener {
  readonly socket: TransportSocket;
  private readonly _node: NodeServer;
  private readonly _backlog: number;
  private _acceptor: Acceptor | null = null;
  private _waiting: Socket[] = [];

  constructor(node: NodeServer, backlog: number) {
    const { address, port } = node.address() as { address: string; port: number };
    const name: SocketAddress = [address, port];
    this.socket = new TransportSocket(node, name);
    this._node = node;
    this._backlog = backlog;
    node.on('connection', (socket) => this._connected(socket));
    node.on('error', (error) => this._acceptor?._acceptFailed(asOSError(error)));
  }

  private _connected(socket: Socket): void {
    ignoreErrors(socket);
    if (this._acceptor !== null) this._acceptor._connected(socket);
    else if (this._waiting.length < this._backlog) this._waiting.push(socket);
    else socket.destroy();
  }

  /** From now on connections are taken by the acceptor; those that wait at once. */
  accept(acceptor: Acceptor): void {
    this._acceptor = acceptor;
    for (const socket of this._waiting.splice(0)) acceptor._connected(socket);
  }

  /** Stops listening. Connections that were taken are left alone. */
  close(): void {
    for (const socket of this._waiting.splice(0)) socket.destroy();
    this._node.close();
  }
}

/**
 * @internal Listens on an address.
 *
 * @throws OSError when that is not possible.
 */
export const openListener = coroutine(function* openListener(
  loop: BaseEventLoop,
  { host, family }: Address,
  port: number,
  { backlog, keepAlive, reusePort }: ListenerOptions,
): Generator<unknown, Listener, unknown> {
  const node = createServer({
    allowHalfOpen: true,
    pauseOnConnect: true,
    noDelay: true,
    keepAlive,
  });
  return yield* nodeWait<Listener>(loop, (outcome) => {
    const failed = (error: Error): void => outcome.failed(bindError(error, host, port));
    node.once('error', failed);
    const options: ListenOptions & { reusePort?: boolean } = {
      host,
      port,
      backlog,
      exclusive: true,
    };
    if (family === 6) options.ipv6Only = true;
    if (reusePort) options.reusePort = true;
    node.listen(options, () => {
      node.off('error', failed);
      outcome.done(new Listener(node, backlog));
    });
    return () => {
      if (node.listening) node.close();
      else node.once('listening', () => node.close());
    };
  });
});

function bindError(error: Error, host: string, port: number): Error {
  const { code } = error as NodeJS.ErrnoException;
  return asOSError(error, `error while attempting to bind on address ${host}:${port}: ${code}`);
}
