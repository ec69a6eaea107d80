import { inspect } from 'node:util';

import { describe, expect, test } from '@jest/globals';
import { BaseEventLoop, RuntimeError, VirtualSelector } from '@asyncio-ts/loop';
import {
  Coroutine,
  coroutine,
  type CoroutineLike,
  createTask,
  currentTask,
  Future,
  getCoroutineState,
  invoke,
  iscoroutine,
  iscoroutinefunction,
  runUntilComplete,
  runUntilCompleteSync,
  type Task,
} from '@asyncio-ts/futures';
import { scenes, wait } from '@asyncio-ts/testing';

import { rejects } from './rejects.js';

const scene = scenes(test);
const newLoop = (): BaseEventLoop => new BaseEventLoop({ selector: new VirtualSelector() });

describe('coroutine objects', () => {
  scene('are lazy: nothing runs until they are awaited', function* (t) {
    const body = t.coroutine(function* (name: string) {
      t.log(`ran ${name}`);
      yield;
      return name;
    });
    const coro = body('x');
    expect(coro).toBeInstanceOf(Coroutine);
    expect(getCoroutineState(coro)).toBe('CORO_CREATED');
    yield* wait(t.turns(3));
    expect(t.events).toEqual([]);
    expect(yield* wait(coro)).toBe('x');
    expect(t.events).toEqual(['ran x']);
    expect(getCoroutineState(coro)).toBe('CORO_CLOSED');
  });

  scene('[S367] are awaited once', function* (t) {
    const coro = t.coroutine(function* once() {
      yield;
    })();
    yield* wait(coro);
    let error: unknown;
    try {
      yield* wait(coro);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(RuntimeError);
    expect((error as Error).message).toBe(
      "Cannot reuse the already awaited coroutine 'once': call the function again",
    );
  });

  scene('[S367] a second await while it runs is a RuntimeError', function* (t) {
    const coro = t.coroutine(function* twice() {
      yield* wait(t.sleep(0.001));
      return 'first';
    })();
    const first = t.task(function* () {
      return yield* wait(coro);
    });
    const second = t.task(function* () {
      yield* wait(coro);
    });
    let error: unknown;
    try {
      yield* wait(second);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(RuntimeError);
    expect((error as Error).message).toMatch(/being awaited already/);
    expect(yield* wait(first)).toBe('first');
  });

  scene('that are a task already cannot be awaited', function* (t) {
    const coro = t.coroutine(function* () {
      yield;
      yield;
    })();
    const task = createTask(t.loop, coro);
    yield;
    let error: unknown;
    try {
      yield* wait(coro);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(RuntimeError);
    yield* wait(task);
    try {
      error = yield* wait(createTask(t.loop, coro));
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(RuntimeError);
  });

  scene('are closed when they have ended, whoever awaited them', function* (t) {
    const coro = t.coroutine(function* () {
      yield;
      return 'tea';
    })();
    expect(yield* wait(coro)).toBe('tea');
    expect(getCoroutineState(coro)).toBe('CORO_CLOSED');
    const failing = t.coroutine(function* () {
      yield;
      throw new Error('no');
    })();
    yield* rejects(failing, /no/);
    expect(getCoroutineState(failing)).toBe('CORO_CLOSED');
    yield* rejects(coro, /Cannot reuse the already awaited coroutine/);
  });

  test('are what a promise is not: the error says so in plain words', () => {
    expect(() => createTask(new BaseEventLoop(), Promise.resolve() as never)).toThrow(
      /got a Promise: it runs already/,
    );
  });

  test('introduce themselves', () => {
    const body = coroutine(function* work() {
      yield;
    });
    const coro = body();
    expect(body.name).toBe('work');
    expect(inspect(coro)).toBe('<coroutine work created>');
    expect(String(coro)).toBe('[object Coroutine]');
    coro.close();
    expect(inspect(coro)).toBe('<coroutine work closed>');
    const anonymous = coroutine(() => Promise.resolve())();
    expect(anonymous.name).not.toBe('');
    anonymous.close();
  });

  scene('outside of any task an await makes one', function* (t) {
    const body = t.coroutine(function* () {
      yield;
      return currentTask() !== null;
    });
    const outside = new Promise<boolean>((resolve, reject) => {
      queueMicrotask(() => {
        body().then(resolve, reject);
      });
    });
    expect(yield* wait(outside)).toBe(true);
  });

  scene('are promises to whoever listens', function* (t) {
    const body = t.coroutine(function* (fail: boolean) {
      yield;
      if (fail) throw new Error('x');
      return 1;
    });
    expect(yield* wait(body(false).then((value) => value + 1))).toBe(2);
    expect(yield* wait(body(true).catch((error: unknown) => (error as Error).message))).toBe('x');
    expect(yield* wait(body(false).finally(() => t.log('finally')))).toBe(1);
    expect(t.events).toEqual(['finally']);
    expect(yield* wait(Promise.all([body(false), body(false)]))).toEqual([1, 1]);
  });
});

describe('by hand', () => {
  const three = coroutine(function* (): Generator<string, string, string> {
    const got: string[] = [];
    try {
      got.push(yield 'one');
      got.push(yield 'two');
    } catch (error) {
      got.push(`caught ${(error as Error).message}`);
    }
    return got.join(' ');
  } as never) as unknown as () => Coroutine<string>;

  test('next sends, throw throws, and the states are Python’s', () => {
    const coro = three();
    expect(() => coro.next('too early')).toThrow(/send undefined first/);
    expect(coro.next()).toEqual({ value: 'one', done: false });
    expect(getCoroutineState(coro)).toBe('CORO_SUSPENDED');
    expect(coro.next('a')).toEqual({ value: 'two', done: false });
    expect(coro.throw(new Error('b'))).toEqual({ value: 'a caught b', done: true });
    expect(getCoroutineState(coro)).toBe('CORO_CLOSED');
    expect(() => coro.next()).toThrow(/Cannot reuse the already awaited coroutine/);
  });

  test('close runs the finally blocks, and is harmless before the start and after the end', () => {
    const log: string[] = [];
    const body = coroutine(function* () {
      try {
        yield;
      } finally {
        log.push('finally');
      }
    });
    const started = body();
    started.next();
    started.close();
    started.close();
    const fresh = body();
    fresh.close();
    expect(log).toEqual(['finally']);
    expect(() => fresh.next()).toThrow(RuntimeError);
  });

  test('close of one that yields in its cleanup is a RuntimeError', () => {
    const coro = coroutine(function* stubborn() {
      try {
        yield 1;
      } finally {
        yield 2;
      }
    })();
    coro.next();
    expect(() => coro.close()).toThrow(/it yielded in its cleanup/);
    coro.next();
  });

  test('an error that comes out is the one that was raised', () => {
    const error = new Error('mine');
    const inner = coroutine(function* () {
      yield 1;
      throw error;
    });
    const coro = coroutine(function* () {
      yield* inner();
    })();
    coro.next();
    let caught: unknown;
    try {
      coro.next();
    } catch (e) {
      caught = e;
    }
    expect(caught).toBe(error);
    expect(getCoroutineState(coro)).toBe('CORO_CLOSED');
  });

  test('all yields of what it delegates to come through', () => {
    const loop = newLoop();
    const future = new Future<string>({ loop });
    const inner = coroutine(function* () {
      return yield* future;
    });
    const outer = coroutine(function* () {
      return `outer ${yield* inner()}`;
    });
    const coro = outer();
    expect(coro.next().value).toBe(future);
    future.setResult('value');
    expect(coro.next()).toEqual({ value: 'outer value', done: true });
    loop.close();
  });

  test('resumed from inside itself it is a ValueError', () => {
    let coro: Coroutine<unknown> | null = null;
    const body = coroutine(function* () {
      (coro as unknown as Coroutine<unknown>).next();
      yield;
    });
    coro = body();
    expect(() => coro.next()).toThrow(
      /Cannot resume the coroutine '[^']*': it is executing already/,
    );
  });
});

describe('foreign drivers', () => {
  /** Not a generator: anything of that shape is a coroutine. */
  function driver(log: string[], awaits: Future<string>): CoroutineLike<string> {
    let step = 0;
    return {
      next(...args: readonly unknown[]) {
        log.push(`next ${String(args[0])}`);
        if (step++ === 0) return { value: undefined, done: false };
        if (step === 2) return { value: awaits, done: false };
        return { value: `result ${String(args[0])}`, done: true };
      },
      throw(error) {
        log.push(`throw ${(error as Error).name}`);
        throw error;
      },
      return(value) {
        log.push('return');
        return { value: value as never, done: true };
      },
    };
  }

  scene('any object with next, throw and return can be a task', function* (t) {
    const log: string[] = [];
    const future = t.future<string>();
    const coro = driver(log, future);
    expect(iscoroutine(coro)).toBe(true);
    const task = createTask(t.loop, coro);
    yield* wait(t.turns(3));
    expect(task.getCoro()).toBe(coro);
    future.setResult('value');
    expect(yield* wait(task)).toBe('result value');
    expect(log).toEqual(['next undefined', 'next undefined', 'next value']);
  });

  scene('a cancel is thrown into it', function* (t) {
    const log: string[] = [];
    const future = t.future<string>();
    const task = createTask(t.loop, driver(log, future));
    yield* wait(t.turns(3));
    task.cancel();
    yield* wait(t.turns(3));
    expect(future.cancelled()).toBe(true);
    expect(task.cancelled()).toBe(true);
    expect(log.at(-1)).toBe('throw CancelledError');
  });

  scene('a generator that was given a next of its own is stepped by that one', function* (t) {
    const watched = (name: string, body: () => Generator<unknown, string>) => {
      const generator = body();
      const plain = generator.next.bind(generator);
      generator.next = (value) => {
        t.log(name);
        return plain(value);
      };
      return generator;
    };
    const inner = t.coroutine(function* () {
      yield;
      return yield* wait(invoke(() => watched('inner', twoTurns)));
    });
    const outer = watched('outer', function* () {
      yield;
      const came = yield* wait(inner());
      yield;
      return came;
    });
    expect(yield* wait(createTask(t.loop, outer))).toBe('two');
    expect(t.events).toEqual(['outer', 'outer', 'inner', 'inner', 'inner', 'outer', 'outer']);
  });

  function* twoTurns(): Generator<undefined, string> {
    yield;
    yield;
    return 'two';
  }
});

describe('what is a coroutine', () => {
  test('[S365] coroutine objects, generators and drivers are; promises, futures and functions are not', () => {
    const loop = newLoop();
    function* generator(): Generator {
      yield;
    }
    const coro = coroutine(generator)();
    expect(iscoroutine(coro)).toBe(true);
    expect(iscoroutine(generator())).toBe(true);
    coro.close();
    async function* asyncGenerator(): AsyncGenerator {
      yield;
    }
    for (const no of [
      Promise.resolve(),
      new Future({ loop }),
      generator,
      asyncGenerator(),
      [][Symbol.iterator](),
      null,
      undefined,
      1,
    ]) {
      expect(iscoroutine(no)).toBe(false);
    }
    loop.close();
  });

  test('[S368] iscoroutinefunction', () => {
    function* generator(): Generator {
      yield;
    }
    expect(iscoroutinefunction(coroutine(generator))).toBe(true);
    expect(iscoroutinefunction(coroutine(async () => {}))).toBe(true);
    expect(iscoroutinefunction(async () => {})).toBe(true);
    expect(iscoroutinefunction(generator)).toBe(true);
    expect(iscoroutinefunction(() => {})).toBe(false);
    expect(iscoroutinefunction(null)).toBe(false);
  });

  test('coroutine() takes functions only', () => {
    for (const wrong of [1, null, {}] as never[]) {
      expect(() => coroutine(wrong)).toThrow(TypeError);
    }
  });
});

describe('runUntilComplete', () => {
  scene(
    '[S229] gives the result or throws the error',
    function* (t) {
      // Tried on loops of their own, as plain Node code does.
      const results = new Promise<unknown[]>((resolve, reject) => {
        setImmediate(() => {
          const loop = newLoop();
          const body = t.coroutine(function* (fail: boolean) {
            yield;
            if (fail) throw new Error('x');
            return 7;
          });
          const run = async (): Promise<unknown[]> => {
            const seen: unknown[] = [await runUntilComplete(loop, body(false))];
            seen.push(await runUntilComplete(loop, body(true)).catch((error: unknown) => error));
            seen.push(await runUntilComplete(loop, Promise.resolve('promise')));
            seen.push(
              await runUntilComplete(
                loop,
                t.implementation.plain(function* () {
                  yield;
                  return 'function';
                }) as () => Promise<string>,
              ),
            );
            loop.close();
            return seen;
          };
          import('@asyncio-ts/futures').then(({ withoutTask }) =>
            withoutTask(run).then(resolve, reject),
          );
        });
      });
      expect(yield* wait(results)).toEqual([7, new Error('x'), 'promise', 'function']);
    },
    { kinds: ['generator'] },
  );

  test('[S229] stopped before the end it is a RuntimeError', async () => {
    const loop = newLoop();
    const future = new Future({ loop });
    loop.callLater(1, () => loop.stop());
    await expect(runUntilComplete(loop, future)).rejects.toThrow(
      new RuntimeError('Event loop stopped before Future completed.'),
    );
    expect(future._callbacks).toEqual([]);
    loop.close();
  });

  test('[S230] what cannot be awaited is a TypeError, a future of another loop a ValueError', async () => {
    const [loop, other] = [newLoop(), newLoop()];
    const attempt = async (thing: unknown): Promise<unknown> => {
      try {
        return await runUntilComplete(loop, thing as never);
      } catch (error) {
        return (error as Error).name;
      }
    };
    for (const wrong of [1, 'x', null, undefined, {}])
      expect(await attempt(wrong)).toBe('TypeError');
    expect(await attempt(new Future({ loop: other }))).toBe('ValueError');
    loop.close();
    other.close();
  });

  test('[S231] an aborted run cannot stop the next one', async () => {
    const loop = newLoop();
    const first = new Future<number>({ loop });
    const interrupt = new (await import('@asyncio-ts/loop')).KeyboardInterrupt();
    loop.callSoon(() => {
      throw interrupt;
    });
    await expect(runUntilComplete(loop, first)).rejects.toBe(interrupt);
    const result = await runUntilComplete(loop, function* () {
      first.setResult(1);
      yield;
      yield;
      yield;
      return 'not stopped early';
    });
    expect(result).toBe('not stopped early');
    loop.close();
  });

  test('[S232] from inside a running loop it is refused, and the coroutine is left as it was', async () => {
    const [loop, inner] = [newLoop(), newLoop()];
    const coro = coroutine(function* () {
      yield;
    })();
    await runUntilComplete(loop, function* () {
      let error: unknown;
      try {
        yield runUntilComplete(inner, coro);
      } catch (caught) {
        error = caught;
      }
      expect(error).toBeInstanceOf(RuntimeError);
      expect((error as Error).message).toMatch(/while another loop is running/);
    });
    await runUntilComplete(inner, coro);
    loop.close();
    inner.close();
  });

  test('[S227] what a run left over goes on in the next', async () => {
    const loop = newLoop();
    const log: string[] = [];
    let task: Task<void> | undefined;
    await runUntilComplete(loop, function* () {
      task = createTask(loop, function* () {
        for (let i = 0; i < 3; i++) {
          log.push(`step ${i}`);
          yield;
        }
      });
      yield;
    });
    expect(task?.done()).toBe(false);
    await runUntilComplete(loop, task as Task<void>);
    expect(log).toEqual(['step 0', 'step 1', 'step 2']);
    loop.close();
  });
});

describe('runUntilCompleteSync', () => {
  test('runs generator coroutines on this stack, over virtual time', () => {
    const loop = newLoop();
    const nap = coroutine(function* (seconds: number) {
      const future = new Future<void>({ loop });
      loop.callLater(seconds, () => future.setResult());
      yield* future;
      return loop.time();
    });
    const result = runUntilCompleteSync(loop, function* () {
      const task = createTask(loop, nap(3600));
      return [yield* nap(10), yield* task];
    });
    expect(result).toEqual([10, 3600]);
    expect(loop.isRunning()).toBe(false);
    loop.close();
  });

  test('throws what the coroutine throws', () => {
    const loop = newLoop();
    const error = new Error('x');
    expect(() =>
      runUntilCompleteSync(loop, function* () {
        yield;
        throw error;
      }),
    ).toThrow(error);
    loop.close();
  });

  test('an async function is a TypeError that names the other way', () => {
    const loop = newLoop();
    expect(() => runUntilCompleteSync(loop, async () => {})).toThrow(
      /write `await loop\.runUntilComplete\(\.\.\.\)`/,
    );
    expect(loop.isRunning()).toBe(false);
    loop.close();
  });

  test('a selector that cannot wait on the stack is a RuntimeError', () => {
    const loop = new BaseEventLoop();
    const coro = coroutine(function* () {
      yield;
    })();
    expect(() => runUntilCompleteSync(loop, coro)).toThrow(/use a VirtualSelector/);
    loop.close();
  });

  test('a run that is stopped, or can never finish, says so', () => {
    const loop = newLoop();
    const future = new Future({ loop });
    loop.callSoon(() => loop.stop());
    expect(() => runUntilCompleteSync(loop, future)).toThrow(/Event loop stopped before/);
    expect(() => runUntilCompleteSync(loop, future)).toThrow(/can never finish/);
    loop.close();
  });
});
