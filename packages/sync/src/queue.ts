import { inspect } from 'node:util';

import { type Coroutine, GeneratorCoroutine } from '@asyncio-ts/futures';
import { brief, ValueError } from '@asyncio-ts/loop';

import { Event } from './event.js';
import { LoopBound } from './loop-bound.js';
import { QueueEmpty, QueueFull, QueueShutDown } from './queue-errors.js';
import { ItemsOf, type QueueIterator } from './queue-iterator.js';
import { QueueGet, QueuePut } from './queue-waits.js';
import { Ring } from './ring.js';
import { Waiters } from './waiters.js';

/** What a queue keeps its items in. */
export interface QueueContents<T> extends Iterable<T> {
  /** How many items there are. */
  readonly length: number;
}

/** How a queue is shut down. */
export interface ShutdownOptions {
  /** Throw away what is in it, instead of letting it be got first. Default: false. */
  readonly immediate?: boolean;
}

/**
 * A queue between tasks: first in, first out. `put` waits for room, `get` for an item.
 *
 * A putter or getter that waits is woken in the order of arrival and hands nothing over: the item stays in the queue until
 * the getter runs, and one that is cancelled meanwhile wakes the next. Nothing is lost, nothing comes twice.
 *
 * Mirrors Python's `asyncio.Queue`. A subclass may keep its items in another way: `_init(maxsize)`, `_get()` and
 * `_put(item)` are called for that, as in Python; `_init` by the constructor, so fields it sets are written with `declare`.
 *
 * @typeParam T - what is put into it
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { gather } from '@asyncio-ts/tasks';
 * import { Queue } from '@asyncio-ts/sync';
 *
 * const queue = new Queue<number>(2);
 *
 * async function producer() {
 *   for (let i = 1; i <= 4; i++) await queue.put(i);
 *   queue.shutdown();
 * }
 * async function consumer() {
 *   let sum = 0;
 *   for await (const item of queue) sum += item;
 *   console.log(sum); // 10
 * }
 *
 * await runUntilComplete(new BaseEventLoop(), async () => {
 *   await gather(producer, consumer);
 * });
 * ```
 */
export class Queue<T> extends LoopBound {
  /** Those who wait for an item, for tools. */
  readonly _getters = new Waiters();
  /** Those who wait for room, for tools. */
  readonly _putters = new Waiters();
  /** The items. */
  protected _queue!: QueueContents<T>;
  private readonly _maxsize: number;
  private _unfinishedTasks = 0;
  /** Set while no item is unfinished. */
  private readonly _finished = new Event();
  private _isShutdown = false;

  /**
   * @param maxsize - how many items it holds; zero or less: any number. Default: 0
   * @throws TypeError when it is no number.
   */
  constructor(maxsize = 0) {
    super();
    if (typeof maxsize !== 'number') {
      throw new TypeError(
        `Cannot make a queue for ${brief(maxsize)} items: give a number, or zero`,
      );
    }
    this._maxsize = maxsize;
    this._finished.set();
    this._init(maxsize);
  }

  // --- what a subclass may replace

  /** Makes the empty contents: called once, by the constructor. */
  protected _init(_maxsize: number): void {
    this._queue = new Ring<T>();
  }

  /** Takes one item out; there is one. */
  protected _get(): T {
    return (this._queue as Ring<T>).shift();
  }

  /** Puts one item in; there is room. */
  protected _put(item: T): void {
    (this._queue as Ring<T>).push(item);
  }

  // --- looking

  /**
   * How many items are in it.
   *
   * @example
   * ```ts
   * import { Queue } from '@asyncio-ts/sync';
   *
   * const queue = new Queue<string>(1);
   * console.log(queue.empty(), queue.qsize()); // true 0
   * queue.putNowait('job');
   * console.log(queue.full(), queue.maxsize, String(queue)); // true 1 <Queue ...>
   * console.log(queue.toString() === String(queue)); // true
   * ```
   */
  qsize(): number {
    return this._queue.length;
  }

  /** How many items it holds at most; zero or less: any number. */
  get maxsize(): number {
    return this._maxsize;
  }

  /** Whether nothing is in it. */
  empty(): boolean {
    return this._queue.length === 0;
  }

  /** Whether there is no room: never when `maxsize` is zero or less. */
  full(): boolean {
    return this._maxsize > 0 && this.qsize() >= this._maxsize;
  }

  // --- putting

  /**
   * Puts an item in, and waits for room if it must. If there is room, that takes no turn of the loop.
   *
   * @throws QueueShutDown when the queue is shut down, before or meanwhile: the item is not in it then; RuntimeError when it
   * must wait, and others wait in a different loop.
   */
  put(item: T): Coroutine<void> {
    return new QueuePut(this, item);
  }

