import { inspect } from 'node:util';

import { describe, expect, test } from '@jest/globals';
import {
  _setRunningLoop,
  BaseEventLoop,
  ContextVar,
  copyContext,
  RuntimeError,
  setEventLoop,
  ValueError,
  VirtualSelector,
} from '@asyncio-ts/loop';
import {
  CancelledError,
  createFuture,
  ensureFuture,
  Future,
  FUTURE,
  type FutureLike,
  InvalidStateError,
  isfuture,
  runUntilComplete,
  Task,
  wrapFuture,
} from '@asyncio-ts/futures';
import { scenes, wait } from '@asyncio-ts/testing';

const scene = scenes(test);
const ordered = scenes(test, { selectors: ['virtual', 'node-exact'] });

function thrownBy(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  return 'nothing was thrown';
}

/** Makes a loop that is closed when the test has ended well. */
function withLoop(body: (loop: BaseEventLoop) => void | Promise<void>, debug = false) {
  return async (): Promise<void> => {
    const loop = new BaseEventLoop({ selector: new VirtualSelector(), debug });
    const reports: unknown[] = [];
    loop.setExceptionHandler((_loop, context) => reports.push(context));
    await body(loop);
    loop.close();
    expect(reports).toEqual([]);
  };
}

describe('state', () => {
  test(
    '[S1] a fresh future is pending',
    withLoop((loop) => {
      const future = new Future<number>({ loop });
      expect(future.done()).toBe(false);
      expect(future.cancelled()).toBe(false);
      expect(future._state).toBe('PENDING');
      expect(future.getLoop()).toBe(loop);
      expect(() => future.result()).toThrow(InvalidStateError);
      expect(() => future.exception()).toThrow(/Exception is not set/);
    }),
  );

  test(
    '[S2] a future is finished once',
    withLoop((loop) => {
      const future = new Future<number>({ loop });
      future.setResult(42);
      expect(future._state).toBe('FINISHED');
      expect(future.result()).toBe(42);
      expect(future.exception()).toBeNull();
      expect(() => future.setResult(1)).toThrow(InvalidStateError);
      expect(() => future.setException(new Error('x'))).toThrow(InvalidStateError);
      expect(future.cancel()).toBe(false);
      expect(future.result()).toBe(42);
      const cancelled = new Future<number>({ loop });
      cancelled.cancel();
      expect(() => cancelled.setResult(1)).toThrow(InvalidStateError);
      expect(() => cancelled.setException(new Error('x'))).toThrow(InvalidStateError);
      expect(cancelled.cancel()).toBe(false);
    }),
  );

  test(
    'a failed future throws its error as it is, each time',
    withLoop((loop) => {
      for (const error of [new Error('mine'), 'a string', null, undefined, 7]) {
        const future = new Future<number>({ loop });
        future.setException(error);
        expect(future.done()).toBe(true);
        expect(thrownBy(() => future.result())).toBe(error);
        expect(thrownBy(() => future.result())).toBe(error);
        expect(future.exception()).toBe(error);
      }
    }),
  );

  test(
    '[S3] cancel makes it done and cancelled; result() and exception() raise CancelledError',
    withLoop((loop) => {
      const future = new Future<number>({ loop });
      expect(future.cancel()).toBe(true);
      expect(future.done()).toBe(true);
      expect(future.cancelled()).toBe(true);
      expect(future._state).toBe('CANCELLED');
      expect(() => future.result()).toThrow(CancelledError);
      expect(() => future.exception()).toThrow(CancelledError);
    }),
  );

  test(
    '[S4] the cancel message, of any type, is the one argument of the CancelledError',
    withLoop((loop) => {
      for (const message of ['text', 7, { any: 'type' }, '']) {
        const future = new Future<number>({ loop });
        future.cancel(message);
        expect(future._cancelMessage).toBe(message);
        const error = thrownBy(() => future.result()) as CancelledError;
        expect(error.args).toEqual([message]);
        expect(error.args[0]).toBe(message);
      }
      const silent = new Future<number>({ loop });
      silent.cancel();
      expect((thrownBy(() => silent.result()) as CancelledError).args).toEqual([]);
    }),
  );

  test(
    '[S5] the message can be changed after cancel()',
    withLoop((loop) => {
      const future = new Future<number>({ loop });
      future.cancel('old');
      future._cancelMessage = 'new';
      expect((thrownBy(() => future.result()) as CancelledError).args).toEqual(['new']);
    }),
  );

  test(
    '[S12] setException takes a class and instantiates it',
    withLoop((loop) => {
      const future = new Future<number>({ loop });
      future.setException(RuntimeError);
      expect(future.exception()).toBeInstanceOf(RuntimeError);
    }),
  );

  test(
    '[S13] there is no StopIteration here: any error can be stored',
    withLoop((loop) => {
      const future = new Future<number>({ loop });
      const error = new Error('StopIteration');
      future.setException(error);
      expect(future.exception()).toBe(error);
    }),
  );

  test(
    '[S18] _logTraceback may only be set to false',
    withLoop((loop) => {
      const future = new Future<number>({ loop });
      expect(() => (future._logTraceback = true)).toThrow(ValueError);
      future.setException(new Error('x'));
      expect(future._logTraceback).toBe(true);
      future._logTraceback = false;
      expect(future._logTraceback).toBe(false);
    }),
  );

  test('[S22] without a loop it takes the running one, else the one that was set', () => {
    expect(() => new Future()).toThrow(/There is no current event loop/);
    expect(() => new Future()).toThrow(RuntimeError);
    const one = new BaseEventLoop({ selector: new VirtualSelector() });
    const two = new BaseEventLoop({ selector: new VirtualSelector() });
    setEventLoop(one);
    try {
      expect(new Future().getLoop()).toBe(one);
      _setRunningLoop(two);
      expect(new Future().getLoop()).toBe(two);
      expect(new Future({ loop: one }).getLoop()).toBe(one);
    } finally {
      _setRunningLoop(null);
      setEventLoop(null);
    }
    expect(() => new Future()).toThrow(RuntimeError);
    one.close();
    two.close();
  });

  test(
    'createFuture asks the loop’s own method',
    withLoop((loop) => {
      class MyFuture<T> extends Future<T> {}
      const own = Object.assign(Object.create(loop) as BaseEventLoop, {
        createFuture: () => new MyFuture({ loop }),
      });
      expect(createFuture(own)).toBeInstanceOf(MyFuture);
      expect(createFuture(loop)).toBeInstanceOf(Future);
    }),
  );
});

