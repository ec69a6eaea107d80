import { type Awaitable, coroutine, type Coroutine } from '@asyncio-ts/futures';

/**
 * Waits for something in a body that is written once for both kinds: `const value = yield* wait(future)`.
 *
 * The awaitable is yielded as it is. In the generator kind it is then delegated to with `yield*`, in the async kind it is
 * awaited.
 *
 * @throws whatever the awaitable fails with
 *
 * @example
 * ```ts
 * import { Implementation, wait } from '@asyncio-ts/testing';
 *
 * const implementation = new Implementation({ kind: 'async', selector: 'virtual' });
 * const result = await implementation.run(function* (scene) {
 *   return yield* wait(scene.sleep(5, 'slept'));
 * });
 * console.log(result); // slept
 * ```
 */
export function* wait<T>(awaitable: Awaitable<T>): Generator<unknown, T, unknown> {
  return (yield awaitable) as T;
}

/**
 * Gives up exactly one turn, as `sleep(0)`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { turn } from '@asyncio-ts/testing';
 *
 * await runUntilComplete(new BaseEventLoop(), turn());
 * ```
 */
export const turn: () => Coroutine<void> = coroutine(function* turn(): Generator<
  unknown,
  void,
  unknown
> {
  yield;
});
