import { inspect } from 'node:util';

import {
  Coroutine,
  createFuture,
  ensureFuture,
  type Future,
  type FutureLike,
  GeneratorCoroutine,
  isfuture,
  loopHere,
  type DoneCallback,
  type OnBehalf,
  type RelayingCallback,
} from '@asyncio-ts/futures';
import { brief, type Loop, type TimerHandle } from '@asyncio-ts/loop';

import { markLazy } from './call-method.js';
import type { Outcome, Waitable } from './outcome.js';
import { TimeoutError } from './timeout-error.js';

/** How long `asCompleted` waits. */
export interface AsCompletedOptions {
  /** For all of them together, in seconds; null: no limit. Default: null. */
  readonly timeout?: number | null | undefined;
}

/**
 * What the asynchronous iteration gives for an awaitable: the future itself, if it is one; else the task made of it.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { createTask, runUntilComplete } from '@asyncio-ts/futures';
 * import { asCompleted, type CompletedItem, sleep } from '@asyncio-ts/tasks';
 *
 * const loop = new BaseEventLoop();
 * await runUntilComplete(loop, async () => {
 *   const tasks = [2, 1].map((n) => createTask(loop, sleep(n / 100, n)));
 *   const ended: CompletedItem<(typeof tasks)[number]>[] = [];
 *   for await (const task of asCompleted(tasks)) ended.push(task); // the very tasks
 *   console.log(ended.map((task) => task.result())); // [ 1, 2 ]
 * });
 * ```
 */
export type CompletedItem<W> = W extends FutureLike<unknown> ? W : Future<Outcome<W>>;

/**
 * Gives what was started, in the order in which it ends.
 *
 * Mirrors Python's `asyncio.as_completed`; everything is scheduled by the call. Iterated with `for`, it gives coroutines, as
 * many as there are awaitables, and each gives the next result: `for (const next of asCompleted(list)) await next`. Iterated
 * with `for await` (or `asyncFor`), it gives the futures themselves as they end, tasks for coroutines.
 *
 * @param awaitables - any iterable of futures, tasks, coroutines, promises or functions; each counts once
 * @param options - `timeout` in seconds: then a `TimeoutError` comes from the awaited item, or from the loop statement. Nothing
 * is cancelled
 * @throws TypeError for a single awaitable; RuntimeError when no loop runs.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { asCompleted, sleep } from '@asyncio-ts/tasks';
 *
 * await runUntilComplete(new BaseEventLoop(), async () => {
 *   for (const next of asCompleted([sleep(0.02, 'slow'), sleep(0.01, 'fast')])) {
 *     console.log(await next); // fast, then slow
 *   }
 * });
 * ```
 */
export function asCompleted<W extends Waitable>(
  awaitables: Iterable<W>,
  options: AsCompletedOptions = {},
): AsCompleted<W> {
  if (
    isfuture(awaitables) ||
    awaitables instanceof Coroutine ||
    typeof awaitables !== 'object' ||
    (awaitables as unknown) === null ||
    !(Symbol.iterator in awaitables)
  ) {
    throw new TypeError(`expects an iterable of awaitables, not ${brief(awaitables)}`);
  }
  return new AsCompleted<W>(awaitables, options.timeout ?? null);
}

/**
 * What `asCompleted` returns: an iterator, and an async iterable over the same awaitables.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { AsCompleted, asCompleted, sleep } from '@asyncio-ts/tasks';
 *
 * await runUntilComplete(new BaseEventLoop(), async () => {
 *   const results = asCompleted([sleep(0.02, 'slow'), sleep(0.01, 'fast')]);
 *   console.log(results instanceof AsCompleted); // true
 *   const { value: first } = results.next();
 *   console.log(await first); // fast
 * });
 * ```
 */
