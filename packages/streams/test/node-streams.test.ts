/** Readers and writers beside the streams of Node. What is in memory runs on virtual time as well; sockets do not. */
import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { type Duplex, PassThrough, pipeline, Readable, Transform, Writable } from 'node:stream';
import { pipeline as piped } from 'node:stream/promises';

import { describe, expect, test } from '@jest/globals';
import { BaseEventLoop, RuntimeError } from '@asyncio-ts/loop';
import { createTask, isCancelledError, runUntilComplete } from '@asyncio-ts/futures';
import { scenes, wait } from '@asyncio-ts/testing';
import {
  fromDuplex,
  openConnection,
  startServer,
  StreamReader,
  StreamWriter,
  toDuplex,
} from '@asyncio-ts/streams';
import { ConnectionResetError } from '@asyncio-ts/transports';

import { bothEnds, end, nodeTurns } from './both-ends.js';
import { clientContext, serverContext } from './contexts.js';
import { failure } from './failure.js';

const still = scenes(test);
const scene = scenes(test, { selectors: ['node'] });

const b = (text: string): Buffer => Buffer.from(text);
const KIB = 1024;

/** An event of an emitter as something outside to wait for; an 'error' is one as well. */
function event(emitter: EventEmitter, name: string): Promise<unknown> {
  return new Promise((resolve) => emitter.once(name, resolve));
}

/** Counts what it gives, and gives as long as somebody asks. */
function endless(size: number): { readonly stream: Readable; readonly given: () => number } {
  let given = 0;
  const stream = new Readable({
    highWaterMark: size,
    read() {
      given += size;
      this.push(Buffer.alloc(size, 'x'));
    },
  });
  return { stream, given: () => given };
}

describe('StreamReader.from', () => {
  still('reads lines, counts and the rest, of bytes and of strings', function* () {
    const reader = StreamReader.from(Readable.from(['one\ntw', b('o\n'), new Uint8Array([51])]));
    expect((yield* wait(reader.readline())).toString()).toBe('one\n');
    expect((yield* wait(reader.readexactly(4))).toString()).toBe('two\n');
    expect((yield* wait(reader.read())).toString()).toBe('3');
    expect(reader.atEof()).toBe(true);
    const ended = Readable.from([]);
    ended.resume();
    expect((yield* wait(StreamReader.from(ended).read())).length).toBe(0);
  });

  still('gives the very bytes it was given', function* () {
    const chunk = b('a line\nrest');
    const reader = StreamReader.from(Readable.from([chunk]));
    const line = yield* wait(reader.readline());
    expect(line.buffer).toBe(chunk.buffer);
    expect(line.byteOffset).toBe(chunk.byteOffset);
    reader.close();
  });

  still('holds the stream back: no more than its limits say', function* () {
    const { stream, given } = endless(4 * KIB);
    const reader = StreamReader.from(stream, { limit: 16 * KIB });
    yield* wait(nodeTurns());
    const before = given();
    // Twice the limit, what is on its way into the loop, and what the stream holds.
    expect(before).toBeLessThanOrEqual((32 + 16 + 4 * 3) * KIB);
    yield* wait(reader.readexactly(24 * KIB));
    yield* wait(nodeTurns());
    expect(given()).toBeGreaterThan(before);
    expect(given() - 24 * KIB).toBeLessThanOrEqual((32 + 16 + 4 * 3) * KIB);
    reader.close();
    expect(stream.destroyed).toBe(true);
  });

  test('a loop that stands still is given no more than a mark', async () => {
    const loop = new BaseEventLoop();
    const { stream, given } = endless(4 * KIB);
    const made = StreamReader.from(stream, { loop });
    for (let i = 0; i < 100; i++) await new Promise((resolve) => setImmediate(resolve));
    expect(given()).toBeLessThanOrEqual((16 + 4 * 3) * KIB);
    const read = await runUntilComplete(loop, async () => (await made.readexactly(99_999)).length);
    expect(read).toBe(99_999);
    loop.close();
    // What is open is let go of with its loop.
    expect(stream.destroyed).toBe(true);
  });

  still('fails with what the stream fails with', function* (t) {
    const stream = new PassThrough();
    const reader = StreamReader.from(stream);
    const waiting = createTask(t.loop, reader.readline());
    yield* wait(nodeTurns());
    const error = new Error('the disk is on fire');
    stream.destroy(error);
    expect(yield* failure(waiting)).toBe(error);
    expect(yield* failure(reader.read(1))).toBe(error);
    const odd = new PassThrough();
    const other = StreamReader.from(odd);
    odd.destroy('not an error' as unknown as Error);
    expect((yield* failure(other.read())).message).toMatch(/not an error|not an Error/i);
  });

  still('a stream that is destroyed half-way is no regular end', function* () {
    const stream = new PassThrough();
    stream.write('par');
    const reader = StreamReader.from(stream);
    expect((yield* wait(reader.read(3))).toString()).toBe('par');
    stream.destroy();
    expect(yield* failure(reader.readline())).toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
  });

  still('what are no bytes is an error, and the stream is let go of', function* () {
    const stream = Readable.from([{ not: 'bytes' }]);
    const reader = StreamReader.from(stream);
    expect(yield* failure(reader.read())).toBeInstanceOf(TypeError);
    expect(stream.destroyed).toBe(true);
    for (const nothing of [{}, null, undefined, 'text']) {
      expect(() => StreamReader.from(nothing as Readable)).toThrow(
        /Cannot read from .* was expected/,
      );
      expect(() => fromDuplex(nothing as Duplex)).toThrow(/was expected/);
    }
  });

  still('a cancelled read takes nothing; close() lets go of the stream', function* (t) {
    const stream = new PassThrough();
    const reader = StreamReader.from(stream);
    const task = createTask(t.loop, reader.readline());
    yield* wait(nodeTurns());
    task.cancel();
    expect(isCancelledError(yield* failure(task))).toBe(true);
    stream.write('line\nmore');
    expect((yield* wait(reader.readline())).toString()).toBe('line\n');
    const waiting = createTask(t.loop, reader.readline());
    yield* wait(nodeTurns());
    reader[Symbol.dispose]();
    reader.close();
    expect((yield* wait(waiting)).toString()).toBe('more');
    expect(stream.destroyed).toBe(true);
  });

  test('close() of a reader nobody feeds is its end', async () => {
    const loop = new BaseEventLoop();
    const reader = new StreamReader({ loop });
    reader.close();
    expect(reader.atEof()).toBe(true);
    expect(() => StreamReader.from(new PassThrough())).toThrow(RuntimeError);
    loop.close();
  });
});

