import { brief, type Loop, ValueError } from '@asyncio-ts/loop';

import { asCoroutine } from './coroutine.js';
import { Future } from './future.js';
import { wrapPromise } from './promise-future.js';
import {
  type Awaitable,
  type CoroutineLike,
  type FutureLike,
  isDriver,
  isfuture,
  isThenable,
  type TaskBody,
} from './protocol.js';
import type { Task } from './task.js';
import type { TaskOptions } from './task-options.js';
import { closeCoroutine, type FutureLoop, taskOn } from './task-factory.js';
import { loopHere } from './which-loop.js';

/**
 * A new future of a loop: the loop's own method makes it, if it has one.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { createFuture } from '@asyncio-ts/futures';
 *
 * const future = createFuture<number>(new BaseEventLoop());
 * console.log(future.done()); // false
 * ```
 */
export function createFuture<T>(loop: Loop): Future<T> {
  const own = (loop as FutureLoop).createFuture;
  return own === undefined ? new Future<T>({ loop }) : (own.call(loop) as Future<T>);
}

/**
 * A new task of a loop.
 *
 * @param body - a generator, a coroutine object, or a function of no arguments, called inside the new task, that returns one
 * or a promise (an async function)
 * @throws TypeError for a promise (it runs already and cannot be stepped) and for whatever else is no coroutine.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { createTask, runUntilComplete } from '@asyncio-ts/futures';
 *
 * const loop = new BaseEventLoop();
 * const task = createTask(loop, async () => 42, { name: 'answer' });
 * console.log(await runUntilComplete(loop, task)); // 42
 * ```
 */
export function createTask<T>(loop: Loop, body: TaskBody<T>, options?: TaskOptions): Task<T> {
  const coro = isfuture(body) ? null : asCoroutine(body);
  if (coro === null) throw notACoroutine(body);
  return taskOn(loop, coro as CoroutineLike<T>, options);
}

/** @internal Why something cannot become a task, and what to write instead. */
export function notACoroutine(body: unknown): TypeError {
  const got = brief(body);
  if (isfuture(body)) {
    return new TypeError(
      `a coroutine was expected, got the future ${got}: it runs already; await it, or use ensureFuture()`,
    );
  }
  if (isThenable(body)) {
    return new TypeError(
      `a coroutine was expected, got ${got}: it runs already and cannot be stepped; write createTask(() => f(x)), or ensureFuture(promise)`,
    );
  }
  return new TypeError(
    `a coroutine was expected, got ${got}: give a generator, a coroutine object, or a function returning one or a promise`,
  );
}

/**
 * Whatever can be waited for, as a future.
 *
 * Mirrors Python's `asyncio.ensure_future`: a future or task comes back as it is, a coroutine becomes a task, a promise is
 * wrapped, once: cancelling the wrapper lets go of the promise and does not stop it.
 *
 * @param options - `loop`: where a new task runs; default: the running loop, else the one that runs in this thread
 * @throws TypeError for anything else; ValueError when a future belongs to another loop than the one given.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { ensureFuture, runUntilComplete } from '@asyncio-ts/futures';
 *
 * const result = await runUntilComplete(new BaseEventLoop(), function* () {
 *   return yield* ensureFuture(Promise.resolve('from outside'));
 * });
 * console.log(result); // from outside
 * ```
 */
export function ensureFuture<T>(
  awaitable: FutureLike<T>,
  options?: { readonly loop?: Loop },
): FutureLike<T> & Future<T>;
export function ensureFuture<T>(
  awaitable: Awaitable<T> | (() => CoroutineLike<T> | PromiseLike<T>),
  options?: { readonly loop?: Loop },
): Future<T>;
export function ensureFuture(
  awaitable: Awaitable<unknown> | (() => CoroutineLike<unknown> | PromiseLike<unknown>),
  options: { readonly loop?: Loop } = {},
): Future<unknown> {
  if (isfuture(awaitable)) {
    if (options.loop !== undefined && options.loop !== awaitable.getLoop()) {
      throw new ValueError(
        'The future belongs to a different loop than the one specified as the loop argument',
      );
    }
    return awaitable as Future<unknown>;
  }
  const coro = asCoroutine(awaitable);
  if (coro === null && !isThenable(awaitable)) {
    throw new TypeError(`a future, a coroutine or a promise is required, got ${brief(awaitable)}`);
  }
  try {
    const loop = options.loop ?? loopHere('make a future');
    return coro === null
      ? wrapPromise(loop, awaitable as PromiseLike<unknown>)
      : taskOn(loop, coro);
  } catch (error) {
    if (coro !== null) closeCoroutine(coro);
    throw error;
  }
}

/**
 * A future as one of this library's: itself. Mirrors `asyncio.wrap_future` for futures and promises; futures of executors
 * come with the executors.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete, wrapFuture } from '@asyncio-ts/futures';
 *
 * await runUntilComplete(new BaseEventLoop(), function* () {
 *   const future = wrapFuture(Promise.resolve('a promise with a cancel()'));
 *   console.log(yield* future);
 * });
 * ```
 */
export function wrapFuture<T>(
  future: FutureLike<T> | PromiseLike<T>,
  options: { readonly loop?: Loop } = {},
): Future<T> {
  if (isDriver(future)) {
    throw new TypeError(`a future or a promise is required, got the coroutine ${brief(future)}`);
  }
  return ensureFuture(future as PromiseLike<T>, isfuture(future) ? {} : options);
}