export class AsCompleted<W>
  implements Iterable<Coroutine<Outcome<W>>>, AsyncIterable<CompletedItem<W>>, OnBehalf
{
  /** Ended, and given to nobody yet; null says that the time is over. */
  private readonly _done: (FutureLike<unknown> | null)[] = [];
  /** Those who wait for the next one, first come, first served. */
  private readonly _getters: Future<void>[] = [];
  private readonly _todo: Set<FutureLike<unknown>>;
  private readonly _loop: Loop;
  private readonly _timer: TimerHandle | null;
  /** How many were not asked for yet. */
  private _left: number;

  /** @internal */
  constructor(awaitables: Iterable<W>, timeout: number | null) {
    const loop = (this._loop = loopHere('wait for several'));
    this._todo = new Set();
    for (const awaitable of new Set(awaitables)) {
      this._todo.add(ensureFuture(awaitable as FutureLike<unknown>, { loop }));
    }
    this._completed._relay = this;
    for (const future of this._todo) future.addDoneCallback(this._completed);
    this._left = this._todo.size;
    this._timer =
      this._left > 0 && timeout !== null ? loop.callLater(timeout, this._timedOut) : null;
  }

  /** The next coroutine: it gives the result of whatever ends next. */
  next(): IteratorResult<Coroutine<Outcome<W>>, undefined> {
    if (this._left === 0) return { value: undefined, done: true };
    this._left--;
    const coro = this._resultOfNext() as Generator<unknown, Outcome<W>>;
    return { value: new GeneratorCoroutine(coro, 'asCompleted'), done: false };
  }

  [Symbol.iterator](): this {
    return this;
  }

  /** Iterators made one after the other go on where the one before stopped. */
  [Symbol.asyncIterator](): AsyncIterableIterator<CompletedItem<W>> {
    return new CompletedIterator(() => this._nextItem()) as never;
  }

  private *_resultOfNext(): Generator<unknown, unknown> {
    return (yield* this._nextDone()).result();
  }

  private *_nextItem(): Generator<unknown, IteratorResult<FutureLike<unknown>, undefined>> {
    if (this._left === 0) return { value: undefined, done: true };
    this._left--;
    return { value: yield* this._nextDone(), done: false };
  }

  private *_nextDone(): Generator<unknown, FutureLike<unknown>> {
    while (this._done.length === 0) yield* this._waitForPut();
    const future = this._done.shift();
    if (future == null) {
      throw new TimeoutError('The time limit was reached before all awaitables were done');
    }
    return future;
  }

  private *_waitForPut(): Generator<unknown, void> {
    const getter = createFuture<void>(this._loop);
    this._getters.push(getter);
    let woken = false;
    try {
      yield* getter;
      woken = true;
    } finally {
      if (!woken) this._gaveUp(getter);
    }
  }

  /** Whoever waited was cancelled or closed. */
  private _gaveUp(getter: Future<void>): void {
    getter.cancel();
    const at = this._getters.indexOf(getter);
    if (at >= 0) this._getters.splice(at, 1);
    // Woken in the same turn: what it was woken for is for the next one.
    if (this._done.length > 0 && !getter.cancelled()) this._wakeNext();
  }

  private _put(future: FutureLike<unknown> | null): void {
    this._done.push(future);
    this._wakeNext();
  }

  private _wakeNext(): void {
    for (let getter = this._getters.shift(); getter !== undefined; getter = this._getters.shift()) {
      if (getter.done()) continue;
      getter.setResult();
      return;
    }
  }

  /** @internal Whoever waits for the next one waits for all that may be it. */
  _awaiters(): readonly object[] {
    return this._getters;
  }

  private readonly _completed: DoneCallback<FutureLike<unknown>> & RelayingCallback = (future) => {
    if (!this._todo.delete(future)) return;
    this._put(future);
    if (this._todo.size === 0) this._timer?.cancel();
  };

  private readonly _timedOut = (): void => {
    for (const future of this._todo) {
      future.removeDoneCallback(this._completed);
      this._put(null);
    }
    this._todo.clear();
  };

  [inspect.custom](): string {
    return `<AsCompleted pending=${this._todo.size} left=${this._left}>`;
  }
}

/** `next` returns a coroutine object: `for await` waits for it inside the task, and so does `anext`. */
class CompletedIterator {
  private readonly _nextItem: () => Generator<unknown, unknown>;

  constructor(nextItem: () => Generator<unknown, unknown>) {
    this._nextItem = nextItem;
  }

  next(): Coroutine<unknown> {
    return new GeneratorCoroutine(this._nextItem(), 'asCompleted');
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  static {
    markLazy(this.prototype.next);
  }
}
