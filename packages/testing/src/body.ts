import type { Coroutine } from '@asyncio-ts/futures';

/** The two kinds of coroutines. */
export type Kind = 'generator' | 'async';

/** Which door to the world a loop gets: virtual time, Node's, or Node's with `exactOrder`. */
export type SelectorName = 'virtual' | 'node' | 'node-exact';

/** What a behaviour is written as: a generator function that waits with `yield* wait(...)`. */
export type Body<Args extends readonly unknown[], T> = (
  ...args: Args
) => Generator<unknown, T, unknown>;

/** What a scene knows of the implementation it runs on. */
export interface Tried {
  /** Which kind of coroutines. */
  readonly kind: Kind;
  /** Which selector. */
  readonly selector: SelectorName;
  /** Its name, for the title of a test. */
  readonly name: string;
  /** Whether async functions take part in Python's exact order here; generators always do. */
  readonly exact: boolean;
  /** Whether the clock is virtual: then a wait takes no time. */
  readonly virtual: boolean;
  /** A plain function of the kind: `function*` or `async`. */
  plain<Args extends readonly unknown[], T>(
    body: Body<Args, T>,
  ): (...args: Args) => Generator<unknown, T, unknown> | Promise<T>;
  /** A coroutine function of the kind: each call is a lazy coroutine object. */
  coroutine<Args extends readonly unknown[], T>(
    body: Body<Args, T>,
  ): (...args: Args) => Coroutine<T>;
}
