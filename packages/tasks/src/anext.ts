import { type Coroutine, GeneratorCoroutine } from '@asyncio-ts/futures';
import { brief } from '@asyncio-ts/loop';

import { consume, consumed } from './async-generators.js';
import { callMethod } from './call-method.js';

/**
 * An async iterator has no more items. Mirrors Python's `StopAsyncIteration`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { anext, StopAsyncIteration } from '@asyncio-ts/tasks';
 *
 * async function* nothing() {}
 * await runUntilComplete(new BaseEventLoop(), async () => {
 *   await anext(nothing()).catch((error) => console.log(error instanceof StopAsyncIteration)); // true
 * });
 * ```
 */
export class StopAsyncIteration extends Error {
  static {
    this.prototype.name = 'StopAsyncIteration';
  }
}

/**
 * The next item of an async iterator, in both kinds of coroutines: this is how a generator coroutine consumes an async
 * generator, a stream, anything for `for await`.
 *
 * Mirrors Python's `anext`. A cancel reaches what the iterator waits for, if that is of this library; a native async
 * generator ends with it. Where the iterator waits for something foreign, the CancelledError comes at the next wait, and an
 * item that arrives meanwhile is lost.
 *
 * @param iterator - an async iterator (or an iterable that is its own iterator: an iterable that starts anew each time gives
 * its first item each time)
 * @throws StopAsyncIteration when there is no more; what the iterator throws.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { anext } from '@asyncio-ts/tasks';
 *
 * async function* numbers() {
 *   yield 1;
 *   yield 2;
 * }
 * await runUntilComplete(new BaseEventLoop(), function* () {
 *   const iterator = numbers();
 *   console.log(yield* anext(iterator)); // 1
 *   console.log(yield* anext(iterator)); // 2
 *   console.log(yield* anext(iterator, 'no more')); // no more
 * });
 * ```
 */
export function anext<T>(iterator: AsyncIterator<T> | AsyncIterable<T>): Coroutine<T>;
/**
 * The next item of an async iterator, or the fallback.
 *
 * @param iterator - as above
 * @param fallback - what is given when there is no more
 * @throws what the iterator throws.
 */
export function anext<T, D>(
  iterator: AsyncIterator<T> | AsyncIterable<T>,
  fallback: D,
): Coroutine<T | D>;
export function anext(
  iterator: AsyncIterator<unknown> | AsyncIterable<unknown>,
  ...fallback: readonly unknown[]
): Coroutine<unknown> {
  return new GeneratorCoroutine(nextOf(asyncIteratorOf(iterator), fallback), 'anext');
}

function* nextOf(
  iterator: AsyncIterator<unknown>,
  fallback: readonly unknown[],
): Generator<unknown, unknown> {
  consume(iterator);
  const result = yield* nextResult(iterator);
  if (result.done !== true) return result.value;
  consumed(iterator);
  if (fallback.length > 0) return fallback[0];
  throw new StopAsyncIteration('The iterator has no more items; give a fallback, or use asyncFor');
}

/** One `next()`, waited for inside the coroutine that delegates. */
export function* nextResult(
  iterator: AsyncIterator<unknown>,
): Generator<unknown, IteratorResult<unknown, unknown>> {
  const result = yield* callMethod(iterator, iterator.next as () => unknown);
  if (typeof result !== 'object' || result === null) {
    throw new TypeError(
      `Cannot iterate: next() gave ${brief(result)}, which is no iterator result`,
    );
  }
  return result as IteratorResult<unknown, unknown>;
}

/** The iterator of an async iterable, or the iterator it is itself. */
export function asyncIteratorOf(iterable: object): AsyncIterator<unknown> {
  const candidate = iterable as Partial<AsyncIterable<unknown> & AsyncIterator<unknown>> | null;
  if (typeof candidate?.[Symbol.asyncIterator] === 'function') {
    return (candidate as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  }
  if (typeof candidate?.next === 'function') return candidate as AsyncIterator<unknown>;
  throw new TypeError(`Cannot iterate over ${brief(iterable)}: it is no async iterator`);
}
