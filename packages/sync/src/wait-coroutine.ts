import { DirectCoroutine, Life, type Step } from '@asyncio-ts/futures';
import { RuntimeError } from '@asyncio-ts/loop';

import type { LoopBound } from './loop-bound.js';
import type { Waiter, Waiters } from './waiters.js';

// Names of this file, since the engine counts the code it inlines, and a look at `Life` counts more than what is done with it.
const { Running: RUNNING, Closed: CLOSED, Suspended: SUSPENDED } = Life;
/** What `_life` says besides where it stands. */
const BESIDES = ~Life.State;

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
    return this._waits(waiter);
  }

  private _waits(waiter: Waiter): Step<T> {
    waiter.future._blocking = true;
    return { value: waiter.future, done: false };
  }

  next(value?: unknown): Step<T> {
    const waiter = this._waiter;
    if (waiter === null) {
      if (this._life !== Life.Created || value !== undefined) this._checkStart(value);
      return this._step(null);
    }
    if ((this._life & Life.HandedUp) !== 0 || waiter.future._state !== 'FINISHED') {
      return this._notWoken(waiter);
    }
    this._waiter = null;
    return this._step(waiter);
  }

  /** Seldom: it was not simply woken. */
  private _notWoken(waiter: Waiter): Step<T> {
    if ((this._life & Life.HandedUp) !== 0) {
      this._life &= ~Life.HandedUp;
      return this._waits(waiter);
    }
    const { future } = waiter;
    if (!future.done()) {
      throw new RuntimeError(`await wasn't used with future: '${this.name}' waits still`);
    }
    if (future.cancelled()) return this.throw(future._makeCancelledError());
    this._waiter = null;
    return this._step(waiter);
  }

  private _checkStart(value: unknown): void {
    const state = this._life & Life.State;
    if (state === Life.Closed || state === Life.Running) this._checkFresh();
    if (value !== undefined && state === Life.Created) throw this._justStarted();
  }

  private _step(woken: Waiter | null): Step<T> {
    if ((this._life & Life.Watched) !== 0) this._become(Life.Running);
    this._life = (this._life & BESIDES) | RUNNING;
    let step: Step<T>;
    try {
      step = this._try(woken);
    } catch (error) {
      this._failed(woken);
      throw error;
    }
    this._life = (this._life & BESIDES) | (step.done === true ? CLOSED : SUSPENDED);
    return step;
  }

  private _failed(woken: Waiter | null): void {
    this._become(Life.Closed);
    if (woken !== null) this._giveUp(woken);
  }

  throw(error: unknown): Step<T> {
    this._end();
    throw error;
  }

  return(value?: unknown): Step<T> {
    this._end();
    return { value: value as T, done: true };
  }

  private _end(): void {
    const waiter = this._waiter;
    this._waiter = null;
    this._become(Life.Closed);
    if (waiter !== null) this._giveUp(waiter);
  }

  protected override _firstStep(): Step<T> {
    return this._step(null);
  }
}
