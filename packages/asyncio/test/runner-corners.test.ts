/** Runs and runners in odd places; time is virtual where they wait. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { thread } from '@asyncio-ts/loop';
import { type Body, implementations, wait } from '@asyncio-ts/testing';
import {
  type Coroutine,
  coroutine,
  createTask,
  EventLoop,
  type ExceptionContext,
  getCoroutineState,
  getRunningLoop,
  newEventLoop,
  run,
  Runner,
  RuntimeError,
  sleep,
  type TaskOptions,
  VirtualSelector,
} from 'asyncio-ts';

beforeEach(() => {
  thread.current = undefined;
});
afterEach(() => {
  thread.current = undefined;
});

const caught = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error('nothing was thrown'),
    (error: unknown) => error as Error,
  );

describe.each(['generator', 'async'] as const)('a run [%s]', (kind) => {
  const [implementation] = implementations({ kinds: [kind], selectors: ['virtual'] });
  const co = <T>(body: Body<[], T>): (() => Coroutine<T>) => {
    if (implementation === undefined) throw new Error('no implementation');
    return implementation.coroutine(body);
  };
  const reports: ExceptionContext[] = [];
  const virtual = (): EventLoop => {
    const loop = new EventLoop({ selector: new VirtualSelector() });
    loop.setExceptionHandler((_, context) => reports.push(context));
    return loop;
  };
  beforeEach(() => void reports.splice(0));

  test('[S269] that is refused inside a running loop closes its coroutine', async () => {
    const refused = co(function* () {})();
    const other = co(function* () {})();
    const runner = new Runner();
    runner.getLoop();
    const main = co(function* () {
      const errors = yield* wait(Promise.all([caught(run(refused)), caught(runner.run(other))]));
      return errors.map((error) => error instanceof RuntimeError);
    });
    expect(await run(main())).toEqual([true, true]);
    expect([refused, other].map(getCoroutineState)).toEqual(['CORO_CLOSED', 'CORO_CLOSED']);
    await runner.close();
  });

  test('[S275] by a closed runner closes its coroutine', async () => {
    const runner = new Runner();
    runner.getLoop();
    await runner.close();
    const refused = co(function* () {})();
    await expect(runner.run(refused)).rejects.toThrow('Runner is closed');
    expect(getCoroutineState(refused)).toBe('CORO_CLOSED');
  });

  test('inside a run of the same runner is refused, and does the outer no harm', async () => {
    const runner = new Runner();
    const inner = co(function* () {})();
    const outer = co(function* () {
      const error = yield* wait(caught(runner.run(inner)));
      yield* wait(sleep(0));
      return error.name;
    });
    expect(await runner.run(outer())).toBe('RuntimeError');
    expect(await runner.run(outer())).toBe('RuntimeError');
    await runner.close();
  });

  test('[S274] that fails leaves a runner for the next', async () => {
    const runner = new Runner({ loopFactory: virtual });
    const fails = co(function* (): Generator<unknown, void> {
      yield* wait(sleep(1));
      throw new RangeError('main');
    });
    const counts = co(function* () {
      yield* wait(sleep(1));
      return getRunningLoop().time();
    });
    await expect(runner.run(fails())).rejects.toThrow(RangeError);
    expect(await runner.run(counts())).toBe(2);
    await runner.close();
  });

  test('[S268] leaves what was begun to the next run, and its end to the close', async () => {
    const runner = new Runner({ loopFactory: virtual });
    const log: string[] = [];
    const child = co(function* () {
      try {
        yield* wait(sleep(1.5));
        log.push('half');
        yield* wait(sleep(100));
      } finally {
        log.push('ended');
      }
    });
    const first = co(function* () {
      createTask(child());
      yield* wait(sleep(1));
    });
    await runner.run(first());
    expect(log).toEqual([]);
    await runner.run(sleep(1));
    expect(log).toEqual(['half']);
    await runner.close();
    expect(log).toEqual(['half', 'ended']);
  });

  test('[S268] waits at the end for leftovers that refuse to stop', async () => {
    const log: number[] = [];
    const child = co(function* () {
      for (let i = 0; i < 2; i++) {
        try {
          yield* wait(sleep(10));
        } catch {
          log.push(getRunningLoop().time());
        }
      }
      log.push(getRunningLoop().time());
    });
    const main = co(function* () {
      createTask(child());
      yield* wait(sleep(1));
    });
    await run(main(), { loopFactory: virtual });
    expect(log).toEqual([1, 11]);
    expect(reports).toEqual([]);
  });

  test('[S271] reports leftovers that fail, each, in both kinds of endings', async () => {
    const failing = (name: string): Coroutine<void> =>
      co(function* () {
        try {
          yield* wait(sleep(10));
        } catch {
          throw new RangeError(name);
        }
      })();
    const main = co(function* () {
      for (const name of ['one', 'two']) createTask(failing(name), { name });
      yield* wait(sleep(1));
      throw new TypeError('main');
    });
    await expect(run(main(), { loopFactory: virtual })).rejects.toThrow(TypeError);
    expect(reports.map(({ exception }) => (exception as Error).message)).toEqual(['one', 'two']);
  });

  test('a task that is born in the cleanup of leftovers is reported when the loop is closed', async () => {
    const born = co(function* () {
      yield* wait(sleep(10));
    });
    const child = co(function* () {
      try {
        yield* wait(sleep(10));
      } finally {
        createTask(born(), { name: 'born late' });
      }
    });
    const main = co(function* () {
      createTask(child());
      yield* wait(sleep(1));
    });
    await run(main(), { loopFactory: virtual });
    expect(reports).toHaveLength(1);
    expect(reports[0]?.message).toMatch(/pending/);
    expect(String((reports[0]?.task as { getName(): string }).getName())).toBe('born late');
  });

  test('[S259] the task factory is given name, context and eagerStart', async () => {
    const given: TaskOptions[] = [];
    const loop = virtual();
    const plainFactory = loop.getTaskFactory();
    loop.setTaskFactory((_loop, coro, options) => {
      given.push({ ...options });
      loop.setTaskFactory(plainFactory);
      const task = loop.createTask(coro, options);
      loop.setTaskFactory(factory);
      return task;
    });
    const factory = loop.getTaskFactory();
    const main = co(function* () {
      const context = createTask(sleep(0)).getContext();
      yield* wait(createTask(sleep(0), { name: 'n', context, eagerStart: true }));
    });
    await loop.runUntilComplete(main());
    expect(given).toHaveLength(3);
    expect(Object.keys(given[1] ?? {})).toEqual([]);
    expect(given[2]).toMatchObject({ name: 'n', eagerStart: true });
    expect(given[2]?.context).toBeDefined();
    loop.close();
  });
});

describe('a runner', () => {
  test('[S273] debug is for the loop of a loopFactory, too', async () => {
    const runner = new Runner({ debug: true, loopFactory: newEventLoop });
    expect(runner.getLoop().getDebug()).toBe(true);
    await runner.close();
  });

  test('whose loopFactory fails closes the coroutine', async () => {
    const main = coroutine(async () => undefined)();
    const loopFactory = (): EventLoop => {
      throw new RangeError('no loop');
    };
    await expect(run(main, { loopFactory })).rejects.toThrow('no loop');
    expect(getCoroutineState(main)).toBe('CORO_CLOSED');
  });

  test('closes its loop although the shutdown failed', async () => {
    const runner = new Runner();
    const loop = runner.getLoop();
    loop.shutdownAsyncgens = coroutine(function* shutdownAsyncgens(): Generator<unknown, void> {
      throw new RangeError('shutdown');
    });
    await expect(runner.close()).rejects.toThrow('shutdown');
    expect(loop.isClosed()).toBe(true);
    await runner.close();
  });

  test('[S361] context of a library, such as its precision, follows the task', async () => {
    const { ContextVar } = await import('asyncio-ts');
    const precision = new ContextVar<number>('precision', { default: 28 });
    const divide = (a: number, b: number): string => (a / b).toPrecision(precision.get());
    const fractions = coroutine(async (digits: number): Promise<string> => {
      precision.set(digits);
      await sleep(0.001);
      const first = divide(1, 3);
      await sleep(0.001);
      return `${first} ${divide(2, 3)}`;
    });
    const generator = coroutine(function* (digits: number): Generator<unknown, string> {
      precision.set(digits);
      yield* sleep(0.001);
      return divide(1, 3);
    });
    const results = await run(async () => {
      const tasks = [
        createTask(fractions(3)),
        createTask(fractions(6)),
        createTask(generator(4)),
      ] as const;
      return [await tasks[0], await tasks[1], await tasks[2], precision.get()];
    });
    expect(results).toEqual(['0.333 0.667', '0.333333 0.666667', '0.3333', 28]);
  });
});
