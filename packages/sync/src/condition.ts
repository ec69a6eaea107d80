import { inspect } from 'node:util';

import { type Coroutine, GeneratorCoroutine, isCancelledError } from '@asyncio-ts/futures';
import { RuntimeError } from '@asyncio-ts/loop';

import { Acquirable } from './acquirable.js';
import { describe } from './describe.js';
import { Lock } from './lock.js';
import { type Waiter, Waiters } from './waiters.js';

/** What a condition needs of its lock. */
export interface ConditionLock {
  /** Waits for the lock. */
  acquire(): Coroutine<true>;
  /** Gives it back. */
  release(): void;
  /** Whether it is held. */
  locked(): boolean;
}

/**
 * A lock together with a line of tasks that wait for news about what the lock protects.
 *
 * `wait` gives the lock back, and has it again when it returns or throws: the block around it stays balanced, whatever
 * happens. Look at the state again after each `wait`, or use `waitFor`: somebody may have been faster, and a wake-up may
 * come for nothing, since a notified task that is cancelled passes the news on.
 *
 * Mirrors Python's `asyncio.Condition`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { gather } from '@asyncio-ts/tasks';
 * import { Condition } from '@asyncio-ts/sync';
 *
 * const condition = new Condition();
 * let stock = 0;
 *
 * function* buyer() {
 *   yield* condition.use(function* () {
 *     yield* condition.waitFor(() => stock > 0);
 *     stock--;
 *   });
 * }
 * function* seller() {
 *   yield* condition.use(function* () {
 *     stock++;
 *     condition.notify();
 *   });
 * }
 *
 * await runUntilComplete(new BaseEventLoop(), function* () {
 *   yield* gather(buyer(), seller());
 * });
 * console.log(stock); // 0
 * ```
 */
export class Condition extends Acquirable {
  /** The line, for tools. */
  readonly _waiters = new Waiters();
  /** Its lock, for tools. */
  readonly _lock: ConditionLock;

  /** @param lock - several conditions may share one. Default: a new `Lock` */
  constructor(lock: ConditionLock | null = null) {
    super();
    this._lock = lock ?? new Lock();
  }

  /** Whether somebody holds the lock. */
  locked(): boolean {
    return this._lock.locked();
  }

  /** Waits until the lock is free, and takes it: the lock's own `acquire`. */
  acquire(): Coroutine<true> {
    return this._lock.acquire();
  }

  /** Gives the lock back: its own `release`. */
  release(): void {
    this._lock.release();
  }

  /**
   * Gives the lock back, waits for `notify`, and takes the lock again: before it throws, too.
   *
   * @returns true
   * @throws RuntimeError when the lock is not held; CancelledError, the last one that came.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { runUntilComplete } from '@asyncio-ts/futures';
   * import { gather } from '@asyncio-ts/tasks';
   * import { Condition } from '@asyncio-ts/sync';
   *
   * const condition = new Condition();
   * let open = false;
   * const waiter = async () => {
   *   await condition.acquire();
   *   try {
   *     while (!open) await condition.wait();
   *   } finally {
   *     condition.release();
   *   }
   * };
   * const opener = () =>
   *   condition.use(async () => {
   *     open = true;
   *     condition.notifyAll();
   *   });
   * await runUntilComplete(new BaseEventLoop(), () => gather(waiter, waiter, opener()));
   * console.log(condition.locked()); // false
   * ```
   */
  wait(): Coroutine<true> {
    return new GeneratorCoroutine<true>(this._waiting(), 'Condition.wait');
  }

  private *_waiting(): Generator<unknown, true> {
    this._checkLocked('wait on');
    const loop = this._getLoop();
    this.release();
    try {
      try {
        yield* this._news(this._waiters.add(loop));
      } finally {
        yield* this._acquireAgain();
      }
    } catch (error) {
      // It may have been notified, and cannot use that: somebody else may.
      this._notify(1);
      throw error;
    }
    return true;
  }

  private *_news(waiter: Waiter): Generator<unknown, void> {
    try {
      yield* waiter.future;
    } finally {
      this._waiters.remove(waiter);
    }
  }

  /** Does not give way to cancels: it remembers the last one. */
  private *_acquireAgain(): Generator<unknown, void> {
    let cancelled: unknown = null;
    for (;;) {
      try {
        yield* this.acquire();
        break;
      } catch (error) {
        if (!isCancelledError(error)) throw error;
        cancelled = error;
      }
    }
    if (cancelled !== null) throw cancelled;
  }

  /**
   * Waits until the predicate is true: asks it, and again after each `wait`.
   *
   * @param predicate - asked while the lock is held
   * @returns what the predicate returned in the end
   * @throws RuntimeError when it must wait and the lock is not held; what the predicate throws.
   */
  waitFor<T>(predicate: () => T): Coroutine<T> {
    return new GeneratorCoroutine<T>(this._waitingFor(predicate), 'Condition.waitFor');
  }

  private *_waitingFor<T>(predicate: () => T): Generator<unknown, T> {
    let result = predicate();
    while (!result) {
      yield* this.wait();
      result = predicate();
    }
    return result;
  }

  /**
   * Wakes tasks that wait. They go on when the lock is free: `notify` does not release it.
   *
   * @param n - how many at most. Default: 1
   * @throws RuntimeError when the lock is not held.
   */
  notify(n = 1): void {
    this._checkLocked('notify on');
    this._notify(n);
  }

  /**
   * Wakes all tasks that wait.
   *
   * @throws RuntimeError when the lock is not held.
   */
  notifyAll(): void {
    this.notify(this._waiters.length);
  }

  private _notify(n: number): void {
    for (let i = 0; i < n && this._waiters.wakeNext(); i++);
  }

  private _checkLocked(what: string): void {
    if (this.locked()) return;
    throw new RuntimeError(
      `cannot ${what} un-acquired lock: do it inside use(), or after acquire()`,
    );
  }

  [inspect.custom](): string {
    return describe(this, this.locked() ? 'locked' : 'unlocked', this._waiters);
  }
}
