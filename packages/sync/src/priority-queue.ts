import { type Compare, Heap } from './heap.js';
import { naturalOrder } from './natural-order.js';
import { Queue } from './queue.js';

export type { Compare } from './heap.js';

/** How a priority queue orders its items. */
export interface PriorityQueueOptions<T> {
  /**
   * Which of two comes out first. Default: as Python compares numbers, strings and tuples. Two numbers or bigints, two
   * strings, two booleans, two dates, or two arrays of such things, compared item by item; anything else is a TypeError.
   */
  readonly compare?: Compare<T>;
}

/**
 * A queue that gives the smallest item first; of equal ones the one that was put first.
 *
 * Items are often arrays, `[priority, data]`, as tuples are in Python: then the data of equal priorities is compared, too.
 * A comparison that throws leaves the queue as it was.
 *
 * Mirrors Python's `asyncio.PriorityQueue`.
 *
 * @typeParam T - what is put into it
 *
 * @example
 * ```ts
 * import { PriorityQueue } from '@asyncio-ts/sync';
 *
 * interface Job {
 *   readonly urgency: number;
 *   readonly name: string;
 * }
 * const jobs = new PriorityQueue<Job>(0, { compare: (a, b) => b.urgency - a.urgency });
 * jobs.putNowait({ urgency: 1, name: 'sweep' });
 * jobs.putNowait({ urgency: 9, name: 'put out the fire' });
 * console.log(jobs.getNowait().name); // put out the fire
 * ```
 */
export class PriorityQueue<T> extends Queue<T> {
  declare protected _queue: Heap<T>;

  /**
   * @param maxsize - how many items it holds; zero or less: any number. Default: 0
   * @param options - `compare`: which of two comes out first
   */
  constructor(maxsize = 0, options: PriorityQueueOptions<T> = {}) {
    super(maxsize);
    // The hook cannot know it: it is called before this constructor goes on.
    if (options.compare !== undefined) this._queue = new Heap<T>(options.compare);
  }

  protected override _init(_maxsize: number): void {
    this._queue = new Heap<T>(naturalOrder);
  }

  protected override _get(): T {
    return this._queue.pop();
  }

  protected override _put(item: T): void {
    this._queue.push(item);
  }
}
