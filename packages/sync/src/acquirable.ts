import {
  type Awaitable,
  type Coroutine,
  GeneratorCoroutine,
  type Returned,
} from '@asyncio-ts/futures';
import { asyncWith, markLazy } from '@asyncio-ts/tasks';

import { Acquire } from './acquire.js';
import { Held } from './held.js';
import { LoopBound } from './loop-bound.js';
import { Release } from './release.js';

/**
 * Something that is acquired and released: a context manager.
 *
 * Mirrors Python's `_ContextManagerMixin`. All of it goes through `acquire` and `release`, so that an override is obeyed.
 */
export abstract class Acquirable extends LoopBound {
  /** Waits until it can be had, and takes it. */
  abstract acquire(): Coroutine<true>;

  /** Gives it back. */
  abstract release(): void;

  /**
   * Runs the body while holding it: Python's `async with`. It is released however the body ends.
   *
   * @param body - an async function, a `function*` or a coroutine function
   * @returns what the body returns
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { runUntilComplete } from '@asyncio-ts/futures';
   * import { Lock } from '@asyncio-ts/sync';
   *
   * const lock = new Lock();
   * await runUntilComplete(new BaseEventLoop(), async () => {
   *   await lock.use(async () => console.log(lock.locked())); // true
   *   console.log(lock.locked()); // false
   * });
   * ```
   */
  use<R extends Awaitable<unknown>>(body: () => R): Coroutine<Returned<R>> {
    return asyncWith(this, body);
  }

  /**
   * Waits until it can be had and gives an object that releases it, once, at the end of the block:
   * `using held = await lock.hold()`, or `held.release()`.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { runUntilComplete } from '@asyncio-ts/futures';
   * import { Lock } from '@asyncio-ts/sync';
   *
   * const lock = new Lock();
   * await runUntilComplete(new BaseEventLoop(), async () => {
   *   const held = await lock.hold();
   *   console.log(lock.locked()); // true
   *   held.release();
   *   console.log(lock.locked()); // false
   * });
   * ```
   */
  hold(): Coroutine<Held> {
    return new GeneratorCoroutine<Held>(this._holding(), 'hold');
  }

  /** Enters by hand; `use` is the usual way. */
  aenter(): Coroutine<void> {
    const acquire = this.acquire();
    if (acquire instanceof Acquire) return acquire._asEntry();
    return new GeneratorCoroutine<void>(entering(acquire), 'aenter');
  }

  /** Leaves by hand. */
  aexit(_error: unknown): Coroutine<void> {
    return new Release(this);
  }

  private *_holding(): Generator<unknown, Held> {
    yield* this.acquire();
    return new Held(this);
  }

  static {
    markLazy(this.prototype.aenter, this.prototype.aexit);
  }
}

function* entering(acquire: Coroutine<true>): Generator<unknown, void> {
  yield* acquire;
}
