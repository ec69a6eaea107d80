/**
 * Where a coroutine object stands, and what is known of it, in one number.
 *
 * @example
 * ```ts
 * import { coroutine, Life } from '@asyncio-ts/futures';
 *
 * const call = coroutine(function* () {})();
 * console.log((call._life & Life.State) === Life.Created); // true
 * call.close();
 * ```
 */
export const Life = {
  Created: 0,
  Running: 1,
  Suspended: 2,
  Closed: 3,
  /** The bits of the four above. */
  State: 3,
  /** Somebody delegates to it with `yield*`. */
  Delegated: 4,
  /** A stepper resumes its generator directly; `next` and `throw` only pass on what came out of it. */
  Adopted: 8,
  /** It ran on the stack of its delegator and suspended: what it yielded waits to be fetched by the stepper. */
  HandedUp: 16,
  /** It was not started soon, and is watched: see `never-awaited.ts`. */
  Watched: 32,
  /** A task was made of it, which will start it. */
  Taken: 64,
} as const;
