import type { FutureLike, OnBehalf } from '@asyncio-ts/futures';
import type { Runnable } from '@asyncio-ts/loop';

/** What a future of this library offers beyond the protocol: a waiter that needs no handle and no closure. */
interface TakesWaiters {
  _addWaiter(waiter: Runnable): void;
  _removeWaiter(waiter: Runnable): void;
}

/** What a future of another make was given in the waiter's place. */
const callbacks = new WeakMap<object, () => void>();

/**
 * Something that is run once a future is done.
 *
 * Whoever waits this way looks at the future's error, unless it says otherwise: a future does not report an error while such
 * a waiter waits.
 */
export abstract class DoneWaiter<F extends FutureLike<unknown>> implements Runnable, OnBehalf {
  readonly future: F;

  constructor(future: F) {
    this.future = future;
  }

  /** Begins to wait. */
  attach(): void {
    const future = this.future as Partial<TakesWaiters> & F;
    if (future._addWaiter !== undefined) future._addWaiter(this);
    else this._listenTo(future);
  }

  /** Waits no longer; harmless when it does not wait. */
  detach(): void {
    const future = this.future as Partial<TakesWaiters> & F;
    if (future._removeWaiter !== undefined) future._removeWaiter(this);
    else {
      const callback = callbacks.get(this);
      if (callback !== undefined) future.removeDoneCallback(callback);
    }
  }

  private _listenTo(future: F): void {
    const callback = (): void => this._run();
    callbacks.set(this, callback);
    future.addDoneCallback(callback);
  }

  abstract _run(): void;

  /** @internal Whether it looks at the error. */
  get _looks(): boolean {
    return true;
  }

  /** @internal */
  _dropped(): void {
    (this.future as { _notLookedAt?(): void })._notLookedAt?.();
  }

  /** @internal For the call graph: the tasks that wait, or the futures that will be done by this one; most often none. */
  _awaiters(): readonly (object | null)[] {
    return [];
  }
}
