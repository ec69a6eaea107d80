/** Readers and writers beside the streams of the web. What is in memory runs on virtual time as well; sockets do not. */
import { gunzipSync, gzipSync } from 'node:zlib';

import { describe, expect, test } from '@jest/globals';
import { RuntimeError } from '@asyncio-ts/loop';
import { createTask, isCancelledError } from '@asyncio-ts/futures';
import { scenes, wait } from '@asyncio-ts/testing';
import { fromDuplex, StreamReader, StreamWriter } from '@asyncio-ts/streams';
import { ConnectionResetError } from '@asyncio-ts/transports';

import { bothEnds, end, nodeTurns } from './both-ends.js';
import { failure } from './failure.js';

const still = scenes(test);
const scene = scenes(test, { selectors: ['node'] });

const b = (text: string): Buffer => Buffer.from(text);
const KIB = 1024;

/** Gives pieces as long as somebody asks; knows how many, and why it was cancelled. */
class Endless {
  given = 0;
  cancelled: unknown = undefined;
  readonly stream: ReadableStream<Uint8Array>;

  constructor(size: number) {
    this.stream = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        this.given += size;
        controller.enqueue(Buffer.alloc(size));
      },
      cancel: (reason: unknown) => {
        this.cancelled = reason ?? 'without a reason';
      },
    });
  }
}

/** Takes a piece when it is told to. */
class Slow {
  readonly taken: Uint8Array[] = [];
  end = 'open';
  readonly stream: WritableStream<Uint8Array>;
  private _next: (() => void) | null = null;

