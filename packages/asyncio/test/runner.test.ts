import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Body, implementations } from '@asyncio-ts/testing';
import { thread } from '@asyncio-ts/loop';
import {
  CancelledError,
  ContextVar,
  currentTask,
  EventLoop,
  type ExceptionContext,
  getEventLoop,
  getRunningLoop,
  newEventLoop,
  run as runProgram,
  Runner,
  type RunnerOptions,
  type Runs,
  RuntimeError,
  type Selector,
  setEventLoop,
  Task,
} from 'asyncio-ts';
import { turn, wait } from '@asyncio-ts/testing';

beforeEach(() => {
  thread.current = undefined;
});
afterEach(() => {
  thread.current = undefined;
});

/** A loop factory that keeps the loops it made and what they reported. */
function watched(make: () => EventLoop = newEventLoop): {
  loops: EventLoop[];
  reports: ExceptionContext[];
  loopFactory(): EventLoop;
} {
  const loops: EventLoop[] = [];
  const reports: ExceptionContext[] = [];
  return {
    loops,
    reports,
    loopFactory() {
      const loop = make();
      loop.setExceptionHandler((_, context) => reports.push(context));
      loops.push(loop);
      return loop;
    },
  };
}

const newLoop = (selector: Selector): EventLoop => new EventLoop({ selector });

for (const implementation of implementations({ newLoop })) {
  const { name } = implementation;
  const run = <T>(main: Runs<T>, options: RunnerOptions = {}): Promise<T> =>
    runProgram(main, { loopFactory: () => implementation.newLoop(), ...options });
  const plain = <T>(body: Body<[], T>): (() => Promise<T>) =>
    implementation.plain(body) as () => Promise<T>;

  describe(`run [${name}]`, () => {
    test('[S268] gives the result of main and closes its loop', async () => {
      const { loops, loopFactory } = watched(() => implementation.newLoop());
      const result = await run(
        plain(function* () {
          yield* wait(turn());
          return 42;
        }),
        { loopFactory },
      );
      expect(result).toBe(42);
      expect(loops.map((loop) => loop.isClosed())).toEqual([true]);
    });

    test('[S268] rejects with what main throws, the very same error', async () => {
      const error = new Error('spam');
      const main = plain(function* () {
        yield* wait(turn());
        throw error;
      });
      await expect(run(main)).rejects.toBe(error);
    });

    test('[S268] cancels what is left and waits for its cleanup', async () => {
      const events: string[] = [];
      const leftover = plain(function* () {
        try {
          yield* wait(getRunningLoop().createFuture());
        } finally {
          yield* wait(turn());
          events.push('cleaned up');
        }
      });
      let task: Task<unknown> | null = null;
      const result = await run(
        plain(function* () {
          task = getRunningLoop().createTask(leftover);
          yield* wait(turn());
          return 123;
        }),
      );
      expect(result).toBe(123);
      expect(events).toEqual(['cleaned up']);
      expect((task as unknown as Task<unknown>).cancelled()).toBe(true);
    });

    test('[S271] errors of leftovers go to the exception handler, not to the caller', async () => {
      const { reports, loopFactory } = watched(() => implementation.newLoop());
      const failing = plain(function* () {
        try {
          yield* wait(getRunningLoop().createFuture());
        } catch {
          throw new Error('in cleanup');
        }
      });
      await run(
        plain(function* () {
          getRunningLoop().createTask(failing, { name: 'leftover' });
          yield* wait(turn());
        }),
        { loopFactory },
      );
      expect(reports).toHaveLength(1);
      expect(reports[0]?.message).toBe('unhandled exception during run() shutdown');
      expect((reports[0]?.exception as Error).message).toBe('in cleanup');
      expect((reports[0]?.task as Task<unknown>).getName()).toBe('leftover');
    });

    test('[S269] is refused inside a running loop', async () => {
      const refused = plain(function* () {
        let message = '';
        yield* wait(run(plain(function* () {})).catch((error: Error) => (message = error.message)));
        return message;
      });
      expect(await run(refused)).toMatch(/running event loop/);
    });

    test('a cancel of main from inside comes out as CancelledError', async () => {
      const main = plain(function* () {
        currentTask()?.cancel();
        yield* wait(turn());
      });
      await expect(run(main)).rejects.toBeInstanceOf(CancelledError);
    });

    test('[S274] a Runner keeps one loop and one context', async () => {
      const variable = new ContextVar<number>('variable', { default: -1 });
      const runner = new Runner({ loopFactory: () => implementation.newLoop() });
      const bump = plain(function* () {
        yield* wait(turn());
        variable.set(variable.get() + 1);
        yield* wait(turn());
        return [variable.get(), getRunningLoop()] as const;
      });
      const first = await runner.run(bump);
      const second = await runner.run(bump);
      expect([first[0], second[0]]).toEqual([0, 1]);
      expect(first[1]).toBe(second[1]);
      expect(variable.get()).toBe(-1);
      await runner.close();
    });
  });
}

