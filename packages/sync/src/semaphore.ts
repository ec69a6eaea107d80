import { inspect } from 'node:util';

import type { Coroutine, Step } from '@asyncio-ts/futures';
import { brief, ValueError } from '@asyncio-ts/loop';

import { Acquirable } from './acquirable.js';
import { Acquire } from './acquire.js';
import { describe } from './describe.js';
import { type Waiter, Waiters } from './waiters.js';

/**
 * So many at a time: a counter of permits. Whoever waits gets one in the order of arrival.
 *
 * `release` gives the permit to the first who waits: the counter is spent before that waiter runs. A waiter that is
 * cancelled after it was given a permit returns it, to the next.
 *
 * Mirrors Python's `asyncio.Semaphore`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { gather, sleep } from '@asyncio-ts/tasks';
 * import { Semaphore } from '@asyncio-ts/sync';
 *
 * const semaphore = new Semaphore(2);
 * let working = 0;
 * let most = 0;
 *
 * const job = async () => {
 *   await semaphore.use(async () => {
 *     most = Math.max(most, ++working);
 *     await sleep(0.001);
 *     working--;
 *   });
 * };
 *
 * await runUntilComplete(new BaseEventLoop(), async () => {
 *   await gather(job, job, job, job);
 * });
 * console.log(most); // 2
 * ```
 */
export class Semaphore extends Acquirable {
  /** The line, for tools. */
  readonly _waiters = new Waiters();
  /** How many permits are left, for tools. */
  _value: number;

  /**
   * @param value - how many permits there are. Default: 1
   * @throws ValueError when it is less than zero; TypeError when it is no number.
   */
  constructor(value = 1) {
    super();
    if (typeof value !== 'number') {
      throw new TypeError(
        `Cannot make a semaphore with ${brief(value)} permits: give a number, zero or more`,
      );
    }
    if (!(value >= 0)) {
      throw new ValueError(
        `Cannot make a semaphore with ${value} permits: the initial value must be >= 0`,
      );
    }
    this._value = value;
  }

  /** Whether a newcomer would have to wait: no permit is left, or others wait already. */
  locked(): boolean {
    return this._value === 0 || this._waiters.anybody;
  }

  /**
   * Takes a permit, and waits for one if it must. If one is left and nobody waits, that takes no turn of the loop.
   *
   * @returns true
   * @throws RuntimeError when it must wait, and others wait in a different loop.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { runUntilComplete } from '@asyncio-ts/futures';
   * import { Semaphore } from '@asyncio-ts/sync';
   *
   * const one = new Semaphore(1);
   * await runUntilComplete(new BaseEventLoop(), async () => {
   *   await one.acquire();
   *   console.log(one.locked()); // true
   *   one.release();
   * });
   * ```
   */
  acquire(): Coroutine<true> {
    return new SemaphoreAcquire(this);
  }

  /** Gives a permit, taken before or not: the first who waits gets it. */
  release(): void {
    this._value++;
    this._wakeNext();
  }

  /** @internal Whoever is woken has its permit. */
  _wakeNext(): boolean {
    if (!this._waiters.wakeNext()) return false;
    this._value--;
    return true;
  }

  /** @internal A waiter goes on or gives up: others may have come who had to wait only because somebody did. */
  _leave(waiter: Waiter): void {
    this._waiters.remove(waiter);
    while (this._value > 0 && this._wakeNext());
  }

  [inspect.custom](): string {
    const state = this.locked() ? 'locked' : `unlocked, value:${this._value}`;
    return describe(this, state, this._waiters);
  }
}

class SemaphoreAcquire extends Acquire {
  private readonly _semaphore: Semaphore;

  constructor(semaphore: Semaphore) {
    super('Semaphore.acquire');
    this._semaphore = semaphore;
    this._made();
  }

  protected _try(woken: Waiter | null): Step<true> {
    const semaphore = this._semaphore;
    if (woken !== null) semaphore._leave(woken);
    else if (semaphore.locked()) return this._wait(semaphore, semaphore._waiters);
    else semaphore._value--;
    return this._acquired();
  }

  protected _giveUp(waiter: Waiter): void {
    const given = waiter.future.done() && !waiter.future.cancelled();
    if (given) this._semaphore._value++;
    this._semaphore._leave(waiter);
  }
}
