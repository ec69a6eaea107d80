import { describe, expect, test } from '@jest/globals';
import { RuntimeError } from '@asyncio-ts/loop';
import {
  CancelledError,
  coroutine,
  createTask,
  currentTask,
  type Future,
  InvalidStateError,
  isCancelledError,
  type Task,
} from '@asyncio-ts/futures';
import { scenes, wait } from '@asyncio-ts/testing';

const scene = scenes(test);
const ordered = scenes(test, { selectors: ['virtual', 'node-exact'] });

/** How a wait ended: its value, or the error it threw. */
function* ended(awaitable: Parameters<typeof wait>[0]): Generator<unknown, unknown, unknown> {
  try {
    return [yield* wait(awaitable)];
  } catch (error) {
    return error;
  }
}

describe('cancel', () => {
  scene('[S57] it only asks: the task is cancelled when the error has come out', function* (t) {
    const task = t.task(function* () {
      try {
        yield* wait(t.sleep(10));
      } finally {
        t.log('cleanup');
        yield;
        t.log('cleaned');
      }
    });
    yield* wait(t.turns(2));
    expect(task.cancel()).toBe(true);
    expect(task.cancelled()).toBe(false);
    expect(task.done()).toBe(false);
    expect(task.cancelling()).toBe(1);
    const error = yield* ended(task);
    expect(error).toBeInstanceOf(CancelledError);
    expect(task.cancelled()).toBe(true);
    expect(t.events).toEqual(['cleanup', 'cleaned']);
    expect(task.cancel()).toBe(false);
  });

  scene('[S58] what it waits for is cancelled, and its wake-up delivers the error', function* (t) {
    const future = t.future();
    const task = t.task(function* () {
      return yield* ended(future);
    });
    yield* wait(t.turns(2));
    task.cancel('why');
    expect(future.cancelled()).toBe(true);
    expect(task._mustCancel).toBe(false);
    const caught = (yield* wait(task)) as CancelledError;
    expect(caught).toBeInstanceOf(CancelledError);
    expect(caught.args).toEqual(['why']);
    expect(task.cancelled()).toBe(false);
  });

  scene('[S59] everybody who waits for that future is cancelled with it', function* (t) {
    const future = t.future();
    const body = function* (): Generator<unknown, void, unknown> {
      yield* wait(future);
    };
    const [one, two] = [t.task(body), t.task(body)];
    yield* wait(t.turns(2));
    one.cancel();
    yield* wait(t.turns(3));
    expect([one.cancelled(), two.cancelled()]).toEqual([true, true]);
    expect([one.cancelling(), two.cancelling()]).toEqual([1, 0]);
  });

  scene('[S60] a task that is ready to run gets the error in its next step', function* (t) {
    const task = t.task(function* () {
      t.log('started');
      yield;
      t.log('never');
    });
    yield;
    yield;
    const again = t.task(function* () {
      const future = t.future<number>();
      future.setResult(1);
      yield;
      try {
        yield* wait(t.sleep(0));
      } catch (error) {
        t.log(`caught ${String(isCancelledError(error))}`);
        throw error;
      }
    });
    void task;
    yield* wait(t.turns(1));
    again.cancel();
    yield* wait(t.turns(4));
    expect(again.cancelled()).toBe(true);
  });

  scene(
    '[S60] a task woken by a result, then cancelled before its step, is cancelled',
    function* (t) {
      const future = t.future<number>();
      const task = t.task(function* () {
        try {
          return yield* wait(future);
        } catch (error) {
          t.log(isCancelledError(error) ? 'cancelled' : 'other');
          throw error;
        }
      });
      yield* wait(t.turns(2));
      future.setResult(1);
      expect(task.cancel()).toBe(true);
      expect(future.cancelled()).toBe(false);
      yield* wait(t.turns(3));
      expect(task.cancelled()).toBe(true);
      expect(t.events).toEqual(['cancelled']);
    },
  );

  scene('[S60] a bare yield is a place where it can be cancelled', function* (t) {
    const task = t.task(function* () {
      yield;
      yield;
      t.log('never');
      return 12;
    });
    yield* wait(t.turns(1));
    task.cancel();
    const error = yield* ended(task);
    expect(error).toBeInstanceOf(CancelledError);
    expect(t.events).toEqual([]);
  });

  scene('[S61] cancelled before its first step it never runs', function* (t) {
    const task = t.task(function* () {
      t.log('never');
    });
    task.cancel('early');
    const error = (yield* ended(task)) as CancelledError;
    expect(error.args).toEqual(['early']);
    expect(t.events).toEqual([]);
    expect(task.cancelled()).toBe(true);
  });

  scene('[S62] one that cancels itself and returns ends cancelled', function* (t) {
    const task = t.task(function* () {
      yield;
      expect(currentTask()?.cancel()).toBe(true);
      return 'ignored';
    });
    expect(yield* ended(task)).toBeInstanceOf(CancelledError);
    expect(task.cancelled()).toBe(true);
  });

  scene('[S63] one that cancels itself and then awaits cancels what it awaits', function* (t) {
    const inner = t.task(function* () {
      yield* wait(t.sleep(100));
    });
    const task = t.task(function* () {
      yield;
      currentTask()?.cancel();
      yield* wait(inner);
    });
    expect(yield* ended(task)).toBeInstanceOf(CancelledError);
    yield* wait(t.turns(2));
    expect(inner.cancelled()).toBe(true);
    expect(task.cancelled()).toBe(true);
  });

  scene('[S60] one that cancels itself gets the error at its next wait', function* (t) {
    const future = t.future();
    const task = t.task(function* () {
      yield;
      currentTask()?.cancel('self');
      t.log('still running');
      const error = (yield* ended(future)) as CancelledError;
      t.log('caught', error.args[0]);
      yield;
      return 'went on';
    });
    expect(yield* ended(task)).toEqual(['went on']);
    expect(t.events).toEqual(['still running', 'caught self']);
  });

  scene('[S64] cancelling the inner future ends the task as cancelled', function* (t) {
    const future = t.future();
    const task = t.task(function* () {
      yield* wait(future);
    });
    yield* wait(t.turns(2));
    future.cancel();
    expect(yield* ended(task)).toBeInstanceOf(CancelledError);
    expect(task.cancelled()).toBe(true);
    expect(task.cancelling()).toBe(0);
  });

  scene('[S64] cancelling both at once is fine', function* (t) {
    const future = t.future();
    const task = t.task(function* () {
      yield* wait(future);
    });
    yield* wait(t.turns(2));
    future.cancel();
    task.cancel();
    expect(yield* ended(task)).toBeInstanceOf(CancelledError);
    expect(future.cancelled()).toBe(true);
    expect(task.cancelled()).toBe(true);
  });

  scene('[S65] caught and returned from, the task finishes normally', function* (t) {
    const task = t.task(function* () {
      try {
        yield* wait(t.sleep(100));
      } catch {
        return 42;
      }
      return 0;
    });
    yield* wait(t.turns(2));
    task.cancel();
    expect(yield* ended(task)).toEqual([42]);
    expect(task.cancelled()).toBe(false);
    expect(task.cancelling()).toBe(1);
  });

  scene(
    '[S66] caught and carried on, later waits are not cancelled by the old request',
    function* (t) {
      const futures = [t.future(), t.future<string>(), t.future<string>()];
      const task = t.task(function* () {
        try {
          yield* wait(futures[0] as Future<unknown>);
        } catch {
          t.log('caught');
        }
        const one = yield* wait(futures[1] as Future<string>);
        return `${one} ${yield* wait(futures[2] as Future<string>)}`;
      });
      yield* wait(t.turns(2));
      task.cancel();
      yield* wait(t.turns(3));
      futures[1]?.setResult('one');
      yield* wait(t.turns(3));
      futures[2]?.setResult('two');
      expect(yield* ended(task)).toEqual(['one two']);
      expect(t.events).toEqual(['caught']);
    },
  );

  scene('[S67] cancel() is true until the task is done, also when repeated', function* (t) {
    const task = t.task(function* () {
      yield* wait(t.sleep(100));
    });
    yield* wait(t.turns(2));
    expect([task.cancel(), task.cancel()]).toEqual([true, true]);
    yield* ended(task);
    expect(task.cancel()).toBe(false);
    expect(task.cancelling()).toBe(2);
  });

  scene('[S68] two cancels before the task runs merge into one error', function* (t) {
    const task = t.task(function* () {
      let caught = 0;
      for (let i = 0; i < 3; i++) {
        try {
          yield* wait(t.sleep(0.001));
        } catch (error) {
          expect(isCancelledError(error)).toBe(true);
          caught++;
        }
      }
      return caught;
    });
    yield* wait(t.turns(2));
    task.cancel();
    task.cancel();
    expect(task.cancelling()).toBe(2);
    expect(yield* ended(task)).toEqual([1]);
  });

  scene('a second cancel after the first was delivered is delivered too', function* (t) {
    const task = t.task(function* () {
      const messages: unknown[] = [];
      for (let i = 0; i < 2; i++) {
        const error = (yield* ended(t.sleep(100))) as CancelledError;
        messages.push(error.args[0]);
      }
      return messages;
    });
    yield* wait(t.turns(2));
    task.cancel('first');
    yield* wait(t.turns(3));
    task.cancel('second');
    expect(yield* ended(task)).toEqual([['first', 'second']]);
  });

  scene('[S77] another error raised on the way makes the task fail with it', function* (t) {
    const error = new Error('in the cleanup');
    const task = t.task(function* () {
      try {
        yield* wait(t.sleep(100));
      } catch {
        throw error;
      }
    });
    yield* wait(t.turns(2));
    task.cancel();
    expect(yield* ended(task)).toBe(error);
    expect(task.cancelled()).toBe(false);
  });

  scene('a CancelledError raised by hand ends the task as cancelled', function* (t) {
    const error = new CancelledError('by hand');
    const task = t.task(function* () {
      yield;
      throw error;
    });
    expect(yield* ended(task)).toBe(error);
    expect(task.cancelled()).toBe(true);
    expect(task.cancelling()).toBe(0);
  });

  scene('[S78] awaiting a cancelled task raises in the awaiter, who may catch it', function* (t) {
    const sleeper = t.task(function* () {
      yield* wait(t.sleep(100));
    });
    const catches = t.task(function* () {
      return (yield* ended(sleeper)) instanceof CancelledError;
    });
    const passes = t.task(function* () {
      yield* wait(sleeper);
    });
    yield* wait(t.turns(3));
    sleeper.cancel();
    expect(yield* ended(catches)).toEqual([true]);
    yield* ended(passes);
    expect(passes.cancelled()).toBe(true);
    expect(passes.cancelling()).toBe(0);
  });

  ordered('[S75] it is thrown at the innermost await and unwinds outward', function* (t) {
    const future = t.future();
    const inner = t.coroutine(function* inner() {
      try {
        yield* wait(future);
      } finally {
        t.log('inner');
      }
    });
    const middle = t.coroutine(function* middle() {
      try {
        yield* wait(inner());
      } finally {
        t.log('middle');
        yield;
        t.log('middle cleaned');
      }
    });
    const task = t.task(function* () {
      try {
        yield* wait(middle());
      } finally {
        t.log('outer');
      }
    });
    yield* wait(t.turns(2));
    task.cancel();
    yield* ended(task);
    expect(t.events).toEqual(['inner', 'middle', 'middle cleaned', 'outer']);
    expect(future.cancelled()).toBe(true);
  });

  scene('[S76] cancel() of a failed task silences its report', function* (t) {
    const task = t.task(function* () {
      throw new Error('x');
    });
    yield* wait(t.turns(3));
    expect(task.done()).toBe(true);
    expect(task.cancel()).toBe(false);
  });
});