  /**
   * Puts an item in, at once. It needs no running loop.
   *
   * @throws QueueFull when there is no room; QueueShutDown when the queue is shut down.
   */
  putNowait(item: T): void {
    this._checkOpen();
    if (this.full()) throw new QueueFull();
    this._put(item);
    this._unfinishedTasks++;
    this._finished.clear();
    this._getters.wakeAndRemoveNext();
  }

  // --- getting

  /**
   * Takes an item out, and waits for one if it must. If there is one, that takes no turn of the loop.
   *
   * @throws QueueShutDown when the queue is shut down and empty, before or meanwhile; RuntimeError when it must wait, and
   * others wait in a different loop.
   */
  get(): Coroutine<T> {
    return new QueueGet(this);
  }

  /**
   * Takes an item out, at once. It needs no running loop.
   *
   * @throws QueueEmpty when there is none; QueueShutDown when there will be none any more.
   */
  getNowait(): T {
    if (this.empty()) {
      this._checkNotOver();
      throw new QueueEmpty();
    }
    const item = this._get();
    this._putters.wakeAndRemoveNext();
    return item;
  }

  /** Gives items as `get` does, until the queue is shut down and empty: `for await (const item of queue)`. */
  [Symbol.asyncIterator](): QueueIterator<T> {
    return new ItemsOf(this);
  }

  // --- counting

  /**
   * Says that the work on one item that was got is done.
   *
   * @throws ValueError when it is said more often than items were put.
   */
  taskDone(): void {
    if (this._unfinishedTasks <= 0) {
      throw new ValueError('task_done() called too many times: once for each item, after get()');
    }
    this._unfinishedTasks--;
    if (this._unfinishedTasks === 0) this._finished.set();
  }

  /**
   * Waits until `taskDone` was called for every item that was put. If it was, that takes no turn of the loop.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { createTask, runUntilComplete } from '@asyncio-ts/futures';
   * import { Queue } from '@asyncio-ts/sync';
   *
   * const loop = new BaseEventLoop();
   * await runUntilComplete(loop, async () => {
   *   const jobs = new Queue<number>();
   *   for (const job of [1, 2, 3]) await jobs.put(job);
   *   const worker = createTask(loop, async () => {
   *     for (;;) {
   *       await jobs.get();
   *       jobs.taskDone();
   *     }
   *   });
   *   await jobs.join(); // all three are done
   *   worker.cancel();
   * });
   * ```
   */
  join(): Coroutine<void> {
    return new GeneratorCoroutine<void>(this._joining(), 'Queue.join');
  }

  private *_joining(): Generator<unknown, void> {
    if (this._unfinishedTasks > 0) yield* this._finished.wait();
  }

  // --- the end

  /**
   * Ends it: `put` throws `QueueShutDown` from now on, `get` as soon as nothing is left. Whoever waits is woken and sees.
   *
   * @param options - `immediate`: throw away what is in it; it counts as done, so that `join` may return
   */
  shutdown(options: ShutdownOptions = {}): void {
    this._isShutdown = true;
    if (options.immediate === true) this._discard();
    while (this._getters.length > 0) this._getters.wakeAndRemoveNext();
    while (this._putters.length > 0) this._putters.wakeAndRemoveNext();
  }

  private _discard(): void {
    while (!this.empty()) {
      this._get();
      if (this._unfinishedTasks > 0) this._unfinishedTasks--;
    }
    if (this._unfinishedTasks === 0) this._finished.set();
  }

  /** @internal */
  _checkOpen(): void {
    if (!this._isShutdown) return;
    throw new QueueShutDown('Cannot put an item: the queue is shut down');
  }

  /** @internal The caller knows that it is empty. */
  _checkNotOver(): void {
    if (!this._isShutdown) return;
    throw new QueueShutDown('Cannot get an item: the queue is shut down, and empty');
  }

  // --- describing

  /** As Python's `str`. */
  override toString(): string {
    return inspect(this);
  }

  [inspect.custom](): string {
    const parts = [`maxsize=${this._maxsize}`];
    if (!this.empty()) parts.push(`_queue=${inspect([...this._queue])}`);
    if (this._getters.length > 0) parts.push(`_getters[${this._getters.length}]`);
    if (this._putters.length > 0) parts.push(`_putters[${this._putters.length}]`);
    if (this._unfinishedTasks > 0) parts.push(`tasks=${this._unfinishedTasks}`);
    if (this._isShutdown) parts.push('shutdown');
    return `<${this.constructor.name} ${parts.join(' ')}>`;
  }
}
