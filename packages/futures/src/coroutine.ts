import { brief } from '@asyncio-ts/loop';

import { CallCoroutine } from './call-coroutine.js';
import { functionName } from './coroutine-name.js';
import type { Coroutine } from './coroutine-object.js';
import { isAsyncFunction, isGeneratorFunction } from './function-kind.js';
import { GeneratorCoroutine } from './generator-coroutine.js';
import { type Awaitable, type CoroutineLike, isDriver } from './protocol.js';

/** What a coroutine function returns, unwrapped. */
export type Returned<R> =
  R extends Coroutine<infer T>
    ? T
    : R extends PromiseLike<infer T>
      ? T
      : R extends Iterator<unknown, infer T, never>
        ? T
        : never;

/**
 * Makes a coroutine function: a call of it returns a coroutine object, and nothing runs until that is awaited, delegated to
 * or made a task. The recommended form for both kinds: lazy, named, cancellable.
 *
 * Mirrors what `async def` does in Python.
 *
 * @param fn - a `function*`, an async function, or a function that returns a generator or a promise
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { coroutine, runUntilComplete } from '@asyncio-ts/futures';
 *
 * const double = coroutine(function* (x: number) {
 *   yield;
 *   return 2 * x;
 * });
 * const quadruple = coroutine(async (x: number) => 2 * (await double(x)));
 * console.log(await runUntilComplete(new BaseEventLoop(), quadruple(3))); // 12
 * ```
 */
export function coroutine<Args extends readonly unknown[], R extends Awaitable<unknown>>(
  fn: (...args: Args) => R,
): (...args: Args) => Coroutine<Returned<R>> {
  type T = Returned<R>;
  if (typeof fn !== 'function') {
    throw new TypeError(
      `Cannot make a coroutine function of ${brief(fn)}: a function was expected`,
    );
  }
  const name = functionName(fn);
  const make = isGeneratorFunction(fn)
    ? (...args: Args): Coroutine<T> => new GeneratorCoroutine<T>(fn(...args) as never, name)
    : (...args: Args): Coroutine<T> => new CallCoroutine<Args, T>(fn, args);
  Object.defineProperty(make, 'name', { value: fn.name });
  Object.defineProperty(make, COROUTINE_FUNCTION, { value: true });
  Object.defineProperty(make, MADE, { value: true });
  return make;
}

const COROUTINE_FUNCTION = Symbol.for('asyncio-ts.coroutineFunction');
/** Of functions that `coroutine` has made here. */
const MADE = Symbol('made by coroutine()');

/**
 * Whether an object is a coroutine: a coroutine object, a generator, or a driver of that shape.
 *
 * @example
 * ```ts
 * import { coroutine, iscoroutine } from '@asyncio-ts/futures';
 *
 * const work = coroutine(async () => {});
 * const call = work();
 * console.log(iscoroutine(call), iscoroutine(work), iscoroutine(Promise.resolve())); // true false false
 * call.close();
 * ```
 */
export function iscoroutine(object: unknown): object is CoroutineLike<unknown> {
  return isDriver(object);
}

/**
 * Whether a function is a coroutine function: made by `coroutine`, an async function, or a `function*`.
 *
 * @example
 * ```ts
 * import { coroutine, iscoroutinefunction } from '@asyncio-ts/futures';
 *
 * console.log(iscoroutinefunction(coroutine(() => Promise.resolve()))); // true
 * console.log(iscoroutinefunction(async () => {}), iscoroutinefunction(() => {})); // true false
 * ```
 */
export function iscoroutinefunction(fn: unknown): boolean {
  return (
    typeof fn === 'function' &&
    (COROUTINE_FUNCTION in fn || isAsyncFunction(fn) || isGeneratorFunction(fn))
  );
}

/**
 * Calls a function on behalf of the coroutine that delegates to this, whatever kind of function it is, and gives what it
 * returns in the end: `const value = yield* invoke(body, argument)`. What an async function waits for inside are waits of
 * the task.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { invoke, runUntilComplete } from '@asyncio-ts/futures';
 *
 * function* twice(body: (round: number) => Promise<void> | Generator) {
 *   yield* invoke(body, 1); // of either kind
 *   yield* invoke(body, 2);
 * }
 * await runUntilComplete(new BaseEventLoop(), () => twice(async (round) => console.log(round)));
 * ```
 */
export function invoke<Args extends readonly unknown[], R>(
  fn: (...args: Args) => R,
  ...args: Args
): Coroutine<Returned<R>> {
  if (MADE in fn) return callMade(fn as (...args: Args) => Coroutine<Returned<R>>, args);
  return isGeneratorFunction(fn)
    ? new GeneratorCoroutine<Returned<R>>(fn(...args) as never, functionName(fn))
    : new CallCoroutine<Args, Returned<R>>(fn, args);
}

/** It is lazy: the object it returns needs no other one around it. Only the default of a parameter may throw. */
function callMade<Args extends readonly unknown[], T>(
  fn: (...args: Args) => Coroutine<T>,
  args: Args,
): Coroutine<T> {
  try {
    return fn(...args);
  } catch (error) {
    const fail = (): never => {
      throw error;
    };
    return new CallCoroutine<[], T>(Object.defineProperty(fail, 'name', { value: fn.name }), []);
  }
}

/** @internal What a task steps, from whatever is taken for a coroutine. Null: it is none. */
export function asCoroutine(body: unknown): CoroutineLike<unknown> | null {
  if (isDriver(body)) return body;
  if (typeof body !== 'function') return null;
  return invoke(body as () => unknown);
}
