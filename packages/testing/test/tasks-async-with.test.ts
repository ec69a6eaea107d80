import { describe, expect, test } from '@jest/globals';
import { BaseEventLoop, RuntimeError } from '@asyncio-ts/loop';
import { CancelledError, coroutine, currentTask, iscoroutinefunction } from '@asyncio-ts/futures';
import {
  anext,
  asyncFor,
  asyncWith,
  BREAK,
  createTask,
  sleep,
  staggeredRace,
  StopAsyncIteration,
  TaskGroup,
  timeout,
  TimeoutError,
} from '@asyncio-ts/tasks';
import { type Scene, scenes, wait } from '@asyncio-ts/testing';

import { rejects } from './rejects.js';

const scene = scenes(test);
const exact = scenes(test, { selectors: ['virtual'] });

describe('asyncWith', () => {
  scene('enters, runs the body in the same task, and leaves', function* (t) {
    const me = currentTask();
    const manager = managerOf(t, false);
    const body = t.implementation.plain(function* (value: string) {
      expect(currentTask() === me).toBe(true);
      yield* wait(t.turn());
      t.log('body', value);
      return 'result';
    });
    expect(yield* wait(asyncWith(manager, body))).toBe('result');
    expect(t.events).toEqual(['enter', 'body value', 'exit null']);
  });

  scene('the methods may be async functions, generators, coroutine functions', function* (t) {
    const made = {
      aenter: coroutine(function* () {
        yield;
        return 1;
      }),
      aexit: coroutine(async () => {
        await sleep(0.001);
        t.log('left');
      }),
    };
    const native = {
      async aenter() {
        return await sleep(0.001, 2);
      },
      *aexit() {
        yield* sleep(0.001);
        t.log('left');
      },
    };
    const body = t.implementation.plain(function* (value: number) {
      return value;
    });
    expect(yield* wait(asyncWith(made, body))).toBe(1);
    expect(yield* wait(asyncWith(native, body))).toBe(2);
    expect(t.events).toEqual(['left', 'left']);
  });

  scene('leaving is told of the error, which passes', function* (t) {
    const body = t.implementation.plain(function* () {
      yield* wait(t.turn());
      throw new Error('broken');
    });
    yield* rejects(asyncWith(managerOf(t, false), body), /broken/);
    expect(t.events).toEqual(['enter', 'exit Error: broken']);
  });

  scene('leaving may swallow the error', function* (t) {
    const body = t.implementation.plain(function* () {
      yield* wait(t.turn());
      throw new Error('broken');
    });
    expect(yield* wait(asyncWith(managerOf(t, true), body))).toBeUndefined();
  });

  scene('an error of leaving replaces the result and is not told again', function* (t) {
    let exits = 0;
    const manager = {
      aenter: t.implementation.plain(function* () {}),
      aexit: t.implementation.plain(function* () {
        exits++;
        throw new Error('exit');
      }),
    };
    yield* rejects(
      asyncWith(
        manager,
        t.implementation.plain(function* () {}),
      ),
      /exit/,
    );
    expect(exits).toBe(1);
  });

  scene('an error of entering means that it is not left', function* (t) {
    const manager = {
      aenter: t.implementation.plain(function* (): Generator<unknown, void> {
        throw new Error('enter');
      }),
      aexit: t.implementation.plain(function* () {
        t.log('exit');
      }),
    };
    yield* rejects(
      asyncWith(
        manager,
        t.implementation.plain(function* () {}),
      ),
      /enter/,
    );
    expect(t.events).toEqual([]);
  });

  scene('a cancel inside is told to the manager', function* (t) {
    const task = t.task(function* () {
      const body = t.implementation.plain(function* () {
        yield* wait(sleep(3600));
      });
      yield* wait(asyncWith(managerOf(t, false), body));
    });
    while (t.events.length === 0) yield* wait(t.sleep(0.001));
    yield* wait(t.turns(5));
    task.cancel();
    yield* rejects(task, CancelledError);
    expect(t.events).toEqual(['enter', 'exit CancelledError']);
  });

  scene('the scope of a limit covers the body', function* (t) {
    const body = t.implementation.plain(function* () {
      yield* wait(sleep(3600));
    });
    yield* rejects(asyncWith(timeout(0.001), body), TimeoutError);
  });

  exact('a manager that enters a limit of its own makes it cover the body', function* (t) {
    const limit = timeout(1);
    const manager = {
      aenter: t.coroutine(function* () {
        yield* wait(limit.aenter());
      }),
      aexit: t.coroutine(function* (error: unknown) {
        yield* wait(limit.aexit(error));
      }),
    };
    const body = t.coroutine(function* () {
      yield* wait(sleep(10));
    });
    yield* rejects(asyncWith(manager, body), TimeoutError);
    expect(currentTask()?.cancelling()).toBe(0);
    expect(t.loop.time()).toBe(1);
  });

  exact('a closed coroutine leaves, too', function* (t) {
    const coro = asyncWith(
      {
        *aenter(): Generator<unknown, void> {},
        *aexit(error: unknown): Generator<unknown, void> {
          t.log((error as Error).message);
        },
      },
      function* () {
        yield;
      },
    );
    coro.next();
    coro.close();
    expect(t.events).toEqual(['the coroutine was closed']);
    yield* wait(sleep(0));
  });

  test('what is no manager, or no body, is refused', () => {
    const manager = { aenter: async () => {}, aexit: async () => {} };
    expect(() => asyncWith({} as never, async () => {})).toThrow(/aenter/);
    expect(() => asyncWith(null as never, async () => {})).toThrow(TypeError);
    expect(() => asyncWith(manager, 1 as never)).toThrow(/body must be a function/);
    expect(iscoroutinefunction(new TaskGroup().aenter)).toBe(true);
  });
});