/** Takes a piece when it is told to. */
class Slow extends Writable {
  readonly taken: Buffer[] = [];
  readonly calls: number[] = [];
  private _next: (() => void) | null = null;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this._take([chunk], done);
  }

  override _writev(chunks: readonly { chunk: Buffer }[], done: () => void): void {
    this._take(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  private _take(chunks: readonly Buffer[], done: () => void): void {
    this.calls.push(chunks.length);
    this._next = () => {
      this.taken.push(...chunks);
      done();
    };
  }

  /** Lets it take what it was given; false: nothing. */
  go(): boolean {
    const next = this._next;
    this._next = null;
    next?.();
    return next !== null;
  }

  get text(): string {
    return Buffer.concat(this.taken).toString();
  }
}

describe('StreamWriter.from', () => {
  still('writes; close() ends the stream, waitClosed() waits for its last byte', function* (t) {
    const stream = new Slow();
    const writer = StreamWriter.from(stream);
    expect(writer.canWriteEof()).toBe(true);
    writer.write(b('one '));
    writer.writelines([b('two '), new Uint8Array([51])]);
    yield* wait(writer.drain());
    writer.close();
    writer.close();
    expect(writer.isClosing()).toBe(true);
    const closing = createTask(t.loop, writer.waitClosed());
    yield* wait(nodeTurns());
    expect(closing.done()).toBe(false);
    while (!stream.writableFinished) {
      stream.go();
      yield* wait(nodeTurns());
    }
    yield* wait(closing);
    expect(stream.text).toBe('one two 3');
    writer.write(b('dropped'));
    expect(yield* failure(writer.drain())).toBeInstanceOf(ConnectionResetError);
    expect(() => writer.write('text' as unknown as Buffer)).toThrow(/encode the string/);
  });

  still('small writes of one turn go as one, and may be reused at once', function* () {
    const stream = new Slow();
    const writer = StreamWriter.from(stream);
    const scratch = b('?');
    for (const letter of 'abcde') {
      scratch.write(letter);
      writer.write(scratch);
    }
    yield* wait(nodeTurns());
    expect(stream.calls).toEqual([5]);
    stream.go();
    writer.close();
    yield* wait(writer.waitClosed());
    expect(stream.text).toBe('abcde');
  });

  still('drain() waits for the stream, which never holds more than its mark', function* (t) {
    const stream = new Slow({ highWaterMark: 8 * KIB });
    const writer = StreamWriter.from(stream);
    let most = 0;
    let rounds = 0;
    const task = t.task(function* () {
      for (; rounds < 100; rounds++) {
        writer.write(Buffer.alloc(KIB));
        most = Math.max(most, stream.writableLength);
        yield* wait(writer.drain());
      }
      writer.close();
    });
    yield* wait(nodeTurns());
    expect(rounds).toBeLessThan(10);
    while (!task.done()) {
      stream.go();
      yield* wait(nodeTurns());
    }
    while (stream.go()) yield* wait(nodeTurns());
    yield* wait(writer.waitClosed());
    expect(stream.text.length).toBe(100 * KIB);
    expect(most).toBeLessThanOrEqual(9 * KIB);
  });

  still('fails with what the stream fails with', function* (t) {
    const error = new Error('no space left');
    const stream = new Slow({ highWaterMark: 1 });
    const writer = StreamWriter.from(stream);
    writer.write(b('xx'));
    const draining = createTask(t.loop, writer.drain());
    yield* wait(nodeTurns());
    expect(draining.done()).toBe(false);
    stream.destroy(error);
    expect(yield* failure(draining)).toBe(error);
    expect(yield* failure(writer.waitClosed())).toBe(error);
    expect(writer.isClosing()).toBe(true);

    const other = new Slow();
    const gone = StreamWriter.from(other);
    other.destroy();
    expect(yield* failure(gone.waitClosed())).toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
  });

  still('abort() destroys it, whatever it holds; writeEof() ends it', function* () {
    const stream = new Slow();
    const writer = StreamWriter.from(stream);
    writer.write(b('never taken'));
    writer.transport.abort();
    yield* wait(writer.waitClosed());
    expect(stream.destroyed).toBe(true);
    expect(stream.text).toBe('');

    const half = new PassThrough();
    half.resume();
    const ending = StreamWriter.from(half);
    ending.writeEof();
    expect(() => ending.write(b('x'))).toThrow(RuntimeError);
    yield* wait(event(half, 'finish'));
    expect(ending.isClosing()).toBe(false);
    ending.close();
    yield* wait(ending.waitClosed());
  });

  still('a stream that somebody else ends is lost', function* () {
    const stream = new PassThrough();
    const writer = StreamWriter.from(stream);
    stream.resume();
    stream.end();
    yield* wait(writer.waitClosed());
    for (const nothing of [{}, null]) {
      expect(() => StreamWriter.from(nothing as Writable)).toThrow(
        /Cannot write to .* was expected/,
      );
    }
  });
});

describe('StreamReader.toReadable', () => {
  still('gives what the reader is fed, from where it stands', function* (t) {
    const reader = new StreamReader({ loop: t.loop });
    const fed = b('header\nbody ');
    reader.feedData(fed);
    yield* wait(reader.readline());
    const readable = reader.toReadable();
    const first = (yield* wait(event(readable, 'data'))) as Buffer;
    expect(first.toString()).toBe('body ');
    expect(first.buffer).toBe(fed.buffer);
    const rest = readable.toArray();
    reader.feedData(b('and '));
    reader.feedData(b('soul'));
    reader.feedEof();
    expect(Buffer.concat((yield* wait(rest)) as Buffer[]).toString()).toBe('and soul');
  });

  still('only one may wait', function* (t) {
    const reader = new StreamReader({ loop: t.loop });
    const readable = reader.toReadable();
    readable.resume();
    yield* wait(nodeTurns());
    expect(yield* failure(reader.readline())).toBeInstanceOf(RuntimeError);
    const waiting = new StreamReader({ loop: t.loop });
    const task = createTask(t.loop, waiting.readline());
    yield* wait(nodeTurns());
    const second = waiting.toReadable();
    second.resume();
    expect(yield* wait(event(second, 'error'))).toBeInstanceOf(RuntimeError);
    expect((yield* wait(task)).length).toBe(0);
    readable.destroy();
  });

  still('is destroyed with what the reader fails with', function* (t) {
    const reader = new StreamReader({ loop: t.loop });
    const readable = reader.toReadable();
    readable.resume();
    yield* wait(nodeTurns());
    const error = new ConnectionResetError('gone');
    reader.setException(error);
    expect(yield* wait(event(readable, 'error'))).toBe(error);
  });

  still('destroyed with keepOpen it gives back what it held', function* (t) {
    const reader = new StreamReader({ loop: t.loop });
    reader.feedData(Buffer.alloc(10_000, 'a'));
    reader.feedData(Buffer.alloc(10_000, 'b'));
    const readable = reader.toReadable({ keepOpen: true, highWaterMark: 15_000 });
    readable.on('readable', () => undefined);
    while (readable.readableLength < 15_000) yield* wait(nodeTurns());
    readable.destroy();
    yield* wait(nodeTurns());
    reader.feedData(b('c'));
    reader.feedEof();
    const all = (yield* wait(reader.read())).toString();
    expect(all).toBe(`${'a'.repeat(10_000)}${'b'.repeat(10_000)}c`);
  });

  scene('destroyed half-way it closes the connection', function* (t) {
    const { server, mine, its } = yield* bothEnds(t);
    its[1].write(Buffer.alloc(100_000));
    const broken = new Transform({
      transform(_chunk, _encoding, done) {
        done(new Error('I cannot unpack this'));
      },
    });
    const outcome = t.future<unknown>();
    pipeline(mine[0].toReadable(), broken, (error) => outcome.setResult(error));
    expect(((yield* wait(outcome)) as Error).message).toBe('I cannot unpack this');
    expect(mine[1].isClosing()).toBe(true);
    yield* end(server, mine[1], its[1]);
  });

  scene('a slow consumer holds the sender back', function* (t) {
    const { server, mine, its } = yield* bothEnds(t);
    const [, sender] = its;
    let sent = 0;
    const sending = t.task(function* () {
      for (; sent < 400; sent++) {
        sender.write(Buffer.alloc(64 * KIB));
        yield* wait(sender.drain());
      }
      sender.close();
    });
    const slow = new Slow();
    const pumping = piped(mine[0].toReadable(), slow);
    let stuckAt = -1;
    while (stuckAt !== sent) {
      stuckAt = sent;
      yield* wait(t.sleep(0.02));
    }
    // What the system takes is not ours to say; the rest is bounded.
    expect(stuckAt).toBeLessThan(400);
    expect(slow.writableLength).toBeLessThanOrEqual(slow.writableHighWaterMark + 64 * KIB);
    while (!slow.writableFinished) {
      slow.go();
      yield* wait(t.turn());
    }
    yield* wait(pumping);
    yield* wait(sending);
    expect(Buffer.concat(slow.taken).length).toBe(400 * 64 * KIB);
    yield* end(server, mine[1], sender);
  });
});

describe('StreamWriter.toWritable', () => {
  scene('pipeline sends everything, and the end, but leaves the way back', function* (t) {
    const { server, mine, its } = yield* bothEnds(t);
    const writable = mine[1].toWritable();
    const sending = piped(Readable.from([b('one '), b('two '), Buffer.alloc(3e6, 'x')]), writable);
    expect((yield* wait(its[0].read())).length).toBe(8 + 3e6);
    yield* wait(sending);
    expect(mine[1].transport.getWriteBufferSize()).toBe(0);
    expect(mine[1].isClosing()).toBe(false);
    its[1].write(b('thanks\n'));
    expect((yield* wait(mine[0].readline())).toString()).toBe('thanks\n');
    yield* end(server, mine[1], its[1]);
  });

  scene('a peer that does not read holds the source back', function* (t) {
    const { server, mine, its } = yield* bothEnds(t);
    const { stream, given } = endless(64 * KIB);
    const sending = piped(stream, mine[1].toWritable()).catch((error: unknown) => error);
    let stuckAt = -1;
    while (stuckAt !== given()) {
      stuckAt = given();
      yield* wait(t.sleep(0.02));
    }
    expect(mine[1].transport.getWriteBufferSize()).toBeLessThanOrEqual((64 + 64) * KIB);
    // The peer goes: the pipeline is told.
    its[1].transport.abort();
    expect(yield* wait(sending)).toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) });
    expect(stream.destroyed).toBe(true);
    yield* end(server, mine[1], its[1]);
  });

  scene('is destroyed when the connection is lost, also when it is idle', function* (t) {
    const { server, mine, its } = yield* bothEnds(t);
    const writable = mine[1].toWritable();
    const failed = event(writable, 'error');
    mine[1].transport.abort();
    expect(yield* wait(failed)).toBeInstanceOf(ConnectionResetError);
    const late = mine[1].toWritable();
    expect(yield* wait(event(late, 'error'))).toBeInstanceOf(ConnectionResetError);
    yield* end(server, mine[1], its[1]);
  });

  scene('destroyed half-way it aborts the connection, unless keepOpen', function* (t) {
    const { server, mine, its } = yield* bothEnds(t);
    const kept = mine[1].toWritable({ keepOpen: true });
    kept.write('kept\n');
    expect((yield* wait(its[0].readline())).toString()).toBe('kept\n');
    kept.destroy();
    yield* wait(nodeTurns());
    expect(mine[1].isClosing()).toBe(false);
    mine[1].toWritable().destroy();
    yield* wait(nodeTurns());
    expect(mine[1].isClosing()).toBe(true);
    yield* wait(mine[1].waitClosed());
    yield* end(server, its[1]);
  });

  scene('over a stream without an end of its own, it closes', function* () {
    const sink = new PassThrough();
    sink.resume();
    const writer = StreamWriter.from(sink);
    Object.defineProperty(writer.transport, 'canWriteEof', { value: () => false });
    yield* wait(piped(Readable.from([b('all')]), writer.toWritable()));
    expect(writer.isClosing()).toBe(true);
    expect(sink.writableFinished).toBe(true);
  });
});