const run = runProgram;

describe('run', () => {
  test('[S273] debug overrides the default of the loop, null leaves it', async () => {
    const debug = async (): Promise<boolean> => getRunningLoop().getDebug();
    expect(await run(debug, { debug: true })).toBe(true);
    expect(await run(debug, { debug: false })).toBe(false);
    expect(await run(debug, { debug: null })).toBe(newEventLoop().getDebug());
  });

  test('[S273] sets its loop as the current one, and none at the end', async () => {
    const runner = new Runner();
    const loop = runner.getLoop();
    expect(getEventLoop()).toBe(loop);
    await runner.close();
    expect(() => getEventLoop()).toThrow(RuntimeError);
  });

  test('[S273] with a loopFactory no current loop is set', async () => {
    const set = newEventLoop();
    setEventLoop(set);
    await run(async () => undefined, { loopFactory: newEventLoop });
    expect(getEventLoop()).toBe(set);
  });

  test('[S270] takes any awaitable, and refuses everything else by TypeError', async () => {
    const { loops, loopFactory } = watched();
    expect(await run(Promise.resolve('promise'))).toBe('promise');
    await expect(run(42 as never, { loopFactory })).rejects.toThrow(TypeError);
    expect(loops[0]?.isClosed()).toBe(true);
    const runner = new Runner();
    const future = runner.getLoop().createFuture<string>();
    runner.getLoop().callSoon(() => future.setResult('future'));
    expect(await runner.run(future)).toBe('future');
    await runner.close();
  });

  test('two programs run side by side as guests of one thread', async () => {
    const main = (name: string) => async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return name;
    };
    expect(await Promise.all([run(main('a')), run(main('b'))])).toEqual(['a', 'b']);
  });
});

describe('Runner', () => {
  test('[S275] makes its loop at the first use', async () => {
    const { loops, loopFactory } = watched();
    const runner = new Runner({ loopFactory });
    expect(loops).toHaveLength(0);
    runner.getLoop();
    await runner.run(async () => undefined);
    expect(loops).toHaveLength(1);
    await runner.close();
  });

  test('[S275] close is idempotent, and later use is an error', async () => {
    const runner = new Runner();
    const loop = runner.getLoop();
    await Promise.all([runner.close(), runner.close()]);
    await runner.close();
    expect(loop.isClosed()).toBe(true);
    expect(() => runner.getLoop()).toThrow('Runner is closed');
    await expect(runner.run(async () => 1)).rejects.toThrow('Runner is closed');
  });

  test('closes at the end of `await using`', async () => {
    const runner = new Runner();
    const loop = runner.getLoop();
    await runner[Symbol.asyncDispose]();
    expect(loop.isClosed()).toBe(true);
  });

  test('refuses a second run, and close, while a run goes on', async () => {
    const runner = new Runner();
    const gate = runner.getLoop().createFuture<number>();
    const first = runner.run(async () => await gate);
    await expect(runner.run(async () => 2)).rejects.toThrow(/another run .* await it first/);
    await expect(runner.close()).rejects.toThrow(/a run is going on; await it first/);
    gate.setResult(1);
    expect(await first).toBe(1);
    await runner.close();
  });

  test('runs in the context that is given', async () => {
    const variable = new ContextVar<string>('variable', { default: 'none' });
    const runner = new Runner();
    const context = await runner.run(async () => {
      variable.set('shared');
      return [currentTask()?.getContext().copy()] as const;
    });
    context[0]?.run(() => variable.set('given'));
    expect(await runner.run(async () => variable.get(), { context: context[0] ?? null })).toBe(
      'given',
    );
    expect(await runner.run(async () => variable.get())).toBe('shared');
    await runner.close();
  });

  test('[S279] tolerates tasks that cannot take a cancel back', async () => {
    const runner = new Runner();
    runner.getLoop().setTaskFactory((loop, coro, options) => {
      const task = new Task(coro, { ...options, loop });
      Object.defineProperty(task, 'uncancel', { value: undefined });
      return task;
    });
    const main = async (): Promise<void> => {
      currentTask()?.cancel();
      await turn();
    };
    await expect(runner.run(main)).rejects.toBeInstanceOf(CancelledError);
    await runner.close();
  });
});
