/**
 * `crowd.ts <port> <count> <seed>`: opens so many connections and says `open`. Told to `go`, it drops them in an order and in
 * manners that the seed decides, opens others meanwhile, and says `gone` when there is none left. All of it with Node's own
 * sockets.
 */
import { connect, type Socket } from 'node:net';

const [port = 0, count = 0, seed = 0] = process.argv.slice(2).map(Number);

let state = seed;
function random(n: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * n);
}

/** How many connect at the same time: no more than the backlog of a server. */
const AT_ONCE = 50;
const MANNERS: readonly ((socket: Socket) => void)[] = [
  (socket) => socket.resetAndDestroy(),
  (socket) => socket.destroy(),
  (socket) => socket.end(),
  (socket) => socket.end('a part of a li'),
  (socket) => socket.write('a part of a li', () => socket.resetAndDestroy()),
  (socket) => socket.write('exactly\na part', () => socket.resetAndDestroy()),
  (socket) => socket.write('until\nabc', () => socket.destroy()),
  (socket) => {
    // It reads nothing more, and the server writes all it can.
    socket.pause();
    socket.write('flood\n', () => setImmediate(() => socket.resetAndDestroy()));
  },
  (socket) => socket.write('flood\n', () => setImmediate(() => socket.destroy())),
  (socket) => {
    socket.write('close\n', () => socket.resetAndDestroy());
  },
];

let left = 0;

/** A connection that has been answered. */
function opened(): Promise<Socket> {
  left++;
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined);
  socket.on('end', () => socket.end());
  socket.on('close', () => left--);
  return new Promise((resolve) => {
    socket.once('close', () => resolve(socket));
    socket.on('data', () => resolve(socket));
    socket.write('hello\n');
  });
}

function drop(socket: Socket): void {
  if (!socket.destroyed) MANNERS[random(MANNERS.length)]?.(socket);
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function several(n: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < n) {
    const next = Array.from({ length: Math.min(AT_ONCE, n - sockets.length) }, opened);
    sockets.push(...(await Promise.all(next)));
  }
  return sockets;
}

const sockets = await several(count);
process.send?.('open');
await new Promise((resolve) => process.once('message', resolve));
while (sockets.length > 0) {
  for (let i = random(20); i >= 0 && sockets.length > 0; i--) {
    const at = random(sockets.length);
    const [socket] = sockets.splice(at, 1, sockets.at(-1) as Socket);
    sockets.pop();
    drop(socket as Socket);
  }
  if (random(3) === 0) for (const socket of await several(1 + random(10))) drop(socket);
  await turn();
}
while (left > 0) await turn();
process.send?.('gone');
process.disconnect();
