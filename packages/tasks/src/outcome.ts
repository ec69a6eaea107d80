import type { FutureLike, Returned, Runs } from '@asyncio-ts/futures';

/**
 * Whatever a combinator takes: a future, a task, a coroutine, a promise, or a function of no arguments that is called
 * inside a task and gives one of them.
 */
export type Waitable<T = unknown> = Runs<T>;

/** What waiting for something gives. */
export type Outcome<W> =
  W extends FutureLike<infer T>
    ? T
    : W extends (...args: never) => infer R
      ? Returned<R>
      : Returned<W>;
