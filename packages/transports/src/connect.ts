/** How the sockets of connections come to be. */
import { Socket, type SocketConnectOpts } from 'node:net';
import { TLSSocket } from 'node:tls';

import { type BaseEventLoop, brief, ValueError } from '@asyncio-ts/loop';
import { coroutine, type Coroutine } from '@asyncio-ts/futures';

import { asOSError } from './as-os-error.js';
import { ignoreErrors } from './node-listeners.js';
import { nodeWait } from './node-wait.js';

/**
 * @internal Connects a socket; it is paused.
 *
 * @throws OSError when nobody takes the connection.
 */
export const connect = /* @__PURE__ */ coroutine(function* connect(
  loop: BaseEventLoop,
  options: SocketConnectOpts,
): Generator<unknown, Socket, unknown> {
  const socket = new Socket({ allowHalfOpen: true });
  socket.pause();
  return yield* connecting(loop, socket, () => socket.connect(options));
});

/** @internal A socket somebody gives: it may be on its way still. */
export const connected = /* @__PURE__ */ coroutine(function* connected(
  loop: BaseEventLoop,
  socket: Socket,
): Generator<unknown, Socket, unknown> {
  if (!(socket instanceof Socket)) {
    throw new ValueError(`A Stream Socket was expected, got ${brief(socket)}`);
  }
  if (socket instanceof TLSSocket) {
    throw new TypeError('Socket cannot be of type TLSSocket: give the plain one, and ssl');
  }
  socket.pause();
  socket.allowHalfOpen = true;
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
