import { inspect } from 'node:util';

import type { Coroutine, Step } from '@asyncio-ts/futures';
import { RuntimeError } from '@asyncio-ts/loop';

import { Acquirable } from './acquirable.js';
import { Acquire } from './acquire.js';
import { describe } from './describe.js';
import { type Waiter, Waiters } from './waiters.js';

/**
 * Only one at a time. Whoever waits gets it in the order of arrival; it belongs to no task in particular.
 *
 * `release` wakes the first in line and hands nothing over: the lock is free until that waiter runs, yet nobody can
 * overtake it. A waiter that is cancelled leaves the line, and if it had been woken it wakes the next.
 *
 * Mirrors Python's `asyncio.Lock`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { gather, sleep } from '@asyncio-ts/tasks';
 * import { Lock } from '@asyncio-ts/sync';
 *
 * const lock = new Lock();
 * let balance = 0;
 *
 * async function deposit(amount: number) {
 *   await lock.use(async () => {
 *     const before = balance;
 *     await sleep(0.001);
 *     balance = before + amount;
 *   });
 * }
 *
 * await runUntilComplete(new BaseEventLoop(), async () => {
 *   await gather(() => deposit(1), () => deposit(2), () => deposit(3));
 * });
 * console.log(balance); // 6
 * ```
 */
export class Lock extends Acquirable {
  /** The line, for tools. */
  readonly _waiters = new Waiters();
  private _locked = false;

  /** Whether somebody holds it. */
  locked(): boolean {
    return this._locked;
  }

  /**
   * Waits until the lock is free, and takes it. If it is free and nobody waits, that takes no turn of the loop.
   *
   * @returns true
   * @throws RuntimeError when it must wait, and others wait in a different loop.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { runUntilComplete } from '@asyncio-ts/futures';
   * import { Lock } from '@asyncio-ts/sync';
   *
   * const lock = new Lock();
   * await runUntilComplete(new BaseEventLoop(), function* () {
   *   yield* lock.acquire();
   *   try {
   *     console.log(lock.locked()); // true
   *   } finally {
   *     lock.release();
   *   }
   * });
   * ```
   */
  acquire(): Coroutine<true> {
    return new LockAcquire(this);
  }

  /**
   * Gives the lock back: the first in line may take it.
   *
   * @throws RuntimeError when it is not locked.
   */
  release(): void {
    if (!this._locked) {
      throw new RuntimeError('Lock is not acquired: cannot release it twice, or before acquire()');
    }
    this._locked = false;
    this._waiters.wakeFirst();
  }

  /** @internal Takes it if it is free and nobody stands in line. */
  _takeIfFree(): boolean {
    if (this._locked || this._waiters.anybody) return false;
    this._locked = true;
    return true;
  }

  /** @internal Whoever was woken takes it. */
  _take(waiter: Waiter): void {
    this._waiters.remove(waiter);
    this._locked = true;
  }

  /** @internal Whoever gives up may have been woken: then it was meant to take the lock, and the next one is. */
  _pass(waiter: Waiter): void {
    this._waiters.remove(waiter);
    if (!this._locked) this._waiters.wakeFirst();
  }

  [inspect.custom](): string {
    return describe(this, this._locked ? 'locked' : 'unlocked', this._waiters);
  }
}

class LockAcquire extends Acquire {
  private readonly _lock: Lock;

  constructor(lock: Lock) {
    super('Lock.acquire');
    this._lock = lock;
    this._made();
  }

  protected _try(woken: Waiter | null): Step<true> {
    const lock = this._lock;
    if (woken !== null) lock._take(woken);
    else if (!lock._takeIfFree()) return this._wait(lock, lock._waiters);
    return this._acquired();
  }

  protected _giveUp(waiter: Waiter): void {
    this._lock._pass(waiter);
  }
}
