import { Queue } from './queue.js';

/**
 * A queue that gives the youngest item first.
 *
 * Mirrors Python's `asyncio.LifoQueue`.
 *
 * @typeParam T - what is put into it
 *
 * @example
 * ```ts
 * import { LifoQueue } from '@asyncio-ts/sync';
 *
 * const stack = new LifoQueue<string>();
 * stack.putNowait('first');
 * stack.putNowait('second');
 * console.log(stack.getNowait()); // second
 * ```
 */
export class LifoQueue<T> extends Queue<T> {
  declare protected _queue: T[];

  protected override _init(_maxsize: number): void {
    this._queue = [];
  }

  protected override _get(): T {
    return this._queue.pop() as T;
  }

  protected override _put(item: T): void {
    this._queue.push(item);
  }
}
