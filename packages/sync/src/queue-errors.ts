/**
 * Nothing is there to be got at once. Mirrors Python's `asyncio.QueueEmpty`.
 *
 * @example
 * ```ts
 * import { Queue, QueueEmpty } from '@asyncio-ts/sync';
 *
 * try {
 *   new Queue().getNowait();
 * } catch (error) {
 *   console.log(error instanceof QueueEmpty); // true
 * }
 * ```
 */
export class QueueEmpty extends Error {
  constructor(message = 'Cannot get an item at once: the queue is empty; get() waits for one') {
    super(message);
  }

  static {
    this.prototype.name = 'QueueEmpty';
  }
}

/**
 * There is no room to put something at once. Mirrors Python's `asyncio.QueueFull`.
 *
 * @example
 * ```ts
 * import { Queue, QueueFull } from '@asyncio-ts/sync';
 *
 * const queue = new Queue<string>(1);
 * queue.putNowait('first');
 * try {
 *   queue.putNowait('second');
 * } catch (error) {
 *   console.log(error instanceof QueueFull); // true
 * }
 * ```
 */
export class QueueFull extends Error {
  constructor(message = 'Cannot put an item at once: the queue is full; put() waits for room') {
    super(message);
  }

  static {
    this.prototype.name = 'QueueFull';
  }
}

/**
 * The queue was shut down: it takes nothing any more, and has nothing to give. Mirrors Python's `asyncio.QueueShutDown`.
 *
 * @example
 * ```ts
 * import { Queue, QueueShutDown } from '@asyncio-ts/sync';
 *
 * const queue = new Queue<string>();
 * queue.shutdown();
 * try {
 *   queue.putNowait('too late');
 * } catch (error) {
 *   console.log(error instanceof QueueShutDown); // true
 * }
 * ```
 */
export class QueueShutDown extends Error {
  static {
    this.prototype.name = 'QueueShutDown';
  }
}