describe('asyncFor', () => {
  async function* numbers(t: Scene, upTo: number): AsyncGenerator<number, void> {
    try {
      for (let i = 1; i <= upTo; i++) {
        await sleep(0.001);
        yield i;
      }
    } finally {
      t.log('closed');
    }
  }

  scene('runs the body for each item, then else', function* (t) {
    const body = t.implementation.plain(function* (n: number) {
      yield* wait(sleep(0.001));
      t.log(n);
    });
    const orElse = t.implementation.plain(function* () {
      t.log('else');
    });
    yield* wait(asyncFor(numbers(t, 3), body, { else: orElse }));
    expect(t.events).toEqual(['1', '2', '3', 'closed', 'else']);
  });

  scene('BREAK leaves, closes the iterator and skips else', function* (t) {
    const body = (n: number): unknown => (n === 2 ? BREAK : t.log(n));
    yield* wait(asyncFor(numbers(t, 3), body, { else: () => t.log('else') }));
    expect(t.events).toEqual(['1', 'closed']);
  });

  scene('an error of the body closes the iterator and passes', function* (t) {
    const body = t.implementation.plain(function* () {
      throw new Error('body');
    });
    yield* rejects(asyncFor(numbers(t, 3), body), /body/);
    expect(t.events).toEqual(['closed']);
  });

  scene('ordinary iterables are taken as well', function* (t) {
    yield* wait(asyncFor([1, 2], (n) => t.log(n), { else: () => t.log('else') }));
    expect(t.events).toEqual(['1', '2', 'else']);
    yield* rejects(
      asyncFor(1 as never, () => undefined),
      TypeError,
    );
    expect(() => asyncFor([], 1 as never)).toThrow(TypeError);
  });

  scene('a cancel reaches what the iterator waits for', function* (t) {
    const slow = async function* (): AsyncGenerator<number> {
      try {
        await sleep(3600);
        yield 1;
      } finally {
        t.log('cleaned up');
      }
    };
    const task = t.task(function* () {
      yield* wait(asyncFor(slow(), () => undefined));
    });
    yield* wait(sleep(0.005));
    task.cancel();
    yield* rejects(task, CancelledError);
    expect(t.events).toEqual(['cleaned up']);
  });
});

