/** What a server has to survive, and what must not grow. The network is real; what happens is seeded, its timing is not. */
import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';

import { describe, expect, test } from '@jest/globals';
import { allTasks, createTask } from '@asyncio-ts/futures';
import { type Scene, scenes, wait } from '@asyncio-ts/testing';
import {
  type IncompleteReadError,
  openConnection,
  startServer,
  type StreamReader,
  type StreamWriter,
} from '@asyncio-ts/streams';
import { OSError, type Server } from '@asyncio-ts/transports';

const scene = scenes(test, { selectors: ['node'] });

const MIB = 1 << 20;
const address = (server: Server): readonly [string, number] => server.sockets[0].getsockname();

function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A peer without manners: sends some lines, a part of one, and goes in one of five ways. */
function rudeClient(port: number, random: (below: number) => number, done: () => void): Socket {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined);
  socket.on('close', done);
  const lines = 'a line\n'.repeat(random(40));
  const way = random(5);
  socket.on('connect', () => {
    if (way === 0) return void socket.resetAndDestroy();
    socket.write(`${lines}and a part of`);
    if (way === 1) return void socket.resetAndDestroy();
    if (way === 2) return void socket.destroy();
    if (way === 3) socket.end();
    else setImmediate(() => socket.resetAndDestroy());
    return undefined;
  });
  // Some never read what they are sent.
  if (random(2) === 0) {
    socket.resume();
    socket.on('end', () => socket.destroy());
  } else if (way === 3) setImmediate(() => socket.destroy());
  return socket;
}

describe('a server', () => {
  scene('survives 200 peers that reset, vanish and half-close', function* (t) {
    let began = 0;
    let ended = 0;
    const seen = new Set<string>();
    const handler = t.implementation.plain(function* (reader: StreamReader, writer: StreamWriter) {
      began++;
      try {
        for (;;) {
          const line = yield* wait(reader.readline());
          if (line.length === 0) break;
          seen.add(line.toString());
          writer.write(Buffer.alloc(2000, 'x'));
          yield* wait(writer.drain());
        }
      } catch (error) {
        if (!(error instanceof OSError)) throw error;
        seen.add(error.name);
      } finally {
        ended++;
        writer.close();
      }
    });
    const server = yield* wait(startServer(handler, '127.0.0.1', 0));
    const random = seeded(20_260_101);
    let gone = 0;
    const all = t.future<void>();
    for (let i = 0; i < 200; i++) {
      rudeClient(address(server)[1], random, () => {
        if (++gone === 200) all.setResult(undefined);
      });
      if (random(10) === 0) yield* wait(t.turn());
    }
    yield* wait(all);

    // It serves on as if nothing had been.
    const [reader, writer] = yield* wait(openConnection(...address(server)));
    writer.write(Buffer.from('polite\n'));
    expect((yield* wait(reader.readexactly(2000))).every((byte) => byte === 0x78)).toBe(true);
    writer.close();
    yield* wait(writer.waitClosed());

    server.close();
    yield* wait(server.waitClosed());
    yield* wait(t.turns(5));
    expect(began).toBeGreaterThan(100);
    expect(ended).toBe(began);
    expect(allTasks(t.loop).size).toBe(1);
    for (const what of seen) {
      expect([
        'a line\n',
        'and a part of',
        'polite\n',
        'ConnectionResetError',
        'BrokenPipeError',
      ]).toContain(what);
    }
  });

  scene('holds no more for a slow reader than its limits say', function* (t) {
    let most = 0;
    let rounds = 0;
    const chunk = Buffer.alloc(32 * 1024, 1);
    const total = 400;
    const server = yield* wait(
      startServer(
        t.implementation.plain(function* (_reader: StreamReader, writer: StreamWriter) {
          for (; rounds < total; rounds++) {
            writer.write(chunk);
            most = Math.max(most, writer.transport.getWriteBufferSize());
            yield* wait(writer.drain());
          }
          writer.close();
        }),
        '127.0.0.1',
        0,
      ),
    );
    const [reader, writer] = yield* wait(openConnection(...address(server)));
    let stuckAt = -1;
    // Nothing is read until the handler stands still.
    while (stuckAt !== rounds) {
      stuckAt = rounds;
      yield* wait(t.sleep(0.01));
    }
    expect(stuckAt).toBeLessThan(total);
    let received = 0;
    for (;;) {
      const data = yield* wait(reader.read(100_000));
      if (data.length === 0) break;
      received += data.length;
    }
    expect(received).toBe(total * chunk.length);
    expect(most).toBeLessThanOrEqual(64 * 1024 + chunk.length);
    writer.close();
    server.close();
    yield* wait(server.waitClosed());
  });
});

/** Sends so many MiB in pieces of all lengths; gives their checksum. */
function* send(
  writer: StreamWriter,
  mebibytes: number,
  random: (below: number) => number,
): Generator<unknown, string, unknown> {
  const hash = createHash('sha256');
  const source = Buffer.from(Array.from({ length: 150_000 }, () => random(256)));
  for (let left = mebibytes * MIB; left > 0;) {
    const from = random(1000);
    const length = Math.min(left, 1 + random([10, 1000, 20_000, 140_000][random(4)] as number));
    const piece = source.subarray(from, from + length);
    hash.update(piece);
    writer.write(piece);
    left -= length;
    yield* wait(writer.drain());
  }
  writer.writeEof();
  return hash.digest('hex');
}

/** Reads to the end, in one manner after another; gives the checksum. */
function* receive(
  reader: StreamReader,
  random: (below: number) => number,
): Generator<unknown, string, unknown> {
  const hash = createHash('sha256');
  while (!reader.atEof()) {
    const manner = random(3);
    let data: Buffer;
    if (manner === 0) data = yield* wait(reader.read(1 + random(200_000)));
    else if (manner === 1) data = yield* wait(reader.readline());
    else {
      data = yield* wait(
        reader
          .readexactly(random(100_000))
          .catch((error) => (error as IncompleteReadError).partial),
      );
    }
    hash.update(data);
  }
  return hash.digest('hex');
}

describe('a connection', () => {
  scene('carries 50 MiB both ways at once, unchanged', function* (t: Scene) {
    const mebibytes = 25;
    const server = yield* wait(
      startServer(
        t.implementation.plain(function* (reader: StreamReader, writer: StreamWriter) {
          const sums = [
            t.task(() => send(writer, mebibytes, seeded(1))),
            t.task(() => receive(reader, seeded(2))),
          ];
          for (const task of sums) t.log(yield* wait(task));
          writer.close();
        }),
        '127.0.0.1',
        0,
      ),
    );
    const [reader, writer] = yield* wait(openConnection(...address(server)));
    const sent = t.task(() => send(writer, mebibytes, seeded(3)));
    const received = createTask(t.loop, t.coroutine(() => receive(reader, seeded(4)))());
    const mine = [yield* wait(received), yield* wait(sent)];
    writer.close();
    server.close();
    yield* wait(server.waitClosed());
    yield* wait(t.turns(5));
    expect(t.events).toEqual(mine);
  });
});
