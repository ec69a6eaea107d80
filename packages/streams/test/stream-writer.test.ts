import { describe, expect, test } from '@jest/globals';
import type { BaseEventLoop } from '@asyncio-ts/loop';
import { type Awaitable, createTask, isCancelledError } from '@asyncio-ts/futures';
import { scenes, wait } from '@asyncio-ts/testing';
import {
  openConnection,
  startServer,
  type StreamReader,
  StreamReader as Reader,
  StreamReaderProtocol,
  StreamWriter,
} from '@asyncio-ts/streams';
import { ConnectionResetError, type Server, Transport } from '@asyncio-ts/transports';

const scene = scenes(test, { selectors: ['node'] });
const still = scenes(test);

const b = (text: string): Buffer => Buffer.from(text);

function* failure(coro: Awaitable<unknown>): Generator<unknown, Error, unknown> {
  try {
    yield* wait(coro);
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not fail');
}

const address = (server: Server): readonly [string, number] => server.sockets[0].getsockname();

/** A server that keeps the ends of its connections, and does nothing with them. */
function* silentServer(): Generator<
  unknown,
  { server: Server; ends: [StreamReader, StreamWriter][] },
  unknown
> {
  const ends: [StreamReader, StreamWriter][] = [];
  const server = yield* wait(
    startServer((reader, writer) => void ends.push([reader, writer]), '127.0.0.1', 0),
  );
  return { server, ends };
}

/** A transport that goes nowhere. */
class Nowhere extends Transport {
  closing = false;
  override isClosing(): boolean {
    return this.closing;
  }
  override close(): void {
    this.closing = true;
  }
}

function unconnected(loop: BaseEventLoop) {
  const reader = new Reader({ loop });
  const protocol = new StreamReaderProtocol(reader, null, { loop });
  const transport = new Nowhere();
  protocol.connectionMade(transport);
  return {
    reader,
    protocol,
    transport,
    writer: new StreamWriter(transport, protocol, reader, loop),
  };
}

describe('StreamWriter.drain', () => {
  still('gives up no turn below the high mark [S299]', function* (t) {
    const { writer, transport } = unconnected(t.loop);
    let turns = 0;
    t.loop.callSoon(() => turns++);
    for (let i = 0; i < 100; i++) yield* wait(writer.drain());
    if (t.implementation.kind === 'generator') expect(turns).toBe(0);
    transport.close();
  });

  still('waits for resumeWriting, however many wait [S299]', function* (t) {
    const { writer, protocol, transport } = unconnected(t.loop);
    protocol.pauseWriting();
    const drains = Array.from({ length: 10 }, () => createTask(t.loop, writer.drain()));
    yield* wait(t.turns(3));
    expect(drains.some((task) => task.done())).toBe(false);
    (drains[3] as (typeof drains)[number]).cancel();
    yield* wait(t.turns(3));
    expect(drains.map((task) => task.done()).indexOf(true)).toBe(3);
    protocol.resumeWriting();
    for (const task of drains) if (!task.cancelled()) yield* wait(task);
    transport.close();
  });

  still('throws what the reader failed with [S300]', function* (t) {
    const { writer, reader, transport } = unconnected(t.loop);
    const error = new Error('broken');
    reader.setException(error);
    expect(yield* failure(writer.drain())).toBe(error);
    transport.close();
  });

  still('a lost connection is a ConnectionResetError [S300]', function* (t) {
    const { writer, protocol, transport } = unconnected(t.loop);
    protocol.pauseWriting();
    const waiting = createTask(t.loop, writer.drain());
    yield* wait(t.turns(2));
    transport.close();
    protocol.connectionLost(null);
    yield* wait(waiting);
    const error = yield* failure(writer.drain());
    expect(error).toBeInstanceOf(ConnectionResetError);
    expect(error.message).toBe('Connection lost');

    const other = unconnected(t.loop);
    other.protocol.pauseWriting();
    const failing = createTask(t.loop, other.writer.drain());
    yield* wait(t.turns(2));
    const reset = new ConnectionResetError('reset', { code: 'ECONNRESET' });
    other.transport.close();
    other.protocol.connectionLost(reset);
    expect(yield* failure(failing)).toBe(reset);
    expect(yield* failure(other.writer.waitClosed())).toBe(reset);
  });

  scene('a loop of write and drain ends when the connection does [S301]', function* (t) {
    const { server, ends } = yield* silentServer();
    const [, writer] = yield* wait(openConnection(...address(server)));
    writer.close();
    let rounds = 0;
    const task = t.task(function* () {
      for (; rounds < 1000; rounds++) {
        writer.write(b('data'));
        yield* wait(writer.drain());
      }
    });
    expect(yield* failure(task)).toBeInstanceOf(ConnectionResetError);
    expect(rounds).toBeLessThan(3);
    ends[0]?.[1].close();
    server.close();
    yield* wait(server.waitClosed());
  });
});

describe('StreamWriter', () => {
  scene('close, then waitClosed returns, also with unread data [S302]', function* () {
    const { server, ends } = yield* silentServer();
    const [reader, writer] = yield* wait(openConnection(...address(server)));
    const [, peer] = ends[0] as (typeof ends)[number];
    peer.write(b('unread'));
    yield* wait(peer.drain());
    expect(writer.isClosing()).toBe(false);
    writer.close();
    writer.close();
    expect(writer.isClosing()).toBe(true);
    yield* wait(writer.waitClosed());
    yield* wait(writer.waitClosed());
    expect(reader.atEof()).toBe(reader.exception() === null);
    peer.close();
    yield* wait(peer.waitClosed().catch(() => undefined));
    server.close();
    yield* wait(server.waitClosed());
  });

  scene('a waitClosed that is cancelled disturbs nobody else [S302]', function* (t) {
    const { server, ends } = yield* silentServer();
    const [, writer] = yield* wait(openConnection(...address(server)));
    const [first, second] = [1, 2].map(() => createTask(t.loop, writer.waitClosed()));
    yield* wait(t.turns(2));
    first?.cancel();
    expect(isCancelledError(yield* failure(first as Awaitable<void>))).toBe(true);
    writer.close();
    yield* wait(second as Awaitable<void>);
    ends[0]?.[1].close();
    server.close();
    yield* wait(server.waitClosed());
  });

  scene('after close the reader is at the end [S303]', function* () {
    const { server, ends } = yield* silentServer();
    const [reader, writer] = yield* wait(openConnection(...address(server)));
    writer.close();
    expect((yield* wait(reader.read())).length).toBe(0);
    expect(reader.atEof()).toBe(true);
    ends[0]?.[1].close();
    server.close();
    yield* wait(server.waitClosed());
  });

  scene('half-closes, knows its addresses, writes several pieces', function* () {
    const { server, ends } = yield* silentServer();
    const [reader, writer] = yield* wait(openConnection(...address(server)));
    const [peerReader, peer] = ends[0] as (typeof ends)[number];
    expect(writer.canWriteEof()).toBe(true);
    expect(writer.getExtraInfo('peername')).toEqual(address(server));
    expect(writer.getExtraInfo('nothing', 1)).toBe(1);
    writer.writelines([b('one '), b('two')]);
    writer.writeEof();
    expect((yield* wait(peerReader.read())).toString()).toBe('one two');
    peer.write(b('answer'));
    yield* wait(peer[Symbol.asyncDispose]());
    expect(peer.isClosing()).toBe(true);
    expect((yield* wait(reader.read())).toString()).toBe('answer');
    expect(() => writer.write('text' as unknown as Buffer)).toThrow(/encode the string/);
    expect(writer.transport.isClosing()).toBe(false);
    writer.close();
    server.close();
    yield* wait(server.waitClosed());
  });
});
