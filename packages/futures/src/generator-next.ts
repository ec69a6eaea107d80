import type { CoroutineLike } from './protocol.js';

/**
 * @internal What `generator.next` is for every generator of the engine. To call it needs no look at the generator; with
 * many coroutine functions about, each with generators of a shape of their own, that look costs a tenth of a switch.
 */
export const nextOf = (Object.getPrototypeOf(function* () {}) as GeneratorFunction).prototype
  .next as (this: CoroutineLike<unknown>, value?: unknown) => IteratorResult<unknown, unknown>;