describe('the message', () => {
  scene('[S73] it travels from cancel() to whoever awaits the task', function* (t) {
    for (const message of ['text', 5, { any: 'type' }]) {
      const task = t.task(function* () {
        yield* wait(t.sleep(100));
      });
      yield* wait(t.turns(2));
      task.cancel(message);
      const error = (yield* ended(task)) as CancelledError;
      expect(error.args).toEqual([message]);
      expect(() => task.result()).toThrow(CancelledError);
      expect(() => task.exception()).toThrow(CancelledError);
    }
  });

  scene('[S73] through a chain of tasks', function* (t) {
    const inner = t.task(function* () {
      yield* wait(t.sleep(100));
    });
    const middle = t.task(function* () {
      yield* wait(inner);
    });
    const outer = t.task(function* () {
      yield* wait(middle);
    });
    yield* wait(t.turns(4));
    outer.cancel('from the top');
    const error = (yield* ended(outer)) as CancelledError;
    expect(error.args).toEqual(['from the top']);
    expect(inner.cancelled() && middle.cancelled()).toBe(true);
    expect([inner, middle, outer].map((task) => task.cancelling())).toEqual([1, 1, 1]);
  });

  scene('without a message there is no argument', function* (t) {
    const task = t.task(function* () {
      yield* wait(t.sleep(100));
    });
    yield* wait(t.turns(2));
    task.cancel();
    expect(((yield* ended(task)) as CancelledError).args).toEqual([]);
  });

  scene('two cancels: the last message counts if the first was not delivered', function* (t) {
    const task = t.task(function* () {
      t.log('never');
    });
    task.cancel('first');
    task.cancel('second');
    expect(((yield* ended(task)) as CancelledError).args).toEqual(['second']);
  });
});