describe('callbacks', () => {
  const finish: [string, (future: Future<number>) => unknown][] = [
    ['a result', (future) => future.setResult(1)],
    ['an error', (future) => (future.setException(new Error('x')), future.exception())],
    ['cancel', (future) => future.cancel()],
  ];

  test.each(finish)('[S6] on %s callbacks are called in order, in the next turn', (_name, end) =>
    withLoop((loop) => {
      const future = new Future<number>({ loop });
      const log: unknown[] = [];
      for (const name of ['a', 'b', 'c']) {
        future.addDoneCallback((done) => log.push(name, done === future));
      }
      loop.callSoon(() => log.push('queued before'));
      end(future);
      loop.callSoon(() => log.push('queued after'));
      expect(log).toEqual([]);
      loop._runOnce();
      expect(log).toEqual(['queued before', 'a', true, 'b', true, 'c', true, 'queued after']);
    })(),
  );

  test(
    '[S7] a callback may be added often, and removing drops every copy',
    withLoop((loop) => {
      const future = new Future<number>({ loop });
      const log: string[] = [];
      const one = (): unknown => log.push('one');
      const two = (): unknown => log.push('two');
      expect(future.removeDoneCallback(one)).toBe(0);
      future.addDoneCallback(one);
      expect(future.removeDoneCallback(two)).toBe(0);
      future.addDoneCallback(two);
      future.addDoneCallback(one);
      future.addDoneCallback(one);
      expect(future._callbacks).toEqual([one, two, one, one]);
      expect(future.removeDoneCallback(one)).toBe(3);
      expect(future.removeDoneCallback(one)).toBe(0);
      future.setResult(1);
      loop._runOnce();
      expect(log).toEqual(['two']);
      expect(future.removeDoneCallback(two)).toBe(0);
    }),
  );

  test(
    '[S8] removing leaves the order of the others untouched',
    withLoop((loop) => {
      const log: string[] = [];
      const callbacks = ['a', 'b', 'c', 'd'].map((name) => () => log.push(name));
      for (const removed of [0, 2, 3]) {
        const future = new Future<number>({ loop });
        for (const callback of callbacks) future.addDoneCallback(callback);
        expect(future.removeDoneCallback(callbacks[removed] as () => number)).toBe(1);
        expect(future.removeDoneCallback(callbacks[removed] as () => number)).toBe(0);
        future.setResult(1);
        loop._runOnce();
        expect(log.splice(0)).toEqual(['a', 'b', 'c', 'd'].filter((_, i) => i !== removed));
      }
    }),
  );

  test(
    '[S9] removing from inside a callback cannot stop those already queued',
    withLoop((loop) => {
      const future = new Future<number>({ loop });
      const log: string[] = [];
      const last = (): unknown => log.push('last');
      future.addDoneCallback(() => log.push(`removed ${future.removeDoneCallback(last)}`));
      future.addDoneCallback(last);
      future.setResult(1);
      loop._runOnce();
      expect(log).toEqual(['removed 0', 'last']);
      expect(future._callbacks).toEqual([]);
    }),
  );

  test(
    '[S10] a callback added to a done future is called in the next turn',
    withLoop((loop) => {
      const future = new Future<number>({ loop });
      future.setResult(1);
      const log: string[] = [];
      future.addDoneCallback(() => log.push('called'));
      expect(log).toEqual([]);
      loop._runOnce();
      expect(log).toEqual(['called']);
    }),
  );

  test(
    '[S11] a callback runs in the context it was added in, or in the one it is wrapped in',
    withLoop((loop) => {
      const variable = new ContextVar<string>('variable', { default: 'outside' });
      const seen: string[] = [];
      const note = (): void => {
        seen.push(variable.get());
        variable.set('changed by the callback');
      };
      const future = new Future<number>({ loop });
      const context = copyContext();
      context.run(() => {
        variable.set('inside');
        future.addDoneCallback(note);
        variable.set('later');
      });
      future.addDoneCallback(note);
      const given = copyContext();
      given.run(() => variable.set('given'));
      future.addDoneCallback(given.wrap(note));
      future.setResult(1);
      loop._runOnce();
      expect(seen).toEqual(['inside', 'outside', 'given']);
      expect(context.get(variable)).toBe('later');
      expect(given.get(variable)).toBe('changed by the callback');
      expect(variable.get()).toBe('outside');
    }),
  );

  test('[S252] in debug mode coroutine functions are refused as callbacks', () => {
    const loop = new BaseEventLoop({ selector: new VirtualSelector() });
    const future = new Future<number>({ loop });
    const wrong = [
      async () => {},
      function* () {},
      async function* () {},
    ] as unknown as (() => void)[];
    for (const callback of wrong) {
      future.addDoneCallback(callback);
      future.removeDoneCallback(callback);
    }
    loop.setDebug(true);
    for (const callback of wrong) {
      expect(() => future.addDoneCallback(callback)).toThrow(
        /is a coroutine function; make a task/,
      );
    }
    expect(future._callbacks).toEqual([]);
    loop.close();
  });

  test('an error in a callback is reported and the others are called', async () => {
    const loop = new BaseEventLoop({ selector: new VirtualSelector() });
    const reports: unknown[] = [];
    loop.setExceptionHandler((_loop, context) => reports.push(context.exception));
    const future = new Future<number>({ loop });
    const log: string[] = [];
    future.addDoneCallback(() => {
      throw new Error('in the callback');
    });
    future.addDoneCallback(() => log.push('called'));
    future.setResult(1);
    loop._runOnce();
    expect(log).toEqual(['called']);
    expect(reports).toEqual([new Error('in the callback')]);
    loop.close();
  });
});

