import { type Coroutine, createFuture, type Future, GeneratorCoroutine } from '@asyncio-ts/futures';
import { brief, getRunningLoop, ValueError } from '@asyncio-ts/loop';

/**
 * Waits for a time.
 *
 * Mirrors Python's `asyncio.sleep`. Zero, or less, gives up exactly one turn of the loop.
 *
 * @param delay - in seconds
 * @param result - what it returns in the end
 * @throws ValueError when the delay is NaN, TypeError when it is no number.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { sleep } from '@asyncio-ts/tasks';
 *
 * const result = await runUntilComplete(new BaseEventLoop(), async () => {
 *   await sleep(0.01);
 *   return await sleep(0.01, 'rested');
 * });
 * console.log(result); // rested
 * ```
 */
export function sleep(delay: number): Coroutine<void>;
export function sleep<T>(delay: number, result: T): Coroutine<T>;
export function sleep<T>(delay: number, result?: T): Coroutine<T | undefined> {
  const coro = delay <= 0 ? oneTurn(result) : sleeping(delay, result);
  return new GeneratorCoroutine(coro, 'sleep');
}

function* oneTurn<T>(result: T): Generator<unknown, T> {
  yield;
  return result;
}

function* sleeping<T>(delay: number, result: T): Generator<unknown, T> {
  if (typeof delay !== 'number') {
    throw new TypeError(`Cannot sleep for ${brief(delay)}: give a number of seconds`);
  }
  if (Number.isNaN(delay)) {
    throw new ValueError('Cannot sleep: the delay is NaN; give a number of seconds');
  }
  const loop = getRunningLoop();
  const future = createFuture<T>(loop);
  const timer = loop.callLater(delay, setResultUnlessCancelled<T>, future, result);
  try {
    return yield* future;
  } finally {
    timer.cancel();
  }
}

function setResultUnlessCancelled<T>(future: Future<T>, result: T): void {
  if (!future.cancelled()) future.setResult(result);
}
