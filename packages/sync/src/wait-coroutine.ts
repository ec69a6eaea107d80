import { DirectCoroutine, type Step } from '@asyncio-ts/futures';

import type { LoopBound } from './loop-bound.js';
import type { Waiter, Waiters } from './waiters.js';

/**
 * A coroutine object without a generator: it gets what it wants in its first step, or stands in line.
 *
 * It is lazy, as every coroutine object. Awaited from an async function it is tried at once, and only if it must wait is
 * there a driver. Measured by the row `queue`.
 *
 * @typeParam T - what it gives
 */
export abstract class WaitCoroutine<T> extends DirectCoroutine<T> {
  /** Its place in line; null when it does not wait. */
  private _waiter: Waiter | null = null;

  /**
   * Tries to get it: in the first step, and each time it was woken.
   *
   * @param woken - the place in line it was woken in; null in the first step
   * @returns what `_give` or `_wait` returns
   */
  protected abstract _try(woken: Waiter | null): Step<T>;

  /** It will not be tried again: it was cancelled or closed, or the try failed; woken before that, or not. */
  protected abstract _giveUp(waiter: Waiter): void;

  /** What `_try` returns: this is it. */
  protected _give(value: T): Step<T> {
    return { value, done: true };
  }

  /** What `_try` returns: try again when woken. */
  protected _wait(noun: LoopBound, line: Waiters): Step<T> {
    const waiter = line.add(noun._getLoop());
    this._waiter = waiter;
    return this._suspendAt(waiter.future);
  }

  protected override _firstStep(): Step<T> {
    return this._try(null);
  }

  protected override _sameStep(): Step<T> {
    return { value: (this._waiter as Waiter).future, done: false };
  }

  protected override _nextStep(): Step<T> {
    const waiter = this._waiter as Waiter;
    this._checkWoken(waiter.future);
    const step = this._try(waiter);
    if (step.done === true) this._waiter = null;
    return step;
  }

  /** @internal */
  override _closed(): void {
    const waiter = this._waiter;
    this._waiter = null;
    super._closed();
    if (waiter !== null) this._giveUp(waiter);
  }
}