describe('cancelling and uncancel', () => {
  scene('[S69] requests are counted, down to zero', function* (t) {
    const task = t.task(function* () {
      try {
        yield* wait(t.sleep(100));
      } catch {
        yield* wait(t.turns(2));
      }
    });
    expect(task.cancelling()).toBe(0);
    expect(task.uncancel()).toBe(0);
    yield* wait(t.turns(2));
    task.cancel();
    task.cancel();
    expect(task.cancelling()).toBe(2);
    expect(task.uncancel()).toBe(1);
    expect(task.uncancel()).toBe(0);
    expect(task.uncancel()).toBe(0);
    yield* wait(task);
    expect(task.cancelling()).toBe(0);
  });

  scene('[S70] uncancel() does not swallow an error in flight', function* (t) {
    const task = t.task(function* () {
      try {
        yield* wait(t.sleep(100));
      } finally {
        currentTask()?.uncancel();
      }
    });
    yield* wait(t.turns(2));
    task.cancel();
    expect(yield* ended(task)).toBeInstanceOf(CancelledError);
    expect(task.cancelled()).toBe(true);
    expect(task.cancelling()).toBe(0);
  });

  scene('[S71] at zero a request that was not delivered is forgotten', function* (t) {
    const task = t.task(function* () {
      yield;
      const self = currentTask() as Task<unknown>;
      self.cancel();
      self.cancel();
      expect(self.uncancel()).toBe(1);
      expect(self.uncancel()).toBe(0);
      yield;
      yield* wait(t.sleep(0.001));
      return 'as if nothing had happened';
    });
    expect(yield* ended(task)).toEqual(['as if nothing had happened']);
    expect(task.cancelled()).toBe(false);
  });

  scene('[S71] with one request left it is delivered', function* (t) {
    const task = t.task(function* () {
      yield;
      const self = currentTask() as Task<unknown>;
      self.cancel();
      self.cancel();
      expect(self.uncancel()).toBe(1);
      yield;
      return 'never';
    });
    expect(yield* ended(task)).toBeInstanceOf(CancelledError);
  });

  scene('[S72] a structured block tells its own cancel from that of others', function* (t) {
    const block = t.coroutine(function* (fromOutside: boolean) {
      const task = currentTask() as Task<unknown>;
      const before = task.cancelling();
      t.loop.callSoon(() => task.cancel('block'));
      if (fromOutside) t.loop.callSoon(() => task.cancel('outside'));
      try {
        yield* wait(t.sleep(100));
      } catch (error) {
        if (task.uncancel() > before || !isCancelledError(error)) throw error;
        return 'mine';
      }
      return 'not cancelled';
    });
    const alone = t.task(function* () {
      return yield* wait(block(false));
    });
    expect(yield* ended(alone)).toEqual(['mine']);
    const both = t.task(function* () {
      return yield* wait(block(true));
    });
    expect(yield* ended(both)).toBeInstanceOf(CancelledError);
    expect(both.cancelling()).toBe(1);
  });
});

