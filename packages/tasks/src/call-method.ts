import { Coroutine, invoke } from '@asyncio-ts/futures';

const LAZY = Symbol.for('asyncio-ts.coroutineFunction');

/**
 * @internal Says of methods that a call of them only makes a coroutine object: then no frame needs to be entered for the
 * call. They count as coroutine functions.
 */
export function markLazy(...methods: readonly object[]): void {
  for (const method of methods) Object.defineProperty(method, LAZY, { value: true });
}

/**
 * Calls a method on behalf of the coroutine that delegates to what this returns, whatever kind of function it is:
 * `yield* callMethod(manager, manager.aexit, error)`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { callMethod } from '@asyncio-ts/tasks';
 *
 * const door = {
 *   name: 'door',
 *   async open(how: string) {
 *     return `${this.name} opened ${how}`;
 *   },
 * };
 * await runUntilComplete(new BaseEventLoop(), function* () {
 *   console.log(yield* callMethod(door, door.open, 'slowly')); // door opened slowly
 * });
 * ```
 */
export function callMethod<R>(
  object: object,
  method: (...args: never) => R,
  ...args: readonly unknown[]
): Coroutine<unknown> {
  const bound = method as (this: object, ...args: readonly unknown[]) => unknown;
  if (LAZY in method) {
    const coro = bound.call(object, ...args);
    if (coro instanceof Coroutine) return coro as Coroutine<unknown>;
  }
  return invoke(bound.bind(object), ...args);
}
