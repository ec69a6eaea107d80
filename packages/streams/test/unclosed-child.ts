/** Opens two connections, lets go of one, and tells what becomes of them. Run with `--expose-gc`. */
import { runUntilComplete } from '@asyncio-ts/futures';
import { BaseEventLoop } from '@asyncio-ts/loop';
import {
  openConnection,
  startServer,
  type StreamReader,
  type StreamWriter,
} from '@asyncio-ts/streams';

const collect = (globalThis as unknown as { gc: () => void }).gc;
const ends: [StreamReader, StreamWriter][] = [];
const loop = new BaseEventLoop();

function* connectAndForget(host: string, port: number): Generator<unknown, void, unknown> {
  const [reader] = yield* openConnection(host, port);
  // The reader alone keeps the connection open.
  collect();
  if (reader.atEof()) console.log('collected too early');
}

await runUntilComplete(loop, function* () {
  const server = yield* startServer(
    (reader, writer) => void ends.push([reader, writer]),
    '127.0.0.1',
    0,
  );
  const [host, port] = server.sockets[0].getsockname();
  const kept = yield* openConnection(host, port);
  yield* connectAndForget(host, port);
  let closed = false;
  const [lastReader] = ends[1] as (typeof ends)[number];
  const waiting = lastReader.read();
  waiting.then(
    () => (closed = true),
    () => (closed = true),
  );
  while (!closed) {
    collect();
    yield new Promise((resolve) => setTimeout(resolve, 5));
  }
  console.log(`kept: ${kept[1].isClosing() ? 'closed' : 'open'}`);
  console.log('let go: closed by the other side');
  kept[1].close();
  for (const [, writer] of ends) writer.close();
  server.close();
  yield* server.waitClosed();
});
loop.close();
