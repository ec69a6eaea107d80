import type { Socket } from 'node:net';

const NOTHING = Buffer.alloc(0);

/**
 * @internal Bytes and the reset behind them are bytes and an end to libuv, when it meets both at once (before
 * https://github.com/libuv/libuv/pull/4997): whoever reads would take a part for the whole. Writing nothing asks the system
 * again; after a reset the socket fails with ECONNRESET.
 *
 * @param socket - of a TCP connection, has told of its end
 * @param ended - called if it was an end; `gone`: the peer has reset the connection since, which the socket fails with
 * @returns whether the system was asked: it cannot be while something else is to be written
 */
export function askWhetherReset(socket: Socket, ended: (gone: boolean) => void): boolean {
  if (!socket.writable || socket.writableLength > 0 || !isTcp(socket)) return false;
  socket.write(NOTHING, (error) => {
    if (!error || isBrokenPipe(error)) ended(Boolean(error));
  });
  return true;
}

/** What a reset after an end is to whoever writes. */
function isBrokenPipe(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code === 'EPIPE';
}

/** A Unix socket has no address. One that the peer has closed is a broken pipe at once. */
function isTcp(socket: Socket): boolean {
  return socket.remoteFamily !== undefined;
}
