// Anything can be thrown, and anything can call itself a coroutine: its task fails with it, the loop goes on.
import { inspect } from 'node:util';

import { expect, test } from '@jest/globals';
import { BaseEventLoop, type ExceptionContext, VirtualSelector } from '@asyncio-ts/loop';
import { type CoroutineLike, createTask, Future, runUntilComplete } from '@asyncio-ts/futures';

const circular: { self?: unknown } = {};
circular.self = circular;

const odd: Record<string, unknown> = {
  'a message that is a circular object': Object.assign(new Error(), { message: circular }),
  'a message that is a bigint': Object.assign(new Error(), { message: 10n }),
  'a name that is a symbol': Object.assign(new Error(), { name: Symbol('name') }),
  'an object whose inspection throws': {
    [inspect.custom]() {
      throw new Error('cannot be inspected');
    },
  },
  'an error whose stack throws': Object.defineProperty(new Error('odd'), 'stack', {
    get() {
      throw new Error('no stack');
    },
  }),
};

test.each(Object.entries(odd))(
  'a background task may fail with %s; it is reported as ever',
  async (_name, thrown) => {
    const loop = new BaseEventLoop({ selector: new VirtualSelector() });
    const reported: ExceptionContext[] = [];
    loop.setExceptionHandler((_loop, context) => reported.push(context));
    const result = await runUntilComplete(loop, function* () {
      createTask(loop, function* (): Generator<unknown, void> {
        throw thrown;
      });
      const future = new Future<string>({ loop });
      loop.callLater(1, () => future.setResult('the loop goes on'));
      return yield* future;
    });
    expect(result).toBe('the loop goes on');
    loop.close();
    expect(reported).toHaveLength(1);
    expect(reported[0]?.message).toBe('Task exception was never retrieved');
    expect(reported[0]?.exception === thrown).toBe(true);
  },
);

test('a driver that gives no iterator result fails its task, and not the loop', async () => {
  const loop = new BaseEventLoop({ selector: new VirtualSelector() });
  const driver = {
    next: () => null,
    throw: (error: unknown) => {
      throw error;
    },
    return: (value: unknown) => ({ value, done: true }),
  } as unknown as CoroutineLike<void>;
  const result = await runUntilComplete(loop, function* () {
    const task = createTask(loop, driver);
    try {
      yield* task;
    } catch (error) {
      return error;
    }
    return null;
  });
  expect(result).toBeInstanceOf(TypeError);
  loop.close();
});

test('a context that cannot run a step is reported, and the loop goes on', async () => {
  const loop = new BaseEventLoop({ selector: new VirtualSelector() });
  const reported: unknown[] = [];
  loop.setExceptionHandler((_loop, context) => reported.push(context.exception));
  const error = new Error('no context');
  const context = {
    run() {
      throw error;
    },
  };
  const task = createTask(loop, function* () {}, { context });
  task._logDestroyPending = false;
  const future = new Future<string>({ loop });
  loop.callLater(1, () => future.setResult('the loop goes on'));
  expect(await runUntilComplete(loop, future)).toBe('the loop goes on');
  expect(reported).toEqual([error]);
  loop.close();
});
