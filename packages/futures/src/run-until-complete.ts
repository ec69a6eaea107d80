import { type BaseEventLoop, RuntimeError } from '@asyncio-ts/loop';

import { ensureFuture } from './create.js';
import { deadlock } from './deadlock.js';
import type { Future } from './future.js';
import { type Awaitable, type CoroutineLike, isfuture } from './protocol.js';
import { Task } from './task.js';

/** What can be run: anything that can be waited for, or a function of no arguments that gives it. */
export type Runs<T> = Awaitable<T> | (() => CoroutineLike<T> | PromiseLike<T>);

/**
 * Runs a loop until a future, a coroutine or a promise is done.
 *
 * Mirrors Python's `loop.run_until_complete`, as a promise. It holds the process only by the timers and sockets of the
 * loop. A run that can never finish is reported: it rejects with a `DeadlockError` that shows who waits for what.
 *
 * @returns the result (as promises do, it flattens a result that is thenable itself). It rejects with the error of what was
 * run, with a TypeError for what cannot be awaited, and with a RuntimeError when the loop is closed, runs already, or is
 * stopped before the end.
 *
 * @example
 * ```ts
 * import { BaseEventLoop, VirtualSelector } from '@asyncio-ts/loop';
 * import { Future, runUntilComplete } from '@asyncio-ts/futures';
 *
 * const loop = new BaseEventLoop({ selector: new VirtualSelector() });
 * const result = await runUntilComplete(loop, function* () {
 *   const future = new Future<string>({ loop });
 *   loop.callLater(3600, () => future.setResult('an hour later'));
 *   return yield* future;
 * });
 * console.log(result); // an hour later
 * ```
 */
export function runUntilComplete<T>(loop: BaseEventLoop, awaitable: Runs<T>): Promise<T> {
  try {
    const { future, made } = prepare(loop, awaitable);
    return runFuture(loop, future, made);
  } catch (error) {
    return Promise.reject(error);
  }
}

function runFuture<T>(loop: BaseEventLoop, future: Future<T>, made: boolean): Promise<T> {
  const stop = stopper(loop);
  const unwatch = loop._onExhausted(() => loop._abandon(deadlock(loop, future)));
  const cleanUp = (): void => {
    unwatch();
    future.removeDoneCallback(stop);
  };
  future.addDoneCallback(stop);
  let started: Promise<void>;
  try {
    started = loop._start();
  } catch (error) {
    cleanUp();
    if (made) abandon(future);
    throw error;
  }
  return started.then(
    () => {
      cleanUp();
      return outcome(future);
    },
    (error: unknown) => {
      cleanUp();
      if (made) retrieve(future);
      throw error;
    },
  );
}

/**
 * Runs a loop until it is done, on this stack, and gives the result itself: for generator coroutines, on a selector that
 * lets the time pass by itself (`VirtualSelector`).
 *
 * @throws TypeError when an async function takes part: it can only go on when the stack is empty; use
 * `await runUntilComplete(...)`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop, VirtualSelector } from '@asyncio-ts/loop';
 * import { runUntilCompleteSync } from '@asyncio-ts/futures';
 *
 * const loop = new BaseEventLoop({ selector: new VirtualSelector() });
 * const result = runUntilCompleteSync(loop, function* () {
 *   yield;
 *   return 42;
 * });
 * console.log(result); // 42
 * ```
 */
export function runUntilCompleteSync<T>(loop: BaseEventLoop, awaitable: Runs<T>): T {
  const { future, made } = prepare(loop, awaitable);
  let end: 'done' | 'stopped' | 'stuck';
  try {
    end = loop._runSync(
      () => future.done(),
      () => {
        throw new TypeError(
          'Cannot run an async function synchronously: write `await loop.runUntilComplete(...)`, or make it a generator coroutine',
        );
      },
    );
  } catch (error) {
    if (made && !future.done()) abandon(future);
    throw error;
  }
  if (end === 'stuck') throw deadlock(loop, future);
  return outcome(future);
}

function prepare<T>(loop: BaseEventLoop, awaitable: Runs<T>): { future: Future<T>; made: boolean } {
  loop._checkRunnable();
  const made = !isfuture(awaitable);
  const future = ensureFuture(awaitable as Awaitable<T>, { loop });
  if (made && future instanceof Task) future._logDestroyPending = false;
  return { future, made };
}

/** What leaves the loop has left it already: nothing needs to be stopped then. */
function stopper(loop: BaseEventLoop): (future: Future<unknown>) => void {
  return (future) => {
    if (!future.cancelled() && loop.isBaseException(future._exception)) return;
    loop.stop();
  };
}

function outcome<T>(future: Future<T>): T {
  if (!future.done()) throw new RuntimeError('Event loop stopped before Future completed.');
  return future.result();
}

function retrieve(future: Future<unknown>): void {
  if (future.done() && !future.cancelled()) future.exception();
}

function abandon(future: Future<unknown>): void {
  if (future instanceof Task) future._abandon();
}
