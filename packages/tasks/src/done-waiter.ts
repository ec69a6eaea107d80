import type { FutureLike } from '@asyncio-ts/futures';
import type { Runnable } from '@asyncio-ts/loop';

/** What a future of this library offers beyond the protocol: a waiter that needs no handle and no closure. */
interface TakesWaiters {
  _addWaiter(waiter: Runnable): void;
  _removeWaiter(waiter: Runnable): void;
}

/**
 * Something that is run once a future is done.
 *
 * Whoever waits this way looks at the future's error: a future does not report an error while such a waiter waits.
 */
export abstract class DoneWaiter<F extends FutureLike<unknown>> implements Runnable {
  readonly future: F;
  /** What a future of another make was given in our place. */
  private _callback: (() => void) | null = null;

  constructor(future: F) {
    this.future = future;
  }

  /** Begins to wait. */
  attach(): void {
    const future = this.future as Partial<TakesWaiters> & F;
    if (future._addWaiter !== undefined) future._addWaiter(this);
    else future.addDoneCallback((this._callback = () => this._run()));
  }

  /** Waits no longer; harmless when it does not wait. */
  detach(): void {
    const future = this.future as Partial<TakesWaiters> & F;
    if (future._removeWaiter !== undefined) future._removeWaiter(this);
    else if (this._callback !== null) future.removeDoneCallback(this._callback);
  }

  abstract _run(): void;
}
