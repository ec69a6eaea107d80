import type { Socket } from 'node:net';

/** @internal Who hears what becomes of a socket. */
export interface SocketListener {
  _onData(chunk: Buffer): void;
  _onEnd(): void;
  _onError(error: Error): void;
  _onClose(): void;
}

const LISTENER = Symbol('asyncio-ts.listener');

type Listened = Socket & { [LISTENER]: SocketListener };

/** Shared by all sockets: a connection makes no closures of its own for them. */
function onData(this: Listened, chunk: Buffer): void {
  this[LISTENER]._onData(chunk);
}

function onEnd(this: Listened): void {
  this[LISTENER]._onEnd();
}

function onError(this: Listened, error: Error): void {
  this[LISTENER]._onError(error);
}

function onClose(this: Listened): void {
  this[LISTENER]._onClose();
}

/** @internal Listens to errors for somebody who comes later: without a listener they would end the process. */
export function ignoreErrors(socket: Socket): void {
  socket.on('error', ignore);
}

function ignore(): void {
  // whoever comes later finds the socket destroyed
}

/** @internal Tells the listener all that becomes of a paused socket; it stays paused. */
export function listen(socket: Socket, listener: SocketListener): void {
  (socket as Listened)[LISTENER] = listener;
  socket.pause();
  socket.on('data', onData);
  socket.on('end', onEnd);
  socket.on('error', onError);
  socket.off('error', ignore);
  socket.on('close', onClose);
}

/** @internal Takes `listen` back, for somebody else who takes the socket. */
export function unlisten(socket: Socket): void {
  socket.pause();
  ignoreErrors(socket);
  socket.off('data', onData);
  socket.off('end', onEnd);
  socket.off('error', onError);
  socket.off('close', onClose);
}