  constructor() {
    this.stream = new WritableStream<Uint8Array>({
      write: (chunk) =>
        new Promise<void>((resolve) => {
          this._next = () => {
            this.taken.push(chunk);
            resolve();
          };
        }),
      close: () => {
        this.end = 'closed';
      },
      abort: () => {
        this.end = 'aborted';
      },
    });
  }

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

describe('StreamReader.from a ReadableStream', () => {
  still('reads lines, counts and the rest', function* () {
    const body = new Response('one\ntwo\nand the rest').body as ReadableStream<Uint8Array>;
    const reader = StreamReader.from(body);
    expect(body.locked).toBe(true);
    expect((yield* wait(reader.readline())).toString()).toBe('one\n');
    expect((yield* wait(reader.readexactly(4))).toString()).toBe('two\n');
    expect((yield* wait(reader.read())).toString()).toBe('and the rest');
    expect(reader.atEof()).toBe(true);
    expect(() => StreamReader.from(body)).toThrow(/locked/i);
  });

  still('asks for no more than its limits say', function* () {
    const source = new Endless(4 * KIB);
    const reader = StreamReader.from(source.stream, { limit: 8 * KIB });
    yield* wait(nodeTurns());
    const before = source.given;
    expect(before).toBeLessThanOrEqual((16 + 16 + 4 * 3) * KIB);
    yield* wait(reader.readexactly(16 * KIB));
    yield* wait(nodeTurns());
    expect(source.given).toBeGreaterThan(before);
    expect(source.given - 16 * KIB).toBeLessThanOrEqual((16 + 16 + 4 * 3) * KIB);
    reader.close();
    yield* wait(nodeTurns());
    expect(source.cancelled).toBe('without a reason');
    yield* wait(reader.read());
    expect(reader.atEof()).toBe(true);
  });

  still('fails with what the stream fails with, whatever that is', function* (t) {
    const failures: unknown[] = [new Error('cut'), 'a word'];
    for (const thrown of failures) {
      let controller!: ReadableStreamDefaultController<Uint8Array>;
      const stream = new ReadableStream<Uint8Array>({
        start: (given) => void (controller = given),
      });
      const reader = StreamReader.from(stream);
      const waiting = createTask(t.loop, reader.readline());
      yield* wait(nodeTurns());
      controller.error(thrown);
      const error = yield* failure(waiting);
      if (thrown instanceof Error) expect(error).toBe(thrown);
      else expect([error.message, error.cause]).toEqual([expect.stringMatching(/a word/), thrown]);
    }
  });

  still('a cancelled read takes nothing', function* (t) {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const reader = StreamReader.from(readable);
    const task = createTask(t.loop, reader.readline());
    yield* wait(nodeTurns());
    task.cancel();
    expect(isCancelledError(yield* failure(task))).toBe(true);
    void writable.getWriter().write(b('line\n'));
    expect((yield* wait(reader.readline())).toString()).toBe('line\n');
    reader.close();
  });

  still('what are no bytes is an error, and the stream is cancelled', function* () {
    let cancelled = false;
    const stream = new ReadableStream({
      start: (controller) => controller.enqueue(42),
      cancel: () => void (cancelled = true),
    });
    expect(yield* failure(StreamReader.from(stream).read())).toBeInstanceOf(TypeError);
    yield* wait(nodeTurns());
    expect(cancelled).toBe(true);
  });
});

describe('StreamWriter.from a WritableStream', () => {
  still('drain() waits for the stream, close() closes it', function* (t) {
    const slow = new Slow();
    const writer = StreamWriter.from(slow.stream);
    expect(slow.stream.locked).toBe(true);
    let rounds = 0;
    let most = 0;
    const task = t.task(function* () {
      for (; rounds < 50; rounds++) {
        writer.write(Buffer.alloc(4 * KIB));
        most = Math.max(most, writer.transport.getWriteBufferSize());
        yield* wait(writer.drain());
      }
      writer.close();
      yield* wait(writer.waitClosed());
    });
    yield* wait(nodeTurns());
    expect(rounds).toBeLessThan(10);
    while (!task.done()) {
      slow.go();
      yield* wait(nodeTurns());
    }
    expect(most).toBeLessThanOrEqual((16 + 4) * KIB);
    expect([slow.text.length, slow.end]).toEqual([200 * KIB, 'closed']);
  });

  still('fails with what the stream fails with; abort() aborts it', function* () {
    let controller!: WritableStreamDefaultController;
    const stream = new WritableStream<Uint8Array>({ start: (given) => void (controller = given) });
    const writer = StreamWriter.from(stream);
    const error = new Error('full');
    controller.error(error);
    expect(yield* failure(writer.waitClosed())).toBe(error);
    expect(yield* failure(writer.drain())).toBeInstanceOf(ConnectionResetError);

    const slow = new Slow();
    const other = StreamWriter.from(slow.stream);
    yield* wait(nodeTurns());
    other.transport.abort();
    yield* wait(other.waitClosed());
    yield* wait(nodeTurns());
    expect(slow.end).toBe('aborted');
  });
});

describe('StreamReader.toReadableStream', () => {
  still('gives what the reader is fed, when it is asked, and copies nothing', function* (t) {
    const reader = new StreamReader({ loop: t.loop });
    const fed = b('header\nbody');
    reader.feedData(fed);
    yield* wait(reader.readline());
    const stream = reader.toReadableStream();
    yield* wait(nodeTurns());
    // Nobody has asked: a coroutine may read in between.
    expect((yield* wait(reader.read(1))).toString()).toBe('b');
    const web = stream.getReader();
    const first = yield* wait(web.read());
    expect(String(first.value)).toBe('ody');
    expect(first.value?.buffer).toBe(fed.buffer);
    const second = web.read();
    reader.feedData(b('soul'));
    expect(String((yield* wait(second)).value)).toBe('soul');
    const last = web.read();
    reader.feedEof();
    expect((yield* wait(last)).done).toBe(true);
  });

  still('fails with what the reader fails with, or when somebody else waits', function* (t) {
    const reader = new StreamReader({ loop: t.loop });
    const reading = reader.toReadableStream().getReader().read();
    yield* wait(nodeTurns());
    expect(yield* failure(reader.read())).toBeInstanceOf(RuntimeError);
    const error = new ConnectionResetError('gone');
    reader.setException(error);
    expect(yield* failure(reading)).toBe(error);
  });

  still('cancelled with keepOpen it leaves the reader as it is', function* (t) {
    const reader = new StreamReader({ loop: t.loop });
    const web = reader.toReadableStream({ keepOpen: true }).getReader();
    const reading = web.read();
    yield* wait(nodeTurns());
    yield* wait(web.cancel());
    expect((yield* wait(reading)).done).toBe(true);
    reader.feedData(b('line\n'));
    expect((yield* wait(reader.readline())).toString()).toBe('line\n');
  });

  scene('cancelled it closes the connection', function* (t) {
    const { server, mine, its } = yield* bothEnds(t);
    const web = mine[0].toReadableStream().getReader();
    its[1].write(b('x'));
    expect(String((yield* wait(web.read())).value)).toBe('x');
    yield* wait(web.cancel());
    expect(mine[1].isClosing()).toBe(true);
    expect((yield* wait(its[0].read())).length).toBe(0);
    yield* end(server, mine[1], its[1]);
  });
});

describe('StreamWriter.toWritableStream', () => {
  scene('pipeTo sends everything, and the end', function* (t) {
    const { server, mine, its } = yield* bothEnds(t);
    const text = 'all of it '.repeat(100_000);
    const packed = new Response(text).body
      ?.pipeThrough(new CompressionStream('gzip'))
      .pipeTo(mine[1].toWritableStream());
    const received = yield* wait(its[0].read());
    expect(gunzipSync(received).toString()).toBe(text);
    yield* wait(packed as Promise<void>);
    expect(mine[1].isClosing()).toBe(false);

    its[1].write(gzipSync('and back'));
    its[1].close();
    const unpacked = new Response(
      mine[0].toReadableStream().pipeThrough(new DecompressionStream('gzip')) as ReadableStream,
    );
    expect(yield* wait(unpacked.text())).toBe('and back');
    yield* end(server, mine[1], its[1]);
  });

  scene('a peer that does not read holds the source back; its end is told', function* (t) {
    const { server, mine, its } = yield* bothEnds(t);
    const source = new Endless(64 * KIB);
    const sending = source.stream
      .pipeTo(mine[1].toWritableStream())
      .catch((error: unknown) => error);
    let stuckAt = -1;
    while (stuckAt !== source.given) {
      stuckAt = source.given;
      yield* wait(t.sleep(0.02));
    }
    expect(mine[1].transport.getWriteBufferSize()).toBeLessThanOrEqual((64 + 64) * KIB);
    its[1].transport.abort();
    expect(yield* wait(sending)).toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) });
    expect(source.cancelled).toBeDefined();
    yield* end(server, mine[1], its[1]);
  });

  scene('aborted it aborts the connection, unless keepOpen; lost, it fails', function* (t) {
    const { server, mine, its } = yield* bothEnds(t);
    const kept = mine[1].toWritableStream({ keepOpen: true });
    yield* wait(kept.abort());
    expect(mine[1].isClosing()).toBe(false);
    const aborted = mine[1].toWritableStream();
    const web = aborted.getWriter();
    const refused = yield* failure(web.write({} as Uint8Array));
    expect(refused).toBeInstanceOf(TypeError);
    yield* wait(mine[1].toWritableStream().abort());
    expect(mine[1].isClosing()).toBe(true);
    yield* wait(mine[1].waitClosed());
    const late = mine[1].toWritableStream().getWriter();
    expect(yield* failure(late.closed)).toBeInstanceOf(ConnectionResetError);
    yield* end(server, its[1]);
  });

  scene('an AbortSignal cuts a pipe in both directions', function* (t) {
    const { server, mine, its } = yield* bothEnds(t);
    const source = new Endless(KIB);
    const controller = new AbortController();
    const piping = source.stream
      .pipeTo(mine[1].toWritableStream(), { signal: controller.signal })
      .catch((error: unknown) => error);
    yield* wait(its[0].readexactly(10 * KIB));
    controller.abort();
    // `pipeTo` waits for the write that is under way.
    const rest = its[0].read().catch(() => undefined);
    expect(yield* wait(piping)).toMatchObject({ name: 'AbortError' });
    expect(source.cancelled).toMatchObject({ name: 'AbortError' });
    expect(mine[1].isClosing()).toBe(true);
    yield* wait(rest);
    yield* end(server, mine[1], its[1]);
  });

  scene('abort() does not wait for a write that a slow peer holds back', function* (t) {
    const { server, mine, its } = yield* bothEnds(t);
    const web = mine[1].toWritableStream().getWriter();
    const writing = web.write(Buffer.alloc(50_000 * KIB)).catch((error: unknown) => error);
    yield* wait(t.sleep(0.02));
    expect(mine[1].transport.getWriteBufferSize()).toBeGreaterThan(KIB);
    const reason = new Error('enough');
    yield* wait(web.abort(reason));
    expect(yield* wait(writing)).toBeInstanceOf(ConnectionResetError);
    expect(yield* failure(web.closed)).toBe(reason);
    expect(mine[1].isClosing()).toBe(true);
    yield* end(server, mine[1], its[1]);
  });
});

describe('fromDuplex of a pair', () => {
  still('is a connection through what lies between', function* () {
    const [reader, writer] = fromDuplex(new CompressionStream('gzip'), { limit: 100 });
    writer.write(b('to be packed'));
    writer.writeEof();
    expect(gunzipSync(yield* wait(reader.read())).toString()).toBe('to be packed');
    writer.close();
    yield* wait(writer.waitClosed());
  });
});
