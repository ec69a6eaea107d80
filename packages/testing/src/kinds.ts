/**
 * One body, two kinds.
 *
 * A body is a generator function that yields what it waits for, raw (`wait` does that). Here it becomes a real `function*`
 * that delegates with `yield*`, or a real async function that says `await`. The body itself is resumed by hand from inside
 * that function, so whatever it calls is called by a coroutine of that kind.
 */
import { Coroutine, type CoroutineLike, getCoroutineState, isfuture } from '@asyncio-ts/futures';

import { turn } from './wait.js';

/**
 * A body as a generator function.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { generatorCoroutine, turn, wait } from '@asyncio-ts/testing';
 *
 * const body = generatorCoroutine(function* () {
 *   yield* wait(turn());
 *   return 1;
 * });
 * console.log(await runUntilComplete(new BaseEventLoop(), body)); // 1
 * ```
 */
export function generatorCoroutine<Args extends readonly unknown[], T>(
  body: (...args: Args) => CoroutineLike<T>,
): (...args: Args) => Generator<unknown, T, unknown> {
  const made = function* (...args: Args): Generator<unknown, T, unknown> {
    const inner = body(...args);
    let result: IteratorResult<unknown, T>;
    try {
      result = inner.next();
      for (; result.done !== true;) {
        let value: unknown;
        try {
          value = yield* delegated(result.value);
        } catch (error) {
          result = inner.throw(error);
          continue;
        }
        result = inner.next(value as never);
      }
    } finally {
      // Closed from outside: the body's `finally` blocks run. When it has ended this does nothing.
      inner.return(undefined as never);
    }
    return result.value;
  };
  return named(made, body);
}

/**
 * A body as an async function.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { asyncCoroutine, turn, wait } from '@asyncio-ts/testing';
 *
 * const body = asyncCoroutine(function* () {
 *   yield* wait(turn());
 *   return 1;
 * });
 * console.log(await runUntilComplete(new BaseEventLoop(), body)); // 1
 * ```
 */
export function asyncCoroutine<Args extends readonly unknown[], T>(
  body: (...args: Args) => CoroutineLike<T>,
): (...args: Args) => Promise<T> {
  const made = async (...args: Args): Promise<T> => {
    const inner = body(...args);
    let result = inner.next();
    while (result.done !== true) {
      let value: unknown;
      try {
        value = result.value === undefined ? await turn() : await result.value;
      } catch (error) {
        result = inner.throw(error);
        continue;
      }
      result = inner.next(value as never);
    }
    return result.value;
  };
  return named(made, body);
}

/** What a native generator coroutine would write: `yield`, `yield* awaitable`, or `yield promise`. */
function* delegated(waited: unknown): Generator<unknown, unknown, unknown> {
  if (waited instanceof Coroutine && getCoroutineState(waited) === 'CORO_CREATED') {
    return yield* waited;
  }
  // A body may itself have said `yield* future`: then the future is marked as awaited, and is passed on as it is.
  if (isfuture(waited) && waited.done()) return waited.result();
  return yield waited;
}

function named<F extends object>(made: F, body: { readonly name: string }): F {
  return Object.defineProperty(made, 'name', { value: body.name });
}
