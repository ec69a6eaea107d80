import {
  type AddressInfo,
  createServer,
  type ListenOptions,
  Server as NodeServer,
  type Socket,
} from 'node:net';
import { Server as TlsServer } from 'node:tls';

import { type BaseEventLoop, brief, ValueError } from '@asyncio-ts/loop';
import { coroutine } from '@asyncio-ts/futures';

import { asOSError } from './as-os-error.js';
import { ignoreErrors } from './node-listeners.js';
import { nodeWait } from './node-wait.js';
import type { Address } from './resolve.js';
import type { AnySocketAddress, SocketNames } from './socket-address.js';
import { TransportSocket } from './transport-socket.js';

/** @internal How an address is listened on. */
export interface ListenerOptions {
  readonly backlog: number;
  readonly keepAlive: boolean;
  readonly reusePort: boolean;
}

/** @internal Who takes the connections. */
export interface Acceptor {
  _connected(socket: Socket, names?: SocketNames): void;
  _acceptFailed(error: Error): void;
}

/**
 * One address that is listened on. Until somebody accepts, connections wait, no more of them than the backlog.
 */
export class Listener {
  readonly socket: TransportSocket;
  private readonly _backlog: number;
  private readonly _stop: () => void;
  /** What a Unix socket's connections are called: Node does not tell. */
  private readonly _names: SocketNames | undefined;
  private _acceptor: Acceptor | null = null;
  private _waiting: Socket[] = [];

  /**
   * @param node - it listens
   * @param stop - closes it
   */
  constructor(node: NodeServer, backlog: number, stop: () => void = () => node.close()) {
    const address = node.address() as string | AddressInfo;
    const unix = typeof address === 'string';
    const name: AnySocketAddress = unix ? address : [address.address, address.port];
    this.socket = new TransportSocket(node, name);
    this._backlog = backlog;
    this._stop = stop;
    this._names = unix ? { sockname: address, peername: '' } : undefined;
    node.on('connection', this._connected);
    node.on('error', this._failed);
  }

  private readonly _connected = (socket: Socket): void => {
    ignoreErrors(socket);
    socket.allowHalfOpen = true;
    if (this._acceptor !== null) this._acceptor._connected(socket, this._names);
    else if (this._waiting.length < this._backlog) this._waiting.push(socket);
    else socket.destroy();
  };

  private readonly _failed = (error: Error): void => {
    this._acceptor?._acceptFailed(asOSError(error));
  };

  /** From now on connections are taken by the acceptor; those that wait at once. */
  accept(acceptor: Acceptor): void {
    this._acceptor = acceptor;
    for (const socket of this._waiting.splice(0)) acceptor._connected(socket, this._names);
  }

  /** Stops listening. Connections that were taken are left alone. */
  close(): void {
    for (const socket of this._waiting.splice(0)) socket.destroy();
    this._stop();
  }
}

/**
 * @internal A server of Node's that somebody gives; it listens.
 *
 * @param stopper - gives the way to close a Unix server with its path
 */
export function givenListener(
  node: unknown,
  backlog: number,
  unix: boolean,
  stopper?: (node: NodeServer, path: string) => () => void,
): Listener {
  const kind = unix ? 'UNIX Domain Stream Socket' : 'Stream Socket';
  const right = node instanceof NodeServer && !(node instanceof TlsServer);
  if (!right || (node.listening && (typeof node.address() === 'string') !== unix)) {
    throw new ValueError(`A ${kind} was expected, a server of node:net, got ${brief(node)}`);
  }
  if (!node.listening) {
    throw new ValueError(`Cannot serve on ${brief(node)}: it does not listen yet`);
  }
  return new Listener(node, backlog, stopper?.(node, node.address() as string));
}

/**
 * @internal Listens on an address.
 *
 * @throws OSError when that is not possible.
 */
export const openListener = /* @__PURE__ */ coroutine(function* openListener(
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