describe('the signal', () => {
  scene('cancel() aborts it, with a CancelledError as the reason', function* (t) {
    let signal: AbortSignal | undefined;
    const task = t.task(function* () {
      signal = (currentTask() as Task<unknown>).signal;
      expect((currentTask() as Task<unknown>).signal).toBe(signal);
      yield* wait(t.sleep(100));
    });
    yield* wait(t.turns(2));
    expect(signal?.aborted).toBe(false);
    task.cancel('reason');
    expect(signal?.aborted).toBe(true);
    expect(signal?.reason).toBeInstanceOf(CancelledError);
    expect((signal?.reason as CancelledError).args).toEqual(['reason']);
    yield* ended(task);
  });

  scene('after uncancel() reached zero the next read gives a fresh one', function* (t) {
    const task = t.task(function* () {
      const self = currentTask() as Task<unknown>;
      const first = self.signal;
      yield* ended(t.sleep(100));
      expect(first.aborted).toBe(true);
      expect(self.signal).toBe(first);
      self.uncancel();
      expect(first.aborted).toBe(true);
      expect(self.signal).not.toBe(first);
      expect(self.signal.aborted).toBe(false);
      return 'ok';
    });
    yield* wait(t.turns(2));
    task.cancel();
    expect(yield* ended(task)).toEqual(['ok']);
  });

  scene('one read after the cancel is aborted from the start', function* (t) {
    const task = t.task(function* () {
      yield* ended(t.sleep(100));
      return (currentTask() as Task<unknown>).signal.aborted;
    });
    yield* wait(t.turns(2));
    task.cancel();
    expect(yield* ended(task)).toEqual([true]);
  });

  scene('it stops what cannot be cancelled otherwise', function* (t) {
    const stoppable = (signal: AbortSignal): Promise<never> =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
    const task = t.task(function* () {
      yield* wait(stoppable((currentTask() as Task<unknown>).signal));
    });
    yield* wait(t.turns(3));
    task.cancel('stop');
    const error = (yield* ended(task)) as CancelledError;
    expect(error).toBeInstanceOf(CancelledError);
    expect(task.cancelled()).toBe(true);
  });
});

