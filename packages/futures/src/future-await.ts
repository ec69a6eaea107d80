import { RuntimeError } from '@asyncio-ts/loop';

/** @internal What an await needs of its future. */
interface Awaited<T> {
  readonly _state: string;
  readonly _failed: boolean;
  readonly _value: unknown;
  _blocking: boolean;
  result(): T;
}

/**
 * One `yield* future`: yields the future once, unless it is done, and then gives its result. It is its own iterator result,
 * so that an await makes one object. Measured by the rows `await-future` and `spawn`.
 */
export class FutureAwait<T> implements Iterator<unknown, T, unknown> {
  value: unknown = undefined;
  done = false;
  private readonly _future: Awaited<T>;

  constructor(future: Awaited<T>) {
    this._future = future;
  }

  next(): IteratorResult<unknown, T> {
    const future = this._future;
    if (future._state !== 'PENDING') {
      const plain = future._state === 'FINISHED' && !future._failed;
      this.value = plain ? future._value : future.result();
      this.done = true;
    } else {
      if (future._blocking) {
        throw new RuntimeError("await wasn't used with future: it was resumed while still pending");
      }
      future._blocking = true;
      this.value = future;
    }
    return this as IteratorResult<unknown, T>;
  }

  throw(error: unknown): never {
    throw error;
  }

  return(value: T): IteratorResult<unknown, T> {
    return { value, done: true };
  }
}
