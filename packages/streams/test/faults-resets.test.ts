/** A peer that resets the connection, in every state it can be in. The network is real. */
import type { Socket } from 'node:net';

import { describe, expect } from '@jest/globals';
import { wait } from '@asyncio-ts/testing';
import { openConnection, type StreamReader, type StreamWriter } from '@asyncio-ts/streams';
import {
  BrokenPipeError,
  ConnectionResetError,
  createServer,
  OSError,
  Protocol,
  type SocketTransport,
} from '@asyncio-ts/transports';

import { type Body, closed, faultScene, portOf, serveOne, until } from './faults.js';

const MIB = 1 << 20;
const b = (text: string): Buffer => Buffer.from(text);

/** What a handler may be told when its peer has reset the connection and it was about to write. */
function expectReset(error: unknown): void {
  expect(error).toBeInstanceOf(OSError);
  expect(['ConnectionResetError', 'BrokenPipeError']).toContain((error as Error).name);
}

const reads: Record<string, (reader: StreamReader) => PromiseLike<unknown>> = {
  'read()': (reader) => reader.read(),
  'read(n)': (reader) => reader.read(100),
  readline: (reader) => reader.readline(),
  readuntil: (reader) => reader.readuntil([b('END'), b('FIN')]),
  readexactly: (reader) => reader.readexactly(100),
  'for await': (reader) => reader[Symbol.asyncIterator]().next() as PromiseLike<unknown>,
};

describe('a reset while a handler waits in', () => {
  for (const [what, read] of Object.entries(reads)) {
    faultScene(`${what}: ConnectionResetError, and for each later read`, function* (t, peers) {
      let waits = false;
      const { server, port, outcome } = yield* serveOne(t, function* (reader) {
        waits = true;
        const first = yield* failureOf(read(reader));
        expect(yield* failureOf(reader.read(1))).toBe(first);
        expect(reader.exception()).toBe(first);
        return first;
      });
      const peer = yield* wait(peers.connect(port));
      yield* until(t, () => waits);
      // Some of it has come: not enough for any of them but one.
      if (what !== 'read(n)') peer.write('part');
      yield* wait(t.turns(3));
      peer.resetAndDestroy();
      expect(yield* wait(outcome)).toBeInstanceOf(ConnectionResetError);
      yield* closed(server);
    });
  }
});

