/** What can be waited for at a queue, each as a coroutine object. */
import type { Step } from '@asyncio-ts/futures';

import type { LoopBound } from './loop-bound.js';
import { WaitCoroutine } from './wait-coroutine.js';
import type { Waiter, Waiters } from './waiters.js';

/** @internal What a wait needs of its queue. */
interface WaitedQueue<T> extends LoopBound {
  readonly _getters: Waiters;
  readonly _putters: Waiters;
  empty(): boolean;
  full(): boolean;
  getNowait(): T;
  putNowait(item: T): void;
  /** @throws QueueShutDown when nothing may be put any more. */
  _checkOpen(): void;
  /** @throws QueueShutDown when there is nothing to come: the caller knows that it is empty. */
  _checkNotOver(): void;
}

/** @internal A call of `get`. */
export class QueueGet<T> extends WaitCoroutine<T> {
  private readonly _queue: WaitedQueue<T>;

  constructor(queue: WaitedQueue<T>) {
    super('Queue.get');
    this._queue = queue;
    this._made();
  }

  protected _try(): Step<T> {
    const queue = this._queue;
    if (!queue.empty()) return this._give(queue.getNowait());
    queue._checkNotOver();
    return this._wait(queue, queue._getters);
  }

  protected _giveUp(waiter: Waiter): void {
    giveUp(waiter, this._queue._getters, !this._queue.empty());
  }
}

/** @internal A call of `put`. */
export class QueuePut<T> extends WaitCoroutine<void> {
  private readonly _queue: WaitedQueue<T>;
  /** Undefined once it is in the queue, or never will be: it is not kept alive then. */
  private _item: T | undefined;

  constructor(queue: WaitedQueue<T>, item: T) {
    super('Queue.put');
    this._queue = queue;
    this._item = item;
    this._made();
  }

  protected _try(): Step<void> {
    const queue = this._queue;
    if (queue.full()) {
      queue._checkOpen();
      return this._wait(queue, queue._putters);
    }
    const item = this._item as T;
    this._item = undefined;
    queue.putNowait(item);
    return this._give(undefined);
  }

  protected _giveUp(waiter: Waiter): void {
    this._item = undefined;
    giveUp(waiter, this._queue._putters, !this._queue.full());
  }
}

/** If there is something to be had, and it was woken for that, the next one is woken in its place. */
function giveUp(waiter: Waiter, line: Waiters, available: boolean): void {
  waiter.future.cancel();
  line.remove(waiter);
  if (available && !waiter.future.cancelled()) line.wakeAndRemoveNext();
}