describe('foreign promises', () => {
  scene(
    'a generator coroutine that waits for one is interrupted at once',
    function* (t) {
      const forever = new Promise<never>(() => {});
      const task = t.task(function* () {
        yield* wait(forever);
      });
      yield* wait(t.turns(2));
      task.cancel();
      expect(yield* ended(task)).toBeInstanceOf(CancelledError);
      expect(t.loop._outside).toBe(0);
    },
    { kinds: ['generator'] },
  );

  scene(
    'an async function cannot be: the error comes at its next wait',
    function* (t) {
      let resolve: () => void = () => {};
      const foreign = new Promise<void>((settle) => (resolve = settle));
      const task = t.task(function* () {
        yield* wait(foreign);
        t.log('the promise is done');
        yield* wait(t.future());
        t.log('never');
      });
      yield* wait(t.turns(2));
      task.cancel();
      yield* wait(t.turns(2));
      expect(task.done()).toBe(false);
      setImmediate(resolve);
      expect(yield* ended(task)).toBeInstanceOf(CancelledError);
      expect(t.events).toEqual(['the promise is done']);
    },
    { kinds: ['async'] },
  );
});

describe('mixed kinds', () => {
  scene(
    'cancel through generator, async function and generator runs the finally blocks inner to outer, then the task is done',
    function* (t) {
      const future = t.future();
      const inner = coroutine(function* inner() {
        try {
          yield* future;
        } finally {
          t.log('inner');
          yield;
          t.log('inner cleaned');
        }
      });
      const middle = coroutine(async () => {
        try {
          await inner();
        } finally {
          t.log('middle');
          await t.turn();
          t.log('middle cleaned');
        }
      });
      const task = createTask(t.loop, function* outer() {
        try {
          yield* middle();
        } finally {
          t.log('outer');
          yield;
          t.log('outer cleaned');
        }
      });
      task.addDoneCallback(() => t.log('done'));
      yield* wait(t.turns(4));
      task.cancel();
      yield* ended(task);
      yield* wait(t.turns(1));
      expect(t.events).toEqual([
        'inner',
        'inner cleaned',
        'middle',
        'middle cleaned',
        'outer',
        'outer cleaned',
        'done',
      ]);
      expect(task.cancelled()).toBe(true);
      expect(future.cancelled()).toBe(true);
    },
  );

  scene('a coroutine of the other kind is the same task', function* (t) {
    const seen: unknown[] = [];
    const generator = coroutine(function* () {
      seen.push(currentTask());
      yield;
      seen.push(currentTask());
      return 'generator';
    });
    const asynchronous = coroutine(async () => {
      seen.push(currentTask());
      const value = await generator();
      seen.push(currentTask());
      return `async ${value}`;
    });
    const task = t.task(function* () {
      return yield* wait(asynchronous());
    });
    expect(yield* ended(task)).toEqual(['async generator']);
    expect(seen).toHaveLength(4);
    for (const current of seen) expect(current === task).toBe(true);
  });
});

test('the errors are what they are in Python', () => {
  const error = new CancelledError('message');
  expect(error.name).toBe('CancelledError');
  expect(error).toBeInstanceOf(Error);
  expect(isCancelledError(error)).toBe(true);
  expect(isCancelledError(new Error('CancelledError'))).toBe(false);
  expect(isCancelledError(null)).toBe(false);
  expect(new InvalidStateError('x').name).toBe('InvalidStateError');
  expect(new RuntimeError('x').name).toBe('RuntimeError');
});
