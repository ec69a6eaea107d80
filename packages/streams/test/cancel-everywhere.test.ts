/**
 * Every wait of streams, interrupted where it waits, in every manner: no byte is lost, and whoever comes next can go on.
 *
 * Readers are fed by hand and connections lie in memory, so time is virtual. Only what opens sockets has real ones, on the
 * loopback interface: there the clock of the virtual loop stands still, and what is awaited comes from the network.
 */
import { describe, expect, test } from '@jest/globals';
import { type Awaitable, isCancelledError } from '@asyncio-ts/futures';
import { OSError, type Server } from '@asyncio-ts/transports';
import { asyncFor } from '@asyncio-ts/tasks';
import {
  IncompleteReadError,
  openConnection,
  startServer,
  StreamReader,
  type StreamWriter,
} from '@asyncio-ts/streams';
import {
  cancelEverywhere,
  type InterruptedCheck,
  MANNERS,
  type Scene,
  type SceneBody,
  wait,
} from '@asyncio-ts/testing';

import { memoryPipe } from './memory-pipe.js';

/** One test for each kind. */
function everywhere(name: string, program: SceneBody<unknown>, check?: InterruptedCheck): void {
  for (const kind of ['generator', 'async'] as const) {
    test(`${name} [${kind}]`, async () => {
      const report = await cancelEverywhere(program, check, { kinds: [kind] });
      expect(report.interrupted).toBe((report.points[kind] ?? 0) * MANNERS.length);
    });
  }
}

const b = (text: string): Buffer => Buffer.from(text);

describe('StreamReader, cancelled everywhere', () => {
  const PIECES = ['al', 'pha\nbe', 'ta\n', 'gam', 'ma', '\ndelta'];
  let reader: StreamReader;
  let got: string;

  /** Feeds the pieces, one each second. */
  function feed(t: Scene, pieces: readonly string[]): void {
    t.task(function* feeder() {
      for (const piece of pieces) {
        yield* wait(t.sleep(1));
        reader.feedData(b(piece));
      }
      reader.feedEof();
    });
  }

  function* reading(
    t: Scene,
    read: () => Generator<unknown, unknown, unknown>,
  ): Generator<unknown, void, unknown> {
    reader = new StreamReader({ loop: t.loop });
    got = '';
    feed(t, PIECES);
    yield* read();
  }

  /** Whoever is interrupted reads on at once, before anything else comes, and only then gives in. */
  function* readingOn(read: () => Generator<unknown, unknown, unknown>) {
    try {
      yield* read();
    } catch (error) {
      yield* take(reader.read());
      throw error;
    }
  }

  function* take(awaitable: Awaitable<Buffer>): Generator<unknown, Buffer, unknown> {
    const bytes = yield* wait(awaitable);
    got += bytes.toString();
    return bytes;
  }

  /** Nobody waits in it, and what was not given out is there still. */
  function* nothingIsLost(): Generator<unknown, void, unknown> {
    const rest = yield* wait(reader.read());
    expect(got + rest.toString()).toBe(PIECES.join(''));
    expect(reader.atEof()).toBe(true);
  }

  const reads: Record<string, () => Generator<unknown, unknown, unknown>> = {
    *read() {
      while ((yield* take(reader.read(4))).length > 0);
    },
    *'read to the end'() {
      yield* take(reader.read());
    },
    *readexactly() {
      for (const length of [1, 6, 5, 7]) yield* take(reader.readexactly(length));
    },
    *readline() {
      while ((yield* take(reader.readline())).length > 0);
    },
    *readuntil() {
      for (let i = 0; i < 3; i++) yield* take(reader.readuntil([b('a\n'), b('m')]));
    },
    *'readuntil, in vain'() {
      try {
        yield* take(reader.readuntil(b('omega')));
      } catch (error) {
        if (isCancelledError(error)) throw error;
        expect(error).toBeInstanceOf(IncompleteReadError);
        got += (error as IncompleteReadError).partial.toString();
      }
    },
  };
  for (const [name, read] of Object.entries(reads)) {
    everywhere(`${name}: no byte is lost`, (t) => reading(t, read), nothingIsLost);
    everywhere(
      `${name}: who is interrupted can read on`,
      (t) => reading(t, () => readingOn(read)),
      nothingIsLost,
    );
  }

  everywhere(
    'as an async iterable: no byte is lost',
    (t) =>
      reading(t, function* () {
        const body = t.coroutine(function* body(line: Buffer) {
          got += line.toString();
          yield* wait(t.turn());
        });
        yield* wait(asyncFor(reader, body));
      }),
    nothingIsLost,
  );
});