describe('awaiting', () => {
  scene('[S19] awaiting a pending future gives its result', function* (t) {
    const future = t.future<string>();
    t.loop.callSoon(() => future.setResult('here'));
    expect(yield* wait(future)).toBe('here');
  });

  scene('[S19] awaiting a done future does not suspend', function* (t) {
    const future = t.future<string>();
    future.setResult('done');
    const log: string[] = [];
    t.loop.callSoon(() => log.push('next turn'));
    expect(yield* wait(future)).toBe('done');
    expect(log).toEqual([]);
    yield;
    expect(log).toEqual(['next turn']);
  });

  test(
    '[S19] yield* gives the future once, and then its result',
    withLoop((loop) => {
      const future = new Future<number>({ loop });
      const iterator = future[Symbol.iterator]();
      const first = iterator.next();
      expect(first.done).toBe(false);
      expect(first.value).toBe(future);
      expect(future._blocking).toBe(true);
      future.setResult(5);
      const second = iterator.next();
      expect(second.done).toBe(true);
      expect(second.value).toBe(5);
    }),
  );

  test(
    '[S20] resuming the await by hand while it is pending is a RuntimeError',
    withLoop((loop) => {
      const future = new Future<number>({ loop });
      const iterator = future[Symbol.iterator]();
      iterator.next();
      expect(() => iterator.next()).toThrow(/await wasn't used with future/);
      expect(() => iterator.next()).toThrow(RuntimeError);
    }),
  );

  scene('[S30] awaiting a failed future again and again raises the same error', function* (t) {
    const future = t.future();
    const error = new Error('mine');
    const stack = error.stack;
    future.setException(error);
    for (let i = 0; i < 3; i++) {
      let caught: unknown;
      try {
        yield* wait(future);
      } catch (e) {
        caught = e;
      }
      expect(caught).toBe(error);
    }
    expect(error.stack).toBe(stack);
  });

  ordered('several waiters are woken in the order in which they came', function* (t) {
    const future = t.future<number>();
    const tasks = ['a', 'b', 'c', 'd'].map((name) =>
      t.task(function* () {
        const value = yield* wait(future);
        t.log(name, value);
      }),
    );
    yield* wait(t.turns(2));
    future.addDoneCallback(() => t.log('callback'));
    future.setResult(1);
    for (const task of tasks) yield* wait(task);
    expect(t.events).toEqual(['a 1', 'b 1', 'c 1', 'd 1', 'callback']);
  });

  scene('a future in plain Node code can be awaited: nothing is cancelled there', function* (t) {
    const future = t.future<number>();
    const outside = new Promise<number>((resolve) => {
      setImmediate(() => resolve((async () => await future)()));
    });
    setImmediate(() => future.setResult(3));
    expect(yield* wait(outside)).toBe(3);
  });
});

describe('as a promise', () => {
  scene('then, catch and finally listen, and give native promises', function* (t) {
    const future = t.future<number>();
    const doubled = future.then((x) => x * 2);
    const ended = future.finally(() => t.log('finally'));
    expect(doubled).toBeInstanceOf(Promise);
    t.loop.callSoon(() => future.setResult(21));
    expect(yield* wait(doubled)).toBe(42);
    expect(yield* wait(ended)).toBe(21);
    expect(t.events).toEqual(['finally']);
    const failed = t.future<number>();
    failed.setException(new Error('x'));
    expect(yield* wait(failed.catch((error: unknown) => (error as Error).message))).toBe('x');
    expect(yield* wait(failed.then(null, () => 'rejected'))).toBe('rejected');
  });

  scene('Promise.all, race, any and resolve take futures', function* (t) {
    const [one, two] = [t.future<number>(), t.future<number>()];
    t.loop.callSoon(() => one.setResult(1));
    t.loop.callSoon(() => two.setResult(2));
    expect(yield* wait(Promise.all([one, two]))).toEqual([1, 2]);
    expect(yield* wait(Promise.race([one, t.future()]))).toBe(1);
    expect(yield* wait(Promise.resolve(two))).toBe(2);
  });
});

describe('protocol', () => {
  test('[S21] isfuture asks for a mark, not for a class', () => {
    const loop = new BaseEventLoop({ selector: new VirtualSelector() });
    expect(isfuture(new Future({ loop }))).toBe(true);
    expect(isfuture(Future)).toBe(false);
    expect(isfuture(Task)).toBe(false);
    for (const no of [null, undefined, 1, 'x', {}, () => {}, Promise.resolve()]) {
      expect(isfuture(no)).toBe(false);
    }
    expect(isfuture({ [FUTURE]: true })).toBe(true);
    expect(isfuture({ [FUTURE]: 1 })).toBe(false);
    loop.close();
  });

  class ForeignFuture implements FutureLike<number> {
    readonly [FUTURE] = true;
    private readonly _inner: Future<number>;
    constructor(inner: Future<number>) {
      this._inner = inner;
    }
    addDoneCallback(callback: (future: this) => void): void {
      this._inner.addDoneCallback(() => callback(this));
    }
    removeDoneCallback(): number {
      return 0;
    }
    cancel(message?: unknown): boolean {
      return this._inner.cancel(message);
    }
    cancelled = (): boolean => this._inner.cancelled();
    done = (): boolean => this._inner.done();
    result = (): number => this._inner.result();
    exception = (): unknown => this._inner.exception();
    getLoop = (): BaseEventLoop => this._inner.getLoop() as BaseEventLoop;
  }

  scene(
    '[S21] a foreign future with the mark is awaited, and cancelled, by a task',
    function* (t) {
      const inner = t.future<number>();
      const task = t.task(function* () {
        return yield* wait(new ForeignFuture(inner));
      });
      t.loop.callLater(0.001, () => inner.setResult(9));
      expect(yield* wait(task)).toBe(9);
      const waiting = t.future<number>();
      const cancelled = t.task(function* () {
        yield* wait(new ForeignFuture(waiting));
      });
      yield;
      cancelled.cancel();
      yield* wait(t.turns(3));
      expect(waiting.cancelled()).toBe(true);
      expect(cancelled.cancelled()).toBe(true);
    },
    { kinds: ['generator'] },
  );

  test(
    'wrapFuture and ensureFuture give a future back as it is',
    withLoop((loop) => {
      const future = new Future<number>({ loop });
      expect(wrapFuture(future)).toBe(future);
      expect(ensureFuture(future)).toBe(future);
    }),
  );

  scene('a promise is wrapped once; cancelling the wrapper lets go of the promise', function* (t) {
    let resolve: (value: number) => void = () => {};
    const promise = new Promise<number>((settle) => (resolve = settle));
    const wrapper = ensureFuture(promise);
    expect(ensureFuture(promise)).toBe(wrapper);
    expect(t.loop._outside).toBeGreaterThan(0);
    wrapper.cancel();
    const again = ensureFuture(promise);
    expect(again).not.toBe(wrapper);
    resolve(4);
    expect(yield* wait(again)).toBe(4);
    expect(wrapper.cancelled()).toBe(true);
  });
});

describe('inspect', () => {
  test(
    '[S23] it tells state, result or error, and callbacks',
    withLoop((loop) => {
      const future = new Future<number>({ loop });
      function ready(): void {}
      expect(inspect(future)).toBe('<Future pending>');
      future.addDoneCallback(ready);
      expect(inspect(future)).toBe('<Future pending cb=[ready()]>');
      future.addDoneCallback(ready);
      expect(inspect(future)).toBe('<Future pending cb=[ready(), ready()]>');
      for (let i = 0; i < 8; i++) future.addDoneCallback(ready);
      expect(inspect(future)).toBe('<Future pending cb=[ready(), <8 more>, ready()]>');
      future.setResult(4);
      expect(inspect(future)).toBe('<Future finished result=4>');
      const failed = new Future<number>({ loop });
      failed.setException(new RangeError('too far'));
      expect(inspect(failed)).toBe('<Future finished exception=RangeError("too far")>');
      failed.exception();
      const cancelled = new Future<number>({ loop });
      cancelled.cancel();
      expect(inspect(cancelled)).toBe('<Future cancelled>');
    }),
  );

  test(
    '[S23] [S253] in debug mode it tells where it was made',
    withLoop((loop) => {
      const future = new Future<number>({ loop });
      expect(inspect(future)).toMatch(/^<Future pending created .*futures-future\.test\.ts/);
      expect(future._sourceTraceback).toMatch(/^ +at .*futures-future\.test\.ts/);
    }, true),
  );

  scene('[S29] tasks that wait for each other describe themselves shortly', function* (t) {
    const tasks: Task<unknown>[] = [];
    for (const i of [0, 1]) {
      tasks.push(
        t.task(function* () {
          yield;
          yield* wait(tasks[1 - i] as Task<unknown>);
        }),
      );
    }
    tasks[0]?.addDoneCallback(() => {});
    yield* wait(t.turns(3));
    for (const task of tasks) expect(inspect(task).length).toBeLessThan(300);
    t.expectReportsAtClose((reports) => expect(reports).toHaveLength(2));
  });

  test('Object.prototype.toString says Future', () => {
    const loop = new BaseEventLoop({ selector: new VirtualSelector() });
    expect(String(new Future({ loop }))).toBe('[object Future]');
    loop.close();
  });
});

describe('subclasses', () => {
  test('[S28] one that skips the constructor fails cleanly', () => {
    const broken = Object.create(Future.prototype) as Future<number>;
    for (const use of [
      () => broken.setResult(1),
      () => broken.setException(new Error('x')),
      () => broken.result(),
      () => broken.addDoneCallback(() => {}),
    ]) {
      expect(use).toThrow(Error);
    }
    expect(() => inspect(broken)).not.toThrow(RangeError);
  });

  scene('a subclass is awaited as any other, and its overrides are obeyed', function* (t) {
    class Counting<T> extends Future<T> {
      cancels = 0;
      override cancel(message?: unknown): boolean {
        this.cancels++;
        return super.cancel(message);
      }
    }
    const future = new Counting<number>({ loop: t.loop });
    const task = t.task(function* () {
      yield* wait(future);
    });
    yield;
    yield;
    task.cancel();
    yield* wait(t.turns(3));
    expect(future.cancels).toBe(1);
    expect(task.cancelled()).toBe(true);
  });
});

describe('errors nobody looked at', () => {
  const unretrieved = (make: (loop: BaseEventLoop) => void): string[] => {
    const loop = new BaseEventLoop({ selector: new VirtualSelector() });
    const reports: string[] = [];
    loop.setExceptionHandler((_loop, context) => {
      reports.push(`${context.message}: ${String(context.exception)}`);
    });
    make(loop);
    loop.close();
    return reports;
  };

  test('[S14] an error that nobody retrieves is reported when the loop is closed, once', () => {
    expect(
      unretrieved((loop) => new Future({ loop }).setException(new Error('forgotten'))),
    ).toEqual(['Future exception was never retrieved: Error: forgotten']);
  });

  test('[S15] result() and exception() count as retrieving', () => {
    expect(
      unretrieved((loop) => {
        const [one, two] = [new Future({ loop }), new Future({ loop })];
        one.setException(new Error('1'));
        two.setException(new Error('2'));
        one.exception();
        thrownBy(() => two.result());
      }),
    ).toEqual([]);
  });

  test('[S16] [S76] cancel() after the error silences the report', () => {
    expect(
      unretrieved((loop) => {
        const future = new Future({ loop });
        future.setException(new Error('x'));
        expect(future.cancel()).toBe(false);
      }),
    ).toEqual([]);
  });

  test('[S17] results nobody looked at and futures left pending are not reported', () => {
    expect(
      unretrieved((loop) => {
        new Future<number>({ loop }).setResult(1);
        new Future({ loop });
        new Future({ loop }).cancel();
      }),
    ).toEqual([]);
  });

  test('a done callback that does not look is no retrieval', async () => {
    const loop = new BaseEventLoop({ selector: new VirtualSelector() });
    const reports: string[] = [];
    loop.setExceptionHandler((_loop, context) => reports.push(context.message));
    await runUntilComplete(loop, function* () {
      const future = new Future({ loop });
      future.addDoneCallback(() => {});
      future.setException(new Error('x'));
      yield;
    });
    loop.close();
    expect(reports).toEqual(['Future exception was never retrieved']);
  });
});
