import { describe, expect, test } from '@jest/globals';
import { BaseEventLoop, NotImplementedError, RuntimeError, ValueError } from '@asyncio-ts/loop';
import { type Awaitable, createTask, isCancelledError } from '@asyncio-ts/futures';
import { type Scene, scenes, wait } from '@asyncio-ts/testing';
import {
  DEFAULT_LIMIT,
  IncompleteReadError,
  LimitOverrunError,
  StreamReader,
} from '@asyncio-ts/streams';
import { ReadTransport } from '@asyncio-ts/transports';

const scene = scenes(test);

const b = (text: string): Buffer => Buffer.from(text, 'latin1');

function reader(t: Scene, ...data: readonly string[]): StreamReader {
  const made = new StreamReader({ loop: t.loop });
  for (const piece of data) made.feedData(b(piece));
  return made;
}

const limited = (t: Scene, limit: number, ...data: readonly string[]): StreamReader => {
  const made = new StreamReader({ loop: t.loop, limit });
  for (const piece of data) made.feedData(b(piece));
  return made;
};

function* text(read: Awaitable<Buffer>): Generator<unknown, string, unknown> {
  return (yield* wait(read)).toString('latin1');
}

function* failure(read: Awaitable<unknown>): Generator<unknown, Error, unknown> {
  try {
    yield* wait(read);
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not fail');
}

/** A transport that only writes down whether it is paused. */
class Pausable extends ReadTransport {
  readonly events: string[] = [];
  override pauseReading(): void {
    this.events.push('pause');
  }
  override resumeReading(): void {
    this.events.push('resume');
  }
}

describe('StreamReader.read', () => {
  scene('gives what is there, at most n [S283]', function* (t) {
    const r = reader(t, 'abc', 'def');
    expect(yield* text(r.read(0))).toBe('');
    expect(yield* text(r.read(2))).toBe('ab');
    expect(yield* text(r.read(3))).toBe('cde');
    expect(yield* text(r.read(100))).toBe('f');
    const task = createTask(t.loop, r.read(100));
    yield* wait(t.turn());
    expect(task.done()).toBe(false);
    r.feedData(b('later'));
    expect(yield* text(task)).toBe('later');
  });

  scene('read(-1) reads to the end [S283]', function* (t) {
    const r = limited(t, 10, 'one');
    const task = createTask(t.loop, r.read());
    yield* wait(t.turns(2));
    for (const piece of ['x'.repeat(50), 'y']) r.feedData(b(piece));
    yield* wait(t.turns(3));
    expect(task.done()).toBe(false);
    r.feedData(b('last'));
    r.feedEof();
    expect(yield* text(task)).toBe(`one${'x'.repeat(50)}ylast`);
    expect(yield* text(r.read())).toBe('');
    expect(yield* text(r.read(5))).toBe('');
  });

  scene('neither read nor readexactly is bounded by the limit [S284]', function* (t) {
    const r = limited(t, 3, 'chunk', 'chunk');
    expect(yield* text(r.read(5))).toBe('chunk');
    expect(yield* text(r.readexactly(5))).toBe('chunk');
  });

  scene('is lazy: nothing is taken before it is awaited', function* (t) {
    const r = reader(t, 'ab');
    const first = r.read(1);
    const second = r.read(1);
    expect(yield* text(second)).toBe('a');
    expect(yield* text(first)).toBe('b');
    expect(yield* failure(first)).toBeInstanceOf(RuntimeError);
    r.readline().close();
  });

  scene('refuses what is no count', function* (t) {
    const r = reader(t, 'ab');
    expect(yield* failure(r.read(1.5))).toBeInstanceOf(TypeError);
    expect(yield* failure(r.readexactly('1' as unknown as number))).toBeInstanceOf(TypeError);
  });
});

describe('StreamReader.readexactly', () => {
  scene('gives exactly so many bytes', function* (t) {
    const r = reader(t, 'ab');
    expect(yield* text(r.readexactly(0))).toBe('');
    const task = createTask(t.loop, r.readexactly(5));
    yield* wait(t.turn());
    r.feedData(b('cdefg'));
    expect(yield* text(task)).toBe('abcde');
    expect(yield* text(r.read(9))).toBe('fg');
  });

  scene('a short end gives what there was [S285]', function* (t) {
    const r = reader(t, 'abc');
    const task = createTask(t.loop, r.readexactly(6));
    yield* wait(t.turn());
    r.feedEof();
    const error = (yield* failure(task)) as IncompleteReadError;
    expect(error).toBeInstanceOf(IncompleteReadError);
    expect(error.partial.toString()).toBe('abc');
    expect(error.expected).toBe(6);
    expect(error.message).toBe('3 bytes read on a total of 6 expected bytes');
    expect(yield* text(r.read())).toBe('');
    expect(yield* failure(r.readexactly(-1))).toBeInstanceOf(ValueError);
  });
});

describe('StreamReader.readuntil', () => {
  scene('includes the separator [S286]', function* (t) {
    const r = reader(t, 'one\ntwo--three');
    expect(yield* text(r.readuntil())).toBe('one\n');
    expect(yield* text(r.readuntil(b('--')))).toBe('two--');
    r.feedEof();
    const error = (yield* failure(r.readuntil(b('--')))) as IncompleteReadError;
    expect(error).toBeInstanceOf(IncompleteReadError);
    expect([error.partial.toString(), error.expected]).toEqual(['three', null]);
    expect(error.message).toBe('5 bytes read on a total of undefined expected bytes');
    expect(r.atEof()).toBe(true);
  });

  scene('refuses empty separators', function* (t) {
    const r = reader(t, 'data');
    expect(yield* failure(r.readuntil(b('')))).toBeInstanceOf(ValueError);
    expect(yield* failure(r.readuntil([]))).toBeInstanceOf(ValueError);
    expect(yield* failure(r.readuntil([b('a'), b('')]))).toBeInstanceOf(ValueError);
    expect(() => r.readuntil('\n' as unknown as Uint8Array)).toThrow(TypeError);
    expect(yield* text(r.read(9))).toBe('data');
  });

  scene('over the limit, the data stays [S287]', function* (t) {
    const r = limited(t, 3, 'some dataAA');
    const found = (yield* failure(r.readuntil(b('AA')))) as LimitOverrunError;
    expect(found).toBeInstanceOf(LimitOverrunError);
    expect(found.message).toMatch(/is found/);
    expect(found.consumed).toBe(9);
    expect(yield* text(r.read(100))).toBe('some dataAA');

    const endless = limited(t, 7, 'some dataA');
    const error = (yield* failure(endless.readuntil(b('AA')))) as LimitOverrunError;
    expect(error.message).toMatch(/not found/);
    expect(error.consumed).toBe(9);
    expect(yield* text(endless.readexactly(error.consumed))).toBe('some data');
    endless.feedData(b('A'));
    expect(yield* text(endless.readuntil(b('AA')))).toBe('AA');
  });

  scene('exactly the limit and a separator is fine [S288]', function* (t) {
    const r = limited(t, 4, 'abcd\nabcd--');
    expect(yield* text(r.readline())).toBe('abcd\n');
    expect(yield* text(r.readuntil(b('--')))).toBe('abcd--');
    r.feedData(b('abcde\n'));
    expect(yield* failure(r.readline())).toBeInstanceOf(ValueError);
  });

  scene('the limit is DEFAULT_LIMIT, 64 KiB, if nobody says otherwise', function* (t) {
    const r = reader(t);
    r.feedData(Buffer.alloc(DEFAULT_LIMIT, 'x'));
    r.feedData(b('\n'));
    expect((yield* wait(r.readline())).length).toBe(65_537);
    r.feedData(Buffer.alloc(DEFAULT_LIMIT + 1, 'x'));
    r.feedData(b('\n'));
    expect(yield* failure(r.readline())).toBeInstanceOf(ValueError);
  });

  scene('finds a separator split over pieces [S289]', function* (t) {
    const separator = b('SEPARATOR');
    for (const size of [1, 2, 4, 8, 9]) {
      const r = reader(t);
      const task = createTask(t.loop, r.readuntil(separator));
      yield* wait(t.turn());
      const all = b('some dataSEPASEPARATORrest');
      for (let at = 0; at < all.length; at += size) {
        r.feedData(Buffer.from(all.subarray(at, at + size)));
        yield* wait(t.turns(2));
      }
      expect(yield* text(task)).toBe('some dataSEPASEPARATOR');
      expect(yield* text(r.read(100))).toBe('rest');
    }
  });

  scene('of several separators the one that ends first counts [S290]', function* (t) {
    const r = reader(t, 'line\rnext\r\nlast');
    expect(yield* text(r.readuntil([b('\r\n'), b('\r'), b('\n')]))).toBe('line\r');
    expect(yield* text(r.readuntil([b('\n'), b('\r\n')]))).toBe('next\r\n');
    r.feedEof();
    expect(yield* failure(r.readuntil([b('x'), b('yy')]))).toBeInstanceOf(IncompleteReadError);

    const longer = reader(t, 'aXXXbYc');
    expect(yield* text(longer.readuntil([b('XXXb'), b('Y'), b('bY')]))).toBe('aXXXb');

    // There is room for the shorter separator only, so far.
    const short = reader(t, 'data');
    const task = createTask(t.loop, short.readuntil([b('A'), b('long sep')]));
    yield* wait(t.turns(2));
    short.feedData(b('Z'));
    yield* wait(t.turns(2));
    short.feedData(b('Along sep'));
    expect(yield* text(task)).toBe('dataZA');
    expect(yield* text(short.readuntil([b('long sep'), b('sep')]))).toBe('long sep');

    const over = limited(t, 3, 'some dataA');
    const error = (yield* failure(over.readuntil([b('A'), b('ome dataA')]))) as LimitOverrunError;
    expect(error.consumed).toBe(9);
    const within = limited(t, 1, 'some dataA');
    expect(yield* text(within.readuntil([b('me'), b('ome')]).catch(String) as never)).toMatch(
      /longer than limit/,
    );
    // Nothing was lost.
    expect(yield* text(within.read(100))).toBe('some dataA');
  });

  scene('takes separators that are no Buffers', function* (t) {
    const r = reader(t, 'one|two;');
    expect(yield* text(r.readuntil(new Uint8Array([0x7c])))).toBe('one|');
    expect(yield* text(r.readuntil([new Uint8Array([0x3b])]))).toBe('two;');
  });
});

describe('StreamReader.readline', () => {
  scene('drops a line that is too long, to its end if that is there [S291]', function* (t) {
    const r = limited(t, 3, 'li', 'ne1\nline2\n');
    const error = yield* failure(r.readline());
    expect(error).toBeInstanceOf(ValueError);
    expect(error.message).toBe('Separator is found, but chunk is longer than limit');
    expect(yield* text(r.read(100))).toBe('line2\n');

    const endless = limited(t, 7, 'li', 'ne1', 'li', 'ne2', 'x');
    const dropped = yield* failure(endless.readline());
    expect(dropped.message).toBe('Separator is not found, and chunk exceed the limit');
    endless.feedData(b('line3\n'));
    expect(yield* text(endless.readline())).toBe('line3\n');

    // It comes in pieces while it is waited for: what is behind the newline stays.
    const waiting = createTask(t.loop, endless.readline());
    yield* wait(t.turns(2));
    for (const piece of ['chunk1', 'chunk2', 'chunk3\n', 'chunk4']) endless.feedData(b(piece));
    const late = yield* failure(waiting);
    expect([late.name, late.message]).toEqual([
      'ValueError',
      'Separator is found, but chunk is longer than limit',
    ]);
    expect(yield* text(endless.read(100))).toBe('chunk4');

    // A reader that was paused by the long line is resumed by its end.
    const paused = limited(t, 3);
    const transport = new Pausable();
    paused.setTransport(transport);
    paused.feedData(b('much too long'));
    expect(yield* failure(paused.readline())).toBeInstanceOf(ValueError);
    expect(transport.events).toEqual(['pause', 'resume']);
  });

  scene('waits for the end of the line, in however many pieces', function* (t) {
    const r = reader(t, 'chunk1 ');
    const task = createTask(t.loop, r.readline());
    for (const piece of ['chunk2 ', 'chunk3 ', '\n chunk4']) {
      yield* wait(t.turns(2));
      r.feedData(b(piece));
    }
    expect(yield* text(task)).toBe('chunk1 chunk2 chunk3 \n');
    expect(yield* text(r.read(100))).toBe(' chunk4');
  });

  scene('at the end the rest, then nothing [S292]', function* (t) {
    const r = reader(t, 'some data');
    r.feedEof();
    expect(yield* text(r.readline())).toBe('some data');
    expect(yield* text(r.readline())).toBe('');
    expect(r.atEof()).toBe(true);
  });

  scene('what is buffered is given without a turn', function* (t) {
    const r = reader(t, 'one\ntwo\nthree\n');
    let turns = 0;
    t.loop.callSoon(() => turns++);
    const lines = [yield* text(r.readline()), yield* text(r.readline()), yield* text(r.readline())];
    expect(lines).toEqual(['one\n', 'two\n', 'three\n']);
    if (t.implementation.kind === 'generator') expect(turns).toBe(0);
    yield* wait(t.turn());
    expect(turns).toBe(1);
  });
});

describe('StreamReader', () => {
  scene('a stored error is thrown by every read, data or not [S293]', function* (t) {
    const r = reader(t, 'line\n');
    const error = new Error('broken');
    expect(r.exception()).toBeNull();
    r.setException(error);
    expect(r.exception()).toBe(error);
    for (const read of [
      r.read(2),
      r.read(),
      r.readline(),
      r.readexactly(2),
      r.readuntil(b('\n')),
    ]) {
      expect(yield* failure(read)).toBe(error);
    }
    const waiting = reader(t);
    const task = createTask(t.loop, waiting.readline());
    yield* wait(t.turns(2));
    waiting.setException(error);
    expect(yield* failure(task)).toBe(error);
  });

  scene('only one may wait [S294]', function* (t) {
    const r = reader(t);
    const first = createTask(t.loop, r.readline());
    yield* wait(t.turns(2));
    const error = yield* failure(r.read(1));
    expect(error).toBeInstanceOf(RuntimeError);
    expect(error.message).toBe(
      'read() called while another coroutine is already waiting for incoming data',
    );
    r.feedData(b('ok\n'));
    expect(yield* text(first)).toBe('ok\n');
  });

  scene('a cancelled read leaves it usable [S295]', function* (t) {
    const r = reader(t, 'par');
    for (const read of [r.readline(), r.readexactly(10), r.readuntil(b('--')), r.read()]) {
      const task = t.task(function* () {
        yield* wait(read);
      });
      yield* wait(t.turns(3));
      task.cancel();
      expect(isCancelledError(yield* failure(task))).toBe(true);
    }
    // What read() had gathered on the way is given back: in Python it is gone.
    r.feedData(b('tial\n'));
    expect(yield* text(r.readline())).toBe('partial\n');
    r.setException(new Error('harmless'));
  });

  scene('atEof is true at the end, when everything was read [S296]', function* (t) {
    const r = reader(t);
    expect(r.atEof()).toBe(false);
    r.feedData(b('some data\n'));
    expect(r.atEof()).toBe(false);
    yield* wait(r.readline());
    expect(r.atEof()).toBe(false);
    r.feedData(b('more'));
    r.feedEof();
    expect(r.atEof()).toBe(false);
    yield* wait(r.read());
    expect(r.atEof()).toBe(true);
    expect(() => r.feedData(b('x'))).toThrow(RuntimeError);
    expect(() => reader(t).feedData('x' as unknown as Buffer)).toThrow(TypeError);
  });

  scene('pauses above twice the limit, resumes at the limit [S297]', function* (t) {
    const r = limited(t, 10);
    const transport = new Pausable();
    r.setTransport(transport);
    expect(() => r.setTransport(transport)).toThrow(RuntimeError);
    r.feedData(b('x'.repeat(20)));
    expect(transport.events).toEqual([]);
    r.feedData(b('x'));
    r.feedData(b('x'));
    expect(transport.events).toEqual(['pause']);
    yield* wait(r.read(11));
    expect(transport.events).toEqual(['pause']);
    yield* wait(r.read(1));
    expect(transport.events).toEqual(['pause', 'resume']);
    r.feedData(b('x'.repeat(30)));
    const task = createTask(t.loop, r.readexactly(100));
    yield* wait(t.turns(2));
    expect(transport.events).toEqual(['pause', 'resume', 'pause', 'resume']);
    r.feedData(b('x'.repeat(60)));
    yield* wait(task);
    expect(transport.events.at(-1)).toBe('resume');
  });

  scene('does not pause below what readexactly waits for [S297]', function* (t) {
    const r = limited(t, 10);
    const transport = new Pausable();
    r.setTransport(transport);
    const cancelled = createTask(t.loop, r.readexactly(100));
    for (let i = 0; i < 3; i++) {
      yield* wait(t.turns(2));
      r.feedData(b('x'.repeat(30)));
    }
    expect(transport.events).toEqual([]);
    cancelled.cancel();
    expect(isCancelledError(yield* failure(cancelled))).toBe(true);
    // Nothing is lost, and now nobody waits for so much.
    r.feedData(b('y'));
    expect(transport.events).toEqual(['pause']);
    expect(yield* text(r.readexactly(91))).toBe(`${'x'.repeat(90)}y`);
    expect(transport.events).toEqual(['pause', 'resume']);
    const incomplete = createTask(t.loop, r.readexactly(100));
    yield* wait(t.turns(2));
    r.feedData(b('the rest'));
    r.feedEof();
    expect(((yield* failure(incomplete)) as IncompleteReadError).partial).toEqual(b('the rest'));
  });

  scene('a transport that cannot be paused is left alone [S297]', function* (t) {
    const r = limited(t, 1);
    r.setTransport(new ReadTransport());
    r.feedData(b('abc'));
    r.feedData(b('def'));
    expect(yield* text(r.read(9))).toBe('abcdef');
    const failing = limited(t, 1);
    failing.setTransport(
      new (class extends ReadTransport {
        override pauseReading(): void {
          throw new TypeError('cannot');
        }
      })(),
    );
    expect(() => failing.feedData(b('abc'))).toThrow(TypeError);
    expect(new NotImplementedError()).toBeInstanceOf(RuntimeError);
  });

  test('a limit must be positive [S298]', () => {
    const loop = new BaseEventLoop();
    for (const limit of [0, -1, NaN]) {
      expect(() => new StreamReader({ limit, loop })).toThrow(ValueError);
    }
    expect(() => new StreamReader()).toThrow(/There is no current event loop/);
  });

  scene('its iterator gives the lines [S308]', function* (t) {
    const r = reader(t, 'line1\nli', 'ne2\nline3');
    const lines: string[] = [];
    const iterator = r[Symbol.asyncIterator]();
    const eof = createTask(
      t.loop,
      t.coroutine(function* () {
        yield* wait(t.turns(3));
        r.feedEof();
      })(),
    );
    for (;;) {
      const step = yield* wait(iterator.next());
      if (step.done === true) break;
      lines.push(step.value.toString());
    }
    expect(lines).toEqual(['line1\n', 'line2\n', 'line3']);
    yield* wait(eof);
  });

  test('for await gives the lines [S308]', async () => {
    const loop = new BaseEventLoop();
    const { runUntilComplete } = await import('@asyncio-ts/futures');
    const lines = await runUntilComplete(loop, async () => {
      const r = new StreamReader();
      loop.callLater(0.001, () => r.feedData(b('o\nthree')));
      loop.callLater(0.002, () => r.feedEof());
      r.feedData(b('one\ntw'));
      const found: string[] = [];
      for await (const line of r) found.push(line.toString());
      return found;
    });
    expect(lines).toEqual(['one\n', 'two\n', 'three']);
    loop.close();
  });
});