describe('anext', () => {
  scene('gives the next item, the fallback, or StopAsyncIteration', function* () {
    const numbers = (async function* () {
      yield 1;
      await sleep(0.001);
      yield 2;
    })();
    expect(yield* wait(anext(numbers))).toBe(1);
    expect(yield* wait(anext(numbers))).toBe(2);
    expect(yield* wait(anext(numbers, 'none'))).toBe('none');
    expect(yield* wait(anext(numbers, undefined))).toBeUndefined();
    yield* rejects(anext(numbers), StopAsyncIteration);
    expect(() => anext({} as never)).toThrow(TypeError);
  });
});

describe('createTask', () => {
  scene('makes a task of the running loop, of any kind of body', function* (t) {
    const task = createTask(sleep(0.001, 1), { name: 'named' });
    expect(task.getName()).toBe('named');
    expect(task.getLoop()).toBe(t.loop);
    expect(yield* wait(task)).toBe(1);
    expect(yield* wait(createTask(async () => await sleep(0, 2)))).toBe(2);
    expect(yield* wait(createTask(() => sleep(0, 3)))).toBe(3);
    expect(() => createTask(Promise.resolve(1) as never)).toThrow(/it runs already/);
  });

  test('without a loop it is a RuntimeError, and the coroutine is closed', () => {
    const coro = sleep(1);
    expect(() => createTask(coro)).toThrow(RuntimeError);
    expect(() => coro.next()).toThrow(/reuse/);
  });

  test('from plain Node code it takes the one loop of the thread', async () => {
    const loop = new BaseEventLoop();
    const running = loop.runForever();
    const result = await createTask(sleep(0.001, 'guest'));
    expect(result).toBe('guest');
    loop.stop();
    await running;
    loop.close();
  });
});

describe('staggeredRace', () => {
  exact('the first that succeeds wins, the others are cancelled', function* (t) {
    const runner = (
      name: string,
      seconds: number,
      fails = false,
    ): (() => Generator<unknown, string>) =>
      function* () {
        t.log(name);
        try {
          yield* wait(sleep(seconds));
        } catch (error) {
          t.log(name, 'cancelled');
          throw error;
        }
        if (fails) throw new Error(name);
        return name;
      };
    const [result, winner, exceptions] = yield* wait(
      staggeredRace([runner('a', 10), runner('b', 0.5, true), runner('c', 0.9), runner('d', 9)], 1),
    );
    expect([result, winner]).toEqual(['c', 2]);
    expect(exceptions.map((error) => (error as Error | null)?.name ?? null)).toEqual([
      'CancelledError',
      'Error',
      null,
    ]);
    expect(t.trace.lines()).toEqual(['0 a', '1 b', '1.5 c', '2.4 a cancelled']);
  });

  exact('nobody wins; a cancel takes all along', function* (t) {
    const failing = function* (): Generator<unknown, never> {
      yield* wait(t.turn());
      throw new Error('x');
    };
    const [result, winner, exceptions] = yield* wait(staggeredRace([failing, failing], null));
    expect([result, winner, exceptions.length]).toEqual([undefined, null, 2]);
    expect((yield* wait(staggeredRace([], 1)))[1]).toBeNull();
    const task = createTask(staggeredRace([() => sleep(10), () => sleep(20)], 1));
    yield* wait(sleep(5));
    task.cancel();
    yield* rejects(task, CancelledError);
    expect(t.loop.time()).toBe(5);
  });
});

function managerOf(t: Scene, swallows: boolean) {
  return {
    aenter: t.implementation.plain(function* () {
      yield* wait(sleep(0.001));
      t.log('enter');
      return 'value';
    }),
    aexit: t.implementation.plain(function* (error: unknown) {
      yield* wait(sleep(0.001));
      t.log('exit', String(error).replace(/: $/, ''));
      return swallows;
    }),
  };
}
