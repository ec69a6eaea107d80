import type { Socket } from 'node:net';

/** Where one side of a connection is: the host's number and the port. */
export type SocketAddress = readonly [host: string, port: number];

/** Where one side of a connection may be: over a Unix socket it is a path, for a client `''`. */
export type AnySocketAddress = SocketAddress | string;

/** @internal The addresses of both sides. */
export interface SocketNames {
  readonly sockname: AnySocketAddress | null;
  readonly peername: AnySocketAddress | null;
}

/** @internal The addresses of a socket, as far as it knows them. */
export function namesOf(socket: Socket): SocketNames {
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  return { sockname: pair(localAddress, localPort), peername: pair(remoteAddress, remotePort) };
}

function pair(host: string | undefined, port: number | undefined): SocketAddress | null {
  return host === undefined || port === undefined ? null : [host, port];
}
