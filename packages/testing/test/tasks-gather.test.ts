import { describe, expect, test } from '@jest/globals';
import {
  BaseEventLoop,
  RuntimeError,
  type TimerHandle,
  ValueError,
  VirtualSelector,
} from '@asyncio-ts/loop';
import {
  CancelledError,
  coroutine,
  createFuture,
  Future,
  runUntilComplete,
  Task,
} from '@asyncio-ts/futures';
import { gather, shield, sleep } from '@asyncio-ts/tasks';
import { scenes, wait } from '@asyncio-ts/testing';

import { rejects } from './rejects.js';

const scene = scenes(test);
const exact = scenes(test, { selectors: ['virtual'] });

describe('sleep', () => {
  exact('[S55] sleep(0), or less, is one turn without a timer', function* (t) {
    for (const delay of [0, -1, -Infinity]) {
      t.loop.callSoon(() => t.log('queued before'));
      expect(yield* wait(sleep(delay, delay))).toBe(delay);
      t.log('woken');
    }
    expect(t.loop._scheduled.length).toBe(0);
    expect(t.events).toEqual(Array(3).fill(['queued before', 'woken']).flat());
  });

  scene('[S55] sleep gives its result', function* (t) {
    expect(yield* wait(sleep(0.001))).toBeUndefined();
    const start = t.loop.time();
    expect(yield* wait(sleep(0.005, 'result'))).toBe('result');
    expect(t.loop.time() - start).toBeGreaterThan(0.0045);
  });

  exact('sleep(Infinity) never ends, and can be cancelled', function* (t) {
    const task = t.task(function* () {
      yield* wait(sleep(Infinity));
    });
    yield* wait(sleep(1e9));
    expect(task.done()).toBe(false);
    task.cancel();
    yield* rejects(task, CancelledError);
    expect(t.loop.time()).toBe(1e9);
  });

  scene('[S56] sleep(NaN) is a ValueError', function* () {
    yield* rejects(sleep(NaN), ValueError);
    yield* rejects(sleep('1' as never), TypeError);
  });

  scene('[S56] cancelling a sleep cancels its timer', function* (t) {
    const timers: TimerHandle[] = [];
    const callLater = t.loop.callLater.bind(t.loop);
    t.loop.callLater = (...args) => {
      const timer = callLater(...args);
      timers.push(timer);
      return timer;
    };
    const sleeper = t.task(function* () {
      yield* wait(sleep(3600));
    });
    yield* wait(t.turn());
    sleeper.cancel();
    yield* rejects(sleeper, CancelledError);
    expect(timers.map((timer) => timer.cancelled())).toEqual([true]);
  });

  exact('[S27] [S56] a sleep that is cancelled as it ends is not set', function* (t) {
    const task = t.task(function* () {
      yield* wait(sleep(1));
    });
    yield* wait(t.turn());
    t.loop.callAt(t.loop.time() + 1 - 1e-12, () => task.cancel());
    yield* rejects(task, CancelledError);
  });
});

