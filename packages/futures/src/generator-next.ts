import type { CoroutineLike } from './protocol.js';

/**
 * @internal What `generator.next` is for every generator of the engine. To call it needs no look at the generator; with
 * many coroutine functions about, each with generators of a shape of their own, that look costs a tenth of a switch.
 */
export const nextOf = (Object.getPrototypeOf(function* () {}) as GeneratorFunction).prototype
  .next as (this: CoroutineLike<unknown>, value?: unknown) => IteratorResult<unknown, unknown>;

/**
 * @internal Whether that is its `next`. The look takes long where each call has a generator of a new shape, as those of a
 * `function*` have that is written in place: of coroutine objects of ours it is known.
 */
export function isGenerator(coro: CoroutineLike<unknown>): boolean {
  return coro.next === nextOf;
}
