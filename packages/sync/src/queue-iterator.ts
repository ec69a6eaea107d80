import { type Coroutine, GeneratorCoroutine } from '@asyncio-ts/futures';

import { QueueShutDown } from './queue-errors.js';

/** Gives the items of a queue until it is shut down: for `for await`. */
export interface QueueIterator<T> {
  /** The next item; done when the queue was shut down and is empty. */
  next(): Coroutine<IteratorResult<T, undefined>>;
  [Symbol.asyncIterator](): QueueIterator<T>;
}

/** @internal What is got from. */
interface Got<T> {
  get(): Coroutine<T>;
}

/** @internal */
export class ItemsOf<T> implements QueueIterator<T> {
  private readonly _queue: Got<T>;

  constructor(queue: Got<T>) {
    this._queue = queue;
  }

  next(): Coroutine<IteratorResult<T, undefined>> {
    return new GeneratorCoroutine<IteratorResult<T, undefined>>(this._next(), 'Queue.anext');
  }

  private *_next(): Generator<unknown, IteratorResult<T, undefined>> {
    try {
      return { value: yield* this._queue.get(), done: false };
    } catch (error) {
      if (error instanceof QueueShutDown) return { value: undefined, done: true };
      throw error;
    }
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
