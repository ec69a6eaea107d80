import {
  type Awaitable,
  type Coroutine,
  GeneratorCoroutine,
  invoke,
  isDriver,
  isfuture,
  isThenable,
} from '@asyncio-ts/futures';
import { brief } from '@asyncio-ts/loop';

import { asyncIteratorOf, nextResult } from './anext.js';
import { callMethod } from './call-method.js';

/**
 * What the body of `asyncFor` returns to leave the loop: Python's `break`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { asyncFor, BREAK } from '@asyncio-ts/tasks';
 *
 * async function* naturals() {
 *   for (let n = 0; ; n++) yield n;
 * }
 * await runUntilComplete(new BaseEventLoop(), function* () {
 *   yield* asyncFor(naturals(), function* (n) {
 *     if (n === 3) return BREAK;
 *     console.log(n); // 0, 1, 2
 *     return;
 *   });
 * });
 * ```
 */
export const BREAK: unique symbol = Symbol.for('asyncio-ts.break') as never;

/** What else `asyncFor` does. */
export interface AsyncForOptions {
  /** Called when the items ran out, and not when the body returned `BREAK`: Python's `else`. Of either kind, or a plain function. */
  readonly else?: (() => unknown) | undefined;
}

/**
 * Runs a body for each item of an async iterable: Python's `async for item in iterable:`, for both kinds of coroutines.
 *
 * As in `for await`, an iterator that is left early (`BREAK`, an error, a cancel) is told so by its `return()`.
 *
 * @param iterable - an async iterable, or an iterable of values that are ready
 * @param body - an async function, a `function*`, a coroutine function, or a plain function; `BREAK` as its result leaves
 * @param options - `else`: called when the items ran out
 * @throws TypeError for what cannot be iterated over; what the iterator or the body throws.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { asyncFor, BREAK, sleep } from '@asyncio-ts/tasks';
 *
 * async function* numbers() {
 *   for (let i = 1; ; i++) yield i;
 * }
 * await runUntilComplete(new BaseEventLoop(), function* () {
 *   yield* asyncFor(numbers(), function* (n) {
 *     yield* sleep(0.001);
 *     console.log(n); // 1, 2, 3
 *     return n === 3 ? BREAK : undefined;
 *   });
 * });
 * ```
 */
export function asyncFor<T>(
  iterable: AsyncIterable<T> | AsyncIterator<T> | Iterable<T>,
  body: (item: T) => unknown,
  options: AsyncForOptions = {},
): Coroutine<void> {
  if (typeof body !== 'function') {
    throw new TypeError(`Cannot loop with ${brief(body)}: the body must be a function`);
  }
  const coro = looping(iterable, body as (item: unknown) => unknown, options.else);
  return new GeneratorCoroutine<void>(coro, 'asyncFor');
}

function* looping(
  iterable: object,
  body: (item: unknown) => unknown,
  orElse: (() => unknown) | undefined,
): Generator<unknown, void> {
  const iterator = iteratorOf(iterable);
  // True while the body has an item: only then there is something to leave early.
  let inBody = false;
  try {
    for (;;) {
      const result = yield* nextResult(iterator);
      if (result.done === true) break;
      inBody = true;
      if ((yield* called(body, result.value)) === BREAK) return;
      inBody = false;
    }
  } finally {
    if (inBody && iterator.return !== undefined) {
      yield* callMethod(iterator, awaitable(iterator.return as never));
    }
  }
  if (orElse !== undefined) yield* called(orElse);
}

function iteratorOf(iterable: object): AsyncIterator<unknown> {
  const values = iterable as Partial<Iterable<unknown> & AsyncIterable<unknown>> | null;
  if (
    typeof values?.[Symbol.asyncIterator] !== 'function' &&
    typeof values?.[Symbol.iterator] === 'function'
  ) {
    return readyValues((values as Iterable<unknown>)[Symbol.iterator]());
  }
  return asyncIteratorOf(iterable);
}

/** An ordinary iterator in the shape of an async one. */
function readyValues(iterator: Iterator<unknown>): AsyncIterator<unknown> {
  return {
    next: awaitable(() => iterator.next()),
    return: awaitable(() => iterator.return?.()),
  } as unknown as AsyncIterator<unknown>;
}

function called<Args extends readonly unknown[]>(
  fn: (...args: Args) => unknown,
  ...args: Args
): Coroutine<unknown> {
  const { [Symbol.toStringTag]: tag } = fn as { [Symbol.toStringTag]?: unknown };
  const known = tag === 'GeneratorFunction' || tag === 'AsyncFunction';
  return invoke(known ? (fn as (...args: Args) => Awaitable<unknown>) : awaitable(fn), ...args);
}

/** The function, with a plain result in the shape of a coroutine that is done at once. */
function awaitable<Args extends readonly unknown[]>(
  fn: (...args: Args) => unknown,
): (...args: Args) => Awaitable<unknown> {
  return function (this: unknown, ...args: Args) {
    const result = fn.call(this, ...args);
    return isfuture(result) || isDriver(result) || isThenable(result) ? result : ready(result);
  };
}

function* ready<T>(value: T): Generator<unknown, T> {
  return value;
}
