import type { Socket } from 'node:net';

/** Where one side of a connection is: the host's number and the port. */
export type SocketAddress = readonly [host: string, port: number];

/** @internal The address of this side. */
export function socknameOf(socket: Socket): SocketAddress | null {
  const { localAddress, localPort } = socket;
  return localAddress === undefined || localPort === undefined ? null : [localAddress, localPort];
}

/** @internal The address of the other side. */
export function peernameOf(socket: Socket): SocketAddress | null {
  const { remoteAddress, remotePort } = socket;
  return remoteAddress === undefined || remotePort === undefined
    ? null
    : [remoteAddress, remotePort];
}