still('when all of them are gone, the loop waits for nothing outside any more', function* (t) {
  yield* wait(nodeTurns());
  const before = t.loop._outside;
  const openStream = new PassThrough();
  const kept = StreamReader.from(openStream);
  const writing = new Slow();
  const slow = StreamWriter.from(writing);
  slow.write(b('held'));
  expect(t.loop._outside).toBe(before + 2);
  const failing = new PassThrough();
  const failed = StreamReader.from(failing);
  failing.destroy(new Error('x'));
  yield* failure(failed.read());
  yield* wait(StreamReader.from(Readable.from(['ends'])).read());
  const [reader, writer] = fromDuplex(new PassThrough());
  writer.write(b('x'));
  yield* wait(reader.read(1));
  writer.close();
  yield* wait(writer.waitClosed());
  yield* wait(nodeTurns());
  expect(t.loop._outside).toBe(before + 2);
  writing.go();
  kept.close();
  yield* wait(nodeTurns());
  expect(t.loop._outside).toBe(before);
  slow.transport.abort();
  yield* wait(slow.waitClosed());
  expect(t.loop._outside).toBe(before);
});

describe('toDuplex and fromDuplex', () => {
  scene('a connection as a Duplex echoes by itself', function* (t) {
    const { server, mine, its } = yield* bothEnds(t);
    const duplex = toDuplex(...its);
    const echoing = piped(duplex, duplex);
    mine[1].write(Buffer.alloc(500_000, 'e'));
    mine[1].writeEof();
    expect((yield* wait(mine[0].read())).length).toBe(500_000);
    yield* wait(echoing);
    yield* end(server, mine[1], its[1]);
  });

  scene('destroying the Duplex aborts the connection', function* (t) {
    const { server, mine, its } = yield* bothEnds(t);
    const duplex = toDuplex(...mine);
    const failed = event(duplex, 'error');
    duplex.write('x');
    duplex.destroy(new Error('enough'));
    expect(((yield* wait(failed)) as Error).message).toBe('enough');
    expect(mine[1].isClosing()).toBe(true);
    yield* end(server, mine[1], its[1]);
  });

  scene('a connection that fails destroys the Duplex, one that is closed ends it', function* (t) {
    const { server, mine, its } = yield* bothEnds(t);
    const failing = toDuplex(...mine);
    const failed = event(failing, 'error');
    failing.resume();
    resetPeer(its[1]);
    expect(yield* wait(failed)).toMatchObject({ code: 'ECONNRESET' });
    expect(failing.destroyed).toBe(true);
    yield* end(server, mine[1], its[1]);

    const other = yield* bothEnds(t);
    const closing = toDuplex(...other.mine);
    const closed = event(closing, 'close');
    closing.resume();
    other.mine[1].close();
    yield* wait(closed);
    expect([closing.readableEnded, closing.errored]).toEqual([true, null]);
    yield* end(other.server, other.its[1]);
  });

  scene('a peer that closes a TLS connection cuts off nothing it has sent', function* (t) {
    const server = yield* wait(
      startServer(
        t.implementation.plain(function* (_reader: StreamReader, writer: StreamWriter) {
          writer.write(Buffer.alloc(2e6, 'x'));
          writer.close();
          yield* wait(writer.waitClosed());
        }),
        '127.0.0.1',
        0,
        { ssl: serverContext() },
      ),
    );
    const [reader, writer] = yield* wait(
      openConnection(...server.sockets[0].getsockname(), {
        ssl: clientContext(),
        serverHostname: 'localhost',
      }),
    );
    const slow = new Slow();
    const pumping = piped(toDuplex(reader, writer), slow);
    while (!slow.writableFinished) {
      slow.go();
      yield* wait(nodeTurns());
    }
    yield* wait(pumping);
    expect(Buffer.concat(slow.taken).length).toBe(2e6);
    server.close();
    yield* wait(server.waitClosed());
  });

  still('a Duplex of Node is a connection', function* () {
    const through = new PassThrough({ highWaterMark: KIB });
    const [reader, writer] = fromDuplex(through, { limit: 100 });
    writer.write(b('there and back\n'));
    expect((yield* wait(reader.readline())).toString()).toBe('there and back\n');
    writer.writeEof();
    expect((yield* wait(reader.read())).length).toBe(0);
    writer.close();
    yield* wait(writer.waitClosed());
    yield* wait(nodeTurns());
    expect(through.destroyed).toBe(true);
  });

  still('closing the writer ends the reader, and destroys what does not end', function* (t) {
    const [one, other] = pairOfDuplexes();
    const [reader, writer] = fromDuplex(one);
    const waiting = createTask(t.loop, reader.read());
    yield* wait(nodeTurns());
    writer.write(b('last words'));
    writer.close();
    yield* wait(writer.waitClosed());
    expect((yield* wait(waiting)).length).toBe(0);
    expect(one.destroyed).toBe(true);
    expect(String(other.read())).toBe('last words');
  });

  still('what the Duplex fails with, both ends fail with', function* () {
    const [one] = pairOfDuplexes();
    const [reader, writer] = fromDuplex(one);
    const error = new Error('cut');
    one.destroy(error);
    expect(yield* failure(reader.readline())).toBe(error);
    expect(yield* failure(writer.waitClosed())).toBe(error);
  });
});

/** Ends a connection the hard way, as a process that dies does. */
function resetPeer(writer: StreamWriter): void {
  const { _socket: socket } = writer.transport as unknown as { _socket: Socket };
  socket.resetAndDestroy();
}

/** Two ends: what is written to one is read from the other. */
function pairOfDuplexes(): [PassThroughEnd, PassThroughEnd] {
  const one = new PassThroughEnd();
  const other = new PassThroughEnd();
  one.other = other;
  other.other = one;
  return [one, other];
}

class PassThroughEnd extends Transform {
  other!: PassThroughEnd;
  override _transform(chunk: Buffer, _encoding: string, done: () => void): void {
    this.other.push(chunk);
    done();
  }
  override _flush(done: () => void): void {
    // It does not end its own side: that is the other's to do.
    void done;
    this.emit('finish');
  }
}