describe('a connection in memory, cancelled everywhere', () => {
  let ends: ReturnType<typeof memoryPipe>;
  let sent: string;
  let received: string;

  everywhere(
    'drain: the next one waits as if nothing had been',
    function* (t) {
      ends = memoryPipe(t.loop);
      sent = received = '';
      const [[, writer], [reader]] = ends;
      t.task(function* peer() {
        received = (yield* wait(reader.read())).toString();
      });
      try {
        for (let i = 0; i < 3; i++) {
          const line = `line ${i} is long enough\n`;
          writer.write(b(line));
          sent += line;
          yield* wait(writer.drain());
        }
      } finally {
        t.task(function* after() {
          yield* wait(writer.drain());
          writer.close();
          yield* wait(writer.waitClosed());
        });
      }
    },
    function* () {
      expect(received).toBe(sent);
      for (const [, writer] of ends) {
        writer.close();
        yield* wait(writer.waitClosed());
      }
    },
  );

  everywhere(
    'question, answer, and the end',
    function* (t) {
      ends = memoryPipe(t.loop);
      sent = received = '';
      const [[reader, writer], [theirs, answers]] = ends;
      t.task(function* server() {
        for (;;) {
          const line = yield* wait(theirs.readline());
          if (line.length === 0) break;
          sent += line.toString();
          answers.write(line);
          yield* wait(answers.drain());
        }
        answers.close();
        yield* wait(answers.waitClosed());
      });
      try {
        for (const line of ['one\n', 'two\n']) {
          writer.write(b(line));
          yield* wait(writer.drain());
          received += (yield* wait(reader.readline())).toString();
        }
      } finally {
        writer.close();
        yield* wait(writer.waitClosed());
      }
    },
    function* () {
      expect(sent.startsWith(received)).toBe(true);
      for (const [, writer] of ends) {
        expect(writer.isClosing()).toBe(true);
        yield* wait(writer.waitClosed());
      }
    },
  );
});

describe('sockets, cancelled everywhere', () => {
  let server: Server | null;
  /** The ends of the server, each with what it sees. */
  let served: { writer: StreamWriter; ended: boolean }[];
  let mine: StreamWriter | null;

  const serve = (reader: StreamReader, writer: StreamWriter): Promise<void> => {
    const end = { writer, ended: false };
    served.push(end);
    return (async () => {
      try {
        for await (const line of reader) writer.write(line);
      } finally {
        writer.close();
        end.ended = true;
      }
    })();
  };

  function* closeAll(): Generator<unknown, void, unknown> {
    expect(mine === null || mine.isClosing()).toBe(true);
    if (server === null) return;
    server.close();
    // Returns when all connections are gone: one that was opened and given to nobody would hold it.
    yield* wait(server.waitClosed());
    expect(served.filter((end) => !end.ended)).toEqual([]);
  }

  /** The other tasks are waited for before `check` is called: whoever serves must see the end of the connection by then. */
  function* listening(): Generator<unknown, readonly [string, number], unknown> {
    server = mine = null;
    served = [];
    server = yield* wait(startServer(serve, '127.0.0.1', 0));
    return server.sockets[0].getsockname() as [string, number];
  }

  everywhere(
    'startServer, openConnection, readline, waitClosed',
    function* (t) {
      const [host, port] = yield* listening();
      const [reader, writer] = yield* wait(openConnection(host, port));
      mine = writer;
      try {
        writer.write(b('hello\n'));
        expect((yield* wait(reader.readline())).toString()).toBe('hello\n');
        yield* wait(t.turn());
      } finally {
        writer.close();
      }
      yield* wait(writer.waitClosed());
    },
    closeAll,
  );

  everywhere(
    'serveForever: it is closed, and lets go of its connections',
    function* (t) {
      const [host, port] = yield* listening();
      t.task(function* client() {
        try {
          const [reader, writer] = yield* wait(openConnection(host, port));
          writer.write(b('hello\n'));
          yield* wait(reader.readline());
          writer.close();
          yield* wait(writer.waitClosed());
        } catch (error) {
          // The server was closed before it came.
          expect(error).toBeInstanceOf(OSError);
        }
        server?.close();
      });
      yield* wait((server as Server).serveForever());
    },
    closeAll,
  );
});