describe('gather', () => {
  scene('[S79] results come in the order of the arguments', function* () {
    expect(yield* wait(gather(sleep(0.01, 'a'), sleep(0.001, 'b')))).toEqual(['a', 'b']);
    expect(yield* wait(gather([sleep(0.01, 'a'), sleep(0.001, 'b')]))).toEqual(['a', 'b']);
    expect(yield* wait(gather(new Set([sleep(0.002, 1), sleep(0.001, 2)])))).toEqual([1, 2]);
  });

  scene('[S80] nothing to gather is done at once', function* () {
    const outer = gather();
    expect(outer.done()).toBe(true);
    expect(outer.result()).toEqual([]);
    expect(yield* wait(gather([]))).toEqual([]);
  });

  scene('[S81] the first error is set at once, the others run on', function* (t) {
    const slow = t.task(function* () {
      yield* wait(sleep(0.1));
      t.log('slow ended');
      return 1;
    });
    yield* rejects(gather(slow, failing()), /broken/);
    expect(slow.done()).toBe(false);
    expect(slow.cancelling()).toBe(0);
    expect(yield* wait(slow)).toBe(1);
  });

  exact(
    '[S81] each of several is told of the children in the order in which they ended',
    function* (t) {
      const [a, b] = [t.future<number>(), t.future<number>()];
      const outers = [gather(a, b, a), gather(b, a)];
      b.addDoneCallback(() => t.log('b'));
      b.setException(new Error('of b'));
      a.setException(new Error('of a'));
      for (const outer of outers) yield* rejects(outer, /of b/);
      expect(t.events).toEqual(['b']);
      expect([a._logTraceback, b._logTraceback]).toEqual([false, false]);
    },
  );

  exact('[S82] later errors are silently retrieved', function* (t) {
    const [a, b, c] = [t.future<number>(), t.future<number>(), t.future<number>()];
    const outer = gather(a, b, c);
    a.setException(new Error('first'));
    yield* rejects(outer, /first/);
    b.setException(new Error('second'));
    c.setResult(1);
    yield* wait(t.turns(2));
    expect(b._logTraceback).toBe(false);
  });

  exact('[S83] a cancelled child is an error of the outer', function* (t) {
    const [a, b] = [t.future<number>(), t.future<number>()];
    const outer = gather(a, b);
    a.cancel('why');
    const error = yield* rejects(outer, CancelledError);
    expect((error as CancelledError).args).toEqual(['why']);
    expect(outer.cancelled()).toBe(false);
    expect(b.done()).toBe(false);
  });

  scene('[S84] returnExceptions puts errors at their places', function* (t) {
    const cancelled = t.future<number>();
    cancelled.cancel('gone');
    const results = yield* wait(
      gather([failing(), sleep(0.001, 2), cancelled], { returnExceptions: true }),
    );
    expect((results[0] as Error).message).toBe('broken');
    expect(results[1]).toBe(2);
    expect(results[2]).toBeInstanceOf(CancelledError);
    expect((results[2] as CancelledError).args).toEqual(['gone']);
    const spread = yield* wait(gather(sleep(0, 1), failing(), { returnExceptions: true }));
    expect(spread[0]).toBe(1);
    expect(spread[1]).toBeInstanceOf(Error);
  });

  exact('[S84] with returnExceptions it waits for all', function* (t) {
    const [a, b] = [t.future<number>(), t.future<number>()];
    const outer = gather([a, b], { returnExceptions: true });
    a.setException(new Error('x'));
    yield* wait(t.turns(3));
    expect(outer.done()).toBe(false);
    b.setResult(2);
    expect((yield* wait(outer))[1]).toBe(2);
  });

  scene('[S85] what is named twice runs once', function* (t) {
    let runs = 0;
    const one = t.coroutine(function* () {
      runs++;
      yield* wait(t.turn());
      return runs;
    })();
    const other = t.future<number>();
    other.setResult(7);
    expect(yield* wait(gather(one, other, one, other))).toEqual([1, 7, 1, 7]);
    const raw = (function* (): Generator<undefined, string> {
      yield;
      return 'raw';
    })();
    expect(yield* wait(gather(raw, raw))).toEqual(['raw', 'raw']);
    const promise = Promise.resolve('p');
    expect(yield* wait(gather(promise, promise))).toEqual(['p', 'p']);
  });

  exact('[S86] cancelling it cancels the children and waits for them', function* (t) {
    const child = t.task(function* () {
      try {
        yield* wait(sleep(10));
      } finally {
        yield* wait(sleep(1));
        t.log('cleaned up');
      }
    });
    const outer = gather(child, sleep(20));
    yield* wait(t.turn());
    expect(outer.cancel()).toBe(true);
    expect(outer.done()).toBe(false);
    t.log('asked');
    yield* rejects(outer, CancelledError);
    t.log('outer done');
    // The other child was cancelled at once, and that is what the outer heard of first.
    expect(t.events).toEqual(['asked', 'outer done']);
    yield* rejects(child, CancelledError);
  });

  scene('[S86] a cancel of the waiting task reaches the children', function* (t) {
    const child = t.task(function* () {
      yield* wait(sleep(10));
    });
    const waiter = t.task(function* () {
      yield* wait(gather(child));
    });
    yield* wait(t.turns(2));
    waiter.cancel('stop');
    yield* rejects(waiter, CancelledError);
    expect(child.cancelled()).toBe(true);
    expect(waiter.cancelled()).toBe(true);
  });

  exact('[S87] a cancel shows even with returnExceptions, message and all', function* (t) {
    const waiter = t.task(function* () {
      yield* wait(gather([sleep(10), sleep(20)], { returnExceptions: true }));
    });
    yield* wait(t.turns(2));
    waiter.cancel('my message');
    const error = yield* rejects(waiter, CancelledError);
    expect((error as CancelledError).args).toEqual(['my message']);
  });

  exact('[S87] a child that swallows the cancel changes nothing of that', function* (t) {
    const child = t.task(function* () {
      try {
        yield* wait(sleep(10));
      } catch {
        return 'swallowed';
      }
      return 'never';
    });
    const outer = gather([child], { returnExceptions: true });
    yield* wait(t.turn());
    outer.cancel();
    yield* rejects(outer, CancelledError);
    expect(child.result()).toBe('swallowed');
  });

  exact('[S88] cancel of one whose children are done is refused', function* (t) {
    const child = t.future<number>();
    const outer = gather(child);
    child.setResult(42);
    expect(outer.cancel()).toBe(false);
    expect(yield* wait(outer)).toEqual([42]);
  });

  exact('[S88] what is no awaitable is refused, and so is what is not there', function* (t) {
    const child = t.future<number>();
    for (const wrong of [[1], [undefined], [child, undefined], [null], [[child, undefined]]]) {
      expect(() => gather(...(wrong as never[]))).toThrow(/is required, got (1|undefined|null)/);
    }
    expect(() => gather([child] as never, [child] as never)).toThrow(/give one list, or spread it/);
    expect(gather([child], undefined)).toBeInstanceOf(Future);
    child.setResult(1);
    yield* wait(child);
  });

  test('[S89] children of different loops are a ValueError', () => {
    const loops = [newLoop(), newLoop()] as const;
    const [a, b] = loops.map((loop) => createFuture<number>(loop));
    expect(() => gather(a as Future<number>, b as Future<number>)).toThrow(ValueError);
    expect(gather([a as Future<number>]).getLoop()).toBe(loops[0]);
    for (const loop of loops) loop.close();
  });

  test('[S90] coroutines without a loop are a RuntimeError, and closed', () => {
    const coro = sleep(1);
    expect(() => gather(coro)).toThrow(RuntimeError);
    expect(() => coro.next()).toThrow(/reuse/);
  });

  exact('[S90] children are scheduled by the call', function* (t) {
    gather(
      coroutine(function* () {
        yield;
        t.log('ran');
      }),
    );
    yield* wait(t.turns(2));
    expect(t.events).toEqual(['ran']);
  });

  exact('[S91] a bad argument is a TypeError and does no harm later', function* (t) {
    const after = sleep(1);
    expect(() => gather(sleep(0), 1 as never, after)).toThrow(TypeError);
    const loose = gather as (...args: readonly unknown[]) => unknown;
    expect(() => loose([], after)).toThrow(TypeError);
    expect(() => after.next()).toThrow(/reuse/);
    yield* wait(t.turns(4));
  });

  exact('[S92] shield around gather protects all children', function* (t) {
    const [a, b] = [t.future<number>(), t.future<number>()];
    const inner = gather(a, b);
    const waiter = t.task(function* () {
      return yield* wait(shield(inner));
    });
    yield* wait(t.turn());
    waiter.cancel();
    yield* rejects(waiter, CancelledError);
    a.setResult(1);
    b.setResult(2);
    expect(yield* wait(inner)).toEqual([1, 2]);
  });

  exact('[S92] gather of shields cancels only the shields', function* (t) {
    const [a, b] = [t.future<number>(), t.future<number>()];
    const outer = gather(shield(a), shield(b));
    yield* wait(t.turn());
    outer.cancel();
    yield* rejects(outer, CancelledError);
    expect(a.done() || b.done()).toBe(false);
    a.setResult(1);
    b.setResult(2);
    yield* wait(t.turns(2));
  });

  scene('foreign promises and functions of both kinds are taken', function* (t) {
    const results = yield* wait(
      gather(
        Promise.resolve('promise'),
        async () => await sleep(0.001, 'async'),
        function* () {
          return yield* sleep(0.001, 'generator');
        },
        t.task(function* () {
          yield* wait(t.turn());
          return 'task';
        }),
      ),
    );
    expect(results).toEqual(['promise', 'async', 'generator', 'task']);
  });

  scene('a child that throws no error object is carried as it is', function* () {
    const odd = coroutine(function* (): Generator<unknown, never> {
      yield;
      throw null;
    });
    expect(yield* wait(gather([odd()], { returnExceptions: true }))).toEqual([null]);
    yield* rejects(gather(odd()), null);
  });

  test('its tasks are no news to anybody when the loop is closed', async () => {
    const loop = newLoop();
    const reports: string[] = [];
    loop.setExceptionHandler((_loop, context) => reports.push(context.message));
    await runUntilComplete(loop, function* () {
      gather(sleep(3600), sleep(3600));
      yield;
    });
    loop.close();
    expect(reports).toEqual([]);
  });

  test('it introduces itself', () => {
    const loop = newLoop();
    const outer = gather(createFuture(loop));
    expect(outer).toBeInstanceOf(Future);
    expect(outer).not.toBeInstanceOf(Task);
    expect(outer[Symbol.toStringTag]).toBe('Future');
    loop.close();
  });
});

function newLoop(): BaseEventLoop {
  return new BaseEventLoop({ selector: new VirtualSelector() });
}

const failing = coroutine(function* (): Generator<unknown, never> {
  yield;
  throw new Error('broken');
});
