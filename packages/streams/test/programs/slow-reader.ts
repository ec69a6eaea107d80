/**
 * `slow-reader.ts generator|async`: sends 200 MB to a peer that reads 64 KiB at a time, and tells how much memory that took.
 * Run with `--expose-gc`.
 */
import { connect } from 'node:net';

import { type Kind, Implementation, wait } from '@asyncio-ts/testing';
import { startServer, type StreamReader, type StreamWriter } from '@asyncio-ts/streams';

const TOTAL = 200_000_000;
const PIECE = 250_000;

const collect = (globalThis as unknown as { gc: () => void }).gc;
let mostMemory = 0;
let mostBuffered = 0;
let waited = 0;
let received = 0;

function memory(): number {
  const { rss } = process.memoryUsage();
  mostMemory = Math.max(mostMemory, rss);
  return rss;
}

function readSlowly(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1').pause();
  return new Promise((resolve) => {
    socket.once('end', resolve);
    const read = (): void => {
      const data = (socket.read(Math.min(64 * 1024, Math.max(1, socket.readableLength))) ??
        null) as Buffer | null;
      if (data !== null) received += data.length;
      if (received < TOTAL) setImmediate(read);
      else socket.resume();
    };
    socket.once('readable', read);
  });
}

const implementation = new Implementation({
  kind: process.argv[2] as Kind,
  selector: 'node',
});
await implementation.run(function* (t) {
  const handler = t.implementation.plain(function* (_reader: StreamReader, writer: StreamWriter) {
    for (let sent = 0; sent < TOTAL; sent += PIECE) {
      // Each piece is memory of its own: held back, it would show.
      writer.write(Buffer.alloc(PIECE, sent));
      mostBuffered = Math.max(mostBuffered, writer.transport.getWriteBufferSize());
      const drained = writer.drain();
      if (writer.transport.getWriteBufferSize() > 64 * 1024) waited++;
      yield* wait(drained);
      memory();
    }
    writer.close();
    yield* wait(writer.waitClosed());
  });
  const server = yield* wait(startServer(handler, '127.0.0.1', 0));
  collect();
  const before = memory();
  yield* wait(readSlowly(server.sockets[0].getsockname()[1]));
  server.close();
  yield* wait(server.waitClosed());
  const grown = mostMemory - before;
  console.log(JSON.stringify({ received, mostBuffered, waited, grown }));
});
