/** Executors of a loop. The pool works in real threads, so these tests wait for it on the real clock. */
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { scenes, wait } from '@asyncio-ts/testing';
import {
  CancelledError,
  constants,
  createTask,
  EventLoop,
  type Executor,
  type ExecutorShutdownOptions,
  getRunningLoop,
  newEventLoop,
  run,
  Runner,
  sleep,
} from 'asyncio-ts';

import { ThreadPool } from './programs/thread-pool.js';

const scene = scenes<EventLoop>(test, {
  selectors: ['node'],
  newLoop: (selector) => new EventLoop({ selector }),
});

const pools: ThreadPool[] = [];
function pool(size = 1): ThreadPool {
  const made = new ThreadPool(size);
  pools.push(made);
  return made;
}
afterEach(async () => {
  for (const made of pools.splice(0)) await made.shutdown({ cancelFutures: true });
});

/** An executor that does nothing but say what it was asked. */
class Recorder implements Executor {
  readonly log: string[];
  private readonly _end: (() => Promise<void>) | undefined;
  constructor(log: string[], end?: () => Promise<void>) {
    this.log = log;
    this._end = end;
  }
  submit<R>(): Promise<R> {
    this.log.push('submit');
    return new Promise(() => undefined);
  }
  shutdown({ wait: waits = true }: ExecutorShutdownOptions = {}): PromiseLike<void> | void {
    this.log.push(`shutdown, wait ${waits}`);
    return waits ? this._end?.() : undefined;
  }
}

const block = (milliseconds: number, value: string): string => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
  return value;
};

function warnings(): { readonly all: string[]; readonly undo: () => void } {
  const all: string[] = [];
  const spy = jest.spyOn(process, 'emitWarning').mockImplementation((warning, type) => {
    all.push(`${String(type)}: ${String(warning)}`);
  });
  return { all, undo: () => spy.mockRestore() };
}

describe('runInExecutor', () => {
  scene('[S254] gives a future of what was done in another thread', function* (t) {
    const future = t.loop.runInExecutor(pool(), block, 1, 'blocked');
    expect(future.done()).toBe(false);
    expect(future.getLoop()).toBe(t.loop);
    expect(yield* wait(future)).toBe('blocked');
  });

  scene('[S254] null is the default executor, and the loop goes on meanwhile', function* (t) {
    t.loop.setDefaultExecutor(pool());
    const future = t.loop.runInExecutor(null, block, 30, 'blocked');
    let turns = 0;
    while (!future.done()) {
      turns++;
      yield* wait(sleep(0.001));
    }
    expect(turns).toBeGreaterThan(2);
    expect(future.result()).toBe('blocked');
    yield* wait(t.loop.shutdownDefaultExecutor());
  });

  scene('[S254] what fails there fails here', function* (t) {
    const future = t.loop.runInExecutor(pool(), () => {
      throw new RangeError('in the thread');
    });
    let error: unknown;
    try {
      yield* wait(future);
    } catch (thrown) {
      error = thrown;
    }
    expect((error as Error).message).toBe('in the thread');
  });

  scene('[S255] a cancelled future takes back a job that has not begun', function* (t) {
    const threads = pool(1);
    const first = t.loop.runInExecutor(threads, block, 20, 'first');
    const second = t.loop.runInExecutor(threads, block, 60_000, 'second');
    const third = t.loop.runInExecutor(threads, block, 1, 'third');
    const waiter = t.task(function* () {
      yield* wait(second);
    });
    yield* wait(sleep(0));
    yield* wait(sleep(0));
    waiter.cancel();
    expect(yield* wait(first)).toBe('first');
    // The pool has one thread: were the second one not gone, this would be a minute later.
    expect(yield* wait(third)).toBe('third');
    expect([second.cancelled(), waiter.cancelled()]).toEqual([true, true]);
  });

  test('[S255] a loop that is closed is never called back', async () => {
    const threads = pool(1);
    const loop = newEventLoop();
    const future = loop.runInExecutor(threads, block, 5, 'late');
    loop.close();
    await threads.shutdown();
    expect(future.done()).toBe(false);
    expect(() => loop.runInExecutor(threads, block, 1, 'x')).toThrow('Event loop is closed');
  });

  test('without a default executor it says what to do', async () => {
    await run(async () => {
      expect(() => getRunningLoop().runInExecutor(null, block, 1, 'x')).toThrow(
        /has none; call setDefaultExecutor\(\) first/,
      );
    });
  });

  test('[S256] what is no executor is a TypeError', () => {
    const loop = newEventLoop();
    for (const wrong of [null, undefined, {}, { submit: () => null }, () => null]) {
      expect(() => loop.setDefaultExecutor(wrong as never)).toThrow(TypeError);
    }
    expect(() => loop.runInExecutor({} as never, block, 1, 'x')).toThrow(TypeError);
    loop.close();
  });
});

