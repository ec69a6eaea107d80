import { RuntimeError } from '@asyncio-ts/loop';

import type { CoroutineLike } from './protocol.js';

/**
 * Makes a generator that takes values ready to receive: each call runs it to its first `yield`, so that the first `next`
 * brings it a value already. What the first `yield` gives is dropped.
 *
 * The priming decorator that is written for Python's generator-based consumers. It takes a `function*`, whose generators are
 * sent to by `next(value)`, or a coroutine function, whose coroutine objects have `send(value)` as well.
 *
 * @param fn - the generator function
 * @throws RuntimeError, when called, for a generator that ends before its first `yield`.
 *
 * @example
 * ```ts
 * import { primed } from '@asyncio-ts/futures';
 *
 * const averager = primed(function* (): Generator<number, void, number> {
 *   let total = 0;
 *   let average = 0;
 *   for (let count = 1; ; count++) {
 *     total += yield average;
 *     average = total / count;
 *   }
 * });
 * const average = averager();
 * console.log(average.next(40).value); // 40
 * console.log(average.next(50).value); // 45
 * ```
 */
export function primed<Args extends readonly unknown[], G extends CoroutineLike<unknown>>(
  fn: (...args: Args) => G,
): (...args: Args) => G {
  const make = (...args: Args): G => {
    const coro = fn(...args);
    if (coro.next().done === true) {
      throw new RuntimeError(
        `Cannot prime '${fn.name}': it ended before its first yield; it has nothing to receive`,
      );
    }
    return coro;
  };
  Object.defineProperty(make, 'name', { value: fn.name });
  return make;
}
