import { describe, expect, test } from '@jest/globals';
import { getTaskFactory } from '@asyncio-ts/futures';
import {
  type CoroutineLike,
  EventLoop,
  Future,
  newEventLoop,
  RuntimeError,
  Task,
  type TaskFactory,
  type TaskOptions,
  VirtualSelector,
} from 'asyncio-ts';

describe('EventLoop', () => {
  test('createFuture makes a future of this loop', () => {
    const loop = newEventLoop();
    const future = loop.createFuture<number>();
    expect(future).toBeInstanceOf(Future);
    expect(future.getLoop()).toBe(loop);
    loop.close();
  });

  test('createTask takes generators, coroutine functions and async functions, by name and context', async () => {
    const loop = newEventLoop();
    const generator = loop.createTask(
      (function* () {
        yield;
        return 1;
      })(),
      { name: 'generator' },
    );
    const asynchronous = loop.createTask(async () => 2, { name: 'async' });
    expect([generator.getName(), asynchronous.getName()]).toEqual(['generator', 'async']);
    expect(await loop.runUntilComplete(generator)).toBe(1);
    expect(await loop.runUntilComplete(asynchronous)).toBe(2);
    loop.close();
  });

  test('createTask refuses a promise and a future', () => {
    const loop = newEventLoop();
    expect(() => loop.createTask(Promise.resolve() as never)).toThrow(
      /createTask\(\(\) => f\(x\)\)/,
    );
    expect(() => loop.createTask(loop.createFuture() as never)).toThrow(TypeError);
    loop.close();
  });

  test('createTask with eagerStart runs the first step at once', async () => {
    const steps: string[] = [];
    const loop = newEventLoop();
    await loop.runUntilComplete(async () => {
      loop.createTask(
        function* () {
          steps.push('child');
          yield;
        },
        { eagerStart: true },
      );
      steps.push('parent');
    });
    expect(steps).toEqual(['child', 'parent']);
    loop.close();
  });

  test('[S258] setTaskFactory applies to later tasks and takes a function or null only', async () => {
    const loop = newEventLoop();
    const made: string[] = [];
    const factory: TaskFactory = <T>(_: unknown, coro: CoroutineLike<T>, options: TaskOptions) => {
      made.push(String(options.name));
      return new Task<T>(coro, { ...options, loop });
    };
    loop.setTaskFactory(factory);
    expect(loop.getTaskFactory()).toBe(factory);
    expect(getTaskFactory(loop)).toBe(factory);
    await loop.runUntilComplete(loop.createTask(async () => undefined, { name: 'x' }));
    expect(made).toEqual(['x']);
    expect(() => loop.setTaskFactory(7 as never)).toThrow(TypeError);
    loop.setTaskFactory(null);
    expect(loop.getTaskFactory()).toBeNull();
    loop.close();
  });

  test('an overridden createTask is obeyed by the library', async () => {
    const names: string[] = [];
    class Counting extends EventLoop {
      override createTask<T>(...args: Parameters<EventLoop['createTask']>): Task<T> {
        const task = super.createTask(...args) as Task<T>;
        names.push(task.getName());
        return task;
      }
    }
    const loop = new Counting();
    await loop.runUntilComplete(async () => undefined);
    expect(names).toHaveLength(1);
    loop.close();
  });

  test('runUntilCompleteSync gives the result itself on virtual time', () => {
    const loop = new EventLoop({ selector: new VirtualSelector() });
    expect(
      loop.runUntilCompleteSync(function* () {
        yield;
        return 42;
      }),
    ).toBe(42);
    loop.close();
  });

  test('the steps of a ported shutdown can be awaited', async () => {
    const loop = newEventLoop();
    await loop.runUntilComplete(loop.shutdownAsyncgens());
    await loop.runUntilComplete(loop.shutdownDefaultExecutor());
    loop.close();
    expect(loop.isClosed()).toBe(true);
  });

  test('is disposed of asynchronously, twice if need be', async () => {
    const loop = newEventLoop();
    await loop[Symbol.asyncDispose]();
    await loop[Symbol.asyncDispose]();
    expect(loop.isClosed()).toBe(true);
    await expect(loop.runUntilComplete(async () => 1)).rejects.toThrow(RuntimeError);
  });
});
