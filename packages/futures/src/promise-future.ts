import { type Loop } from '@asyncio-ts/loop';

import { countOutside, isClosed } from './any-loop.js';
import { asNative } from './foreign.js';
import { Future } from './future.js';

/** The one wrapper of a promise, per loop. */
const wrappers = new WeakMap<PromiseLike<unknown>, PromiseFuture<unknown>>();

/**
 * A future for something outside the loop: a promise. Cancelling it lets go of the promise and does not stop it; while it
 * is pending, the loop knows that something outside is waited for.
 */
export class PromiseFuture<T> extends Future<T> {
  private _counted = true;

  constructor(loop: Loop, promise: PromiseLike<T>) {
    super({ loop });
    countOutside(loop, 1);
    asNative(promise).then(
      (value) => {
        this._letGo();
        if (this._isWanted()) this._finish(value);
      },
      (error: unknown) => {
        this._letGo();
        if (this._isWanted()) this._fail(error);
      },
    );
  }

  override cancel(message?: unknown): boolean {
    const cancelled = super.cancel(message);
    if (cancelled) this._letGo();
    return cancelled;
  }

  /** A closed loop can call nobody, and nobody would take the error that says so. */
  private _isWanted(): boolean {
    return !this.done() && !isClosed(this._loop);
  }

  private _letGo(): void {
    if (!this._counted) return;
    this._counted = false;
    countOutside(this._loop, -1);
  }
}

/** @internal The future of a promise, the same one each time as long as it was not cancelled. */
export function wrapPromise<T>(loop: Loop, promise: PromiseLike<T>): Future<T> {
  const known = wrappers.get(promise);
  if (known !== undefined && known._loop === loop && !known.cancelled()) return known as Future<T>;
  const wrapper = new PromiseFuture(loop, promise);
  wrappers.set(promise, wrapper);
  return wrapper;
}
