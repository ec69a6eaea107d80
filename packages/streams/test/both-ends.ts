// A connection of which a test holds both ends, for the bridges to other streams.
import { type Scene, wait } from '@asyncio-ts/testing';
import {
  openConnection,
  startServer,
  type StreamReader,
  type StreamWriter,
} from '@asyncio-ts/streams';
import type { Server } from '@asyncio-ts/transports';

type End = [StreamReader, StreamWriter];

/** A connection over loopback. */
export function* bothEnds(
  t: Scene,
): Generator<unknown, { server: Server; mine: End; its: End }, unknown> {
  const accepted = t.future<End>();
  const server = yield* wait(
    startServer((reader, writer) => accepted.setResult([reader, writer]), '127.0.0.1', 0),
  );
  const mine = yield* wait(openConnection(...server.sockets[0].getsockname()));
  return { server, mine, its: yield* wait(accepted) };
}

/** Closes the writers, whatever became of them, and the server. */
export function* end(
  server: Server,
  ...writers: readonly StreamWriter[]
): Generator<unknown, void, unknown> {
  for (const writer of writers) {
    writer.close();
    yield* wait(writer.waitClosed().catch(() => undefined));
  }
  server.close();
  yield* wait(server.waitClosed());
}

/** Streams of Node and of the web move in turns of Node and of the engine; some of them. */
export async function nodeTurns(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
}