describe('shutdownDefaultExecutor', () => {
  scene('[S257] waits for the jobs, and takes no more', function* (t) {
    const threads = pool(1);
    t.loop.setDefaultExecutor(threads);
    const jobs = [1, 2].map((n) => t.loop.runInExecutor(null, block, 5, `job ${n}`));
    yield* wait(t.loop.shutdownDefaultExecutor());
    expect(threads.shutdowns).toEqual([{ wait: true }]);
    const results: string[] = [];
    for (const job of jobs) results.push(yield* wait(job));
    expect(results).toEqual(['job 1', 'job 2']);
    expect(() => t.loop.runInExecutor(null, block, 1, 'x')).toThrow(
      'Executor shutdown has been called',
    );
    expect(() => t.loop.runInExecutor(threads, block, 1, 'x')).toThrow(/after shutdown/);
  });

  scene('[S257] past its timeout it warns, and lets go', function* (t) {
    const log: string[] = [];
    t.loop.setDefaultExecutor(new Recorder(log, () => new Promise(() => undefined)));
    const { all, undo } = warnings();
    try {
      yield* wait(t.loop.shutdownDefaultExecutor({ timeout: 0.01 }));
    } finally {
      undo();
    }
    expect(log).toEqual(['shutdown, wait true', 'shutdown, wait false']);
    expect(all).toEqual([
      'RuntimeWarning: The executor did not finish its jobs within 0.01 seconds: they are abandoned',
    ]);
  });

  scene('an error of the shutdown is the caller’s', function* (t) {
    t.loop.setDefaultExecutor(new Recorder([], () => Promise.reject(new Error('cannot'))));
    let message = '';
    try {
      yield* wait(t.loop.shutdownDefaultExecutor({ timeout: 10 }));
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toBe('cannot');
  });

  scene('can be cancelled while it waits', function* (t) {
    t.loop.setDefaultExecutor(new Recorder([], () => new Promise(() => undefined)));
    const task = t.task(function* () {
      yield* wait(t.loop.shutdownDefaultExecutor());
    });
    yield* wait(t.turns(3));
    task.cancel();
    let error: unknown;
    try {
      yield* wait(task);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(CancelledError);
  });

  scene(
    'without a default executor there is nothing to wait for, and none from then on',
    function* (t) {
      yield* wait(t.loop.shutdownDefaultExecutor());
      expect(() => t.loop.runInExecutor(null, block, 1, 'x')).toThrow(/shutdown has been called/);
    },
  );
});

describe('the end of a loop', () => {
  /** What each step of the end says; the tasks and generators belong to the running loop. */
  const leaveThings = async (log: string[]): Promise<void> => {
    const { anext } = await import('asyncio-ts');
    const end = async (): Promise<void> => {
      await new Promise(setImmediate);
      log.push('executor over');
    };
    getRunningLoop().setDefaultExecutor(new Recorder(log, end));
    const generator = (async function* () {
      try {
        yield 1;
      } finally {
        log.push('generator');
      }
    })();
    await anext(generator);
    createTask(async () => {
      try {
        await sleep(3600);
      } finally {
        await sleep(0);
        log.push('task');
      }
    });
    await sleep(0);
    await sleep(0);
  };
  const whole = [
    'task',
    'generator',
    'shutdown, wait true',
    'executor over',
    'shutdown, wait false',
  ];

  test('[S268] run ends tasks, generators and the executor, in this order', async () => {
    const log: string[] = [];
    await run(() => leaveThings(log));
    expect(log).toEqual(whole);
  });

  test('[S268] run does so when main fails, too', async () => {
    const log: string[] = [];
    const main = async (): Promise<void> => {
      await leaveThings(log);
      throw new Error('main');
    };
    await expect(run(main)).rejects.toThrow('main');
    expect(log).toEqual(whole);
  });

  test('a Runner keeps the executor from run to run, and ends it at its close', async () => {
    const log: string[] = [];
    const runner = new Runner();
    await runner.run(async () => getRunningLoop().setDefaultExecutor(new Recorder(log)));
    await runner.run(async () => void getRunningLoop().runInExecutor(null, block, 1, 'x'));
    expect(log).toEqual(['submit']);
    await runner.close();
    expect(log).toEqual(['submit', 'shutdown, wait true', 'shutdown, wait false']);
  });

  test('`await using` of a loop ends the same things', async () => {
    const log: string[] = [];
    const loop = newEventLoop();
    await loop.runUntilComplete(() => leaveThings(log));
    await loop[Symbol.asyncDispose]();
    expect(log).toEqual(whole);
    expect(loop.isClosed()).toBe(true);
  });

  test('close() alone does not wait; what fails in that is reported', async () => {
    const log: string[] = [];
    const loop = newEventLoop();
    const reports: string[] = [];
    loop.setExceptionHandler((_, { message }) => reports.push(message));
    loop.setDefaultExecutor(new Recorder(log));
    loop.close();
    expect(log).toEqual(['shutdown, wait false']);
    const other = newEventLoop();
    other.setExceptionHandler((_, { message }) => reports.push(message));
    other.setDefaultExecutor({
      submit: () => Promise.reject(new Error('never asked')),
      shutdown: () => Promise.reject(new Error('cannot')),
    });
    other.close();
    await Promise.resolve();
    await Promise.resolve();
    expect(reports).toEqual(['the shutdown of the default executor failed']);
  });

  test('a runner waits five minutes for the executor, no longer', async () => {
    const { VirtualSelector } = await import('asyncio-ts');
    const asked: unknown[] = [];
    class Asked extends EventLoop {
      override shutdownDefaultExecutor(
        options = {},
      ): ReturnType<EventLoop['shutdownDefaultExecutor']> {
        asked.push(options);
        return super.shutdownDefaultExecutor(options);
      }
    }
    await run(async () => undefined, {
      loopFactory: () => new Asked({ selector: new VirtualSelector() }),
    });
    expect(asked).toEqual([{ timeout: constants.THREAD_JOIN_TIMEOUT }]);
    expect(constants.THREAD_JOIN_TIMEOUT).toBe(300);
  });
});