function* failureOf(awaitable: PromiseLike<unknown>): Body<Error> {
  try {
    yield* wait(awaitable);
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not fail');
}

/** Writes more than anybody takes, until that fails. */
function* flood(writer: StreamWriter): Body {
  const piece = Buffer.alloc(MIB);
  for (;;) {
    writer.write(piece);
    yield* wait(writer.drain());
  }
}

describe('a reset while a handler waits in', () => {
  faultScene('drain: it fails', function* (t, peers) {
    let mine: StreamWriter | undefined;
    const { server, port, outcome } = yield* serveOne(t, function* (_reader, writer) {
      mine = writer;
      yield* flood(writer);
    });
    const peer = yield* wait(peers.connect(port));
    yield* until(t, () => (mine?.transport.getWriteBufferSize() ?? 0) > MIB / 2);
    peer.resetAndDestroy();
    expectReset(yield* wait(outcome));
    expect(mine?.transport.getWriteBufferSize()).toBe(0);
    yield* closed(server);
  });

  faultScene('drain, in three tasks: each of them fails', function* (t, peers) {
    let waiting = 0;
    const { server, port, outcome } = yield* serveOne(t, function* (_reader, writer) {
      writer.write(Buffer.alloc(20 * MIB));
      const drains = [1, 2, 3].map(() =>
        t.task(function* () {
          waiting++;
          return yield* failureOf(writer.drain());
        }),
      );
      const errors: Error[] = [];
      for (const task of drains) errors.push(yield* wait(task));
      return errors;
    });
    const peer = yield* wait(peers.connect(port));
    yield* until(t, () => waiting === 3);
    peer.resetAndDestroy();
    const errors = (yield* wait(outcome)) as Error[];
    expect(errors).toHaveLength(3);
    errors.forEach(expectReset);
    yield* closed(server);
  });

  faultScene('waitClosed, behind what cannot be flushed', function* (t, peers) {
    let waits = false;
    const { server, port, outcome } = yield* serveOne(t, function* (_reader, writer) {
      writer.write(Buffer.alloc(20 * MIB));
      writer.close();
      waits = true;
      yield* wait(writer.waitClosed());
    });
    const peer = yield* wait(peers.connect(port));
    yield* until(t, () => waits);
    yield* wait(t.turns(3));
    peer.resetAndDestroy();
    expectReset(yield* wait(outcome));
    yield* closed(server);
  });
});

describe('a reset of a connection', () => {
  faultScene('that is about to be accepted harms nobody', function* (t, peers) {
    const { server, port, outcome } = yield* serveOne(t, (reader) => readAll(reader));
    const peer = yield* wait(peers.connect(port));
    peer.resetAndDestroy();
    expect(yield* wait(outcome)).toBeInstanceOf(ConnectionResetError);
    yield* closed(server);
  });

  faultScene('inside connectionMade comes after it, once', function* (t, peers) {
    const events: string[] = [];
    const lost = t.future<Error | null>();
    const its: { peer?: Socket } = {};
    class Slow extends Protocol {
      override connectionMade(transport: SocketTransport): void {
        events.push('made');
        its.peer?.resetAndDestroy();
        // The system may well know by now that this is in vain.
        transport.write(b('hello'));
        events.push('made, done');
      }
      override connectionLost(error: Error | null): void {
        events.push('lost');
        lost.setResult(error);
      }
    }
    const server = yield* wait(
      createServer(t.loop, () => new Slow(), '127.0.0.1', 0, { startServing: false }),
    );
    its.peer = yield* wait(peers.connect(portOf(server)));
    yield* wait(server.startServing());
    expectReset(yield* wait(lost));
    yield* wait(t.turns(5));
    expect(events).toEqual(['made', 'made, done', 'lost']);
    yield* closed(server);
  });

  faultScene('that was made the other way round: the client is told', function* (t, peers) {
    const port = yield* wait(peers.listen((socket) => socket.resetAndDestroy()));
    const error = yield* failureOf(
      t.coroutine(function* () {
        const [reader, writer] = yield* wait(openConnection('127.0.0.1', port));
        try {
          yield* wait(reader.readline());
        } finally {
          writer.close();
        }
      })(),
    );
    expect(error).toBeInstanceOf(ConnectionResetError);
  });

  faultScene('whose reading is paused is told when reading goes on', function* (t, peers) {
    const limit = 1000;
    let mine: StreamReader | undefined;
    const goOn = t.future<void>();
    const { server, port, outcome } = yield* serveOne(
      t,
      function* (reader, writer) {
        mine = reader;
        yield* wait(goOn);
        expect((writer.transport as SocketTransport).isReading()).toBe(false);
        let got = 0;
        const error = yield* failureOf(
          t.coroutine(function* () {
            while (!reader.atEof()) got += (yield* wait(reader.read(500))).length;
          })(),
        );
        // It was there before the reset; what the system had not given yet may be lost with it.
        expect(got).toBeGreaterThanOrEqual(2 * limit);
        return error;
      },
      { limit },
    );
    const peer = yield* wait(peers.connect(port));
    peer.write(Buffer.alloc(MIB));
    yield* until(t, () => (mine?._bytes.size ?? 0) > 2 * limit);
    peer.resetAndDestroy();
    yield* wait(new Promise((resolve) => peer.once('close', resolve)));
    goOn.setResult(undefined);
    expect(yield* wait(outcome)).toBeInstanceOf(ConnectionResetError);
    yield* closed(server);
  });

  faultScene('whose reading is paused is told to whoever writes', function* (t, peers) {
    let paused = false;
    const goOn = t.future<void>();
    const { server, port, outcome } = yield* serveOne(t, function* (_reader, writer) {
      (writer.transport as SocketTransport).pauseReading();
      paused = true;
      yield* wait(goOn);
      yield* flood(writer);
    });
    const peer = yield* wait(peers.connect(port));
    yield* until(t, () => paused);
    peer.resetAndDestroy();
    yield* wait(new Promise((resolve) => peer.once('close', resolve)));
    goOn.setResult(undefined);
    expectReset(yield* wait(outcome));
    yield* closed(server);
  });

  faultScene('that we have half-closed is told to whoever reads', function* (t, peers) {
    const { server, port, outcome } = yield* serveOne(t, function* (reader, writer) {
      writer.write(b('all there is'));
      writer.writeEof();
      return yield* readAll(reader);
    });
    const peer = yield* wait(peers.connect(port));
    const ended = new Promise((resolve) => peer.once('end', resolve));
    peer.resume();
    yield* wait(ended);
    peer.resetAndDestroy();
    expect(yield* wait(outcome)).toBeInstanceOf(ConnectionResetError);
    yield* closed(server);
  });

  faultScene('that the peer has half-closed is told to whoever writes', function* (t, peers) {
    let ended = false;
    const { server, port, outcome } = yield* serveOne(t, function* (reader, writer) {
      expect((yield* wait(reader.read())).toString()).toBe('bye');
      ended = true;
      yield* flood(writer);
    });
    const peer = yield* wait(peers.connect(port));
    peer.end('bye');
    yield* until(t, () => ended);
    peer.resetAndDestroy();
    expectReset(yield* wait(outcome));
    yield* closed(server);
  });

  faultScene('that is closed and flushed is not heard of', function* (t, peers) {
    let flushed = false;
    const { server, port, outcome } = yield* serveOne(t, function* (_reader, writer) {
      writer.close();
      yield* wait(writer.waitClosed());
      flushed = true;
    });
    const peer = yield* wait(peers.connect(port));
    yield* until(t, () => flushed);
    peer.resetAndDestroy();
    expect(yield* wait(outcome)).toBeUndefined();
    yield* closed(server);
  });

  faultScene('that nobody waits for is known to the next drain', function* (t, peers) {
    let mine: [StreamReader, StreamWriter] | undefined;
    const goOn = t.future<void>();
    const { server, port, outcome } = yield* serveOne(t, function* (reader, writer) {
      mine = [reader, writer];
      yield* wait(goOn);
      writer.write(b('too late'));
      expect(writer.isClosing()).toBe(true);
      const error = yield* failureOf(writer.drain());
      expect(yield* failureOf(writer.waitClosed())).toBe(error);
      return error;
    });
    const peer = yield* wait(peers.connect(port));
    yield* until(t, () => mine !== undefined);
    peer.resetAndDestroy();
    yield* until(t, () => mine?.[0].exception() !== null);
    goOn.setResult(undefined);
    const error = yield* wait(outcome);
    expect(error).toBeInstanceOf(ConnectionResetError);
    expect(error).not.toBeInstanceOf(BrokenPipeError);
    yield* closed(server);
  });
});

function* readAll(reader: StreamReader): Body<Buffer> {
  return yield* wait(reader.read());
}
